"""Takes from a POP3 server what the leave rule or the person wants gone. Order: stored durably, read back and compared,
listed in this session, still wanted, noted in the ledger, then DELE; 'removed' only after the server's yes to QUIT.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping

from desktopmail.domain.account import Account
from desktopmail.domain.saying import phrase
from desktopmail.engine.activity import Tally
from desktopmail.engine.pop3.rules import due, stored_before
from desktopmail.engine.pop3.stored import is_stored
from desktopmail.engine.pop3.visit import Visit, ensure_receiving, pop3_server
from desktopmail.store.ledger import PERSON
from desktopmail.store.ledger_rows import Entry
from desktopmail.store.store import Store
from desktopmail.store.transaction import Transaction


async def finish(visit: Visit, store: Store, account: Account, tally: Tally) -> None:
    """Remove what has to go and end the visit. Raises MailError: then nothing is known to be removed, and the next
    visit sees what is still there."""
    chosen = await _chosen(visit, store, account)
    if visit.keeps_nothing and not await _all_read_back(visit, store):
        visit.session.drop()
        return
    gone: dict[str, str] = {}
    if chosen:
        decided = await store.write(lambda tx: _mark(tx, visit, account, chosen), durable=True)
        numbers = {visit.listing.numbers[name]: name for name in decided}
        done = await visit.session.delete(list(numbers))
        gone = {numbers[number]: decided[numbers[number]] for number in done}
        await store.read(lambda tx: ensure_receiving(tx, account))
    await visit.session.quit()
    if gone:
        await store.write(lambda tx: _confirm(tx, account, gone), durable=True)
        tally.pushed += len(gone)


async def _chosen(visit: Visit, store: Store, account: Account) -> dict[str, Entry]:
    """The lines, by name, of everything that goes now and was read back."""
    now = int(time.time())
    leave = visit.server.leave
    entries = await store.read(lambda tx: tx.ledger.candidates(account.id, stored_before(leave, now)))
    decided = await asyncio.to_thread(due, entries, leave, now, visit.listing.numbers)
    return {each.uidl: each for each in entries if each.uidl in decided and await _may_go(visit, store, each)}


def _mark(tx: Transaction, visit: Visit, account: Account, chosen: Mapping[str, Entry]) -> dict[str, str]:
    """Note who decided, by name, as far as that still holds: the person may have changed the account since, taken a
    wish back or restored a message. Raises AccountGone."""
    ensure_receiving(tx, account)
    here = tx.accounts.get(account.id)
    server = pop3_server(here)
    if here.paused:
        return {}
    now = int(time.time())
    entries = tx.ledger.candidates(account.id, stored_before(server.leave, now))
    same = [each for each in entries if (old := chosen.get(each.uidl)) is not None and _alike(each, old)]
    decided = due(same, server.leave, now, chosen)
    tx.ledger.dele_sent(account.id, decided)
    return decided


def _alike(entry: Entry, old: Entry) -> bool:
    """Whether what `_may_go` found out about a line still counts."""
    return (entry.sha, entry.removed, entry.partly) == (old.sha, old.removed, old.partly)


async def _may_go(visit: Visit, store: Store, entry: Entry) -> bool:
    """Whether the copy here is certainly good enough to be the only one. What the person removed here needs none."""
    if entry.uidl in visit.listing.vague and entry.uidl not in visit.brought:
        return False
    if entry.removed or (entry.partly and entry.wanted_gone):
        return True
    return await is_stored(store, entry.sha)


async def _all_read_back(visit: Visit, store: Store) -> bool:
    """Whether everything that was wanted came and can be read: the server may remove it by itself at QUIT."""
    if visit.wanted:
        return False
    for sha in visit.brought.values():
        if not await is_stored(store, sha):
            return False
    return True


def _confirm(tx: Transaction, account: Account, gone: Mapping[str, str]) -> None:
    tx.ledger.dele_confirmed(account.id, gone)
    for who in set(gone.values()):
        names = [name for name, decided in gone.items() if decided == who]
        messages = [each.message for each in tx.ledger.lines(account.id, names) if each.message is not None]
        words = (
            phrase("removed from the server: you asked for it")
            if who == PERSON
            else phrase("removed from the server: by the account's rule")
        )
        tx.history.add(messages, "removed", words)
