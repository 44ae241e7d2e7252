"""An IMAP session: one signed-in connection with all its verbs. Speaks the server's words and knows no database."""

from __future__ import annotations

import asyncio
import contextlib

from desktopmail.domain.account import Endpoint
from desktopmail.domain.errors import MailError
from desktopmail.domain.health import Encryption
from desktopmail.domain.marking import mark
from desktopmail.protocols import encryption
from desktopmail.protocols import transport as net
from desktopmail.protocols.imap import opening
from desktopmail.protocols.imap.changing import ChangeVerbs
from desktopmail.protocols.imap.dialogue import PATIENT, Patience
from desktopmail.protocols.imap.fetching import FetchVerbs
from desktopmail.protocols.imap.folders import FolderVerbs
from desktopmail.protocols.imap.idling import IdleVerbs
from desktopmail.protocols.imap.quota import QuotaVerbs

OPEN_SECONDS = 30.0
ALIVE_SECONDS = 30.0
LOGOUT_SECONDS = 5.0


class ImapSession(opening.Opening, FolderVerbs, FetchVerbs, ChangeVerbs, IdleVerbs, QuotaVerbs):
    """One connection, one conversation. See `Dialogue` for its life; one verb runs at a time, others wait."""

    @classmethod
    async def open(
        cls, endpoint: Endpoint, password: str, *, timeout: float = OPEN_SECONDS, patience: Patience = PATIENT
    ) -> ImapSession:
        """Connect, encrypt as demanded, sign in with one mechanism, switch on extensions; each within `timeout`
        seconds. Raises UnknownHost, Unreachable, BadCertificate, InsecureServer, SignInRefused, Stalled, …"""
        wire = await opening.connect(endpoint, timeout)
        session = cls(wire, endpoint, patience)
        await session.sign_in(password, timeout)
        return session

    @property
    def encryption(self) -> Encryption:
        """What protects the connection; empty when it is in clear or gone."""
        return encryption.seen(self._wire.transport)

    async def noop(self, timeout: float = ALIVE_SECONDS) -> None:
        """Ask for a sign of life, and for news. Raises Stalled or ConnectionLost, and the connection is closed."""
        async with self._turn(mark("engine", "to give a sign of life"), timeout):
            await self._run("NOOP")

    async def logout(self) -> None:
        """Say goodbye and close; never raises a MailError."""
        with contextlib.suppress(MailError):
            if not self.closed and not self.busy:
                async with self._turn(mark("engine", "to say goodbye"), LOGOUT_SECONDS):
                    await self._run("LOGOUT")
        await self.close(politely=True)

    async def close(self, *, politely: bool = False) -> None:
        """Close without a word, or with the farewell of TLS; returns when the socket is gone. Cancelled in
        the farewell, it leaves no open line."""
        try:
            if politely and not self.closed:
                net.close(self._wire.transport)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(LOGOUT_SECONDS):
                        await self._wire.gone.wait()
        finally:
            self.drop()
        await self._wire.gone.wait()
