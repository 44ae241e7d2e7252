"""An account's mail comes by another protocol from now on, in place: IMAP instead of POP3 or the other way round.

Nothing is lost and nothing is downloaded twice: messages, folders and identities stay what they are, and what both
sides have is recognised. For 30 days the account can be put back as it was.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from desktopmail.domain.account import (
    Account,
    Endpoint,
    ImapServer,
    Incoming,
    Keep,
    Leave,
    Pop3Server,
    Security,
    SignIn,
)
from desktopmail.domain.errors import NotFound, Refused, StoreDamaged, WrongUsage
from desktopmail.domain.folder import Folder, Role
from desktopmail.domain.ids import AccountId, FolderId
from desktopmail.domain.saying import phrase
from desktopmail.engine.activity import SyncReport, Teller
from desktopmail.engine.imap.remote import ImapRemote
from desktopmail.engine.keys import signed_in
from desktopmail.engine.lanes import Lanes
from desktopmail.engine.pop3.listing import Listing, header_hash, read_listing, tops
from desktopmail.engine.pop3.remote import Pop3Remote
from desktopmail.engine.pop3.stored import read_back
from desktopmail.engine.remote import Remote
from desktopmail.engine.runner import Runner
from desktopmail.protocols.imap.session import ImapSession
from desktopmail.protocols.pop3.session import Pop3Session
from desktopmail.store.ledger_rows import Stored
from desktopmail.store.secrets import PasswordSource
from desktopmail.store.store import Store
from desktopmail.store.switched import Held, Switch
from desktopmail.store.transaction import Transaction

MOST_LARGE = 100_000
UNDO_SECONDS = 30 * 24 * 3600

Say = Callable[[str], None]
Alike = dict[tuple[str, int], list[Held]]
"""What is here by the hash of its header and its size in bytes."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a switch came to. `linked`: messages that both sides have; `here`: only on this computer; `there`: only on
    the server, to be brought by and by. `shared`: in a folder of this computer, and shown in the server's folder too.
    `until`: when it can no longer be taken back (seconds since 1970 UTC)."""

    protocol: str
    messages: int
    linked: int
    here: int
    there: int
    until: int
    shared: int = 0

    @property
    def words(self) -> str:
        """The same for a person."""
        return phrase(
            "{0:,} messages kept: {1:,} also on the server, {2:,} only here. "
            "{3:,} more on the server are still to come.",
            self.messages,
            self.linked,
            self.here,
            self.there,
        )


def silent(words: str) -> None:
    """Say nothing."""


class Switching:
    """The verbs. While one runs, nobody else works on the account; whatever fails leaves it as it was."""

    def __init__(self, store: Store, passwords: PasswordSource, lanes: Callable[[], Lanes]) -> None:
        self._store = store
        self._passwords = passwords
        self._lanes = lanes
        self._turn = asyncio.Lock()

    async def to_pop3(self, account: AccountId, server: Pop3Server, say: Say = silent) -> Outcome:
        """Receive by POP3 from now on. First everything is brought here and read back; folders become folders of this
        computer, and what the POP3 server lists and is here already gets its line in the ledger.

        Raises MailError with what stands in the way, Refused when something is not here whole."""
        async with self._turn, self._lanes().resting(account):
            old = await self._get(account, ImapServer)
            here = await self._all_here(old, say)
            say(phrase("Looking at {0}…", server.endpoint.host))
            new = replace(old, incoming=server)
            async with self._carrying(old, new):
                listing, heads = await self._listed(new)
                say(phrase("Comparing what is here with what is there…"))
                lines = match(listing, heads, here)
                held = sum(len(each) for each in here.values())
                report = _outcome("pop3", held, len(lines), len(listing.numbers) - len(lines))

                def work(tx: Transaction) -> None:
                    _remember(tx, old, report)
                    tx.switched.come_home(account)
                    _receive(tx, account, server)
                    tx.ledger.stored(account, lines)

                await self._store.write(work, durable=True)
            return report

    async def to_imap(
        self, account: AccountId, server: ImapServer, *, upload: bool = False, say: Say = silent
    ) -> Outcome:
        """Receive by IMAP from now on. What the server has is recognised and linked; what it lacks stays here. With
        `upload` it is handed over, and the server's folders become what they are here. What was put into folders of
        other accounts comes back before, and what others have here goes to them. Raises MailError with what stands
        in the way."""
        async with self._turn, self._lanes().resting(account):
            old = await self._get(account, Pop3Server)
            await self._bring(old, say)
            new = replace(old, incoming=server)
            say(phrase("Looking at {0}…", server.endpoint.host))
            async with self._carrying(old, new):
                names = await self._server_folders(new)

                def work(tx: Transaction) -> tuple[int, list[Held]]:
                    tx.arrangements.fetch_home(account)
                    tx.arrangements.send_home(account)
                    held = tx.switched.held(account)
                    number = _remember(tx, old, _outcome("imap", len(held), 0, 0))
                    _receive(tx, account, server)
                    folders = [each for each in tx.folders.all(account) if upload or _is_there(each, names)]
                    chosen = [each.id for each in folders if each.role is not Role.OUTBOX]
                    tx.switched.come_home(account)
                    tx.switched.go_out(account, _with_parents(tx, account, chosen))
                    return number, held

                number, held = await self._store.write(work, durable=True)
            report = await self._link(new, number, held, say)
            if upload:
                await self._store.write(lambda tx: tx.switched.await_copies(account, upload=True))
            return report

    async def undo(self, account: AccountId, say: Say = silent) -> Account:
        """Put an account back as it was before it was switched; mail that came since stays. Raises NotFound when there
        is nothing to take back, and MailError when not everything could be brought here first."""
        async with self._turn, self._lanes().resting(account):
            switch = await self.last(account)
            if switch is None:
                raise NotFound(phrase("There is no switch that can be taken back"), phrase("They can be for 30 days."))
            now = await self._store.read(lambda tx: tx.accounts.get(account))
            if isinstance(now.incoming, ImapServer):
                await self._all_here(now, say)
            elif now.incoming is not None:
                await self._bring(now, say)
            before = replace(now, incoming=incoming_of(switch.past["incoming"]))
            async with self._carrying(now, before):

                def work(tx: Transaction) -> None:
                    tx.switched.bring_back(account, switch.past["state"])
                    _receive(tx, account, before.incoming)
                    tx.switched.taken_back(switch.id)

                await self._store.write(work, durable=True)
            return before

    async def last(self, account: AccountId) -> Switch | None:
        """The switch that can be taken back, if there is one."""
        since = int(time.time()) - UNDO_SECONDS
        return await self._store.read(lambda tx: tx.switched.last(account, since))

    @contextlib.asynccontextmanager
    async def _carrying(self, old: Account, new: Account) -> AsyncIterator[None]:
        """The password goes over to the new server, and back when the account did not."""
        await self._passwords.carry(old, new)
        switched = False
        try:
            yield
            switched = True
        finally:
            if not switched:
                now = await self._store.read(lambda tx: tx.accounts.get(old.id))
                if now.incoming != new.incoming:
                    await self._passwords.carry(new, old)

    async def _get(self, account: AccountId, kind: type[ImapServer] | type[Pop3Server]) -> Account:
        found = await self._store.read(lambda tx: tx.accounts.get(account))
        if not isinstance(found.incoming, kind):
            raise WrongUsage(
                phrase("{0} does not receive by the other protocol now", found.address), phrase("Nothing was changed.")
            )
        return found

    async def _bring(self, account: Account, say: Say) -> SyncReport:
        """One full round with the server as it is now. Raises Refused when it did not go well."""
        say(phrase("Getting everything from the server…"))
        teller = Teller(account.id, lambda activity: say(activity.words))
        remote: Remote = (ImapRemote if isinstance(account.incoming, ImapServer) else Pop3Remote)(
            account, self._store, self._passwords, teller
        )
        report = await Runner(account, remote, self._store, teller).sync_once()
        if report.problems:
            first = report.problems[0]
            raise Refused(
                phrase("Not everything could be fetched: {0}", first.title), phrase("Nothing was changed."), first.log
            )
        return report

    async def _all_here(self, account: Account, say: Say) -> Alike:
        """Everything the account has, whole and read back, by the hash of its header and its size."""
        await self._bring(_all_of(account), say)
        await self._bring_large(account, say)
        (missing, unsettled), held = await self._store.read(
            lambda tx: (tx.switched.wanting(account.id), tx.switched.held(account.id))
        )
        if missing or unsettled:
            what = (
                phrase("{0:,} messages are not here whole yet", missing)
                if missing
                else phrase("{0:,} changes wait yet", unsettled)
            )
            raise Refused(what, phrase("Nothing was changed. Get mail, and try again when everything is here."))
        found: Alike = {}
        for number, each in enumerate(held):
            if number % 500 == 0:
                say(phrase("Reading back what is here: {0:,} of {1:,}", number, len(held)))
            raw = await read_back(self._store, each.content)
            if raw is None:
                raise StoreDamaged(
                    phrase("A message here is damaged"),
                    phrase("Nothing was changed. Run a check of the profile first."),
                )
            found.setdefault((header_hash(raw.raw), raw.size), []).append(each)
        return found

    async def _bring_large(self, account: Account, say: Say) -> None:
        """What a round leaves on an IMAP server until somebody opens it."""
        if not isinstance(account.incoming, ImapServer):
            return
        left = await self._store.read(lambda tx: tx.messages.without_content(account=account.id, limit=MOST_LARGE))
        remote = ImapRemote(account, self._store, self._passwords, Teller(account.id, lambda activity: None))
        try:
            for number, each in enumerate(left, 1):
                say(phrase("Getting large messages: {0:,} of {1:,}", number, len(left)))
                await remote.fetch(each.message)
        finally:
            await remote.close()

    async def _listed(self, account: Account) -> tuple[Listing, Mapping[int, bytes]]:
        """What the POP3 server lists, and its headers where it gives them. The session is left without QUIT."""
        assert account.incoming is not None
        endpoint = account.incoming.endpoint
        session = await signed_in(self._passwords, account, "incoming", lambda key: Pop3Session.open(endpoint, key))
        try:
            listing = await read_listing(session)
            wanted = [number for number in listing.numbers.values() if number not in listing.heads]
            try:
                return listing, listing.heads | await tops(session, wanted)
            except Refused:
                return listing, listing.heads
        finally:
            session.drop()

    async def _server_folders(self, account: Account) -> frozenset[str]:
        """The paths of the IMAP server's folders, as people see them."""
        assert account.incoming is not None
        endpoint = account.incoming.endpoint
        session = await signed_in(self._passwords, account, "incoming", lambda key: ImapSession.open(endpoint, key))
        try:
            space = await session.namespace()
            listed = await session.list_folders()
        finally:
            await session.close(politely=True)
        names = [each.name.removeprefix(space.prefix).replace(each.delimiter or "/", "/") for each in listed]
        return frozenset(name.casefold() for name in names)

    async def _link(self, account: Account, number: int, held: Sequence[Held], say: Say) -> Outcome:
        """The first look at the IMAP server recognises what is here. It may fail: it is done again by itself then."""
        teller = Teller(account.id, lambda activity: say(activity.words))
        remote = ImapRemote(account, self._store, self._passwords, teller)
        round_ = await Runner(account, remote, self._store, teller).sync_once(headers_only=True)

        def work(tx: Transaction) -> Outcome:
            alike = tx.switched.link_alike(account.id)
            shared = tx.switched.share(account.id)
            linked = tx.switched.linked(account.id, [each.message for each in held])
            there = max(0, round_.new - alike - shared)
            report = replace(_outcome("imap", len(held), linked, there), shared=shared)
            tx.switched.report(number, asdict(report))
            return report

        return await self._store.write(work, durable=True)


