"""How texts and addresses are put into columns: nothing that SQLite or a separator would stumble over gets through."""

from __future__ import annotations

from collections.abc import Iterable

from desktopmail.domain.address import Address
from desktopmail.domain.message import Flags

FLAGS = tuple(Flags(value) for value in range(64))
"""All flag combinations by value; a look-up is cheaper than making one."""

_GAPS = str.maketrans("\t\n\r\x00", "    ")


def clean(text: str) -> str:
    """`text` without NUL and lone surrogates, which a mail may hold and a STRICT text column may not."""
    if "\x00" in text:
        text = text.replace("\x00", "\ufffd")
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


_packed: dict[int, tuple[tuple[Address, ...], str]] = {}
_MOST_PACKED = 16_384
_LONGEST_PACKED = 20


def pack_addresses(addresses: tuple[Address, ...]) -> str:
    """One mailbox per line: addr-spec, tab, name."""
    if not addresses:
        return ""
    found = _packed.get(id(addresses))
    if found is not None and found[0] is addresses:
        return found[1]
    packed = _pack(addresses)
    if len(addresses) <= _LONGEST_PACKED:
        if len(_packed) >= _MOST_PACKED:
            _packed.clear()
        _packed[id(addresses)] = addresses, packed
    return packed


def _pack(addresses: tuple[Address, ...]) -> str:
    if len(addresses) == 1:
        packed = f"{addresses[0].address}\t{addresses[0].name}"
    else:
        packed = "\n".join([f"{one.address}\t{one.name}" for one in addresses])
    if packed.count("\t") != len(addresses) or packed.count("\n") != len(addresses) - 1:
        packed = "\n".join(f"{one.address.translate(_GAPS)}\t{one.name.translate(_GAPS)}" for one in addresses)
    return clean(packed)


def unpack_addresses(packed: str) -> tuple[Address, ...]:
    """The mailboxes of `pack_addresses`."""
    if not packed:
        return ()
    found = []
    for line in packed.split("\n"):
        address, _, name = line.partition("\t")
        found.append(Address(name, address))
    return tuple(found)


def pack_tags(tags: Iterable[str]) -> str:
    """Tags in fixed order, separated by blanks; IMAP keywords hold none (RFC 3501 section 9, flag-keyword)."""
    words = sorted({"".join(clean(tag).split()) for tag in tags})
    return " ".join(word for word in words if word)


def unpack_tags(packed: str) -> frozenset[str]:
    """The tags of `pack_tags`."""
    return frozenset(packed.split(" ")) if packed else frozenset()
