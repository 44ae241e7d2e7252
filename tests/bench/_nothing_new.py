"""A visit to a POP3 mailbox of many messages that are all here: what it costs from the sign-in to 'nothing new'."""

from __future__ import annotations

import hashlib
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from desktopmail.domain.account import Account, Endpoint, NewAccount, Pop3Server, Security
from desktopmail.domain.activity import Activity
from desktopmail.engine.activity import Teller
from desktopmail.engine.pop3.remote import Pop3Remote
from desktopmail.protocols import transport
from desktopmail.store.secrets import Memory
from desktopmail.store.store import Store
from desktopmail.store.transaction import Transaction
from tests.fakes.pop3_mailbox import MailboxLine, Pop3Mailbox

T = TypeVar("T")
SEGMENT = 1 << 16
WHERE = Endpoint("bench", 995, Security.NONE, "bench")


def _mailbox(names: list[str]) -> Pop3Mailbox:
    ids = b"".join(b"%d %s\r\n" % pair for pair in enumerate(map(str.encode, names), 1))
    sizes = b"".join(b"%d %d\r\n" % (number, _size(number)) for number in range(1, len(names) + 1))
    answers = {"STAT": b"+OK %d 1\r\n" % len(names)}
    return Pop3Mailbox(answers=answers | {"UIDL": b"+OK\r\n" + ids + b".\r\n", "LIST": b"+OK\r\n" + sizes + b".\r\n"})


def _size(number: int) -> int:
    return 2_000 + number % 5_000


def _fill(tx: Transaction, names: list[str]) -> Account:
    number = tx.accounts.add(NewAccount("bench@mail.test", "Bench", "Bench", Pop3Server(WHERE), None))
    tx._db.executemany(
        "INSERT INTO pop3_copy (account, uidl, first_seen, size, sha, stored_at) VALUES (?, ?, 1, ?, ?, 1)",
        [(number, name, _size(place), name.encode().ljust(32)) for place, name in enumerate(names, 1)],
    )
    return tx.accounts.get(number)


async def visit(count: int) -> tuple[float, float]:
    """Seconds of processor time and by the clock; the server in memory is among them. To be measured last: from then on
    every connection leads to it."""
    names = [hashlib.md5(b"%d" % number, usedforsecurity=False).hexdigest()[:24] for number in range(1, count + 1)]
    box = _mailbox(names)

    async def connect(endpoint: Endpoint, factory: Callable[[], T], **_: object) -> tuple[MailboxLine, T]:
        protocol, line = factory(), box.line(size=SEGMENT)
        line.connect(protocol)  # type: ignore[arg-type]
        return line, protocol

    said: list[Activity] = []
    transport.connect = connect  # type: ignore[assignment]
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(Path(folder))
        account = await store.write(lambda tx: _fill(tx, names))
        passwords = Memory()
        await passwords.set(account, "incoming", "secret")
        remote = Pop3Remote(account, store, passwords, Teller(account.id, said.append))
        clock, cpu = time.perf_counter(), time.process_time()
        await remote.pull()
        while await remote.fill():
            pass
        spent = time.process_time() - cpu, time.perf_counter() - clock
        await store.close()
    assert box.fetches.total() == 0 and box.commands[-1] == "QUIT"
    return spent
