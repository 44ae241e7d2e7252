"""Names on the wire and names for people: modified UTF-7 (RFC 3501 section 5.1.3), and tags."""

from __future__ import annotations

import base64
import binascii
import re
from functools import lru_cache

_RAW = 0xF700
"""Bytes that are no modified UTF-7 appear as private-use characters from here, so every name goes back unchanged."""

_ENCODED = re.compile(rb"&([^-&]*)-")
_PLAIN = re.compile(r"[\x20-\x25\x27-\x7e]+")
_ATOM = re.compile(r"[!#$&'+,\-./0-9:;<=>?@A-Z^_`a-z|}~\[]+")


def encode(name: str) -> str:
    """A mailbox name in modified UTF-7; printable ASCII only."""
    out: list[str] = []
    position = 0
    while position < len(name):
        if plain := _PLAIN.match(name, position):
            out.append(plain[0])
            position = plain.end()
        elif name[position] == "&":
            out.append("&-")
            position += 1
        elif 0 <= ord(name[position]) - _RAW <= 0xFF:
            out.append(chr(ord(name[position]) - _RAW))
            position += 1
        else:
            end = position
            while end < len(name) and not _PLAIN.match(name[end]) and name[end] != "&" and not _is_raw(name[end]):
                end += 1
            out.append(_shifted(name[position:end]))
            position = end
    return "".join(out)


def _is_raw(letter: str) -> bool:
    return 0 <= ord(letter) - _RAW <= 0xFF


def _shifted(text: str) -> str:
    data = base64.b64encode(text.encode("utf-16-be", "surrogatepass")).rstrip(b"=").replace(b"/", b",")
    return f"&{data.decode()}-"


def decode(wire: bytes) -> str:
    """A mailbox name for people. What is no modified UTF-7 stays as it is, reversibly: encode(decode(x)) == x."""
    try:
        name = _decoded(wire)
    except (ValueError, binascii.Error):
        name = ""
    if name and encode(name).encode("latin-1") == wire:
        return name
    return "".join(chr(_RAW + byte) if byte >= 0x7F or byte < 0x20 or byte == 0x26 else chr(byte) for byte in wire)


def _decoded(wire: bytes) -> str:
    text: list[str] = []
    position = 0
    for found in _ENCODED.finditer(wire):
        text.append(wire[position : found.start()].decode("ascii"))
        position = found.end()
        if not found[1]:
            text.append("&")
            continue
        data = found[1].replace(b",", b"/")
        text.append(base64.b64decode(data + b"=" * (-len(data) % 4), validate=True).decode("utf-16-be"))
    text.append(wire[position:].decode("ascii"))
    return "".join(text)


@lru_cache(maxsize=1_000)
def keyword(tag: str) -> str:
    """A tag as a keyword the protocol can carry: as it is when it is an atom, else in modified UTF-7."""
    if _ATOM.fullmatch(tag) and tag_of(tag) == tag:
        return tag
    out: list[str] = []
    for part in re.findall(r"&|[!#$'+,\-./0-9:;<=>?@A-Z^_`a-z|}~\[]+|[^!#$&'+,\-./0-9:;<=>?@A-Z^_`a-z|}~\[]+", tag):
        out.append("&-" if part == "&" else part if _ATOM.fullmatch(part) else _shifted(part))
    return "".join(out)


def tag_of(word: str) -> str:
    """The tag behind a keyword; keywords that were not made by `keyword` stand for themselves."""
    if "&" not in word:
        return word
    try:
        return _decoded(word.encode("ascii"))
    except (ValueError, binascii.Error):
        return word
