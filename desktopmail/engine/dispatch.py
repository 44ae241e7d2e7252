"""What the Outbox writes down: each step of sending as a function inside one transaction."""

from __future__ import annotations

from dataclasses import dataclass

from desktopmail.domain.account import Account
from desktopmail.domain.draft import Outgoing, Sending
from desktopmail.domain.errors import MailError, NotFound, PossiblySent, Refused
from desktopmail.domain.health import Line, Side
from desktopmail.domain.ids import AccountId, MessageId
from desktopmail.domain.marking import mark
from desktopmail.domain.saying import phrase
from desktopmail.engine import filing
from desktopmail.engine.delivery import GIVE_UP_SECONDS, Outcome, judge, pause
from desktopmail.protocols.smtp.session import Submission
from desktopmail.protocols.smtp.words import MessageRefused
from desktopmail.store.transaction import Transaction

WAITING = (Sending.QUEUED, Sending.WAITING)

Answer = Submission | MessageRefused

UNKNOWN = mark(
    "engine",
    "The program ended while this message was being handed over, so it may have been sent."
    " Look for it in Sent or ask the recipient, then decide.",
)


@dataclass(frozen=True, slots=True)
class Job:
    """One message that is to be handed over."""

    account: Account
    entry: Outgoing
    sender: str
    content: bytes | None


class TakenBack(MailError):
    """The person cancelled while the connection was being made."""


def hurry(tx: Transaction, accounts: set[AccountId] | None, *, unanswered: bool = False) -> None:
    """Let nothing wait for its next attempt; with `unanswered` only what no server has said anything about."""
    for entry in tx.outbox.all():
        if entry.state is not Sending.WAITING or (unanswered and any(each.code for each in entry.recipients)):
            continue
        if accounts is None or tx.messages.facts(entry.id).account in accounts:
            tx.outbox.set_state(entry.id, Sending.QUEUED, entry.error)


def trouble(outcome: Outgoing) -> MailError | None:
    """What a person ought to hear about an attempt that nobody waited for."""
    if outcome.state is Sending.POSSIBLY_SENT:
        return PossiblySent(phrase("“{0}” may have been sent", outcome.subject), outcome.error)
    if outcome.state is Sending.REFUSED:
        return Refused(phrase("“{0}” was not sent", outcome.subject), outcome.error)
    if outcome.state is Sending.SENT and outcome.error:
        return Refused(phrase("Not everybody gets “{0}”", outcome.subject), outcome.error)
    return None


def due(tx: Transaction, wanted: set[AccountId] | None) -> list[MessageId]:
    """What may be sent now, account by account."""
    accounts = [each.id for each in tx.accounts.all() if not each.paused and (wanted is None or each.id in wanted)]
    return [message for account in accounts for message in tx.outbox.due(account, tx.now)]


def job_of(tx: Transaction, message: MessageId) -> Job | None:
    """Everything an attempt needs; None when the message is not in the Outbox any more."""
    entry, envelope = tx.outbox.get(message), tx.outbox.envelope(message)
    if entry is None or envelope is None:
        return None
    facts = tx.messages.facts(message)
    return Job(tx.accounts.get(facts.account), entry, envelope.sender, facts.content)


def present(tx: Transaction, message: MessageId) -> Outgoing:
    """The entry of a message. Raises NotFound."""
    entry = tx.outbox.get(message)
    if entry is None:
        raise NotFound(phrase("This message is not in the Outbox"))
    return entry


def commit(tx: Transaction, message: MessageId) -> None:
    """Before DATA: from now on nobody but the person may have it sent again."""
    entry = tx.outbox.get(message)
    if entry is None or entry.state not in WAITING:
        raise TakenBack(phrase("Sending was cancelled"))
    tx.outbox.set_state(message, Sending.SENDING)


def judged(tx: Transaction, job: Job, answer: Answer) -> Outgoing:
    """The server answered: every recipient's result, and where the message goes by it."""
    message = job.entry.id
    final = tx.now - job.entry.due_at > GIVE_UP_SECONDS
    found = judge(job.entry.recipients, answer.results, final=final, oneself=tx.outbox.oneself(message))
    if present(tx, message).state is not Sending.SENDING:
        tx.outbox.set_state(message, Sending.SENDING)
    match found.outcome:
        case Outcome.LATER:
            next_try = tx.now + pause(job.entry.attempts + 1)
            tx.outbox.set_state(message, Sending.WAITING, found.words, found.results, next_try)
        case Outcome.REFUSED:
            tx.outbox.set_state(message, Sending.REFUSED, found.words, found.results)
            filing.to_drafts(tx, message)
            tx.history.add([message], "refused", found.words)
        case Outcome.SENT:
            tx.outbox.set_state(message, Sending.SENT, found.words, found.results)
            filing.to_sent(tx, message, answer.text if isinstance(answer, Submission) else "")
    _note_server(tx, job, answer)
    outcome = present(tx, message)
    if outcome.state is Sending.SENT and not found.words:
        tx.outbox.remove(message)
    return outcome


def _note_server(tx: Transaction, job: Job, answer: Answer) -> None:
    """What the submission server was like, for the health of the account."""
    outgoing = job.account.outgoing
    if isinstance(answer, Submission) and answer.encryption is not None and outgoing is not None:
        place = outgoing.endpoint
        line = Line(Side.OUTGOING, place.host, place.port, answer.encryption, answer.mechanism, tx.now)
        tx.sightings.line(job.account.id, line)


def unsure(tx: Transaction, message: MessageId, words: str) -> Outgoing:
    """The line was lost after the final dot: only the person decides now."""
    tx.outbox.set_state(message, Sending.POSSIBLY_SENT, words)
    tx.history.add([message], "possibly-sent", words)
    return present(tx, message)


def put_off(tx: Transaction, job: Job, error: MailError, failures: int) -> None:
    """Nothing was handed over; the attempt counts, and the message waits."""
    message = job.entry.id
    entry = tx.outbox.get(message)
    if entry is None or entry.state in (Sending.SENT, Sending.REFUSED, Sending.POSSIBLY_SENT):
        return
    if entry.state is not Sending.SENDING:
        tx.outbox.set_state(message, Sending.SENDING)
    tx.outbox.set_state(message, Sending.WAITING, error.title, next_try=tx.now + pause(failures))
