"""One session that is broken off, and the next one, which is not: what has to be true after both."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from desktopmail.domain.account import Endpoint, Keep, Leave
from desktopmail.engine.activity import SyncReport
from tests.durability.mailboxes import Mailbox
from tests.durability.server import GONE, OLD, here
from tests.servers.doomed_pop3 import visit
from tests.servers.proxy import CuttingProxy

ROOT = Path(__file__).resolve().parents[2]
RULES = {
    "forever": Leave(),
    "days": Leave(Keep.DAYS, 14),
    "until-deleted": Leave(Keep.UNTIL_DELETED),
    "no": Leave(Keep.NO),
}
CALLS = "pwrite64,write,fdatasync,fsync,ftruncate,unlink,rename,sendto"
FILES = ("mail.db-wal", "content.db-wal", "search.db-wal", "mail.db", "content.db")
TARGETS = [("", CALLS), ("", "sendto"), *((name, f"{CALLS},openat") for name in FILES)]
"""Whose calls are counted: those of whichever thread comes first, those that send, and those on one file, for each
thread counts its own."""


@dataclass
class Figures:
    """How many sessions were broken off in one way, and what was wrong afterwards."""

    name: str
    tried: int = 0
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.name}: {self.tried} sessions broken off, {len(self.wrong)} wrong"

    def note(self, where: str, trial: Callable[[], bool]) -> bool:
        """Carry out one trial; whether the session was broken off at all."""
        try:
            broken = trial()
        except AssertionError as error:
            self.wrong.append(f"{where}: {error}"[:300])
            return True
        self.tried += broken
        return broken


class Trials:
    """Sessions of one mailbox under one rule, each on a copy of its profile. Every `thorough`th is followed by another
    session, to which nothing happens."""

    def __init__(self, box: Mailbox, leave: Leave, place: Path, thorough: int = 1) -> None:
        self._box, self._leave, self._folder = box, leave, place / "profile"
        self._thorough, self._count = thorough, 0
        self._removed = {box.letters[place] for place in GONE}
        self._fresh = sum(len(raw) for raw in box.letters[OLD:])
        self._ends = {
            Keep.FOREVER: box.letters,
            Keep.DAYS: box.letters[OLD:],
            Keep.UNTIL_DELETED: [raw for raw in box.letters if raw not in self._removed],
            Keep.NO: [],
        }[leave.keep]

    def kill(self, call: int, file: str = "", calls: str = CALLS) -> bool:
        """The process dies at the `call`th of these system calls."""
        self._begin()
        endpoint, leave = self._box.endpoint(), self._leave
        only = [f"-P{self._folder / file}"] if file else []
        program = [sys.executable, "-m", "tests.servers.doomed_pop3", str(self._folder), endpoint.host]
        code = subprocess.run(
            ["strace", "-f", "-qq", *only, f"-einject={calls}:signal=KILL:when={call}",
             f"-etrace={calls}", "-o/dev/null", *program, str(endpoint.port), endpoint.user, "none", leave.keep.value,
             str(leave.days)],
            cwd=ROOT,
            env={**os.environ, "DOOMED_PASSWORD": self._box.password, "PYTHONDONTWRITEBYTECODE": "1"},
            timeout=60,
            check=False,
            stderr=subprocess.DEVNULL,
        ).returncode  # fmt: skip
        died = code in (-signal.SIGKILL, 128 + signal.SIGKILL)
        assert died or code == 0, code
        self._judge()
        assert self._box.most_fetches() <= 2, "something was fetched again and again"
        return died

    def cut(self, *, up: int | None = None, down: int | None = None) -> bool:
        """The line breaks after so many bytes in one direction."""
        self._begin()

        async def inside() -> tuple[int, int]:
            async with CuttingProxy(self._box.endpoint().port) as proxy:
                proxy.cut_after(up=up, down=down)
                report = await self._visit(replace(self._box.endpoint(), port=proxy.port))
                return proxy.cuts, report.bytes

        cuts, before = asyncio.run(inside())
        after = self._judge()
        assert after is None or before + after == self._fresh, "something came twice"
        return cuts > 0

    def whole(self) -> int:
        """A session that nothing happens to: how many bytes go to the server in it."""
        self._begin()

        async def inside() -> int:
            async with CuttingProxy(self._box.endpoint().port) as proxy:
                await self._visit(replace(self._box.endpoint(), port=proxy.port))
                return proxy.went_up

        went = asyncio.run(inside())
        self._judge()
        return went

    def _begin(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)
        shutil.copytree(self._box.scene, self._folder)
        self._box.refill()

    async def _visit(self, endpoint: Endpoint) -> SyncReport:
        return await visit(self._folder, endpoint, self._leave, self._box.password)

    def _judge(self) -> int | None:
        """Every message is here or there, byte for byte; after the next session, if it is its turn, everything is as it
        would have been, and nothing is here twice. How many bytes came in that session."""
        stored, letters = here(self._folder), set(self._box.letters)
        assert set(stored) | set(self._box.left()) | self._removed == letters, "something is neither here nor there"
        assert len(stored) == len(set(stored)), "something is here twice"
        self._count += 1
        if self._count % self._thorough:
            return None
        report = asyncio.run(self._visit(self._box.endpoint()))
        assert report.problems == (), report.problems
        assert sorted(here(self._folder)) == sorted(letters - self._removed), "something is missing or here twice"
        assert sorted(self._box.left()) == sorted(self._ends), "the server does not hold what it should"
        return report.bytes
