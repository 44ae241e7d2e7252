"""Same messages, new names: after a mailbox moved, the ledger's lines get the server's new UIDLs, so that nothing is
downloaded a second time and nothing is taken for gone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from desktopmail.domain.account import Account
from desktopmail.domain.errors import Refused, RefusedForNow
from desktopmail.engine.pop3.listing import Listing, compare, header_hash, read_listing, tops
from desktopmail.engine.pop3.stored import stored_header
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
    """Match what the server lists with what is here: by the whole header, else by Message-ID and size. Where the server
    does not know TOP, everything is downloaded once more and recognised by its bytes. Names that changed before are
    given up: from then on headers are the names. Raises MailError; the session is left without QUIT."""
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
    names = match(await _headers(store, lines), heads)
    names |= await _by_message_id(store, lines, listing, heads, names)
    left = [name for name in compared.missing if name not in names]
    sizes = {new: listing.size(new) for new in names.values()}

    def work(tx: Transaction) -> None:
        tx.ledger.vanished(account.id, left)
        tx.ledger.rename(account.id, names)
        tx.ledger.resized(account.id, sizes)
        tx.settings.set(identity_key(account.id), times)

    await store.write(work, durable=True)
    return Relinked(len(names), len(strangers) - len(names), len(left))


def match(here: Mapping[str, str], there: Mapping[str, bytes]) -> dict[str, str]:
    """Old name to new name for equal headers: `here` are header hashes by old name, `there` headers by new name.
    Several that are alike are matched in their order, for they are the same message several times."""
    waiting: dict[str, list[str]] = {}
    for new, head in there.items():
        waiting.setdefault(header_hash(head), []).append(new)
    for alike in waiting.values():
        alike.reverse()
    return {old: waiting[known].pop() for old, known in here.items() if waiting.get(known)}


async def _heads(session: Pop3Session, listing: Listing, names: Sequence[str]) -> dict[str, bytes]:
    """The headers of these messages by name."""
    missing = [number for name in names if (number := listing.numbers[name]) not in listing.heads]
    heads = listing.heads | await tops(session, missing)
    return {name: heads[number] for name in names if (number := listing.numbers[name]) in heads}


async def _headers(store: Store, lines: Sequence[Entry]) -> dict[str, str]:
    """Header hashes of what is stored here, by name."""
    found = {line.uidl: await stored_header(store, line.sha) for line in lines}
    return {name: header for name, header in found.items() if header}


async def _by_message_id(
    store: Store, lines: Sequence[Entry], listing: Listing, heads: Mapping[str, bytes], done: Mapping[str, str]
) -> dict[str, str]:
    """The rest by Message-ID and size, where each is the only one of its kind on its side."""
    taken = set(done.values())
    ids = await store.read(lambda tx: _message_ids(tx, [line for line in lines if line.uidl not in done]))
    here = {old: (message_id, size) for old, (message_id, size) in ids.items() if message_id}
    there = {new: (quick(head).message_id, listing.size(new)) for new, head in heads.items() if new not in taken}
    once_here, once_there = Counter(here.values()), Counter(there.values())
    new_names = {key: new for new, key in there.items() if once_there[key] == 1}
    return {old: new_names[key] for old, key in here.items() if once_here[key] == 1 and key in new_names}


def _message_ids(tx: Transaction, lines: Sequence[Entry]) -> dict[str, tuple[str, int]]:
    found = {line.message: line for line in lines if line.message is not None}
    rows = tx.messages.summaries(found)
    return {found[row.id].uidl: (row.message_id, found[row.id].size) for row in rows}
