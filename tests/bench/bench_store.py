"""Store: listing, reading, flagging, contents and index, each as time per row and against bare SQLite."""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import apsw

from desktopmail.domain.account import Endpoint, ImapServer, NewAccount, Security
from desktopmail.domain.address import Address
from desktopmail.domain.folder import Role
from desktopmail.domain.ids import AccountId, FolderId
from desktopmail.domain.message import Flags
from desktopmail.engine.library import Library
from desktopmail.store.rows import NewMessage
from desktopmail.store.store import Store
from desktopmail.store.text import TextRow
from tests.bench._mailbox import WORDS, whole_mail

MANY = 100_000
BATCH = 500


def main() -> None:
    """Measure on a profile of its own that is removed afterwards."""
    with tempfile.TemporaryDirectory() as place, asyncio.Runner() as runner:
        store = Store.open(Path(place) / "profile")
        account, inbox = runner.run(begin(store))
        listing(runner, store, rows_of(account, inbox), Path(place) / "bare.db")
        reading(Library(store), inbox)
        verbs(runner, store, inbox)
        contents(runner, store)
        index(runner, store)
        runner.run(store.close())


async def begin(store: Store) -> tuple[AccountId, FolderId]:
    endpoint = Endpoint("mail.example.org", 993, Security.TLS, "ada")
    new = NewAccount("ada@example.org", "Work", "Ada", ImapServer(endpoint), None)
    account = await store.write(lambda tx: tx.accounts.add(new))
    return account, await store.write(lambda tx: tx.folders.adopt(account, "INBOX", "INBOX", Role.INBOX))


def rows_of(account: AccountId, inbox: FolderId) -> list[NewMessage]:
    """Newest first, as a first pull brings them; four of five answer the one before."""
    chance = random.Random(3)
    names = [f"<{number}.{chance.randrange(1 << 60)}@example.org>" for number in range(MANY)]
    return [
        NewMessage(
            account,
            inbox,
            key=chance.randbytes(16),
            message_id=names[number],
            references=tuple(names[number - number % 5 : number]),
            date=1_500_000_000 + number * 300,
            received=1_500_000_000 + number * 300,
            sender=(Address("Grace Hopper", f"grace{number % 400}@example.org"),),
            to=(Address("Ada Lovelace", "ada@example.org"),),
            subject=" ".join(chance.choices(WORDS, k=6)),
            flags=Flags(number & 1),
            size=4000,
            uid=number + 1,
            mod_seq=number,
        )
        for number in reversed(range(MANY))
    ]


def clock(words: str, count: int, work: Callable[[], object], raw: float = 0.0) -> float:
    """Print how long `work` takes, per row and in comparison; its seconds of processor time."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    ratio = f"   {cpu / raw:.1f} × bare" if raw else ""
    print(f"{words:44} {wall * 1e3:9.1f} ms   {cpu / count * 1e6:8.2f} µs of processor each{ratio}")
    return cpu


def listing(runner: asyncio.Runner, store: Store, rows: list[NewMessage], path: Path) -> None:
    bare = apsw.Connection(str(path))
    bare.pragma("journal_mode", "wal")
    bare.pragma("synchronous", 1)
    bare.execute("CREATE TABLE m (id INTEGER PRIMARY KEY, folder, date, subject, sender, message_id)")
    bare.execute("CREATE INDEX by_date ON m (folder, date); CREATE INDEX by_name ON m (message_id)")

    def plain() -> None:
        for start in range(0, MANY, BATCH):
            with bare:
                bare.executemany(
                    "INSERT INTO m (folder, date, subject, sender, message_id) VALUES (1, ?, ?, ?, ?)",
                    [(row.date, row.subject, "x", row.message_id) for row in rows[start : start + BATCH]],
                )

    async def insert(rows: list[NewMessage]) -> None:
        for start in range(0, len(rows), BATCH):
            await store.write(lambda tx, batch=rows[start : start + BATCH]: tx.messages.insert(batch))  # type: ignore[misc]

    raw = clock("bare SQLite, 5 columns and 2 indexes", MANY, plain)
    clock("first 20,000 headers", 20_000, lambda: runner.run(insert(rows[:20_000])))
    clock("80,000 more", MANY - 20_000, lambda: runner.run(insert(rows[20_000:])), raw * 0.8)


def reading(library: Library, inbox: FolderId) -> None:
    ids = library.ids(inbox)
    clock("ids of 100,000", 1, lambda: library.ids(inbox))
    clock("ids of its conversations", 1, lambda: library.ids(inbox, True))
    clock("rows with order and conversation", 1, lambda: library.rows(inbox))
    clock("a window of 60 rows", 1, lambda: library.summaries(ids[5000:5060]))
    heads = library.ids(inbox, True)
    clock("a window of 60 conversations", 1, lambda: library.summaries(heads[5000:5060], grouped=True))


def verbs(runner: asyncio.Runner, store: Store, inbox: FolderId) -> None:
    ids = store.reader().ids(inbox)
    clock("mark all as read", MANY, lambda: runner.run(store.write(lambda tx: tx.messages.set_flags(ids, Flags.SEEN))))
    clock("star one", 1, lambda: runner.run(store.write(lambda tx: tx.messages.set_flags(ids[:1], Flags.STARRED))))


def contents(runner: asyncio.Runner, store: Store) -> None:
    raws = list(whole_mail(1000))

    async def put() -> None:
        for start in range(0, len(raws), 100):
            await store.content(lambda content, part=raws[start : start + 100]: content.put_many(part))  # type: ignore[misc]

    raw = clock("hashing alone", len(raws), lambda: [sha256(one).digest() for one in raws])
    clock(f"{sum(map(len, raws)) / 1e6:.0f} MB of messages", len(raws), lambda: runner.run(put()), raw)


def index(runner: asyncio.Runner, store: Store) -> None:
    chance = random.Random(4)
    rows = [
        TextRow(one, "Grace Hopper grace@example.org", "a subject", " ".join(chance.choices(WORDS, k=400)))  # type: ignore[arg-type]
        for one in range(1, 5001)
    ]

    async def add() -> None:
        for start in range(0, len(rows), 250):
            await store.text(lambda text, part=rows[start : start + 250]: text.add(part))  # type: ignore[misc]

    clock("index of 5,000 messages of 2.5 KB", len(rows), lambda: runner.run(add()))
