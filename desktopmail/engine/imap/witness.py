"""What an IMAP connection shows of its server in passing: protection, sign-in, room, and the doings of others."""

from __future__ import annotations

import time
import weakref

from desktopmail.domain.errors import Refused
from desktopmail.domain.health import Others, Side
from desktopmail.engine.activity import Tally
from desktopmail.engine.health import Recorder
from desktopmail.protocols.imap.session import ImapSession

ROOM_SECONDS = 900.0
"""How long an answer about the room on the server is good for."""


class Witness:
    """Looks on while one account is pulled."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._met: weakref.ref[ImapSession] | None = None
        self._asked: float | None = None

    async def meet(self, session: ImapSession) -> None:
        """The connection that work is done on; a new one tells how it came about."""
        if self._met is None or self._met() is not session:
            self._met = weakref.ref(session)
            await self._recorder.signed_in(Side.INCOMING, session.endpoint, session.encryption, session.mechanism)

    async def pulled(self, session: ImapSession, before: Tally, after: Tally, *, whole: bool) -> None:
        """A pull ended; the tallies say what it found. From time to time the server is asked how full it is."""
        others = Others(after.removed - before.removed, after.changed - before.changed)
        await self._recorder.pulled(others, whole=whole)
        now = time.monotonic()
        if not whole or not session.can("QUOTA") or (self._asked is not None and now - self._asked < ROOM_SECONDS):
            return
        self._asked = now
        try:
            room = await session.room()
        except Refused:
            return
        await self._recorder.room(room)
