"""One visit to a POP3 mailbox: signed in, listed, compared with the ledger; it ends with QUIT or by leaving without.

Nothing a visit marks is removed before the server says yes to QUIT; without QUIT the server keeps everything
(RFC 1939, section 6).
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from desktopmail.domain.account import Account, Keep, Pop3Server
from desktopmail.domain.errors import AccountGone, NeedsPerson, Refused, WrongUsage
from desktopmail.domain.folder import Folder, Lives, Role
from desktopmail.domain.health import Others
from desktopmail.domain.ids import AccountId
from desktopmail.domain.saying import phrase
from desktopmail.engine.arrival import Door
from desktopmail.engine.pop3.fewnames import recognise
from desktopmail.engine.pop3.listing import Compared, Listing, compare, header_hash, newest_first, read_listing, tops
from desktopmail.engine.pop3.moved import refuse_moved
from desktopmail.engine.pop3.peculiar import mailbox, ways
from desktopmail.engine.pop3.proof import match, proof_of
from desktopmail.engine.pop3.rules import too_big
from desktopmail.engine.pop3.stored import stored_header
from desktopmail.protocols.pop3.session import MESSAGE_LIMIT, Pop3Session
from desktopmail.store.ledger_rows import Entry, Known
from desktopmail.store.store import Store
from desktopmail.store.transaction import Transaction


@dataclass(slots=True)
class Visit:
    """What one visit knows. `wanted` are the names still to be brought, newest first; `total` how many those were
    at first; `brought` the names of what was stored whole in this visit, with their SHA-256; `left_out` those of
    messages that could not be had, `begun` the lines of wanted ones whose tops are here. `new` counts what was not here
    before."""

    session: Pop3Session
    server: Pop3Server
    listing: Listing
    door: Door
    wanted: list[str] = field(default_factory=list)
    brought: dict[str, bytes] = field(default_factory=dict)
    left_out: set[str] = field(default_factory=set)
    begun: dict[str, Entry] = field(default_factory=dict)
    total: int = 0
    new: int = 0

    @property
    def keeps_nothing(self) -> bool:
        """Whether the server may remove by itself what was read (EXPIRE 0, RFC 2449 section 6.7)."""
        return self.session.offered.expire == 0

    def only_top(self, name: str) -> bool:
        """Whether only the top of a message is brought, for it is a large one."""
        size = self.listing.size(name)
        return size > MESSAGE_LIMIT or too_big(size, self.server.max_size, self.session.offered.expire)

    def lacks_rest_of(self, entry: Entry) -> bool:
        """Whether a message of which the top is here should be brought whole by now."""
        name = entry.uidl
        return name in self.listing.numbers and (entry.wanted_whole or not self.only_top(name))


def pop3_server(account: Account) -> Pop3Server:
    """Where the account's mail comes from. Raises WrongUsage."""
    if not isinstance(account.incoming, Pop3Server):
        raise WrongUsage(phrase("{0} does not receive mail by POP3", account.address))
    return account.incoming


def ensure_receiving(tx: Transaction, account: Account) -> None:
    """Whoever changes something for an account asks first whether it still receives from this mailbox. Raises
    AccountGone."""
    now = next((each.incoming for each in tx.accounts.all() if each.id == account.id), None)
    if not isinstance(now, Pop3Server) or now.endpoint != pop3_server(account).endpoint:
        raise AccountGone(account.address)


async def begin(session: Pop3Session, store: Store, account: Account) -> Visit:
    """List the mailbox and compare it with the ledger. Raises Renamed and NeedsPerson when the person has to decide
    first; nothing was changed then."""
    server = pop3_server(account)
    known, door, by_top, moved = await store.read(lambda tx: _before(tx, account))
    listing = await read_listing(session, by_top=by_top)
    if listing.nameless and server.leave.keep is not Keep.NO:
        raise no_names(server)
    compared = await asyncio.to_thread(compare, known, listing, moved=moved)
    if compared.missing and compared.strangers and not listing.nameless and not ways(server.endpoint).hides:
        await refuse_moved(session, store, account.id, listing, compared, known)
        compared = await recognise(session, store, account.id, listing, compared, known)
    visit = Visit(session, server, listing, door)
    new = await _doubts(visit, store, account.id, compared.doubtful, moved=moved)
    await _note(store, account, compared, moved=moved)
    if known.partly:
        lines = await store.read(lambda tx: tx.ledger.begun(account.id))
        visit.begun = {each.uidl: each for each in lines if visit.lacks_rest_of(each) and each.uidl not in new}
    wanted = [*compared.strangers, *new, *visit.begun]
    visit.wanted = await asyncio.to_thread(newest_first, wanted, listing.numbers)
    visit.total = len(visit.wanted)
    return visit


