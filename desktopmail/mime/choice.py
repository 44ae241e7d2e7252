"""Which parts of a message are its text: one of each set of alternatives, in the order of the message."""

from __future__ import annotations

from typing import Literal

from desktopmail.mime.parse import Entity
from desktopmail.mime.text import is_attachment

Preference = Literal["html", "plain"]

_NEVER = frozenset(
    {
        *("text/calendar", "text/vcard", "text/x-vcard", "text/directory", "text/css", "text/javascript", "text/rtf"),
        *("text/x-amp-html", "text/watch-html", "text/xml", "text/csv", "text/x-moz-deleted"),
    }
)
PICTURES = frozenset(
    {
        "image/png",
        "image/jpeg",
        "image/jpg",
        "image/pjpeg",
        "image/gif",
        "image/webp",
        "image/bmp",
        "image/avif",
        "image/x-png",
    }
)
"""Types of pictures that may be shown: bitmaps only."""
_SIGNATURES = frozenset({"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"})


def is_text(entity: Entity) -> bool:
    """Whether a leaf holds text that is shown."""
    return entity.type.startswith("text/") and entity.type not in _NEVER and not entity.children


def shown(root: Entity, prefer: Preference) -> list[Entity]:
    """The leaves that make up the text, in order; pictures that stand in the text included. Nested messages are not
    entered. When everything is set apart, the first text stands in."""
    out: list[Entity] = []
    waiting = [root]
    while waiting:
        entity = waiting.pop()
        if entity.is_multipart and entity.children:
            waiting.extend(reversed(_of_multipart(entity, prefer)))
        elif _stands_in_text(entity):
            out.append(entity)
    if not any(is_text(entity) for entity in out):
        instead = next((entity for entity in leaves(root) if is_text(entity) and entity.end > entity.body), None)
        if instead is not None and instead not in out:
            out.append(instead)
    return out


def leaves(root: Entity) -> list[Entity]:
    """The leaves outside nested messages."""
    out: list[Entity] = []
    waiting = [root]
    while waiting:
        entity = waiting.pop()
        if not entity.children:
            out.append(entity)
        elif not entity.is_message:
            waiting.extend(reversed(entity.children))
    return out


def _stands_in_text(entity: Entity) -> bool:
    if entity.type in PICTURES:
        if entity.parent is None:
            return entity.disposition.value != "attachment"
        return entity.disposition.value == "inline" and not (entity.content_id and _in_related(entity))
    return is_text(entity) and not is_attachment(entity)


def _in_related(entity: Entity) -> bool:
    return entity.parent is not None and entity.parent.type == "multipart/related"


def _of_multipart(entity: Entity, prefer: Preference) -> list[Entity]:
    children = entity.children
    match entity.type:
        case "multipart/alternative":
            return _alternative(children, prefer)
        case "multipart/related":
            return _related(entity)
        case "multipart/signed":
            return [child for child in children if child.type not in _SIGNATURES][:1]
        case "multipart/encrypted":
            return []
        case _:
            return children


def _alternative(children: list[Entity], prefer: Preference) -> list[Entity]:
    """The richest that can be shown, or the plainest (RFC 2046 section 5.1.4: the last is the best)."""
    able = [child for child in children if _holds(child, "text/")]
    wanted = "text/html" if prefer == "html" else "text/plain"
    fitting = [child for child in able if _holds(child, wanted)]
    if prefer == "plain" and fitting:
        return fitting[:1]
    return (fitting or able)[-1:] or children[:1]


def _related(entity: Entity) -> list[Entity]:
    """The root of a compound object (RFC 2387): the one named by 'start', else the first that is text."""
    start = entity.type_params.get("start", "").strip("<> ")
    named = [child for child in entity.children if start and child.content_id == start]
    texts = [child for child in entity.children if _holds(child, "text/")]
    others = [child for child in entity.children if child.type in PICTURES and not child.content_id]
    root = (named or texts or entity.children)[:1]
    return root + [child for child in others if child not in root]


def _holds(entity: Entity, wanted: str) -> bool:
    """Whether there is text of that type to show, not empty, in the node or below it."""
    waiting = [entity]
    while waiting:
        node = waiting.pop()
        if node.children and not node.is_message:
            waiting.extend(node.children)
        elif is_text(node) and node.type.startswith(wanted) and not is_attachment(node) and _has_words(node):
            return True
    return False


def _has_words(entity: Entity) -> bool:
    return bool(entity.source[entity.body : min(entity.end, entity.body + 4_000)].strip())
