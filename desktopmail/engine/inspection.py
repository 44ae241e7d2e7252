"""Looks at one message without a profile: what the reader would show, the tree of parts, what only headers know."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from desktopmail.domain.address import Address
from desktopmail.domain.body import Body
from desktopmail.formats import eml
from desktopmail.mime import body as mime_body
from desktopmail.mime.headers import Headers
from desktopmail.mime.parse import Entity, parse
from desktopmail.mime.text import for_index


@dataclass(frozen=True, slots=True)
class Inspected:
    """A message as it would be read, with its preview and the field that names who handed it over."""

    body: Body
    preview: str
    submitter: tuple[Address, ...]
    size: int


@dataclass(frozen=True, slots=True)
class Branch:
    """One line of the tree of parts. `depth` is 0 for the message itself; `size` is of the encoded part."""

    depth: int
    section: str
    type: str
    name: str
    size: int


def file(path: Path) -> bytes:
    """The bytes of a message file. Raises NotFound and StoreFailed."""
    return eml.read(path)


def inspect(raw: bytes) -> Inspected:
    """Read a message. Never raises."""
    return Inspected(mime_body.read(raw), for_index(raw).preview, submitter(raw), len(raw))


def submitter(raw: bytes) -> tuple[Address, ...]:
    """Who handed the message over for its authors (Sender; RFC 5322 section 3.6.2)."""
    return Headers.read(raw).people("sender")


def tree(raw: bytes) -> tuple[Branch, ...]:
    """Every node of the MIME tree, parents first. Never raises."""
    return tuple(_branches(parse(raw).root))


def _branches(root: Entity) -> Iterator[Branch]:
    waiting = [(root, 0)]
    while waiting:
        entity, depth = waiting.pop()
        yield Branch(depth, entity.section, entity.type, entity.name, entity.end - entity.start)
        waiting.extend((child, depth + 1) for child in reversed(entity.children))
