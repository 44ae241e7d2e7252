"""Content transfer encodings (RFC 2045 section 6): base64, quoted-printable, uuencode. Damage costs only itself."""

from __future__ import annotations

import binascii
import re

_PAD_INSIDE = re.compile(rb"(?<!=)=++[ \t\r\n]*+(?=[A-Za-z0-9+/])")
_UU_BEGIN = re.compile(rb"(?:\A|\n)begin [0-7]{3,4} ([^\r\n]*)\r?\n")
_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_OTHERS = bytes(set(range(256)) - set(_LETTERS))


def decode(data: bytes, encoding: str) -> bytes:
    """The content behind a Content-Transfer-Encoding; an unknown encoding leaves the bytes as they are."""
    match encoding:
        case "base64":
            return from_base64(data)
        case "quoted-printable" | "quotedprintable" | "qp":
            return from_quoted_printable(data)
        case "x-uuencode" | "uuencode" | "x-uue" | "uue" | "x-uu":
            return from_uuencode(data)
        case _:
            return data


_PLAIN = ("7", "8", "binary", "none", "plain", "text", "unencoded")
_DECODED = frozenset(
    {"base64", "quoted-printable", "quotedprintable", "qp", "x-uuencode", "uuencode", "x-uue", "uue", "x-uu"}
)


def is_known(encoding: str) -> bool:
    """Whether the encoding has a meaning here; the many ways to say that there is none count."""
    return not encoding or encoding in _DECODED or encoding.startswith(_PLAIN)


def from_base64(data: bytes) -> bytes:
    """Strangers between the letters, padding in the middle and a missing end are all forgiven."""
    stripped = data.rstrip(b"= \t\r\n")
    if b"=" not in stripped:
        return _letters(stripped)
    return b"".join(_letters(piece) for piece in _PAD_INSIDE.split(stripped))


def _letters(data: bytes) -> bytes:
    """Fast for clean input: the C decoder skips strangers itself, only the padding has to be right."""
    letters = base64_letters(data)
    surplus = len(letters) % 4
    if surplus == 1:
        letters = letters[:-1]
        surplus = 0
    return binascii.a2b_base64(letters + b"==="[: (4 - surplus) % 4])


def base64_letters(data: bytes) -> bytes:
    """The letters of base64 alone, without padding."""
    return data.translate(None, _OTHERS)


def from_quoted_printable(data: bytes) -> bytes:
    """RFC 2045 section 6.7; a wrong escape stays as it is."""
    return binascii.a2b_qp(data)


def from_uuencode(data: bytes) -> bytes:
    """The first uuencoded file in the data, or its lines when there is no 'begin'."""
    begin = _UU_BEGIN.search(data)
    out: list[bytes] = []
    for line in data[begin.end() if begin else 0 :].split(b"\n"):
        line = line.rstrip(b"\r")
        if line.startswith(b"end") and len(line.strip()) == 3:
            break
        out.append(_uu_line(line))
    return b"".join(out)


def uuencoded_name(data: bytes) -> bytes:
    """The file name after 'begin'; empty when there is none."""
    begin = _UU_BEGIN.search(data[:10_000])
    return begin[1].strip() if begin else b""


def _uu_line(line: bytes) -> bytes:
    if not line or line[0] in b"` ":
        return b""
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        length = (line[0] - 32) & 63
        needed = (length * 4 + 5) // 3 + 1
        try:
            return binascii.a2b_uu(line[:needed].ljust(needed))
        except binascii.Error:
            return b""
