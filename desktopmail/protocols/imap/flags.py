"""Flags and keywords of the protocol against flags and tags of the program, both ways."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from desktopmail.domain.message import Flags
from desktopmail.protocols.imap.names import keyword, tag_of

WORDS = {
    Flags.SEEN: "\\Seen",
    Flags.STARRED: "\\Flagged",
    Flags.ANSWERED: "\\Answered",
    Flags.FORWARDED: "$Forwarded",
    Flags.DRAFT: "\\Draft",
    Flags.JUNK: "$Junk",
}
_MEANING = {word.lower(): flag for flag, word in WORDS.items()} | {"junk": Flags.JUNK, "forwarded": Flags.FORWARDED}
_DELETED = "\\deleted"
_SILENT = {"\\recent", "\\*", "$notjunk", "notjunk", "nonjunk", "$nonjunk"}


class Marks(NamedTuple):
    """What a message is marked with. `deleted`: somebody marked it for removal (\\Deleted) and has not expunged it."""

    flags: Flags
    tags: frozenset[str]
    deleted: bool


@lru_cache(maxsize=4_096)
def marks(words: bytes) -> Marks:
    """The meaning of the inside of a FLAGS list."""
    flags, tags, deleted = Flags.NONE, set(), False
    for word in words.decode("latin-1").split():
        low = word.lower()
        if flag := _MEANING.get(low):
            flags |= flag
        elif low == _DELETED:
            deleted = True
        elif low not in _SILENT and not low.startswith("\\"):
            tags.add(tag_of(word))
    return Marks(flags, frozenset(tags), deleted)


def words_to_add(flags: Flags, tags: Iterable[str]) -> list[str]:
    """Keywords that say `flags` and `tags`."""
    return [word for flag, word in WORDS.items() if flag in flags] + [keyword(tag) for tag in sorted(tags)]


def words_to_remove(flags: Flags, tags: Iterable[str]) -> list[str]:
    """Keywords that must go for `flags` and `tags` to be gone, in all their spellings."""
    words = words_to_add(flags, tags)
    if Flags.JUNK in flags:
        words.append("Junk")
    return words
