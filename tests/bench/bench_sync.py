"""A first sync against a private Dovecot over TLS, beside a bare reader that fetches the same in the same run.

Both are measured on mailboxes that nobody has read before (the real first sync, in which the server has to parse every
message), and on one that is in the server's cache. Medians of three rounds.

python -m tests.bench.bench_sync [HEADERS BODIES]
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from desktopmail.domain.account import Account, ImapServer, NewAccount
from desktopmail.domain.changes import ChangeSet
from desktopmail.engine.activity import Teller
from desktopmail.engine.housekeeping import index_piece
from desktopmail.engine.imap.remote import ImapRemote
from desktopmail.protocols.imap.commands import HEADER_FIELDS
from desktopmail.store.secrets import Memory
from desktopmail.store.store import Store
from tests.bench._mailbox import headers_only_mail, whole_mail
from tests.bench._program import as_in_the_window
from tests.bench._raw import raw_fetch
from tests.servers.dovecot import Dovecot, User

HEADERS = f"(UID FLAGS MODSEQ INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS ({HEADER_FIELDS})])".encode()
BODIES = b"(UID BODY.PEEK[])"
TICK = 0.010
ROUNDS = 3


class Lateness:
    """How late a timer of 10 ms comes while something runs."""

    def __init__(self) -> None:
        self._late: list[float] = []

    async def watch(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + TICK
            await asyncio.sleep(TICK)
            self._late.append(max(0.0, loop.time() - due))

    def __str__(self) -> str:
        late = sorted(self._late) or [0.0]
        return f"timer late p99 {late[int(len(late) * 0.99) - 1] * 1e3:.1f} ms, max {late[-1] * 1e3:.1f} ms"


class Figures(NamedTuple):
    """What a step took: wall and CPU seconds, and how late the loop's timer came meanwhile."""

    seconds: float
    cpu: float
    late: str

    def __str__(self) -> str:
        return f"{self.seconds:.2f} s (CPU {self.cpu:.2f} s); {self.late}"


async def timed(step: Callable[[], Awaitable[object]]) -> Figures:
    """Carry out a step and measure it."""
    late = Lateness()
    watch = asyncio.ensure_future(late.watch())
    await asyncio.sleep(0)
    async with as_in_the_window():
        start, cpu = time.perf_counter(), time.process_time()
        await step()
        seconds, used = time.perf_counter() - start, time.process_time() - cpu
    watch.cancel()
    return Figures(seconds, used, str(late))


def told(what: str, raws: Sequence[float], own: Sequence[Figures]) -> None:
    """Print the medians of both sides, and how they compare."""
    raw, mine = statistics.median(raws), sorted(own)[len(own) // 2]
    print(f"{what}: raw {raw:.2f} s, ours {mine.seconds / raw:.2f} x raw (goal <= 2.5): {mine}", flush=True)


async def raw_best(server: Dovecot, user: User, items: bytes, folder: bytes) -> float:
    """The raw reader's median of three runs with the server's cache warm."""
    await raw_fetch(server, user, items, folder)
    return statistics.median([(await raw_fetch(server, user, items, folder))[0] for _ in range(ROUNDS)])


async def open_profile(server: Dovecot, user: User, folder: Path) -> tuple[Store, Account, Memory]:
    """A new profile with one account."""
    store = Store.open(folder)
    new = NewAccount(user.address, "Bench", "Bench", ImapServer(server.endpoint("imaps", user)), None)
    number = await store.write(lambda tx: tx.accounts.add(new))
    account = await store.read(lambda tx: tx.accounts.get(number))
    passwords = Memory()
    await passwords.set(account, "incoming", user.password)
    return store, account, passwords


async def listed(server: Dovecot, user: User, *, more: bool = False) -> Figures:
    """Headers of everything into a new profile, from connecting to the last row; with `more`, also print what comes
    before and after."""
    with tempfile.TemporaryDirectory() as folder:
        store, account, passwords = await open_profile(server, user, Path(folder))
        remote = ImapRemote(account, store, passwords, Teller(account.id, lambda _: None))
        start = time.perf_counter()
        first: list[float] = []

        def heard(changes: ChangeSet) -> None:
            if not first and sum(map(len, changes.added.values())) >= 100:
                first.append(time.perf_counter() - start)

        async def indexed() -> None:
            while await index_piece(store):
                pass

        store.subscribe(heard)
        found = await timed(remote.pull)
        if more:
            print(f"first 100 rows after {first[0] * 1e3:.0f} ms")
            print(f"nothing new: {await timed(remote.pull)}")
            print(f"headers indexed: {await timed(indexed)}", flush=True)
        await remote.close()
        await store.close()
    return found


async def filled(server: Dovecot, user: User) -> Figures:
    """Bodies of everything into a profile that has the headers, stored and indexed."""
    with tempfile.TemporaryDirectory() as folder:
        store, account, passwords = await open_profile(server, user, Path(folder))
        remote = ImapRemote(account, store, passwords, Teller(account.id, lambda _: None))

        async def fill() -> None:
            while await remote.fill():
                pass

        await remote.pull()
        found = await timed(fill)
        await remote.close()
        await store.close()
    return found


async def headers_compared(server: Dovecot, count: int) -> None:
    """Each side reads mailboxes that nobody has read before, as in a first sync; then both one that the server has in
    its cache."""
    fresh_raw, fresh, warm_raw, warm = [], [], [], []
    for last in (False,) * (ROUNDS - 1) + (True,):
        theirs, mine = server.add_user(), server.add_user()
        for user in (theirs, mine):
            server.seed(user, "INBOX", headers_only_mail(count))
        fresh_raw.append((await raw_fetch(server, theirs, HEADERS))[0])
        fresh.append(await listed(server, mine, more=last))
    for _ in range(ROUNDS):
        warm_raw.append((await raw_fetch(server, theirs, HEADERS))[0])
        warm.append(await listed(server, theirs))
    told(f"headers of {count:,}, fresh", fresh_raw, fresh)
    told(f"headers of {count:,}, server's cache warm", warm_raw, warm)


async def bodies_compared(server: Dovecot, count: int) -> None:
    """The same for whole messages."""
    fresh_raw, fresh, warm_raw, warm = [], [], [], []
    for _ in range(ROUNDS):
        theirs, mine = server.add_user(), server.add_user()
        for user in (theirs, mine):
            server.seed(user, "INBOX", whole_mail(count))
        fresh_raw.append((await raw_fetch(server, theirs, BODIES))[0])
        fresh.append(await filled(server, mine))
    for _ in range(ROUNDS):
        warm_raw.append((await raw_fetch(server, theirs, BODIES))[0])
        warm.append(await filled(server, theirs))
    told(f"bodies of {count:,}, fresh", fresh_raw, fresh)
    told(f"bodies of {count:,}, server's cache warm", warm_raw, warm)


async def compare(server: Dovecot, headers: int, bodies: int) -> None:
    """Both measurements; 0 leaves one out."""
    if headers:
        await headers_compared(server, headers)
    if bodies:
        await bodies_compared(server, bodies)


def main(headers: int = 20_000, bodies: int = 5_000) -> None:
    """Print the figures; nothing is asserted."""
    if reason := Dovecot.missing():
        print(f"not measured: {reason}")
        return
    server = Dovecot()
    server.start()
    os.environ["SSL_CERT_FILE"] = str(server.certificates.authority)
    try:
        asyncio.run(compare(server, headers, bodies))
    finally:
        server.stop()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
