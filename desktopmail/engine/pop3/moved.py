"""Whether a mailbox moved: the messages that are here seem to be on the server under new names. The person is asked
then, before anything is downloaded or removed."""

from __future__ import annotations

import asyncio
from collections.abc import Collection

from desktopmail.domain.errors import Refused, Renamed
from desktopmail.domain.ids import AccountId
from desktopmail.domain.saying import phrase
from desktopmail.engine.pop3.listing import Compared, Listing, tops
from desktopmail.engine.pop3.rules import FEWEST_RENAMED, mostly_gone, renamed
from desktopmail.mime.headers import quick
from desktopmail.protocols.pop3.session import Pop3Session
from desktopmail.store.ledger_rows import Known
from desktopmail.store.store import Store
from desktopmail.store.transaction import Transaction

SAMPLE = 20
"""Headers that are looked at where sizes tell nothing, for some servers count them in another way."""


async def refuse_moved(
    session: Pop3Session, store: Store, account: AccountId, listing: Listing, compared: Compared, known: Known
) -> None:
    """Raises Renamed when the sizes of many messages, or the names in their headers, say that they are the same."""
    alike = await asyncio.to_thread(_by_sizes, listing, known)
    if not alike and mostly_gone(known.there, compared.missing) and len(compared.strangers) >= FEWEST_RENAMED:
        alike = await _by_headers(session, store, account, listing, compared)
    if alike:
        raise Renamed(
            phrase("The server has new names for {0:,} messages that are here already", alike),
            phrase(
                "This happens when a mailbox moves to another server. Nothing was downloaded or removed. Link"
                " them again, and only what is really new is downloaded."
            ),
        )


def _by_sizes(listing: Listing, known: Known) -> int:
    return renamed(known.there, {name: listing.sizes.get(number, 0) for name, number in listing.numbers.items()})


async def _by_headers(
    session: Pop3Session, store: Store, account: AccountId, listing: Listing, compared: Compared
) -> int:
    """About how many strangers have the Message-ID of a message that is missing; 0 when it is less than half of those
    that were looked at."""
    step = -(-len(compared.strangers) // SAMPLE)
    some = compared.strangers[::step]
    try:
        heads = await tops(session, [listing.numbers[name] for name in some])
    except Refused:
        return 0
    names = [found for head in heads.values() if (found := quick(head).message_id)]
    missing = frozenset(compared.missing)
    alike = await store.read(lambda tx: sum(_is_missing(tx, account, name, missing) for name in names))
    if alike < FEWEST_RENAMED or 2 * alike < len(some):
        return 0
    return min(len(missing), alike * len(compared.strangers) // len(some))


def _is_missing(tx: Transaction, account: AccountId, message_id: str, missing: Collection[str]) -> bool:
    """Whether a message of this name is here that the server does not list any more."""
    lines = [tx.ledger.of(one, account) for one in tx.messages.find_by_message_id(None, message_id)[:SAMPLE]]
    return any(line is not None and line.uidl in missing for line in lines)