def match(listing: Listing, heads: Mapping[int, bytes], here: Alike) -> list[Stored]:
    """Lines for what the POP3 server lists and is here already: of the same header and size, every message once, the
    Inbox's first. What has a name for today only gets none."""
    if listing.nameless:
        return []
    left = {known: list(reversed(rows)) for known, rows in here.items()}
    lines = []
    for name, number in listing.numbers.items():
        size = listing.size(name)
        rows = left.get((header_hash(heads[number]), size)) if number in heads else None
        if rows:
            each = rows.pop()
            lines.append(Stored(name, size, each.message, each.content))
    return lines


def _all_of(account: Account) -> Account:
    """The account as one that brings everything, however old."""
    if not isinstance(account.incoming, ImapServer):
        return account
    return replace(account, incoming=replace(account.incoming, offline_days=0))


def incoming_of(past: dict[str, Any] | None) -> Incoming:
    """A server as `_remember` wrote it down."""
    if past is None:
        return None
    place = dict(past["endpoint"])
    place |= {"security": Security(place["security"]), "sign_in": SignIn(place["sign_in"])}
    endpoint = Endpoint(**{**place, "pins": frozenset(place["pins"])})
    if past["protocol"] == "imap":
        return ImapServer(endpoint, past.get("offline_days", 0))
    return Pop3Server(endpoint, Leave(Keep(past["keep"]), past["days"]), past["max_size"])


