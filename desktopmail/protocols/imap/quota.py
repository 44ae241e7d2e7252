"""How full the mailbox is (RFC 9208, before that RFC 2087)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from desktopmail.domain.errors import ProtocolViolation
from desktopmail.domain.health import Room
from desktopmail.domain.marking import mark
from desktopmail.domain.saying import phrase
from desktopmail.protocols.imap.commands import mailbox
from desktopmail.protocols.imap.dialogue import Dialogue
from desktopmail.protocols.imap.tokens import members, tokens

UNIT = 1024
"""STORAGE counts in these (RFC 9208 section 5.1)."""
MOST = 1 << 52
"""More units than any mailbox has; larger numbers are taken for this one."""
_NUMBER = re.compile(rb"\d{1,20}")


class QuotaVerbs(Dialogue):
    """Asking for the room there is."""

    async def room(self, name: str = "INBOX") -> Room | None:
        """Bytes used and allowed where this folder lies: of several limits the one that is reached first. None when
        the server sets none or does not tell. Raises Refused."""
        if not self.can("QUOTA"):
            return None
        async with self._turn(mark("engine", "to tell how full the mailbox is"), self.patience.answer):
            request = await self._run(
                "GETQUOTAROOT",
                mailbox(name),
                wants={"QUOTA", "QUOTAROOT"},
                verb=phrase("The server does not tell how full the mailbox is"),
            )
            return tightest(request.lines)


def tightest(lines: Iterable[bytes]) -> Room | None:
    """The fullest STORAGE among QUOTA responses; lines that nobody can read are left out."""
    found = [room for line in lines if (room := _storage(line)) is not None]
    return max(found, key=lambda room: room.share, default=None)


def _storage(line: bytes) -> Room | None:
    kind, _, rest = line.partition(b" ")
    if kind.upper() != b"QUOTA":
        return None
    try:
        _root, resources = tokens(rest, 10)
        words = members(resources, 100)
    except (ProtocolViolation, ValueError):
        return None
    for (_, name), (_, used), (_, allowed) in zip(words[::3], words[1::3], words[2::3], strict=False):
        if name.upper() == b"STORAGE" and _NUMBER.fullmatch(used) and _NUMBER.fullmatch(allowed) and int(allowed):
            return Room(min(int(used), MOST) * UNIT, min(int(allowed), MOST) * UNIT)
    return None
