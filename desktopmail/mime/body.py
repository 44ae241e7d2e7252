"""A message as it is read: text chosen, HTML made safe, parts listed, warnings and verdict gathered."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from html import escape

from desktopmail.domain import filename
from desktopmail.domain.body import PART_URL, Body, Part, Warning
from desktopmail.domain.saying import phrase
from desktopmail.mime import authres, choice, doubts, flowed, htmltext, links, reports, sanitize, words
from desktopmail.mime.headers import Headers
from desktopmail.mime.parse import Entity, Message, parse
from desktopmail.mime.plain import text_to_html
from desktopmail.mime.text import decoded, is_attachment

MAX_SHOWN = 2_000_000
"""Characters of text that are shown; more stays in the part."""
_MAX_PART_TEXT = 1_000_000
_MAX_PICTURES = 1_000
_URI = re.compile(r"<([^<>]{1,2000})>")


def read(
    raw: bytes, *, own_addresses: frozenset[str] = frozenset(), trusted_verifiers: frozenset[str] = frozenset()
) -> Body:
    """Reads a whole message. `trusted_verifiers` are authserv-ids (RFC 8601) whose verdict counts. Never raises: what
    cannot be read is a warning and a placeholder."""
    return _Reader(parse(raw), own_addresses, trusted_verifiers).body()


def content(raw: bytes, section: str) -> tuple[Part, bytes] | None:
    """A part with its decoded bytes by section number; nested messages too. None when there is no such section."""
    entity = parse(raw).find(section)
    if entity is None or entity.is_multipart:
        return None
    return _part(entity, not is_attachment(entity)), entity.content


class _Reader:
    """Reads one message; lives for one call of `read`."""

    def __init__(self, message: Message, own: frozenset[str], trusted: frozenset[str]) -> None:
        self._message = message
        self._headers = message.headers
        self._own = own
        self._trusted = trusted
        self._warnings: list[Warning] = []
        self._remote_urls: dict[str, str] = {}
        self._remote = 0
        self._plain_only = True
        self._texts: dict[Entity, str] = {}
        self._leaves = choice.leaves(message.root)
        self._pictures = _own_pictures(self._leaves)

    def body(self) -> Body:
        """Everything together."""
        headers = self._headers
        in_html = choice.shown(self._message.root, "html")
        in_text = choice.shown(self._message.root, "plain")
        self._warnings.extend(doubts.about_sender(headers, self._own))
        html = self._html(in_html)
        text = self._text(in_text)
        parts, nested = self._parts([*in_html, *in_text], html)
        self._finish_warnings(html)
        senders = headers.people("from")
        when = headers.date
        single = senders[0].domain if len(senders) == 1 and len(headers.raws("from")) == 1 else ""
        return Body(
            subject=headers.text("subject"),
            date=when[0] if when else 0,
            date_offset=when[1] // 60 if when else 0,
            sender=senders,
            to=headers.people("to"),
            cc=headers.people("cc"),
            bcc=headers.people("bcc"),
            reply_to=headers.people("reply-to"),
            message_id=headers.message_id,
            references=headers.references,
            html=html or _placeholder(self._message),
            text=text,
            parts=tuple(parts),
            nested=tuple(nested),
            remote_content=self._remote,
            remote_urls=self._remote_urls,
            warnings=tuple(dict.fromkeys(self._warnings)),
            verdict=authres.verdict(headers, single, self._trusted),
            delivery=reports.deliveries(self._message, text),
            list_unsubscribe=_unsubscribe(headers),
            made_from_text=self._plain_only,
        )

    def _finish_warnings(self, html: str) -> None:
        self._warnings.extend(doubts.about_structure(self._message, self._leaves))
        self._warnings.extend(doubts.about_links(html))
        if self._remote:
            self._warnings.append(Warning("remote-content", f"{self._remote} held back"))

    def _html(self, entities: list[Entity]) -> str:
        """Safe HTML of the parts in order; each is a document of its own to the sanitiser."""
        out: list[str] = []
        for entity in entities:
            if entity.type in choice.PICTURES:
                self._plain_only = False
                name = escape(filename.safe_name(entity.name, ""))
                out.append(f'<p><img src="{PART_URL}{entity.section}" alt="{name}"></p>')
            elif entity.type == "text/html":
                out.append(self._clean(entity))
            else:
                out.append(text_to_html(self._text_of(entity)) if self._text_of(entity).strip() else "")
        return "<hr>".join(piece for piece in out if piece.strip())

    def _clean(self, entity: Entity) -> str:
        source = self._source(entity, sanitize.MAX_HTML + 1)
        found = sanitize.clean(source, self._pictures, first_remote=len(self._remote_urls) + 1)
        self._remote += found.remote_content
        if found.cut:
            self._warnings.append(Warning("too-large", f"part {entity.section}: shown as text"))
            return text_to_html(self._text_of(entity))
        self._plain_only = False
        self._remote_urls.update(found.remote_urls)
        return found.html

    def _text(self, entities: list[Entity]) -> str:
        texts = [self._text_of(entity) for entity in entities if choice.is_text(entity)]
        return "\n\n".join(text.strip("\n") if len(texts) > 1 else text for text in texts if text.strip())

    def _source(self, entity: Entity, limit: int) -> str:
        data = entity.content
        if len(data) > 4 * limit:
            data = data[: 4 * limit]
        return decoded(entity, data)

    def _text_of(self, entity: Entity) -> str:
        """The readable text of a text part, cut at MAX_SHOWN."""
        text = self._texts.get(entity)
        if text is None:
            text = self._source(entity, MAX_SHOWN)
            if entity.type in ("text/html", "text/enriched", "text/richtext"):
                text = htmltext.text_of(text)
            elif entity.type_params.get("format", "").lower() == "flowed":
                text = flowed.unwrap(text, delsp=entity.type_params.get("delsp", "").lower() == "yes")
            if len(text) > MAX_SHOWN:
                text = text[:MAX_SHOWN]
                self._warnings.append(Warning("too-large", f"part {entity.section}: only the beginning is shown"))
            text = text.replace("\r\n", "\n").replace("\r", "\n")
            self._texts[entity] = text
        return text

    def _parts(self, shown: list[Entity], html: str) -> tuple[list[Part], list[Part]]:
        """(the leaves in order, the nested messages as wholes), with warnings about files."""
        referenced = set(re.findall(rf"{re.escape(PART_URL)}([0-9.]+)", html))
        top = set(shown)
        parts: list[Part] = []
        files: list[tuple[Part, str, bytes]] = []
        for entity in self._message.leaves:
            data = entity.content
            inline = entity in top or entity.section in referenced or not is_attachment(entity)
            if entity.children:
                inline = True
            elif entity.type in choice.PICTURES and entity.content_id and entity.section not in referenced:
                inline = entity in top or entity not in self._leaves
            part = _part(entity, inline, data)
            parts.append(part)
            files.append((part, entity.name, data[:16]))
        nested = [_part(entity, False) for entity in self._message.walk() if entity.is_message and entity.children]
        self._warnings.extend(doubts.about_files(files))
        return parts, nested


def _own_pictures(leaves: list[Entity]) -> dict[str, str]:
    """Content-ID and Content-Location of the pictures that came with the message, each to its section."""
    found: dict[str, str] = {}
    for entity in leaves:
        if entity.type in choice.PICTURES and len(found) < _MAX_PICTURES:
            if entity.content_id:
                found.setdefault(f"cid:{entity.content_id}", entity.section)
            location = entity.headers.text("content-location")
            if location:
                found.setdefault(location, entity.section)
    return found


def _part(entity: Entity, inline: bool, data: bytes | None = None) -> Part:
    if data is None:
        data = entity.content
    label = entity.type_params.get("charset", "")
    text = None
    if entity.type.startswith("text/") and len(data) <= _MAX_PART_TEXT:
        text = decoded(entity, data)
    return Part(
        section=entity.section,
        type=words.visible(entity.type),
        name=_shown_name(entity),
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        content_id=words.visible(entity.content_id),
        inline=inline,
        charset=words.visible(label)[:64],
        text=text,
    )


def _shown_name(entity: Entity) -> str:
    """A safe file name; nested messages without one are named by their subject."""
    given = entity.name
    if not given and entity.is_message and entity.children:
        subject = entity.children[0].headers.text("subject")
        given = f"{subject[:100] or 'message'}.eml"
    return filename.safe_name(given) if given else ""


def _placeholder(message: Message) -> str:
    """Says honestly that there is no text, and why."""
    root = message.root
    if root.type in ("multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"):
        told = phrase("This message is encrypted and cannot be read here.")
    elif "too-deep" in message.problems:
        told = phrase("This message is nested too deeply to be shown.")
    elif any(entity.is_message for entity in message.walk()):
        told = phrase("This message has no text of its own. It carries other messages as attachments.")
    elif any(is_attachment(entity) for entity in message.leaves):
        told = phrase("This message has no text, only attachments.")
    else:
        told = phrase("This message has no text.")
    return f'<p class="placeholder">{escape(told)}</p>'


def _unsubscribe(headers: Headers) -> tuple[str, ...]:
    """The ways out of a mailing list (RFC 2369 section 3.2) that may be followed."""
    found: Iterator[links.Link | None] = (
        links.check(uri) for uri in _URI.findall(words.raw_text(headers.raw("list-unsubscribe")[:20_000]))
    )
    return tuple(link.url for link in found if link is not None)[:10]
