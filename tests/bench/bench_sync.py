"""A first sync against a private Dovecot over TLS, beside a bare reader that fetches the same in the same run.

python -m tests.bench.bench_sync [HEADERS BODIES]
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from desktopmail.domain.account import Account, ImapServer, NewAccount
from desktopmail.domain.changes import ChangeSet
from desktopmail.engine.activity import Teller
from desktopmail.engine.housekeeping import index_piece
from desktopmail.engine.imap.remote import ImapRemote
from desktopmail.protocols.imap.commands import HEADER_FIELDS
from desktopmail.store.secrets import Memory
from desktopmail.store.store import Store
from tests.bench._mailbox import headers_only_mail, whole_mail
from tests.bench._raw import raw_fetch
from tests.servers.dovecot import Dovecot, User

HEADERS = f"(UID FLAGS MODSEQ INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS ({HEADER_FIELDS})])".encode()
BODIES = b"(UID BODY.PEEK[])"
TICK = 0.010


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


@asynccontextmanager
async def measured(what: str, raw: float) -> AsyncIterator[None]:
    """Print wall and CPU time of a step, its ratio to the raw reader's time, and the loop's lateness meanwhile."""
    late = Lateness()
    watch = asyncio.ensure_future(late.watch())
    await asyncio.sleep(0)
    start, cpu = time.perf_counter(), time.process_time()
    yield
    seconds, used = time.perf_counter() - start, time.process_time() - cpu
    watch.cancel()
    ratio = f"{seconds / raw:.2f} x raw" if raw else ""
    print(f"{what}: {seconds:.2f} s (CPU {used:.2f} s) {ratio}; {late}", flush=True)


async def raw_best(server: Dovecot, user: User, items: bytes, folder: bytes) -> float:
    """The raw reader's median of three runs with the server's cache warm."""
    await raw_fetch(server, user, items, folder)
    times = sorted([(await raw_fetch(server, user, items, folder))[0] for _ in range(3)])
    return times[1]


async def open_profile(server: Dovecot, user: User, folder: Path) -> tuple[Store, Account, Memory]:
    """A new profile with one account."""
    store = Store.open(folder)
    new = NewAccount(user.address, "Bench", "Bench", ImapServer(server.endpoint("imaps", user)), None)
    number = await store.write(lambda tx: tx.accounts.add(new))
    account = await store.read(lambda tx: tx.accounts.get(number))
    passwords = Memory()
    await passwords.set(account, "incoming", user.password)
    return store, account, passwords


async def listed(server: Dovecot, user: User, raw: float, folder: Path) -> None:
    """Headers of everything, from connecting to the last row."""
    store, account, passwords = await open_profile(server, user, folder)
    remote = ImapRemote(account, store, passwords, Teller(account.id, lambda _: None))
    start = time.perf_counter()
    first: list[float] = []

    def heard(changes: ChangeSet) -> None:
        if not first and sum(map(len, changes.added.values())) >= 100:
            first.append(time.perf_counter() - start)

    store.subscribe(heard)
    async with measured("headers listed", raw):
        await remote.pull()
    print(f"first 100 rows after {first[0] * 1e3:.0f} ms")
    async with measured("nothing new", 0):
        await remote.pull()
    async with measured("headers indexed", 0):
        while await index_piece(store):
            pass
    await remote.close()
    await store.close()


async def filled(server: Dovecot, user: User, raw: float, folder: Path) -> None:
    """Bodies of everything, stored and indexed."""
    store, account, passwords = await open_profile(server, user, folder)
    remote = ImapRemote(account, store, passwords, Teller(account.id, lambda _: None))
    await remote.pull()
    async with measured("bodies stored and indexed", raw):
        while await remote.fill():
            pass
    await remote.close()
    await store.close()


async def compare(server: Dovecot, headers: int, bodies: int) -> None:
    """Both measurements on fresh mailboxes."""
    with tempfile.TemporaryDirectory() as scratch:
        if headers:
            reader = server.add_user()
            server.seed(reader, "INBOX", headers_only_mail(headers))
            raw = await raw_best(server, reader, HEADERS, b"INBOX")
            print(f"raw headers of {headers:,}: {raw:.2f} s")
            await listed(server, reader, raw, Path(scratch, "headers"))
        if bodies:
            keeper = server.add_user()
            server.seed(keeper, "INBOX", whole_mail(bodies))
            raw = await raw_best(server, keeper, BODIES, b"INBOX")
            print(f"raw bodies of {bodies:,}: {raw:.2f} s")
            await filled(server, keeper, raw, Path(scratch, "bodies"))


def main(headers: int = 20_000, bodies: int = 5_000) -> None:
    """Print the figures; nothing is asserted."""
    if reason := Dovecot.missing():
        print(f"not measured: {reason}")
        return
    sys.setswitchinterval(0.0005)
    server = Dovecot()
    server.start()
    os.environ["SSL_CERT_FILE"] = str(server.certificates.authority)
    try:
        asyncio.run(compare(server, headers, bodies))
    finally:
        server.stop()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
