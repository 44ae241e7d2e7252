"""Small messages for tests, written here."""

from __future__ import annotations

import struct

HEAD = b"From: Ada <ada@example.org>\r\nTo: bob@example.net\r\nSubject: Tests\r\nMIME-Version: 1.0\r\n"


def mail(body: bytes, *fields: bytes) -> bytes:
    """A message with one part; `fields` are header lines without their line ends."""
    return HEAD + b"".join(field + b"\r\n" for field in fields) + b"\r\n" + body


def html(source: str, *fields: bytes) -> bytes:
    """A message of HTML alone."""
    return mail(source.encode(), b"Content-Type: text/html; charset=utf-8", *fields)


def multipart(kind: str, boundary: str, parts: list[bytes]) -> bytes:
    """The Content-Type field and body of a multipart; each part begins with its own fields."""
    mark = boundary.encode()
    inside = b"".join(b"--" + mark + b"\r\n" + part + b"\r\n" for part in parts)
    return (
        b'Content-Type: multipart/%s; boundary="%s"\r\n\r\n' % (kind.encode(), mark) + inside + b"--" + mark + b"--\r\n"
    )


def part(media_type: str, body: bytes, *fields: bytes) -> bytes:
    """One part for `multipart`."""
    return (
        b"Content-Type: " + media_type.encode() + b"\r\n" + b"".join(one + b"\r\n" for one in fields) + b"\r\n" + body
    )


def wrapper(files: list[tuple[str, bytes]]) -> bytes:
    """A TNEF stream with attachments (MS-OXTNEF)."""
    out = struct.pack("<IH", 0x223E9F78, 1)
    for name, data in files:
        out += (
            _attribute(0x9002, bytes(14)) + _attribute(0x8010, name.encode("cp1252") + b"\0") + _attribute(0x800F, data)
        )
    return out


def _attribute(identifier: int, value: bytes) -> bytes:
    return struct.pack("<BHHI", 2, identifier, 6, len(value)) + value + struct.pack("<H", sum(value) & 0xFFFF)
