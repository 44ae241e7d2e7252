"""What the search index and the list need of a message: people, words, a preview. Fast: attachments stay undecoded."""

from __future__ import annotations

import re
from typing import NamedTuple

from desktopmail.domain.filename import safe_name
from desktopmail.mime import charset, flowed, htmltext, quotes, transfer
from desktopmail.mime.headers import Headers, QuickHeader
from desktopmail.mime.parse import Entity, Message, parse

MAX_TEXT = 200_000
"""Characters of text that are indexed per message."""
_MAX_NAMES = 200
_MAX_CONTENT = 400_000
_LIGHT, _LIGHT_HEADER, _LIGHT_TEXT, _LIGHT_PARTS = 1_000_000, 16_000, 100_000, 50
"""What a message has at most that is read at once: bytes, of these in the header and in texts, and parts."""
_META_CHARSET = re.compile(rb"<meta\b[^>]{0,200}\bcharset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{1,40})", re.I)

text_of = htmltext.text_of
split_quote = quotes.split_quote


class IndexText(NamedTuple):
    """The searchable side of one message. `people` and `attachment_names` are words to search in; `attachments` is
    the number of parts that stand beside the text. `damaged`: the header had to be repaired to be read."""

    people: str
    subject: str
    text: str
    attachment_names: str
    preview: str
    attachments: int
    damaged: bool = False


def for_index(raw: bytes) -> IndexText:
    """Reads one message for the index. Never raises."""
    return of_message(parse(raw, expand=False))


def for_list_and_index(raw: bytes) -> tuple[QuickHeader, IndexText]:
    """Reads one message for its row in the list and for the index, its header once. Never raises."""
    message = parse(raw, expand=False)
    row = message.headers.row
    return row, _index_text(message, row, _chosen(message))


def at_once(raw: bytes) -> tuple[QuickHeader, IndexText] | None:
    """The same if it takes a fraction of a millisecond, as for most mail, so that handing it to another thread would
    cost more. None: it may take longer."""
    if len(raw) > _LIGHT:
        return None
    message = parse(raw, expand=False, most=_LIGHT_PARTS)
    chosen = _chosen(message)
    if message.problems or message.root.body > _LIGHT_HEADER or sum(map(_weight, chosen)) > _LIGHT_TEXT:
        return None
    row = message.headers.row
    return row, _index_text(message, row, chosen)


def _weight(entity: Entity) -> int:
    """How much work the text of a node is, as if it were plain."""
    size = entity.end - entity.body
    return {"text/plain": size, "text/html": 8 * size}.get(entity.type, 0)


def of_message(message: Message) -> IndexText:
    """The same of a parsed message."""
    return _index_text(message, message.headers.row, _chosen(message))


def _index_text(message: Message, row: QuickHeader, chosen: list[Entity]) -> IndexText:
    texts: list[str] = []
    names: list[str] = []
    attachments = 0
    room = MAX_TEXT
    for entity in chosen:
        if is_attachment(entity):
            attachments += 1
            if len(names) < _MAX_NAMES:
                names.append(safe_name(entity.name, ""))
        elif entity.type in ("text/plain", "text/html") and room > 0:
            text = _plain(entity, room)
            room -= len(text)
            texts.append(text)
        elif entity.is_message and entity.children:
            texts.append(entity.children[0].headers.text("subject"))
    text = "\n\n".join(texts)
    return IndexText(
        _people(message.headers, row),
        row.subject,
        text,
        " ".join(filter(None, names)),
        quotes.preview(text),
        attachments,
        message.headers.damaged,
    )


def _people(headers: Headers, row: QuickHeader) -> str:
    words: dict[str, None] = {}
    groups = [row.sender, row.to, row.cc]
    groups += [headers.people(field) for field in ("bcc", "reply-to", "sender") if field in headers]
    for group in groups:
        for person in group[:200]:
            words[person.name] = None
            words[person.address] = None
    return " ".join(filter(None, words))


def _chosen(message: Message) -> list[Entity]:
    """The nodes that count: of alternatives only one text, of nested messages their inside too."""
    out: list[Entity] = []
    waiting = [message.root]
    while waiting:
        entity = waiting.pop()
        if entity.type == "multipart/alternative" and entity.children:
            waiting.extend(reversed(_best(entity.children)))
        else:
            if not entity.is_multipart:
                out.append(entity)
            waiting.extend(reversed(entity.children))
    return out


def _best(children: list[Entity]) -> list[Entity]:
    """One text for the index, plain before HTML, with all that is no text (a calendar, a related picture)."""
    plain = next((child for child in children if child.type == "text/plain" and _has_words(child)), None)
    if plain is None:
        return [child for child in children if child.type != "text/plain"] or children
    return [plain, *(child for child in children if not child.type.startswith("text/") and not _only_html(child))]


def _has_words(entity: Entity) -> bool:
    return bool(entity.source[entity.body : min(entity.end, entity.body + 2_000)].strip())


def _only_html(entity: Entity) -> bool:
    return entity.type == "multipart/related" and all(
        child.content_id or child.type == "text/html" for child in entity.children
    )


def is_attachment(entity: Entity) -> bool:
    """Whether a node stands beside the text: named or set apart by its sender, or of a type that is not shown."""
    if entity.type in ("application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"):
        return False
    disposition = entity.disposition.value
    if disposition == "attachment":
        return True
    if entity.type.startswith("text/") and entity.type != "text/calendar":
        return bool(entity.name) and disposition != "inline"
    if entity.is_message:
        return True
    if entity.type in ("message/delivery-status", "message/disposition-notification", "text/rfc822-headers"):
        return False
    if entity.type.startswith("image/") and (
        entity.content_id and entity.parent and entity.parent.type == "multipart/related"
    ):
        return False
    return not entity.is_multipart


def _plain(entity: Entity, room: int) -> str:
    """The text of a text part, at most about `room` characters, decoding no more than is needed."""
    data = _content(entity, room)
    if entity.type == "text/html":
        return htmltext.text_of(decoded(entity, data), links=False, limit=_MAX_CONTENT)[:room]
    text = decoded(entity, data)
    if entity.type_params.get("format", "").lower() == "flowed":
        text = flowed.unwrap(text, delsp=entity.type_params.get("delsp", "").lower() == "yes")
    return text[:room].replace("\r\n", "\n")


def _content(entity: Entity, room: int) -> bytes:
    """The beginning of a part's content."""
    if entity.end - entity.body <= _MAX_CONTENT:
        return entity.content
    return transfer.decode(entity.source[entity.body : entity.body + _MAX_CONTENT], entity.encoding)[: 2 * room]


def decoded(entity: Entity, data: bytes) -> str:
    """Text of a text part's bytes: by its label, for HTML without one by its own declaration, else by guess."""
    label = entity.type_params.get("charset", "")
    if not label and entity.type == "text/html" and not data.isascii():
        declared = _META_CHARSET.search(data[:4_096])
        label = declared[1].decode("ascii") if declared else ""
    return charset.decode(data, label)
