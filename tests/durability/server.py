"""A POP3 mailbox of 50 messages on loopback, profiles to which some of them came, and what those hold."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from pathlib import Path

import apsw

from desktopmail.domain.account import Endpoint, Leave, Security
from desktopmail.store.content import read_content
from tests.fakes.pop3_mailbox import Mail, Pop3Mailbox
from tests.servers.doomed_pop3 import visit

LETTERS = [
    f"Message-ID: <{number}@kill>\r\nSubject: {number}\r\n\r\n.dot {number}\r\n{'x' * (number * 7)}\r\n".encode()
    for number in range(1, 51)
]
OLD = 25
GONE = (2, 3)
"""The places of those that were removed here."""
REMOVED = {LETTERS[place] for place in GONE}


class Server:
    """A mailbox on loopback, on a thread and a loop of its own."""

    def __init__(self) -> None:
        self.box = Pop3Mailbox()
        self.refill()
        self._ready, self._over = threading.Event(), asyncio.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None

    def refill(self, mails: int = len(LETTERS)) -> None:
        self.box.mails = [Mail(f"u{number}", raw) for number, raw in enumerate(LETTERS[:mails], 1)]
        self.box.asked_gone.clear()
        self.box.fetches.clear()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        async with self.box.serve():
            self._ready.set()
            await self._over.wait()

    def __enter__(self) -> Server:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        assert self._loop is not None
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(10)


def endpoint_of(server: Server) -> Endpoint:
    return Endpoint("127.0.0.1", server.box.port, Security.NONE, "ada")


def prepared(server: Server, folder: Path) -> None:
    """A profile to which half of the mail came long ago, and of which some was removed."""
    server.refill(OLD)
    asyncio.run(visit(folder, endpoint_of(server), Leave(), "secret"))
    grown_old(folder)


def grown_old(profile: Path) -> None:
    """What came is older than two weeks, and two of the messages were removed here."""
    with contextlib.closing(apsw.Connection(str(profile / "mail.db"))) as db:
        db.execute("UPDATE pop3_copy SET stored_at = stored_at - 20 * 86400")
        db.execute("UPDATE message SET hidden = 1 WHERE subject IN ('3', '4')")
        db.execute("UPDATE folder SET total = total - 2, unread = unread - 2 WHERE role = 'inbox'")


def here(folder: Path) -> list[bytes]:
    """The bytes of every message that is shown, past all code but the reading of contents; the file is sound."""
    with (
        contextlib.closing(apsw.Connection(str(folder / "mail.db"))) as db,
        contextlib.closing(apsw.Connection(str(folder / "content.db"))) as content,
    ):
        assert db.pragma("integrity_check") == content.pragma("integrity_check") == "ok"
        shas = [sha for (sha,) in db.execute("SELECT content FROM message WHERE hidden = 0")]
        return [read_content(content, sha) or b"" for sha in shas]