def _server(account: Account) -> dict[str, Any]:
    """Where an account's mail comes from, in values that JSON can hold."""
    assert account.incoming is not None
    place = asdict(account.incoming.endpoint)
    place |= {"security": place["security"].value, "sign_in": place["sign_in"].value, "pins": sorted(place["pins"])}
    found: dict[str, Any] = {"protocol": account.kind, "endpoint": place}
    if isinstance(account.incoming, ImapServer):
        found["offline_days"] = account.incoming.offline_days
    if isinstance(account.incoming, Pop3Server):
        leave = account.incoming.leave
        found |= {"keep": leave.keep.value, "days": leave.days, "max_size": account.incoming.max_size}
    return found


def _receive(tx: Transaction, account: AccountId, server: Incoming) -> None:
    """From this server now; whatever else the person changed meanwhile stays."""
    tx.accounts.update(replace(tx.accounts.get(account), incoming=server))


def _remember(tx: Transaction, old: Account, report: Outcome) -> int:
    """Write down how the account is, so that it can be put back; what is too old to be put back is dropped."""
    tx.switched.forget(tx.now - UNDO_SECONDS)
    past = {"incoming": _server(old), "state": tx.switched.state(old.id)}
    return tx.switched.keep(old.id, past, asdict(report))


def _outcome(protocol: str, held: int, linked: int, there: int) -> Outcome:
    return Outcome(protocol, held, linked, held - linked, there, int(time.time()) + UNDO_SECONDS)


def _is_there(folder: Folder, names: frozenset[str]) -> bool:
    """Whether a folder of this computer has its like on the server: by role, which the server may have under another
    name or get when mail goes there, or by path."""
    return folder.role is not Role.NONE or folder.path.casefold() in names


def _with_parents(tx: Transaction, account: AccountId, chosen: Sequence[FolderId]) -> set[FolderId]:
    """The folders and all that they lie in."""
    parents = {each.id: each.parent for each in tx.folders.all(account)}
    found = set(chosen)
    for each in chosen:
        parent = parents.get(each)
        while parent is not None and parent not in found:
            found.add(parent)
            parent = parents.get(parent)
    return found
