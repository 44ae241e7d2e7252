"""The three-way merge of flags: what was seen last, what the person has, what the server has now."""

from __future__ import annotations

from desktopmail.domain.message import Flags


def merge_flags(base: Flags, here: Flags, server: Flags) -> Flags:
    """Each flag by itself: a change on one side since `base` wins over no change on the other. When both sides
    changed a flag they changed it the same way, for a flag has two values only."""
    return Flags(merge_bits(base.value, here.value, server.value))


def merge_bits(base: int, here: int, server: int) -> int:
    """`merge_flags` on the numbers, for thousands at once."""
    return (server | (here & ~base)) & ~(base & ~here)


def merge_tags(base: frozenset[str], here: frozenset[str], server: frozenset[str]) -> frozenset[str]:
    """The same for tags."""
    return (server | (here - base)) - (base - here)
