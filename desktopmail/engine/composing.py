"""Writing: drafts begun, answered, kept and handed to the Outbox.

A draft is a row in Drafts from its first save on. What is saved is never taken away before the newer version is stored,
here and on the server, and older versions are kept for a while.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from dataclasses import replace

from desktopmail.domain.account import Account, Identity
from desktopmail.domain.action import Receipt
from desktopmail.domain.address import Address
from desktopmail.domain.draft import Answer, Draft
from desktopmail.domain.errors import NotFound, WrongUsage
from desktopmail.domain.folder import Role
from desktopmail.domain.ids import AccountId, IdentityId, MessageId
from desktopmail.domain.message import Flags
from desktopmail.domain.saying import phrase
from desktopmail.engine import beside, deeds, letters, originals, quoting, undo
from desktopmail.engine.filing import home
from desktopmail.engine.letters import Written
from desktopmail.engine.library import Library
from desktopmail.engine.raw import completed
from desktopmail.engine.reading import Reading
from desktopmail.mime.addresses import parse as parse_addresses
from desktopmail.store.rows import DraftFacts, Envelope
from desktopmail.store.store import Store
from desktopmail.store.transaction import Transaction

SETTLE_SECONDS = 15
"""How long a draft rests before its newest version goes to the server, so that not every pause in typing does."""
MOST_REMEMBERED = 20


class Composing:
    """What a composer asks for. The same draft must not be saved and sent at the same time."""

    def __init__(self, store: Store, library: Library, reading: Reading) -> None:
        self._store = store
        self._library = library
        self._reading = reading
        self._saved: dict[MessageId, Draft] = {}

    async def new(self, identity: IdentityId | None = None) -> Draft:
        """An empty draft with the identity's signature; without one, the first account that sends. Raises
        WrongUsage when there is none."""
        _, own = self._identity(identity)
        return Draft(own.id, text=quoting.signature_text(own.signature, answering=False))

    async def reply(self, message: MessageId, everybody: bool = False) -> Draft:
        """An answer to the author, or to everybody. Raises NotFound, ContentMissing."""
        original = await originals.original(self._store, self._reading, message, attachments=False)
        own = [each.address for account in self._library.accounts() for each in account.identities]
        return await asyncio.to_thread(letters.reply, original, own, everybody=everybody, habits=self._habits())

    async def forward(self, message: MessageId) -> Draft:
        """The message passed on with what came with it. Raises NotFound, ContentMissing, Refused."""
        original = await originals.original(self._store, self._reading, message, attachments=True)
        return await asyncio.to_thread(letters.forward, original, self._habits())

    async def edit(self, message: MessageId) -> Draft:
        """A stored draft, or any message as the start of a new one. Raises NotFound, ContentMissing."""
        original = await originals.whole(self._store, self._reading, message)
        draft = await asyncio.to_thread(letters.reopened, original)
        facts, role = await self._store.read(lambda tx: (tx.drafts.get(message), _role(tx, message)))
        if facts is not None:
            identities = {each.id for account in self._library.accounts() for each in account.identities}
            answer = Answer(facts.answer)
            draft = replace(draft, answers=facts.answers, answer=answer)
            if IdentityId(facts.identity) in identities:
                draft = replace(draft, identity=IdentityId(facts.identity))
            if answer in (Answer.REPLY, Answer.REPLY_ALL) and draft.references:
                draft = replace(draft, in_reply_to=draft.references[-1])
        if role is not Role.DRAFTS:
            return replace(draft, id=None, message_id="")
        self._remember(draft)
        return draft

    def addresses(self, typed: Iterable[str]) -> tuple[Address, ...]:
        """The people in address fields as typed. Raises WrongUsage for what is no address."""
        found: list[Address] = []
        for text in typed:
            people = parse_addresses(text.encode("utf-8", "replace"))
            if not people or any("@" not in each.address for each in people):
                raise WrongUsage(phrase("'{0}' is not a mail address", text))
            found += people
        return quoting.distinct(found)

    def with_text(self, draft: Draft, text: str) -> Draft:
        """`text` above everything the draft already says."""
        return letters.with_text(draft, text)

    async def save(self, draft: Draft, settle: int = 0) -> Draft:
        """Keep a draft: durable here at once, on the server after `settle` seconds. Saving what is kept already costs
        nothing. Gives back the draft with the id of its row."""
        if draft.id is not None and self._saved.get(draft.id) == draft:
            return draft
        account, identity = self._identity(draft.identity)
        now, offset = _now()
        written = await asyncio.to_thread(letters.unfinished, draft, identity, now, offset)
        kept = replace(draft, message_id=written.row.message_id)
        message = await self._write(kept, account, written, Role.DRAFTS, settle=settle)
        self._saved.pop(draft.id or message, None)
        kept = replace(kept, id=message)
        self._remember(kept)
        return kept

    async def send(self, draft: Draft, delay: int = 0) -> Receipt:
        """Hand a draft to the Outbox; it goes out after `delay` seconds, until then `outbox.cancel` takes it back.
        Raises WrongUsage without recipients, for addresses that are none, and where nothing can be sent from."""
        message = await self.queue(draft, int(time.time()) + delay if delay else None)
        return Receipt(
            phrase("Message queued") if not delay else phrase("Sending in {0} seconds", delay), None, 1, (message,)
        )

    async def queue(self, draft: Draft, due_at: int | None = None) -> MessageId:
        """Like `send`, at a point in time (seconds since 1970 UTC; None: now)."""
        account, identity = self._identity(draft.identity)
        _can_send(account)
        now, offset = _now()
        written = await asyncio.to_thread(letters.final, draft, identity, now, offset)
        kept = replace(draft, message_id=written.row.message_id)
        due = now if due_at is None else due_at
        return await self._write(kept, account, written, Role.OUTBOX, _put(account, identity, written, due))

    async def queue_raw(self, raw: bytes, account: AccountId | None = None, due_at: int | None = None) -> MessageId:
        """Queue a message that was written elsewhere (RFC 5322), completed with what it lacks. Without an account, the
        one that has its From address. Raises WrongUsage."""
        owner, identity = self._owner(raw, account)
        _can_send(owner)
        now, offset = _now()
        whole, recipients = await asyncio.to_thread(completed, raw, identity, now, offset)
        written = await asyncio.to_thread(letters.from_bytes, whole, recipients)
        due = now if due_at is None else due_at
        answers = await self._answered(owner.id, written)
        draft = Draft(identity.id, answers=answers, answer=Answer.REPLY if answers else Answer.NEW)
        return await self._write(draft, owner, written, Role.OUTBOX, _put(owner, identity, written, due))

    async def discard(self, draft: Draft) -> Receipt:
        """Throw a draft away; undo brings it back."""

        def work(tx: Transaction) -> Receipt:
            before = tx.messages.before([draft.id] if draft.id else [])
            if not before or _role(tx, before[0].message) is not Role.DRAFTS:
                return Receipt(phrase("Draft discarded"), None, 0)
            tx.messages.remove([before[0].message], settle_at=tx.now + SETTLE_SECONDS)
            return replace(undo.receipt(tx, deeds.discarded(), before), label=phrase("Draft discarded"))

        self._saved.pop(draft.id or MessageId(0), None)
        return await self._store.write(work)

    def _habits(self) -> letters.Habits:
        now = self._library.settings()
        return letters.Habits(now.quote_in_replies, now.sign_answers)

    def _identity(self, identity: IdentityId | None) -> tuple[Account, Identity]:
        accounts = self._library.accounts()
        for account in accounts:
            for each in account.identities:
                if each.id == identity or (identity is None and account.outgoing is not None):
                    return account, each
        raise WrongUsage(phrase("There is no account to write from"), phrase("Add one first."))

    def _owner(self, raw: bytes, account: AccountId | None) -> tuple[Account, Identity]:
        authors = {each.address.casefold() for each in letters.from_bytes(raw[:65_536], ()).row.sender}
        accounts = [each for each in self._library.accounts() if account is None or each.id == account]
        for owner in accounts:
            for each in owner.identities:
                if each.address.casefold() in authors:
                    return owner, each
        if len(accounts) != 1:
            raise WrongUsage(
                phrase("No account has the address this message is from"), phrase("Say which with --account ID.")
            )
        return accounts[0], accounts[0].identities[0]

    async def _answered(self, account: AccountId, written: Written) -> MessageId | None:
        """The message a foreign text answers, if it is here."""
        if not written.row.references:
            return None
        newest = written.row.references[-1]
        found = await self._store.read(lambda tx: tx.messages.find_by_message_id(account, newest))
        return found[0] if found else None

    async def _write(
        self,
        draft: Draft,
        account: Account,
        written: Written,
        role: Role,
        then: Callable[[Transaction, MessageId], None] | None = None,
        settle: int = 0,
    ) -> MessageId:
        """Store a version: content first, then its row, both synced. A draft that moved to another account leaves its
        old row behind, removed."""
        await self._store.content(lambda content: content.put(written.raw))

        def work(tx: Transaction) -> MessageId:
            folder = home(tx, account.id, role)
            row = letters.placed(written, account.id, folder.id, draft=role is Role.DRAFTS)
            settle_at = tx.now + settle if settle else 0
            old = draft.id if draft.id and _role(tx, draft.id) is Role.DRAFTS else None
            if old is not None and tx.messages.facts(old).account == account.id:
                message = old
                tx.messages.rewrite(message, row, settle_at)
                gone = Flags.NONE if role is Role.DRAFTS else Flags.DRAFT
                tx.messages.set_flags([message], add=row.flags, remove=gone)
                tx.messages.move([message], folder.id, settle_at)
            else:
                (message,) = tx.messages.insert([row])
                if old is not None:
                    tx.messages.remove([old])
            tx.drafts.put(message, DraftFacts(draft.identity, draft.answers, draft.answer.value), written.row.content)
            if role is Role.DRAFTS:
                tx.outbox.remove(message)
            if then is not None:
                then(tx, message)
            return message

        return await self._store.write(work, durable=True)

    def _remember(self, draft: Draft) -> None:
        if draft.id is not None:
            self._saved[draft.id] = draft
        while len(self._saved) > MOST_REMEMBERED:
            del self._saved[next(iter(self._saved))]


def _put(account: Account, identity: Identity, written: Written, due: int) -> Callable[[Transaction, MessageId], None]:
    envelope = Envelope(identity.address, written.recipients)
    return lambda tx, message: tx.outbox.put(message, envelope, due, beside.oneself(tx, account, written.recipients))


def _role(tx: Transaction, message: MessageId) -> Role | None:
    """Where a message is; None when it is gone or removed."""
    try:
        facts = tx.messages.facts(message)
    except NotFound:
        return None
    return None if facts.removed else tx.folders.get(facts.folder).role


def _can_send(account: Account) -> None:
    if account.outgoing is None:
        raise WrongUsage(
            phrase("{0} only receives", account.address),
            phrase("Give the account an outgoing server, or send from another."),
        )


def _now() -> tuple[int, int]:
    """Seconds since 1970 UTC, and this computer's offset in minutes east of UTC."""
    here = time.localtime()
    return int(time.time()), here.tm_gmtoff // 60
