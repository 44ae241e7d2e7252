"""Recognises a few messages under the new names that a server gave them, so that names which change at every visit cost
no second download. Where many have new names the person is asked instead.
"""

from __future__ import annotations

from dataclasses import replace

from desktopmail.domain.errors import Refused
from desktopmail.domain.ids import AccountId
from desktopmail.engine.pop3.listing import Compared, Listing, header_hash, tops
from desktopmail.engine.pop3.stored import stored_header
from desktopmail.protocols.pop3.session import Pop3Session
from desktopmail.store.ledger_rows import Known
from desktopmail.store.store import Store

MOST = 20
"""How many headers are asked for; more new names of old sizes are chance, and their bytes tell."""


async def recognise(
    session: Pop3Session,
    store: Store,
    account: AccountId,
    listing: Listing,
    compared: Compared,
    known: Known,
) -> Compared:
    """What is left of a comparison when messages of the same header and size are linked with their new names."""
    sizes = {known.there[name] for name in compared.missing}
    strangers = [name for name in compared.strangers if listing.size(name) in sizes]
    if listing.nameless or not 0 < len(strangers) <= MOST:
        return compared
    try:
        heads = await tops(session, [listing.numbers[name] for name in strangers])
    except Refused:
        return compared
    there = {
        (header_hash(heads[number]), listing.size(name)): name
        for name in strangers
        if (number := listing.numbers[name]) in heads
    }
    wanted = {size for _, size in there}
    lines = await store.read(
        lambda tx: tx.ledger.lines(account, [name for name in compared.missing if known.there[name] in wanted])
    )
    names: dict[str, str] = {}
    for line in lines:
        new = there.pop((await stored_header(store, line.sha), line.size), None)
        if new is not None:
            names[line.uidl] = new
    if names:
        await store.write(lambda tx: tx.ledger.rename(account, names))
    return replace(
        compared,
        missing=tuple(name for name in compared.missing if name not in names),
        strangers=tuple(name for name in compared.strangers if name not in names.values()),
    )