def no_names(server: Pop3Server) -> NeedsPerson:
    """The words for a server on which no message can be recognised."""
    return NeedsPerson(
        phrase("{0} has no names for its messages, so mail cannot stay there", server.endpoint.host),
        phrase(
            "Everything would be downloaded again at every visit. Nothing was downloaded. Use IMAP if the"
            " provider offers it, or have mail removed from the server once it is stored here."
        ),
    )


def identity_key(account: AccountId) -> str:
    """The setting that says how often the names of an account's messages changed as a whole."""
    return f"pop3.{account}.renamed"


def place(account: Account) -> str:
    """Which mailbox names belong to."""
    return mailbox(pop3_server(account).endpoint)


def _place_key(account: AccountId) -> str:
    return f"pop3.{account}.place"


def inbox_for(tx: Transaction, account: Account) -> Folder:
    """Where the account's new mail is put: its own Inbox, or the one the person chose as long as that lives on this
    computer. Raises WrongUsage."""
    chosen = tx.arrangements.get(account.id).deliver
    for owner in (chosen, account.id):
        inbox = tx.folders.by_role(owner, Role.INBOX) if owner is not None else None
        if inbox is not None and inbox.lives is Lives.HERE:
            return inbox
    raise WrongUsage(phrase("{0} has no Inbox", account.address))


def _before(tx: Transaction, account: Account) -> tuple[Known, Door, bool, bool]:
    """The ledger, where mail comes in, whether names are made of headers, and whether it is another mailbox now."""
    ensure_receiving(tx, account)
    known = tx.ledger.known(account.id)
    inbox = inbox_for(tx, account)
    by_top = int(tx.settings.get(identity_key(account.id), 0)) > 1
    here = bool(known.there or known.gone)
    moved = here and tx.settings.get(_place_key(account.id), place(account)) != place(account)
    return known, Door(account, inbox, first=not here), by_top, moved


async def _doubts(visit: Visit, store: Store, account: AccountId, names: Sequence[str], *, moved: bool) -> list[str]:
    """Names that came back, or whose size changed: the same messages by their headers, or new ones under old names.
    Those that are new."""
    if not names:
        return []
    numbers = visit.listing.numbers
    try:
        heads = await tops(visit.session, [numbers[name] for name in names])
    except Refused:
        heads = {}
    lines = {each.uidl: each for each in await store.read(lambda tx: tx.ledger.lines(account, names))}
    same = [
        name
        for name in names
        if (head := heads.get(numbers[name])) is not None
        and await _is_same(store, lines[name], visit.listing.size(name), head, moved=moved)
    ]
    back = [name for name in same if not lines[name].on_server]
    sizes = {name: visit.listing.size(name) for name in same}

    new = [name for name in names if name not in sizes]
    kept = sum(lines[name].dele_confirmed > 0 for name in back)

    def work(tx: Transaction) -> None:
        tx.ledger.returned(account, back)
        tx.ledger.resized(account, sizes)
        tx.ledger.doubted(account, new)
        tx.sightings.ignored(account, kept)

    await store.write(work)
    return new


async def _is_same(store: Store, line: Entry, size: int, head: bytes, *, moved: bool) -> bool:
    """Whether a header belongs to the message of this line. What is here in part is known by its size alone; the name
    of what was not there for a while, or is on another server now, proves nothing, so the body has to be as long."""
    if line.partly:
        return line.size == size
    if moved or not line.on_server:
        here = await proof_of(store, line)
        return here is not None and bool(match({"": here}, {"": (head, size)}))
    return await stored_header(store, line.sha) == header_hash(head)


async def _note(store: Store, account: Account, compared: Compared, *, moved: bool) -> None:
    """What the server does not list any more is only here now. It is never removed here for that."""
    here = place(account)

    def work(tx: Transaction) -> None:
        tx.ledger.vanished(account.id, compared.missing)
        tx.settings.set(_place_key(account.id), here)
        if not moved and not ways(pop3_server(account).endpoint).hides:
            tx.sightings.others(account.id, Others(removed=len(compared.missing)))

    if compared.missing or moved or await store.read(lambda tx: tx.settings.get(_place_key(account.id), "")) != here:
        await store.write(work)
