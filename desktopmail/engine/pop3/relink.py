"""Same messages, new names: after a mailbox moved, the ledger's lines get the server's new UIDLs, so that nothing is
downloaded a second time and nothing is taken for gone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from desktopmail.domain.account import Account
from desktopmail.domain.errors import Refused, RefusedForNow
from desktopmail.engine.pop3.listing import Listing, compare, read_listing, tops
from desktopmail.engine.pop3.proof import Here, There, match, proof_of
from desktopmail.engine.pop3.visit import identity_key
from desktopmail.mime.headers import quick
from desktopmail.protocols.pop3.session import Pop3Session
from desktopmail.store.ledger_rows import Entry
from desktopmail.store.store import Store
from desktopmail.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Relinked:
    """How many messages were recognised under their new names, how many names belong to messages that are not here, and
    how many messages here are not on the server any more."""

    linked: int
    new: int
    gone: int


async def relink(session: Pop3Session, store: Store, account: Account) -> Relinked:
    """Match what the server lists with what is here: by the whole header and the length of the body; tops by Message-ID
    and size. What is not certain, or all where the server does not know TOP, is downloaded once more and recognised by
    its bytes. Names that changed before are given up: from then on headers are the names. Raises MailError; the session
    is left without QUIT."""
    times = 1 + await store.read(lambda tx: int(tx.settings.get(identity_key(account.id), 0)))
    known = await store.read(lambda tx: tx.ledger.known(account.id))
    listing = await read_listing(session, by_top=times > 1)
    compared = compare(known, listing)
    strangers = compared.strangers
    try:
        heads = await _heads(session, listing, strangers)
    except RefusedForNow:
        raise
    except Refused:
        heads = {}
    session.drop()
    lines = await store.read(lambda tx: tx.ledger.lines(account.id, compared.missing))
    there = {name: (head, listing.size(name)) for name, head in heads.items()}
    names = match(await _stored(store, lines), there)
    names |= await _by_message_id(store, [line for line in lines if line.partly], there, names)
    left = [name for name in compared.missing if name not in names]
    sizes = {new: listing.size(new) for new in names.values()}

    def work(tx: Transaction) -> None:
        tx.ledger.vanished(account.id, left)
        tx.ledger.rename(account.id, names)
        tx.ledger.resized(account.id, sizes)
        tx.settings.set(identity_key(account.id), times)

    await store.write(work, durable=True)
    return Relinked(len(names), len(strangers) - len(names), len(left))


async def _heads(session: Pop3Session, listing: Listing, names: Sequence[str]) -> dict[str, bytes]:
    """The headers of these messages by name."""
    missing = [number for name in names if (number := listing.numbers[name]) not in listing.heads]
    heads = listing.heads | await tops(session, missing)
    return {name: heads[number] for name in names if (number := listing.numbers[name]) in heads}


async def _stored(store: Store, lines: Sequence[Entry]) -> dict[str, Here]:
    """What is stored here, by name; without what cannot be read back."""
    found = {line.uidl: await proof_of(store, line) for line in lines}
    return {name: here for name, here in found.items() if here is not None}


async def _by_message_id(store: Store, lines: Sequence[Entry], known: There, done: Mapping[str, str]) -> dict[str, str]:
    """Tops by Message-ID and size, where each is the only one of its kind on its side."""
    taken = set(done.values())
    ids = await store.read(lambda tx: _message_ids(tx, lines))
    here = {old: (message_id, size) for old, (message_id, size) in ids.items() if message_id}
    there = {new: (quick(head).message_id, size) for new, (head, size) in known.items() if new not in taken}
    once_here, once_there = Counter(here.values()), Counter(there.values())
    new_names = {key: new for new, key in there.items() if once_there[key] == 1}
    return {old: new_names[key] for old, key in here.items() if once_here[key] == 1 and key in new_names}


def _message_ids(tx: Transaction, lines: Sequence[Entry]) -> dict[str, tuple[str, int]]:
    found = {line.message: line for line in lines if line.message is not None}
    rows = tx.messages.summaries(found)
    return {found[row.id].uidl: (row.message_id, found[row.id].size) for row in rows}
