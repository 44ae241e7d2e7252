"""Reads a large message from what was kept of it, and says where its parts lie in the whole."""

from __future__ import annotations

import binascii
from dataclasses import replace
from typing import NamedTuple

from desktopmail.domain.body import Body, Part, Warning
from desktopmail.mime import body, transfer
from desktopmail.mime.abridged import Abridged
from desktopmail.mime.parse import Entity, parse

_LINE = 57, 78
"""Bytes in a line of base64, and the letters and line end they are written as."""


class Span(NamedTuple):
    """Where the encoded body of a part is in a message, and how it is encoded."""

    start: int
    end: int
    encoding: str


def read(
    abridged: Abridged,
    *,
    own_addresses: frozenset[str] = frozenset(),
    trusted_verifiers: frozenset[str] = frozenset(),
) -> Body:
    """Like `body.read`. Of parts that were cut `size` is an estimate and `sha256` empty; a warning says it of those
    that are shown. Never raises."""
    found = body.read(abridged.raw, own_addresses=own_addresses, trusted_verifiers=trusted_verifiers)
    spans = {
        entity.section: span
        for entity in parse(abridged.raw).walk()
        if (span := _span(abridged, entity)) is not None and span.end - span.start > entity.end - entity.body
    }
    warnings = [*found.warnings]
    for part in found.parts:
        if part.section in spans and part.inline:
            warnings.append(Warning("too-large", f"part {part.section}: only the beginning is shown"))
    return replace(
        found,
        parts=tuple(_sized(part, spans.get(part.section)) for part in found.parts),
        nested=tuple(_sized(part, spans.get(part.section)) for part in found.nested),
        warnings=tuple(dict.fromkeys(warnings)),
    )


def span(abridged: Abridged, section: str) -> Span | None:
    """Where a part is. None when there is no such section, or when it lies inside an encoded part."""
    entity = parse(abridged.raw).find(section)
    return None if entity is None or entity.is_multipart else _span(abridged, entity)


def _span(abridged: Abridged, entity: Entity) -> Span | None:
    if entity.source is not abridged.raw:
        return None
    return Span(abridged.place(entity.body), abridged.place(entity.end), entity.encoding)


def _sized(part: Part, span: Span | None) -> Part:
    if span is None:
        return part
    size = span.end - span.start
    if span.encoding == "base64":
        size = size * _LINE[0] // _LINE[1]
    return replace(part, size=size, sha256="", text=None)


class Decoder:
    """Undoes a transfer encoding piece by piece, with the same forgiveness as `transfer.decode`."""

    def __init__(self, encoding: str) -> None:
        self._encoding = encoding
        self._rest = b""

    def add(self, data: bytes) -> bytes:
        """What the next bytes are."""
        match self._encoding:
            case "base64":
                return self._base64(data)
            case "quoted-printable" | "quotedprintable" | "qp":
                whole = self._rest + data
                cut = whole.rfind(b"\n") + 1 or max(0, len(whole) - 1_000)
                self._rest = whole[cut:]
                return transfer.from_quoted_printable(whole[:cut])
            case "x-uuencode" | "uuencode" | "x-uue" | "uue" | "x-uu":
                self._rest += data
                return b""
            case _:
                return data

    def finish(self) -> bytes:
        """What is left at the end."""
        rest, self._rest = self._rest, b""
        return transfer.decode(rest, self._encoding)

    def _base64(self, data: bytes) -> bytes:
        """Whole groups of four letters; padding ends a group."""
        out = []
        first, *others = data.split(b"=")
        for place, piece in enumerate((first, *others)):
            if place:
                out.append(self.finish())
            letters = self._rest + transfer.base64_letters(piece)
            cut = len(letters) // 4 * 4
            out.append(binascii.a2b_base64(letters[:cut]))
            self._rest = letters[cut:]
        return b"".join(out)
