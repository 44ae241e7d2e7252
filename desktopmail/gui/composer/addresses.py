"""Reads addresses as people type and paste them: 'Ada Lovelace <ada@example.org>, bob@example.net'. Pure."""

from __future__ import annotations

import re

from desktopmail.domain.address import Address

_SHAPE = re.compile(r"[^\s@<>\"(),;:\\\[\]]{1,64}@(?:[^\s@<>\"(),;:\\\[\].]{1,63}\.)+[^\s@<>\"(),;:\\\[\].]{2,63}")
_LOCAL = re.compile(r"[^\s@<>\"(),;:\\\[\]]{1,64}@(?:localhost|[a-z0-9-]{1,63})", re.IGNORECASE)
_BROKEN = re.compile(r"[\x00-\x1f\x7f]")


def split(text: str) -> list[str]:
    """A list as typed, cut at commas, semicolons and line ends outside quotation marks and brackets."""
    pieces, piece, quoted, inside = [], "", False, False
    for each in text:
        if each == '"':
            quoted = not quoted
        elif each in "<>" and not quoted:
            inside = each == "<"
        if (each in ",;" and not quoted and not inside) or each in "\r\n":
            pieces.append(piece)
            piece, quoted, inside = "", False, False
        else:
            piece += each
    pieces.append(piece)
    return [found for found in (" ".join(each.split()) for each in pieces) if found]


def read(text: str) -> Address:
    """One address as typed. What is not understood stays in `address`, so that it can be shown and mended."""
    text = _BROKEN.sub(" ", text).strip().removeprefix("mailto:")
    name, bracket, rest = text.rpartition("<")
    if bracket and rest.endswith(">"):
        shown = name.strip().strip('"').replace('\\"', '"').strip()
        return Address(shown, rest[:-1].strip())
    found = _SHAPE.search(text)
    if found and found.group() != text:
        shown = (text[: found.start()] + text[found.end() :]).strip(" <>()\"'")
        return Address(shown, found.group())
    return Address("", text)


def read_all(text: str) -> tuple[Address, ...]:
    """All addresses of a list as typed."""
    return tuple(read(piece) for piece in split(text))


def is_sound(address: Address) -> bool:
    """Whether this can be an address at all (a name, an @ and a domain)."""
    return bool(_SHAPE.fullmatch(address.address) or _LOCAL.fullmatch(address.address))
