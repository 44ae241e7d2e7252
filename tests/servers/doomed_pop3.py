"""A program that visits one POP3 mailbox once, to be killed or watched on the way by whoever started it.

python -m tests.servers.doomed_pop3 PROFILE HOST PORT USER SECURITY KEEP DAYS     (password in DOOMED_PASSWORD)

Prints the kinds of all problems.
"""

from __future__ import annotations

import asyncio
import os
import sys
from dataclasses import replace
from pathlib import Path

from desktopmail.domain.account import Account, Endpoint, Keep, Leave, NewAccount, Pop3Server, Security
from desktopmail.engine.activity import SyncReport, Teller
from desktopmail.engine.pop3.remote import Pop3Remote
from desktopmail.engine.runner import Runner
from desktopmail.store.secrets import Memory
from desktopmail.store.store import Store
from desktopmail.store.transaction import Transaction


async def visit(folder: Path, endpoint: Endpoint, leave: Leave, password: str) -> SyncReport:
    """One round of the only account of a profile, which is made when there is none."""
    store = Store.open(folder)
    server = Pop3Server(endpoint, leave)

    def first(tx: Transaction) -> Account:
        there = tx.accounts.all()
        number = there[0].id if there else tx.accounts.add(NewAccount("me@mail.test", "Me", "Me", server, None))
        account = replace(tx.accounts.get(number), incoming=server)
        tx.accounts.update(account)
        return account

    try:
        account = await store.write(first)
        passwords = Memory()
        await passwords.set(account, "incoming", password)
        teller = Teller(account.id, lambda _: None)
        return await Runner(account, Pop3Remote(account, store, passwords, teller), store, teller).sync_once()
    finally:
        await store.close()


def main(arguments: list[str]) -> int:
    folder, host, port, user, security, keep, days = arguments
    endpoint = Endpoint(host, int(port), Security(security), user)
    report = asyncio.run(visit(Path(folder), endpoint, Leave(Keep(keep), int(days)), os.environ["DOOMED_PASSWORD"]))
    print(*(each.kind for each in report.problems))
    return len(report.problems)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
