"""Where an outgoing message goes: into the Outbox, back to Drafts, into Sent, and the mark on what it answers.

Also learns, once per account, whether the provider files sent mail itself, so that Sent does not hold everything twice.
"""

from __future__ import annotations

from dataclasses import replace

from desktopmail.domain.account import Account, SmtpServer
from desktopmail.domain.address import Address
from desktopmail.domain.draft import Answer, Outgoing, RecipientResult, Sending
from desktopmail.domain.errors import NotFound
from desktopmail.domain.folder import Folder, Role
from desktopmail.domain.ids import AccountId, MessageId
from desktopmail.domain.message import Flags, Summary
from desktopmail.domain.saying import phrase
from desktopmail.engine.beside import into_other_sent
from desktopmail.store.store import Store
from desktopmail.store.transaction import Transaction

FILED_ELSEWHERE_SECONDS = 600
"""How long our copy in Sent waits where the provider files sent mail itself."""

RECENT, MOST_RECENT, RECENT_SECONDS = "sent.recent", 50, 86_400
"""A setting that lists what was sent lately, how many, and for how long."""

_ANSWERED = {
    Answer.REPLY.value: Flags.ANSWERED,
    Answer.REPLY_ALL.value: Flags.ANSWERED,
    Answer.FORWARD.value: Flags.FORWARDED,
}


def to_sent(tx: Transaction, message: MessageId, said: str) -> None:
    """It is sent: into Sent with it, and the original is marked answered or forwarded. `said`: the server's words."""
    account = tx.accounts.get(tx.messages.facts(message).account)
    settle_at = 0
    if account.outgoing is not None and account.outgoing.files_sent:
        settle_at = tx.now + FILED_ELSEWHERE_SECONDS
    tx.messages.set_flags([message], add=Flags.SEEN, remove=Flags.DRAFT)
    tx.messages.move([message], home(tx, account.id, Role.SENT).id, settle_at=settle_at)
    tx.history.add([message], "sent", said)
    into_other_sent(tx, account, message)
    tx.drafts.drop_versions(message)
    _note_recent(tx, message)
    row = tx.messages.summary(message)
    tx.contacts.seen(_people(tx, row), tx.now, sent=True)
    facts = tx.drafts.get(message)
    flag = _ANSWERED.get(facts.answer) if facts else None
    if facts and facts.answers and flag and tx.messages.before([facts.answers]):
        tx.messages.set_flags([facts.answers], add=flag)
        tx.history.add([facts.answers], "answered" if flag is Flags.ANSWERED else "forwarded", row.subject)


def _people(tx: Transaction, row: Summary) -> list[Address]:
    """Everybody it went to: named in To, else by the envelope."""
    entry = tx.outbox.get(row.id)
    named = {each.address.casefold() for each in row.to} | {tx.outbox.oneself(row.id).casefold()}
    others = [each.address for each in entry.recipients if each.code < 400] if entry else []
    return [*row.to, *(Address("", each) for each in others if each.casefold() not in named)]


def found_back(tx: Transaction, message: MessageId) -> None:
    """The copy to oneself is there: what was possibly sent is sent."""
    entry = tx.outbox.get(message)
    if entry is not None and entry.state is Sending.POSSIBLY_SENT:
        to_sent(tx, message, phrase("the copy to yourself came back"))
        tx.outbox.remove(message)


def to_drafts(tx: Transaction, message: MessageId) -> None:
    """It is not sent: back to Drafts with it."""
    account = tx.messages.facts(message).account
    tx.messages.set_flags([message], add=Flags.DRAFT | Flags.SEEN)
    tx.messages.move([message], home(tx, account, Role.DRAFTS).id)


def back_to_outbox(tx: Transaction, message: MessageId) -> None:
    """A refused message is to be tried again."""
    account = tx.messages.facts(message).account
    tx.messages.move([message], home(tx, account, Role.OUTBOX).id)


def forget_refusals(tx: Transaction, entry: Outgoing) -> None:
    """Everybody who has not got it is asked again."""
    asked = [RecipientResult(each.address, 0, "") for each in entry.recipients if each.code >= 400]
    tx.outbox.set_state(entry.id, Sending.QUEUED, recipients=asked)


async def settle(store: Store) -> int:
    """What was possibly sent and lies in a Sent folder on a server is sent. How many those are."""

    def work(tx: Transaction) -> int:
        unsure = [each for each in tx.outbox.all() if each.state is Sending.POSSIBLY_SENT]
        found = 0
        for entry in unsure:
            facts = tx.messages.facts(entry.id)
            if facts.message_id and _on_server(tx, facts.account, facts.message_id, entry.id):
                to_sent(tx, entry.id, phrase("found in Sent"))
                tx.outbox.remove(entry.id)
                tx.messages.remove([entry.id])
                found += 1
        return found

    if not any(each.state is Sending.POSSIBLY_SENT for each in await store.read(lambda tx: tx.outbox.all())):
        return 0
    return await store.write(work, durable=True)


async def look_into_sent(store: Store) -> None:
    """After a pull: is what was possibly sent in Sent, does a provider file sent mail itself? Our own copy of what
    stands there twice goes."""
    await settle(store)
    if await store.read(lambda tx: any(_filed_by_provider(tx, each) for each, _ in _recent(tx))):
        await store.write(_learn)


def _learn(tx: Transaction) -> None:
    left = []
    for message, at in _recent(tx):
        if _filed_by_provider(tx, message):
            owner = tx.accounts.get(tx.messages.facts(message).account)
            tx.messages.remove([message])
            _files_sent(tx, owner)
        else:
            left.append([message, at])
    tx.settings.set(RECENT, left)


def _recent(tx: Transaction) -> list[tuple[MessageId, int]]:
    """What was sent from here lately, and when."""
    return [(MessageId(message), at) for message, at in tx.settings.get(RECENT, [])]


def _note_recent(tx: Transaction, message: MessageId) -> None:
    kept = [[each, at] for each, at in _recent(tx) if at > tx.now - RECENT_SECONDS and each != message]
    tx.settings.set(RECENT, [*kept, [message, tx.now]][-MOST_RECENT:])


def _filed_by_provider(tx: Transaction, message: MessageId) -> bool:
    if not tx.messages.before([message]):
        return False
    facts = tx.messages.facts(message)
    if facts.removed or not facts.message_id:
        return False
    return _on_server(tx, facts.account, facts.message_id, message)


def _files_sent(tx: Transaction, owner: Account) -> None:
    if isinstance(owner.outgoing, SmtpServer) and owner.outgoing.files_sent is not True:
        tx.accounts.update(replace(owner, outgoing=replace(owner.outgoing, files_sent=True)))


def _on_server(tx: Transaction, account: AccountId, message_id: str, besides: MessageId) -> bool:
    """Whether the server's Sent holds this message in a row that was not written here."""
    sent = tx.folders.by_role(account, Role.SENT)
    for each in tx.messages.find_by_message_id(account, message_id):
        if each != besides and tx.drafts.get(each) is None:
            facts = tx.messages.facts(each)
            if facts.uid and sent is not None and facts.folder == sent.id:
                return True
    return False


def home(tx: Transaction, account: AccountId, role: Role) -> Folder:
    """The folder of an account that has this role. Raises NotFound."""
    found = tx.folders.by_role(account, role)
    if found is None:
        raise NotFound(phrase("This account has no {0} folder", role.value))
    return found
