"""Files inside a TNEF wrapper (winmail.dat; MS-OXTNEF): attachments and the message body, with ceilings everywhere."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import NamedTuple

from desktopmail.domain import filename
from desktopmail.mime import charset, rtf

_SIGNATURE_BYTES = b"\x78\x9f\x3e\x22"
MAX_FILES = 500
_MAX_ATTRIBUTES = 20_000
_MAX_PROPERTIES = 20_000
_MAX_VALUES = 10_000
_NO_NAME = "Untitled Attachment"

_RENDER_DATA = 0x9002
_TITLE = 0x8010
_DATA = 0x800F
_ATTACHMENT = 0x9005
_MESSAGE_PROPERTIES = 0x9003
_CODE_PAGE = 0x9007

_BODY_HTML = 0x1013
_BODY_RTF = 0x1009
_BODY_TEXT = 0x1000
_ATTACH_DATA = 0x3701
_ATTACH_NAMES = (0x3707, 0x3704)
_ATTACH_TYPE = 0x370E
_FIXED = {
    **dict.fromkeys((0x0002, 0x0003, 0x0004, 0x000A, 0x000B), 4),
    **dict.fromkeys((0x0005, 0x0006, 0x0007, 0x0014, 0x0040), 8),
    0x0048: 16,
}
_VARIABLE = frozenset({0x000D, 0x001E, 0x001F, 0x0102})
_OBJECT = 0x000D
_UNICODE = 0x001F


class File(NamedTuple):
    """One file of the wrapper, its name not yet safe to use."""

    name: str
    type: str
    data: bytes


@dataclass
class _Attachment:
    title: str = ""
    data: bytes = b""
    properties: dict[int, tuple[int, bytes]] = field(default_factory=dict)


def files(data: bytes) -> list[File]:
    """Attachments in order, then the body if the wrapper holds one. Empty when this is no TNEF. Never raises."""
    if len(data) < 6 or not data.startswith(_SIGNATURE_BYTES):
        return []
    attachments: list[_Attachment] = []
    body: dict[int, tuple[int, bytes]] = {}
    codec = "cp1252"
    for identifier, value in _attributes(data):
        if identifier == _CODE_PAGE and len(value) >= 4:
            codec = f"cp{struct.unpack_from('<I', value)[0]}"
        elif identifier == _MESSAGE_PROPERTIES:
            body.update(_properties(value))
        elif identifier == _RENDER_DATA and len(attachments) < MAX_FILES:
            attachments.append(_Attachment())
        elif attachments:
            _add(attachments[-1], identifier, value, codec)
    found = [file for attachment in attachments for file in _attached(attachment, codec)]
    return found + _body_files(body)


def _attributes(data: bytes) -> list[tuple[int, bytes]]:
    """(id, value) of the attribute stream; a wrong length ends the reading."""
    out: list[tuple[int, bytes]] = []
    position = 6
    while position + 9 <= len(data) and len(out) < _MAX_ATTRIBUTES:
        identifier, length = struct.unpack_from("<HxxI", data, position + 1)
        start = position + 9
        if length > len(data) - start:
            out.append((identifier, data[start:]))
            break
        out.append((identifier, data[start : start + length]))
        position = start + length + 2
    return out


def _add(attachment: _Attachment, identifier: int, value: bytes, codec: str) -> None:
    if identifier == _TITLE:
        attachment.title = _ended(charset.decode(value, codec))
    elif identifier == _DATA:
        attachment.data = value
    elif identifier == _ATTACHMENT:
        attachment.properties.update(_properties(value))


def _ended(text: str) -> str:
    """Text up to its terminating NUL, which has become U+FFFD by now."""
    return text.rstrip("\ufffd").strip()


def _attached(attachment: _Attachment, codec: str) -> list[File]:
    name = ""
    for key in _ATTACH_NAMES:
        name = name or _text(attachment.properties.get(key), codec)
    name = name or attachment.title or _NO_NAME
    declared = _text(attachment.properties.get(_ATTACH_TYPE), codec).lower()
    found = []
    if attachment.data:
        found.append(File(name, declared or filename.type_of(name), attachment.data))
    kind, value = attachment.properties.get(_ATTACH_DATA, (0, b""))
    if kind == _OBJECT:
        value = value[16:]
    if value:
        nested = value.startswith(_SIGNATURE_BYTES)
        found.append(File(name, "application/ms-tnef" if nested else declared or filename.type_of(name), value))
    return found


def _text(value: tuple[int, bytes] | None, codec: str) -> str:
    if value is None:
        return ""
    kind, data = value
    return _ended(charset.decode(data, "utf-16-le" if kind == _UNICODE else codec))


def _body_files(body: dict[int, tuple[int, bytes]]) -> list[File]:
    if _BODY_HTML in body:
        return [File("body.html", "text/html", body[_BODY_HTML][1].rstrip(b"\0"))]
    if _BODY_RTF in body:
        text = rtf.decompress(body[_BODY_RTF][1])
        return [File("body.rtf", "text/rtf", text)] if text else []
    if _BODY_TEXT in body:
        kind, data = body[_BODY_TEXT]
        text = data.decode("utf-16-le", "replace").encode("utf-8") if kind == _UNICODE else data
        return [File("body.txt", "text/plain", text.rstrip(b"\0"))]
    return []


def _properties(data: bytes) -> dict[int, tuple[int, bytes]]:
    """MAPI properties by id as (type, first value)."""
    out: dict[int, tuple[int, bytes]] = {}
    try:
        (count,) = struct.unpack_from("<I", data)
        position = 4
        for _ in range(min(count, _MAX_PROPERTIES)):
            kind, identifier = struct.unpack_from("<HH", data, position)
            position += 4
            if identifier >= 0x8000:
                position = _after_name(data, position)
            value, position = _value(data, position, kind)
            out.setdefault(identifier, (kind & 0xFFF, value))
    except (struct.error, ValueError):
        pass
    return out


def _after_name(data: bytes, position: int) -> int:
    """Behind the GUID and number or name of a named property."""
    (kind,) = struct.unpack_from("<I", data, position + 16)
    if kind == 0:
        return position + 24
    (length,) = struct.unpack_from("<I", data, position + 20)
    return position + 24 + _padded(length)


def _padded(length: int) -> int:
    return (length + 3) & ~3


def _value(data: bytes, position: int, kind: int) -> tuple[bytes, int]:
    """(first value, offset behind all values) of one property."""
    several, plain = bool(kind & 0x1000), kind & 0xFFF
    count = 1
    if several or plain in _VARIABLE:
        (count,) = struct.unpack_from("<I", data, position)
        position += 4
    if count > _MAX_VALUES:
        raise ValueError("too many values")
    first = b""
    for index in range(count):
        if plain in _VARIABLE:
            (length,) = struct.unpack_from("<I", data, position)
            position += 4
            step = _padded(length)
        else:
            length = _FIXED.get(plain, 4)
            step = _padded(length)
        if position + length > len(data):
            raise ValueError("value beyond the end")
        if index == 0:
            first = data[position : position + length]
        position += step
    return first, position
