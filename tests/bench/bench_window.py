"""A first sync with the real window open: lateness of a 10 ms Qt timer, beside a bare reader of the same mail.

The window shows the Inbox all the time, so its model follows every batch that arrives.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench._mailbox import whole_mail
from tests.bench.bench_sync import BODIES, HEADERS, raw_best
from tests.servers.dovecot import Dovecot, User

if TYPE_CHECKING:
    from desktopmail.engine.engine import Engine

TICK_MS = 10
MESSAGES = 20_000
SECONDS = 300.0


def main() -> None:
    """Print lateness and times for the headers and then the bodies of one large Inbox."""
    if reason := Dovecot.missing():
        print(f"not measured: {reason}")
        return
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ["DESKTOPMAIL_SECRETS"] = "memory"
    sys.setswitchinterval(0.0005)
    server = Dovecot()
    server.start()
    os.environ["SSL_CERT_FILE"] = str(server.certificates.authority)
    try:
        user = server.add_user()
        server.seed(user, "INBOX", whole_mail(MESSAGES, mean_size=8_000))
        _run(server, user)
    finally:
        server.stop()


def _run(server: Dovecot, user: User) -> None:
    from desktopmail.gui.reader.prepare import before_application

    before_application()
    from desktopmail.gui import loop

    with tempfile.TemporaryDirectory() as place:
        loop.run(lambda: _measure(server, user, Path(place) / "profile"))


async def _measure(server: Dovecot, user: User, profile: Path) -> int:
    from desktopmail.app.window import dispose, make
    from desktopmail.domain.account import ImapServer, NewAccount
    from desktopmail.engine.engine import Engine
    from desktopmail.gui.loop import close_tasks
    from desktopmail.store.secrets import Memory

    raw_headers = await raw_best(server, user, HEADERS, b"INBOX")
    raw_bodies = await raw_best(server, user, BODIES, b"INBOX")
    engine = await Engine.open(profile, passwords=Memory())
    window = make(engine)
    window.resize(1280, 800)
    window.show()
    await asyncio.sleep(1)
    late = QtLateness()
    await engine.start()
    new = NewAccount(user.address, "Bench", "Bench", ImapServer(server.endpoint("imaps", user)), None)
    start = time.perf_counter()
    await engine.accounts.add(new, user.password)
    first = await _until(lambda: len(window.messages.model) >= 100) - start
    await _until(lambda: _inbox(engine) >= MESSAGES)
    seconds = time.perf_counter() - start
    print(f"{MESSAGES:,} headers in the window: {seconds:.2f} s, {seconds / raw_headers:.2f} x raw; {late}")
    print(f"first 100 rows in the list after {first * 1e3:.0f} ms")
    late.forget()
    start = time.perf_counter()
    await _until(lambda: _at_rest(engine))
    seconds = time.perf_counter() - start
    whole = engine.library.coverage(None)
    print(f"their bodies ({whole}): {seconds:.2f} s, {seconds / raw_bodies:.2f} x raw; {late}")
    await window.finish()
    await dispose(window)
    await close_tasks()
    await engine.close()
    return 0


class QtLateness:
    """How late a precise Qt timer of 10 ms comes."""

    def __init__(self) -> None:
        from PySide6.QtCore import Qt, QTimer

        self._late: list[float] = []
        self._due = 0.0
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self.forget()
        self._timer.start(TICK_MS)

    def forget(self) -> None:
        """Begin anew."""
        self._late.clear()
        self._due = time.perf_counter() + TICK_MS / 1e3

    def _tick(self) -> None:
        now = time.perf_counter()
        self._late.append(max(0.0, now - self._due))
        self._due = now + TICK_MS / 1e3

    def __str__(self) -> str:
        late = sorted(self._late) or [0.0]
        p99 = late[int(len(late) * 0.99) - 1]
        return f"10 ms Qt timer late p99 {p99 * 1e3:.1f} ms (goal ≤ 16), max {late[-1] * 1e3:.1f} ms (goal ≤ 50)"


def _inbox(engine: Engine) -> int:
    from desktopmail.domain.folder import Role

    return sum(folder.total for folder in engine.library.folders() if folder.role is Role.INBOX)


def _at_rest(engine: Engine) -> bool:
    from desktopmail.domain.activity import State

    return all(activity.state is State.IDLE for activity in engine.activities.values())


async def _until(condition: Callable[[], object], seconds: float = SECONDS) -> float:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    return time.perf_counter()


if __name__ == "__main__":
    main()
