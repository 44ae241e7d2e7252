"""Takes from a POP3 server what the leave rule or the person wants gone. Order: stored durably, read back and compared,
listed in this very session, noted in the ledger, then DELE; 'removed' only after the server's yes to QUIT.
"""

from __future__ import annotations

import time
from collections.abc import Mapping

from desktopmail.domain.account import Account
from desktopmail.engine.activity import Tally
from desktopmail.engine.pop3.rules import due, stored_before
from desktopmail.engine.pop3.visit import Visit, stored
from desktopmail.store.ledger import PERSON
from desktopmail.store.ledger_rows import Entry
from desktopmail.store.store import Store
from desktopmail.store.transaction import Transaction


async def finish(visit: Visit, store: Store, account: Account, tally: Tally) -> None:
    """Remove what has to go and end the visit. Raises MailError: then nothing is known to be removed, and the next
    visit sees what is still there."""
    decided = await _decided(visit, store, account)
    if visit.keeps_nothing and not await _all_read_back(visit, store):
        visit.session.drop()
        return
    gone: dict[str, str] = {}
    if decided:
        await store.write(lambda tx: tx.ledger.dele_sent(account.id, decided), durable=True)
        numbers = {visit.listing.numbers[name]: name for name in decided}
        done = await visit.session.delete(list(numbers))
        gone = {numbers[number]: decided[numbers[number]] for number in done}
    await visit.session.quit()
    if gone:
        await store.write(lambda tx: _confirm(tx, account, gone), durable=True)
        tally.pushed += len(gone)


async def _decided(visit: Visit, store: Store, account: Account) -> dict[str, str]:
    """Who decided, by name, for everything that goes now and was read back."""
    now = int(time.time())
    leave = visit.server.leave
    entries = await store.read(lambda tx: tx.ledger.candidates(account.id, stored_before(leave, now)))
    decided = due(entries, leave, now, visit.listing.numbers)
    by_name = {each.uidl: each for each in entries}
    return {name: who for name, who in decided.items() if await _may_go(visit, store, by_name[name])}


async def _may_go(visit: Visit, store: Store, entry: Entry) -> bool:
    """Whether the copy here is certainly good enough to be the only one. What the person removed here needs none."""
    if entry.uidl in visit.listing.vague and entry.uidl not in visit.brought:
        return False
    if entry.removed or (entry.partly and entry.wanted_gone):
        return True
    return await stored(store, entry.sha) is not None


async def _all_read_back(visit: Visit, store: Store) -> bool:
    """Whether everything that was wanted came and can be read: the server may remove it by itself at QUIT."""
    if visit.wanted:
        return False
    for sha in visit.brought.values():
        if await stored(store, sha) is None:
            return False
    return True


def _confirm(tx: Transaction, account: Account, gone: Mapping[str, str]) -> None:
    tx.ledger.dele_confirmed(account.id, gone)
    for who in set(gone.values()):
        names = [name for name, decided in gone.items() if decided == who]
        messages = [each.message for each in tx.ledger.lines(account.id, names) if each.message is not None]
        words = "you asked for it" if who == PERSON else "by the account's rule"
        tx.history.add(messages, "removed", f"removed from the server: {words}")
