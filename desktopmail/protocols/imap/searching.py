"""Asking the server which messages match."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from desktopmail.domain.marking import mark
from desktopmail.domain.saying import phrase
from desktopmail.protocols.imap.commands import Part, astring
from desktopmail.protocols.imap.dialogue import Dialogue
from desktopmail.protocols.imap.uids import UidSet

LONG_LINE = 64 * 1024


class SearchVerbs(Dialogue):
    """Searches in the open folder."""

    async def search_all(self) -> UidSet:
        """The UIDs of all messages, as ranges where the server can (RFC 4731)."""
        return await self.search("ALL")

    async def search(self, criteria: str, text: str = "") -> UidSet:
        """UIDs that match; `text`, if any, follows the criteria as their argument ('TEXT', 'SUBJECT', …), in UTF-8.

        `criteria` are the program's own words, never a person's."""
        async with self._turn(mark("engine", "to search"), self.patience.slow):
            return await self._search(criteria, text)

    async def _search(self, criteria: str, text: str = "") -> UidSet:
        parts: list[Part] = ["RETURN (ALL)"] if self.can("ESEARCH") else []
        if not text.isascii():
            parts.append("CHARSET UTF-8")
        parts.append(criteria)
        if text:
            parts.append(astring(text))
        request = await self._run(
            "UID SEARCH", *parts, wants={"ESEARCH", "SEARCH"}, verb=phrase("The search was refused")
        )
        lines = request.lines
        if sum(map(len, lines)) < LONG_LINE:
            return found(lines)
        return await asyncio.get_running_loop().run_in_executor(None, found, lines)


def found(lines: Sequence[bytes]) -> UidSet:
    """UIDs of SEARCH and ESEARCH lines (RFC 4731 section 3.1)."""
    uids = UidSet()
    for line in lines:
        words = line.split()
        if words[0].upper() == b"ESEARCH":
            upper = [word.upper() for word in words]
            if b"ALL" in upper[1:-1]:
                uids |= UidSet.parse(words[upper.index(b"ALL", 1) + 1])
        else:
            uids |= UidSet.of(int(word) for word in words[1:] if word.isdigit() and 0 < int(word[:11]) < 2**32)
    return uids
