"""Verbs that change: marks, moves, copies, removals and uploads. None of them touches a message it was not told to."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable
from typing import NamedTuple

from desktopmail.domain.errors import ProtocolViolation
from desktopmail.domain.marking import mark
from desktopmail.domain.message import Flags
from desktopmail.domain.saying import phrase
from desktopmail.protocols.imap.commands import Long, Part, date_time, flag_list, mailbox
from desktopmail.protocols.imap.flags import words_to_add, words_to_remove
from desktopmail.protocols.imap.request import Refusal, Request, response_code
from desktopmail.protocols.imap.searching import SearchVerbs
from desktopmail.protocols.imap.uids import Uids, UidSet, pieces


class Change(NamedTuple):
    """Flags and tags to set or to clear."""

    flags: Flags = Flags.NONE
    tags: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.flags or self.tags)


NOTHING = Change()
_LIMIT = re.compile(r"APPENDLIMIT=([0-9]{1,18})")
NOT_JUNK = ["$NotJunk", "NonJunk"]


class ChangeVerbs(SearchVerbs):
    """What one can change in the open folder."""

    async def store(self, uids: Uids, add: Change = NOTHING, remove: Change = NOTHING) -> Change:
        """Set and clear marks. Returns those of `add` that the folder cannot remember and that were therefore left
        out. Messages that are gone are passed over."""
        kept = Change(*self.folder.keeps(add.flags, add.tags)) if self.folder else add
        steps = []
        if kept:
            steps.append(f"+FLAGS.SILENT {flag_list(words_to_add(*kept))}")
        gone = words_to_remove(*remove) + (NOT_JUNK if Flags.JUNK in kept.flags else [])
        if self.folder:
            gone = [word for word in gone if self.folder.knows(word)]
        if gone:
            steps.append(f"-FLAGS.SILENT {flag_list(gone)}")
        async with self._turn(mark("engine", "to change marks"), self.patience.slow):
            for words in pieces(uids):
                for step in steps:
                    await self._run(
                        "UID STORE", words, step, wants={"FETCH"}, verb=phrase("The marks could not be changed")
                    )
        return Change(add.flags & ~kept.flags, add.tags - kept.tags)

    async def copy(self, uids: Uids, to: str) -> dict[int, int]:
        """Copy messages; old UID → new UID where the server tells (RFC 4315), else empty."""
        async with self._turn(mark("engine", "to copy mail"), self.patience.slow):
            return await self._transfer("UID COPY", uids, to)

    async def move(self, uids: Uids, to: str) -> dict[int, int]:
        """Move messages; old UID → new UID where the server tells. MOVE (RFC 6851), else copy, mark, expunge: what was
        not confirmed as copied stays where it is. Raises Refused; messages are then in at least one of the two."""
        async with self._turn(mark("engine", "to move mail"), self.patience.slow):
            if self.can("MOVE"):
                return await self._transfer("UID MOVE", uids, to)
            wanted = await self._present(uids)
            if not wanted:
                return {}
            moved = await self._transfer("UID COPY", wanted, to)
            confirmed = UidSet.of(moved) & wanted if moved else wanted
            await self._expunge(confirmed)
            return moved

    async def _present(self, uids: Uids) -> UidSet:
        """Those of `uids` that are there, so that a copy of nothing is never taken for a copy."""
        found = UidSet()
        for words in pieces(uids):
            found |= await self._search(f"UID {words}")
        return found

    async def _transfer(self, verb: str, uids: Uids, to: str) -> dict[int, int]:
        moved: dict[int, int] = {}
        for words in pieces(uids):
            title = (
                phrase("Mail could not be moved to {0}", to)
                if verb.endswith("MOVE")
                else phrase("Mail could not be copied to {0}", to)
            )
            request = await self._run(verb, words, mailbox(to), wants={"OK", "EXPUNGE", "VANISHED"}, verb=title)
            self._counted(request)
            moved |= _new_uids(request)
        return moved

    async def expunge(self, uids: Uids) -> UidSet:
        """Remove messages for ever; returns those that are gone. Without UID EXPUNGE (RFC 4315) and with mail that
        somebody else marked as deleted in the folder, they are only marked: nothing else may be lost with them."""
        async with self._turn(mark("engine", "to remove mail"), self.patience.slow):
            return await self._expunge(uids)

    async def _expunge(self, uids: Uids) -> UidSet:
        wanted = UidSet.of(uids) if not isinstance(uids, str | UidSet) else uids
        for words in pieces(wanted):
            await self._run(
                "UID STORE",
                words,
                "+FLAGS.SILENT (\\Deleted)",
                wants={"FETCH"},
                verb=phrase("Mail could not be removed"),
            )
        if self.can("UIDPLUS"):
            try:
                for words in pieces(wanted):
                    request = await self._run("UID EXPUNGE", words, wants={"EXPUNGE", "VANISHED"})
                    self._counted(request)
            except Refusal as error:
                if error.code:
                    raise
            else:
                return UidSet.parse(wanted) if isinstance(wanted, str) else wanted
        return await self._expunge_alone(wanted if isinstance(wanted, UidSet) else await self._present(wanted))

    async def _expunge_alone(self, wanted: UidSet) -> UidSet:
        """Plain EXPUNGE, only while nothing but `wanted` is marked."""
        marked = await self._search("DELETED")
        if not marked or marked - wanted:
            return wanted - marked
        request = await self._run("EXPUNGE", wants={"EXPUNGE", "VANISHED"}, verb=phrase("Mail could not be removed"))
        self._counted(request)
        return wanted

    async def append(
        self, name: str, raw: bytes | Long, flags: Flags = Flags.NONE, tags: Iterable[str] = (), date: int = 0
    ) -> tuple[int, int] | None:
        """Upload a message with CRLF line ends; `date` in seconds since 1970 UTC (0: now). Returns its
        (UIDVALIDITY, UID) where the server tells (RFC 4315), else None.

        Raises Refused with `code` OVERQUOTA, TRYCREATE, …, or TOOBIG before anything was sent when the server takes no
        message of this size (RFC 7889), and what pouring a long one raises. A ConnectionLost leaves open whether it
        arrived."""
        size = len(raw) if isinstance(raw, bytes) else raw.size
        self._within_limit(name, size)
        parts: list[Part] = [mailbox(name)]
        if words := words_to_add(flags, tags):
            parts.append(flag_list(words))
        if date:
            parts.append(date_time(date))
        parts.append(raw)
        seconds = self.patience.answer + size / self.patience.upload_rate
        async with self._turn(mark("engine", "to take a message"), seconds):
            request = await self._run("APPEND", *parts, verb=phrase("A message could not be put into {0}", name))
        code, words_of_code = request.code()
        if code != "APPENDUID":
            return None
        numbers = words_of_code.split()
        if len(numbers) != 2 or not all(number.isdigit() for number in numbers):
            return None
        return int(numbers[0]), int(numbers[1])

    def _within_limit(self, name: str, size: int) -> None:
        limits = [found[1] for each in self.capabilities if (found := _LIMIT.fullmatch(each))]
        most = min(map(int, limits), default=size)
        if size > most:
            raise Refusal(
                phrase("A message could not be put into {0}", name),
                phrase("It has {0} MB, and the server takes {1} MB at most. It stays here.", *_megabytes(size, most)),
                code="TOOBIG",
            )

    def _counted(self, request: Request) -> None:
        for line in request.lines:
            self._count_off(line)


def _new_uids(request: Request) -> dict[int, int]:
    """COPYUID (RFC 4315 section 3) from the reply, or for MOVE from an untagged OK."""
    texts = [request.text, *(line.partition(b" ")[2] for line in request.lines if line[:2].upper() == b"OK")]
    moved: dict[int, int] = {}
    for text in texts:
        code, words = response_code(text)
        if code != "COPYUID":
            continue
        with contextlib.suppress(ProtocolViolation, IndexError, ValueError):
            _validity, old, new = words.split()
            moved |= dict(zip(_in_order(old), _in_order(new), strict=True))
    return moved


def _in_order(text: bytes) -> list[int]:
    """The numbers of a set in the order written: COPYUID pairs them by place."""
    numbers: list[int] = []
    for part in text.split(b","):
        (low, high), *_rest = UidSet.parse(part).ranges
        if high - low > 1_000_000:
            raise ValueError("more UIDs than were asked for")
        numbers += range(low, high + 1)
    return numbers


def _megabytes(*sizes: int) -> list[str]:
    return [f"{size / 1000**2:,.1f}" for size in sizes]
