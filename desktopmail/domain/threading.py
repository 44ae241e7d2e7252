"""Which conversation a message belongs to: Message-ID, References and In-Reply-To tie messages together
(RFC 5322 section 3.6.4). Subjects are not used: equal words do not make a conversation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from struct import Struct

REFERENCES_USED = 50
"""How many references of one message count; the newest ones, which stand at the end."""
_HASH = blake2b(digest_size=8)
_NUMBER = Struct(">q")


def ref_hash(message_id: str) -> int:
    """64 bits that stand for a Message-ID, as a signed integer."""
    hashing = _HASH.copy()
    hashing.update(message_id.encode() if message_id.isascii() else message_id.encode("utf-8", "surrogatepass"))
    number: int = _NUMBER.unpack(hashing.digest())[0]
    return number


@dataclass(slots=True)
class Threading:
    """What `thread` found: a conversation per message, ties that are new, and conversations that became one."""

    threads: list[int] = field(default_factory=list)
    ties: dict[int, int] = field(default_factory=dict)
    merges: dict[int, int] = field(default_factory=dict)


def thread(messages: Sequence[tuple[int, Iterable[int]]], known: dict[int, int]) -> Threading:
    """Put each message (its id, and the hashes it names, its own among them) into a conversation.

    `known` maps hashes to conversations already there. A conversation carries the id of the message that began it.
    When a message ties two conversations together, the one with the lower number takes the other in.
    """
    found = Threading()
    merges = found.merges
    ties = found.ties
    for message, hashes in messages:
        home = 0
        for one in hashes:
            there = ties.get(one) or known.get(one, 0)
            if not there:
                continue
            if merges:
                there = _root(merges, there)
            if not home:
                home = there
            elif there != home:
                low, high = (home, there) if home < there else (there, home)
                merges[high] = low
                home = low
        home = home or message
        for one in hashes:
            if known.get(one) != home:
                ties[one] = home
        found.threads.append(home)
    if merges:
        found.threads = [_root(merges, one) for one in found.threads]
        found.ties = {one: _root(merges, there) for one, there in ties.items()}
        found.merges = {one: _root(merges, one) for one in merges}
    return found


def _root(merges: dict[int, int], one: int) -> int:
    while one in merges:
        one = merges[one]
    return one
