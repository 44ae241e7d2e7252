"""Encodings on the way out: encoded words, folding, parameters, quoted-printable and base64."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable
from urllib.parse import quote

LINE = 76
LONGEST_LINE = 998
_ENCODED_BYTES = 39
"""Bytes of text per encoded word: 52 letters and '=?utf-8?b??=' stay below 75 characters (RFC 2047 section 2)."""
_PLAIN_WORD = re.compile(r"[\x21-\x7e]{1,900}\Z")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+\Z")
_TOKEN = re.compile(r"[A-Za-z0-9!#$&+^_`{|}~.-]{1,60}\Z")


def fold(name: str, tokens: Iterable[str]) -> bytes:
    """A header field with its tokens on lines of at most 76 characters where they can be broken."""
    lines: list[str] = []
    line = f"{name}:"
    for token in tokens:
        if len(line) + 1 + len(token) > LINE and line != f"{name}:":
            lines.append(line)
            line = f" {token}"
        else:
            line = f"{line} {token}"
    return "\r\n".join([*lines, line]).encode("utf-8") + b"\r\n"


def phrase_words(text: str, used: int = 0) -> list[str]:
    """Free text as tokens: ASCII words as they are, everything else as encoded words. Reading them gives the text."""
    if not text:
        return [""]
    plain = text.split(" ")
    if text.isascii() and "=?" not in text and all(_PLAIN_WORD.match(word) for word in plain):
        return plain
    return encoded_words(text, used)


def encoded_words(text: str, used: int = 0) -> list[str]:
    """Base64 encoded words of whole characters (RFC 2047 section 5)."""
    out: list[str] = []
    piece: list[str] = []
    size = 0
    room = max(9, min(_ENCODED_BYTES, (LINE - used - 12) * 3 // 4 - 2))
    for letter in text:
        width = len(letter.encode("utf-8", "replace"))
        if size + width > room:
            out.append(_encoded("".join(piece)))
            piece, size, room = [], 0, _ENCODED_BYTES
        piece.append(letter)
        size += width
    if piece:
        out.append(_encoded("".join(piece)))
    return out


def _encoded(text: str) -> str:
    return f"=?utf-8?b?{base64.b64encode(text.encode('utf-8', 'replace')).decode('ascii')}?="


def display_name(name: str, used: int = 0) -> list[str]:
    """The phrase in front of an address (RFC 5322 section 3.2.5): atoms, a quoted string, or encoded words."""
    if not name.isascii() or not name.isprintable() or "=?" in name or len(name) > 200:
        return encoded_words(name, used)
    if _ATOMS.match(name) and "  " not in name:
        return name.split(" ")
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return [f'"{escaped}"']


def parameter(name: str, value: str) -> list[str]:
    """A parameter as it is, quoted, or in RFC 2231 form, in pieces when it is long. Empty values give none."""
    if not value:
        return []
    if _TOKEN.match(value):
        return [f"{name}={value}"]
    if value.isascii() and value.isprintable() and len(value) <= 60:
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return [f'{name}="{escaped}"']
    encoded = "utf-8''" + quote(value.encode("utf-8", "replace"), safe="!#$&+^_`{|}~.-")
    if len(encoded) + len(name) < LINE - 4:
        return [f"{name}*={encoded}"]
    pieces = re.findall(r"(?:%..|[^%]){1,20}", encoded)
    return [f"{name}*{number}*={piece}" for number, piece in enumerate(pieces)]


def wire_lines(text: str) -> bytes:
    """UTF-8 with CRLF line ends, and one at the end."""
    normal = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")
    if not normal.endswith("\n"):
        normal += "\n"
    return normal.replace("\n", "\r\n").encode("utf-8", "replace")


def encode_text(data: bytes) -> tuple[str, bytes]:
    """(encoding, encoded) for text with CRLF line ends: readable where possible, never a line above the limit, nothing
    that a mailbox file or a server would change on the way."""
    if data.isascii() and _travels_as_is(data):
        return "7bit", data
    foreign = len(data) - len(data.translate(None, bytes(range(128, 256))))
    if foreign * 6 > len(data):
        return "base64", base64_lines(data)
    encoded = binascii.b2a_qp(data, istext=True)
    encoded = re.sub(rb"(?m)^From ", b"=46rom ", encoded)
    return "quoted-printable", re.sub(rb"(?m)^\.(?=\r?$)", b"=2E", encoded)


def _travels_as_is(data: bytes) -> bool:
    if data.startswith(b"From ") or b"\nFrom " in data or b" \r\n" in data or b"\t\r\n" in data or b"\0" in data:
        return b" \r\n" in data and b"\nFrom " not in data and _only_signature_space(data) and _short(data)
    return _short(data)


def _only_signature_space(data: bytes) -> bool:
    """'-- ' is the one line that keeps its space at the end."""
    return not data.startswith(b"From ") and re.search(rb"(?<!\n--)[ \t]\r\n", data) is None and b"\0" not in data


def _short(data: bytes) -> bool:
    return max(map(len, data.split(b"\r\n"))) <= 78


def encode_file(data: bytes, media_type: str) -> tuple[str, bytes]:
    """(encoding, encoded) of an attachment: base64; a nested message as it is when it can travel so."""
    if media_type.startswith("message/") and data.isascii() and b"\0" not in data:
        lines = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        if max(map(len, lines.split(b"\n"))) <= LONGEST_LINE:
            return "7bit", lines.replace(b"\n", b"\r\n")
    return "base64", base64_lines(data)


def base64_lines(data: bytes) -> bytes:
    """Base64 in lines of 76 letters with CRLF."""
    letters = binascii.b2a_base64(data, newline=False)
    return b"\r\n".join([letters[start : start + LINE] for start in range(0, len(letters), LINE)]) + b"\r\n"
