"""What a reader ought to know about a message before believing it, as warnings of fixed kinds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from desktopmail.domain import filename
from desktopmail.domain.address import Address
from desktopmail.domain.body import Part, Warning
from desktopmail.domain.saying import phrase, said
from desktopmail.mime import charset, hosts, links, transfer, words
from desktopmail.mime.headers import Headers
from desktopmail.mime.parse import Entity, Message

_ADDRESS = re.compile(r"[^\s@<>\"'()]{1,64}\s?@\s?[^\s@<>\"'(),;]{1,250}\.[^\s@<>\"'(),;.]{2,}")
_RECEIPTS = ("disposition-notification-to", "return-receipt-to", "x-confirm-reading-to", "x-pmrqc")
_HIDDEN_ODDITY = "control or direction characters"
_MAX_LINK_WARNINGS = 20


def about_sender(headers: Headers, own: frozenset[str]) -> Iterator[Warning]:
    """From, Reply-To, Sender, receipts."""
    senders = headers.people("from")
    if len(headers.raws("from")) > 1 or len(senders) > 1:
        yield Warning("several-from", ", ".join(one.full for one in senders[:10]))
    if not any("@" in one.address for one in senders):
        yield Warning("no-sender", senders[0].full if senders else "")
    for field in ("from", "reply-to", "sender"):
        yield from _about_addresses(headers, field)
    mine = {address.casefold() for address in own}
    authors = {one.address.casefold() for one in senders}
    others = [one for one in headers.people("reply-to") if one.address and one.address.casefold() not in authors]
    if others and not authors & mine:
        yield Warning("reply-to-differs", ", ".join(one.full for one in others[:10]))
    for field in _RECEIPTS:
        if field in headers:
            asked = ", ".join(one.full for one in headers.people(field)[:5])
            yield Warning("receipt-requested", asked or headers.text(field)[:200])
    if headers.damaged:
        yield Warning("damaged-headers", "the header had to be repaired to be read")
    if words.has_hidden(_subject(headers)):
        yield Warning("bidi-or-control", "subject")


def _subject(headers: Headers) -> str:
    text = words.raw_text(headers.raw("subject")[:65_536])
    return words.decode(text).replace("\u200d", "").replace("\u200c", "")


def _about_addresses(headers: Headers, field: str) -> Iterator[Warning]:
    oddities = headers.oddities(field)
    unclear = [oddity for oddity in oddities if oddity != _HIDDEN_ODDITY]
    if unclear:
        yield Warning("ambiguous-address", f"{field}: {', '.join(said(each) for each in unclear)}")
    if _HIDDEN_ODDITY in oddities:
        yield Warning("bidi-or-control", field)
    for one in headers.people(field)[:20]:
        yield from _about_address(one)


def _about_address(one: Address) -> Iterator[Warning]:
    for found in _ADDRESS.findall(one.name[:1_000])[:1]:
        if re.sub(r"\s", "", found).casefold() != one.address.casefold():
            yield Warning("name-looks-like-address", f"{one.name[:200]} <{one.address}>")
    domain = one.domain
    doubt = hosts.doubt(domain) if domain and len(domain) < 300 else ""
    if doubt:
        yield Warning("confusable-domain", doubt)


def about_structure(message: Message, leaves: Iterable[Entity]) -> Iterator[Warning]:
    """Damage, ceilings, charsets, references to elsewhere."""
    for kind, detail in message.problems.items():
        yield Warning(kind, detail)
    for entity in leaves:
        if entity.type == "message/external-body":
            yield Warning("external-body", _external(entity))
        if not transfer.is_known(entity.encoding):
            yield Warning("undecodable", f"part {entity.section}: unknown encoding {entity.encoding[:40]}")
        label = entity.type_params.get("charset", "")
        if label and entity.type.startswith("text/") and not charset.is_known(label):
            yield Warning("undecodable", f"part {entity.section}: unknown charset {words.visible(label)[:40]}")
    if _has_unsigned_beside_signed(message):
        yield Warning("unsigned-part-beside-signed", "only a part of what is shown was signed")


def _external(entity: Entity) -> str:
    get = entity.type_params.get
    place = get("url") or " ".join(filter(None, (get("site"), get("directory"), get("name"))))
    return words.visible(f"{get('access-type', '')}: {place}")[:300]


def _has_unsigned_beside_signed(message: Message) -> bool:
    """Whether a signature covers only a part of the message (Müller et al., USENIX Security 2019)."""
    signed = {"multipart/signed", "application/pkcs7-mime", "application/x-pkcs7-mime"}
    for entity in message.walk():
        if entity.type in signed and entity.parent is not None:
            siblings = [child for child in entity.parent.children if child is not entity]
            if siblings or entity.parent.parent is not None:
                return not entity.parent.is_message
    return False


def about_files(parts: Iterable[tuple[Part, str, bytes]]) -> Iterator[Warning]:
    """Attachments as (part, name as given, first bytes of the content)."""
    for part, given, start in parts:
        if not part.inline and filename.is_executable(part.name, part.type):
            yield Warning("executable-attachment", part.name)
        contradiction = filename.mismatch(part.name, part.type, start)
        if contradiction:
            yield Warning("type-mismatch", f"{part.name}: {contradiction}")
        if given and filename.is_altered(given, part.name):
            yield Warning("name-altered", f"{words.unmasked(given)[:300]} → {part.name}")
        if given and filename.hides_ending(given):
            yield Warning("bidi-or-control", phrase("file name {0}", part.name))


def about_links(html: str) -> Iterator[Warning]:
    """Links of sanitised HTML whose words promise another place, or whose place is doubtful."""
    seen: set[Warning] = set()
    for href, shown in links.anchors(html):
        link = links.check(href)
        if link is None:
            continue
        promised = links.differing(shown, link)
        found = [Warning("suspicious-link", f"{link.host or link.url[:200]}: {doubt}") for doubt in link.doubts]
        if promised:
            found.insert(0, Warning("link-differs", f"{promised[:200]} → {link.host or link.url[:200]}"))
        for warning in found:
            if warning not in seen and len(seen) < _MAX_LINK_WARNINGS:
                seen.add(warning)
                yield warning
