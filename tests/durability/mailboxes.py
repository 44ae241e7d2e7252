"""The two servers that sessions are broken off at: one that keeps books, and a real one."""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
from pathlib import Path
from typing import Protocol

from desktopmail.domain.account import Endpoint, Leave, Security
from tests.durability.server import LETTERS, OLD, Server, grown_old, prepared
from tests.servers.doomed_pop3 import visit
from tests.servers.dovecot import Dovecot, User
from tests.servers.process import wait_until


class Mailbox(Protocol):
    """50 messages on a server, of which half came to the profile `scene` long ago."""

    scene: Path
    password: str
    letters: list[bytes]

    def endpoint(self) -> Endpoint:
        """Where it is, in clear, on this computer."""

    def refill(self) -> None:
        """As it was at the beginning."""

    def left(self) -> list[bytes]:
        """What it holds once no session is open any more."""

    def most_fetches(self) -> int:
        """How often the message that was fetched most often was, since it was filled."""


class Scripted:
    """`Mailbox` on the server that keeps books."""

    def __init__(self, server: Server, place: Path) -> None:
        self._server = server
        self.scene, self.password, self.letters = place / "scripted", "secret", LETTERS
        prepared(server, self.scene)

    def endpoint(self) -> Endpoint:
        return Endpoint("127.0.0.1", self._server.box.port, Security.NONE, "ada")

    def refill(self) -> None:
        self._server.refill()

    def left(self) -> list[bytes]:
        return self._server.box.left

    def most_fetches(self) -> int:
        return max(self._server.box.fetches.values(), default=0)


class Real:
    """`Mailbox` on Dovecot. Its files are put back for every session, so that names stay the same."""

    def __init__(self, server: Dovecot, user: User, place: Path, letters: list[bytes] = LETTERS) -> None:
        self._server, self._user, self.letters = server, user, letters
        self.scene, self.password = place / "dovecot", user.password
        self._files, self._kept = server.folder / "mail" / user.name, place / "kept"
        self._log = server.folder / "dovecot.log"
        server.seed(user, "INBOX", letters[:OLD])
        asyncio.run(visit(self.scene, self.endpoint(), Leave(), self.password))
        grown_old(self.scene)
        server.seed(user, "INBOX", letters[OLD:])
        self._over()
        self._copy(self._files, self._kept)
        self._from = 0

    def endpoint(self) -> Endpoint:
        return Endpoint("127.0.0.1", self._server.ports["pop3"], Security.NONE, self._user.name)

    def refill(self) -> None:
        self._over()
        shutil.rmtree(self._files)
        self._copy(self._kept, self._files)
        self._from = self._log.stat().st_size

    def left(self) -> list[bytes]:
        self._over()
        return self._server.messages(self._user)

    def most_fetches(self) -> int:
        """The server counts for each session only, so this is what it comes to when all were fetched equally often."""
        with self._log.open("rb") as log:
            log.seek(self._from)
            fetched = sum(int(each) for each in re.findall(rb"retr=(\d+)/", log.read()))
        return -(-fetched // (len(self.letters) - OLD))

    def _over(self) -> None:
        """Wait until every session that began has ended: a removal may come as late as that."""

        def ended() -> bool:
            words = self._log.read_text(errors="replace")
            return words.count(f"Login: user=<{self._user.name}>") <= words.count(f"pop3({self._user.name})<")

        assert wait_until(ended, 20)

    def _copy(self, source: Path, target: Path) -> None:
        subprocess.run(["cp", "-a", str(source), str(target)], check=True)
