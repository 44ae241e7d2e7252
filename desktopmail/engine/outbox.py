"""The Outbox: sends what is due, and never sends twice what may have been taken.

A message is queued, waiting (a server said 'later' or could not be reached), sending, possibly sent, sent, or refused.
*Sending* is committed durably before DATA; after the server's yes one transaction moves the message to Sent and marks
the original answered. What is found in *sending* at the start, or lost its line after the final dot, is *possibly
sent*: if the message turns up in Sent it is settled, else the person decides. Nothing is resent silently.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from desktopmail.domain.account import Account, Endpoint
from desktopmail.domain.action import Receipt
from desktopmail.domain.draft import Outgoing, Sending
from desktopmail.domain.errors import ContentMissing, MailError, NotFound, PossiblySent, WrongUsage
from desktopmail.domain.ids import AccountId, MessageId
from desktopmail.engine import filing
from desktopmail.engine.delivery import GIVE_UP_SECONDS, Outcome, judge, on_the_way, pause, pending
from desktopmail.protocols.smtp.envelope import Envelope
from desktopmail.protocols.smtp.session import Submission, submit
from desktopmail.protocols.smtp.words import MessageRefused
from desktopmail.store.secrets import PasswordSource
from desktopmail.store.store import Store
from desktopmail.store.transaction import Transaction

WAITING = (Sending.QUEUED, Sending.WAITING)
LONGEST_NAP = 300.0

Report = Callable[[AccountId, MailError], None]
Answer = Submission | MessageRefused


class Submit(Protocol):
    """How a message is handed over; `protocols.smtp.session.submit`, or a stand-in for it."""

    def __call__(
        self,
        endpoint: Endpoint,
        password: str,
        envelope: Envelope,
        *,
        before_data: Callable[[], Awaitable[None]] | None = None,
    ) -> Awaitable[Submission]: ...


@dataclass(frozen=True, slots=True)
class _Job:
    account: Account
    entry: Outgoing
    sender: str
    content: bytes | None


class _TakenBack(MailError):
    """The person cancelled while the connection was being made."""


class Outbox:
    """See the module. `report` hears about what the person ought to know while nobody waits for an answer."""

    def __init__(
        self, store: Store, passwords: PasswordSource, report: Report = lambda *_: None, submit: Submit = submit
    ) -> None:
        self._store = store
        self._passwords = passwords
        self._report = report
        self._submit = submit
        self._turns: dict[AccountId, asyncio.Lock] = {}
        self._failures: dict[MessageId, int] = {}
        self._unwritten: dict[MessageId, tuple[_Job, Answer]] = {}
        self._news = asyncio.Event()
        self._woken = False

    async def recover(self) -> int:
        """At the start: what was being sent when the program ended is possibly sent. How many those are."""

        def work(tx: Transaction) -> int:
            stuck = tx.outbox.stuck_sending()
            for each in stuck:
                tx.outbox.set_state(each, Sending.POSSIBLY_SENT, UNKNOWN)
            return len(stuck)

        if not await self._store.read(lambda tx: tx.outbox.stuck_sending()):
            return 0
        return await self._store.write(work, durable=True)

    async def settle(self) -> int:
        """After a look at the servers: what was possibly sent and turned up in Sent is sent. How many those are."""
        return await filing.settle(self._store)

    async def list(self) -> tuple[Outgoing, ...]:
        """Everything in the Outbox, in the order in which it is due."""
        return await self._store.read(lambda tx: tx.outbox.all())

    async def run(self) -> None:
        """Send what is due, until cancelled."""
        end = self._store.subscribe(lambda changes: self._news.set() if changes.outbox else None)
        try:
            while not _stopped():
                self._news.clear()
                if self._woken:
                    self._woken = False
                    await self._store.write(_hurry)
                await self.send_due()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(await self._nap()):
                        await self._news.wait()
        finally:
            end()

    def wake(self) -> None:
        """The network may be back: what only waits for it is due now."""
        self._failures.clear()
        self._woken = True
        self._news.set()

    async def send_due(self, accounts: Iterable[AccountId] | None = None) -> int:
        """Send what is due now; how many messages were sent. Troubles are kept with each entry and reported."""
        wanted = None if accounts is None else set(accounts)
        for job, answer in list(self._unwritten.values()):
            await self._keep(job, answer)
        sent = 0
        for message in await self._store.read(lambda tx: _due(tx, wanted)):
            sent += await self._attempt(message) is Sending.SENT
        return sent

    async def send_now(self, message: MessageId) -> Outgoing:
        """Send one message whether it is due or not, and say what came of it. Raises NotFound, WrongUsage when it is
        not waiting, and what stands in the way before the server was asked (PasswordMissing, Unreachable, …); the
        message then waits."""
        entry = await self.one(message)
        if entry.state not in WAITING:
            raise WrongUsage(f"This message is {entry.state.value}", "Retry it first.")
        return await self._deliver(message)

    async def retry(self, message: MessageId) -> None:
        """Send it again as it is, whatever came of it: with the same Message-ID, to those who have not got it."""

        def work(tx: Transaction) -> None:
            entry = _present(tx, message)
            if entry.state is Sending.SENDING:
                raise WrongUsage("This message is being sent now")
            if entry.state is Sending.REFUSED:
                filing.back_to_outbox(tx, message)
                filing.forget_refusals(tx, entry)
            tx.outbox.set_state(message, Sending.QUEUED)

        self._failures.pop(message, None)
        await self._store.write(work, durable=True)

    async def cancel(self, message: MessageId) -> Receipt:
        """Do not send: back to Drafts. Raises WrongUsage while it is being handed over."""

        def work(tx: Transaction) -> Receipt:
            entry = _present(tx, message)
            if entry.state is Sending.SENDING:
                raise WrongUsage("This message is being handed over now", "It cannot be held back any more.")
            tx.outbox.remove(message)
            filing.to_drafts(tx, message)
            tx.history.add([message], "cancelled", "sending was cancelled")
            return Receipt("Not sent; back in Drafts", None, 1, (message,))

        return await self._store.write(work, durable=True)

    async def mark_sent(self, message: MessageId) -> Receipt:
        """The person knows that it arrived: into Sent with it."""

        def work(tx: Transaction) -> Receipt:
            entry = _present(tx, message)
            if entry.state is Sending.SENDING:
                raise WrongUsage("This message is being sent now")
            if entry.state is not Sending.SENT:
                filing.to_sent(tx, message, "marked as sent")
            tx.outbox.remove(message)
            return Receipt("Moved to Sent", None, 1, (message,))

        return await self._store.write(work, durable=True)

    async def _attempt(self, message: MessageId) -> Sending | None:
        try:
            return (await self._deliver(message)).state
        except (NotFound, _TakenBack):
            return None
        except MailError as error:
            job = await self._store.read(lambda tx: _job(tx, message))
            if job is not None:
                self._report(job.account.id, error)
            return None

    async def _deliver(self, message: MessageId) -> Outgoing:
        job = await self._store.read(lambda tx: _job(tx, message))
        if job is None:
            raise NotFound("This message is not in the Outbox")
        async with self._turns.setdefault(job.account.id, asyncio.Lock()):
            try:
                answer: Answer = await self._hand_over(job)
            except MessageRefused as refused:
                answer = refused
            except PossiblySent as unsure:
                words = f"{unsure.title}. {unsure.detail}"
                return await self._store.write(lambda tx: _unsure(tx, message, words), durable=True)
            except _TakenBack:
                raise
            except MailError as error:
                await self._put_off(job, error)
                raise
            return await self._keep(job, answer)

    async def _keep(self, job: _Job, answer: Answer) -> Outgoing:
        """Write down what the server said. Until that worked it is remembered here: the message must not go twice."""
        self._unwritten[job.entry.id] = (job, answer)
        kept = await self._store.write(lambda tx: _judged(tx, job, answer), durable=True)
        self._unwritten.pop(job.entry.id, None)
        self._failures.pop(job.entry.id, None)
        return kept

    async def _put_off(self, job: _Job, error: MailError) -> None:
        failures = self._failures[job.entry.id] = self._failures.get(job.entry.id, 0) + 1
        await self._store.write(lambda tx: _put_off(tx, job, error, failures))

    async def _hand_over(self, job: _Job) -> Submission:
        message = job.entry.id
        if job.account.outgoing is None:
            raise WrongUsage("This account only receives", "Give it an outgoing server, or send from another account.")
        raw = await self._store.raw(job.content) if job.content else None
        if raw is None:
            raise ContentMissing("The text of this message is not here any more")
        endpoint = job.account.outgoing.endpoint
        password = await self._passwords.get(job.account, "outgoing") if endpoint.user else ""
        wire = await asyncio.to_thread(on_the_way, raw)
        header = wire[: wire.find(b"\r\n\r\n")] if b"\r\n\r\n" in wire else wire
        envelope = Envelope(job.sender, pending(job.entry.recipients), wire, utf8=not header.isascii())

        async def before_data() -> None:
            await self._store.write(lambda tx: _commit(tx, message), durable=True)

        return await self._submit(endpoint, password, envelope, before_data=before_data)

    async def one(self, message: MessageId) -> Outgoing:
        """One entry. Raises NotFound."""
        return await self._store.read(lambda tx: _present(tx, message))

    async def _nap(self) -> float:
        def work(tx: Transaction) -> list[int]:
            found = [tx.outbox.next_due(each.id) for each in tx.accounts.all() if not each.paused]
            return [each for each in found if each is not None]

        due = await self._store.read(work)
        return min(LONGEST_NAP, max(0.5, min(due) - time.time())) if due else LONGEST_NAP


UNKNOWN = (
    "The program ended while this message was being handed over, so it may have been sent. "
    "Look for it in Sent or ask the recipient, then decide."
)


def _stopped() -> bool:
    """Whether this task was cancelled: before Python 3.12, `wait_for` may swallow that when an answer comes with it."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _hurry(tx: Transaction) -> None:
    """What no server has answered yet waits for nothing but the network."""
    for entry in tx.outbox.all():
        if entry.state is Sending.WAITING and all(each.code == 0 for each in entry.recipients):
            tx.outbox.set_state(entry.id, Sending.QUEUED, entry.error)


def _due(tx: Transaction, wanted: set[AccountId] | None) -> list[MessageId]:
    accounts = [each.id for each in tx.accounts.all() if not each.paused and (wanted is None or each.id in wanted)]
    return [message for account in accounts for message in tx.outbox.due(account, tx.now)]


def _job(tx: Transaction, message: MessageId) -> _Job | None:
    entry, envelope = tx.outbox.get(message), tx.outbox.envelope(message)
    if entry is None or envelope is None:
        return None
    facts = tx.messages.facts(message)
    return _Job(tx.accounts.get(facts.account), entry, envelope.sender, facts.content)


def _present(tx: Transaction, message: MessageId) -> Outgoing:
    entry = tx.outbox.get(message)
    if entry is None:
        raise NotFound("This message is not in the Outbox")
    return entry


def _commit(tx: Transaction, message: MessageId) -> None:
    """Before DATA: from now on nobody but the person may have it sent again."""
    entry = tx.outbox.get(message)
    if entry is None or entry.state not in WAITING:
        raise _TakenBack("Sending was cancelled")
    tx.outbox.set_state(message, Sending.SENDING)


def _judged(tx: Transaction, job: _Job, answer: Answer) -> Outgoing:
    message = job.entry.id
    final = tx.now - job.entry.due_at > GIVE_UP_SECONDS
    found = judge(job.entry.recipients, answer.results, final=final)
    if _present(tx, message).state is not Sending.SENDING:
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
    outcome = _present(tx, message)
    if outcome.state is Sending.SENT and not found.words:
        tx.outbox.remove(message)
    return outcome


def _unsure(tx: Transaction, message: MessageId, words: str) -> Outgoing:
    tx.outbox.set_state(message, Sending.POSSIBLY_SENT, words)
    tx.history.add([message], "possibly-sent", words)
    return _present(tx, message)


def _put_off(tx: Transaction, job: _Job, error: MailError, failures: int) -> None:
    """Nothing was handed over; the attempt counts, and the message waits."""
    message = job.entry.id
    entry = tx.outbox.get(message)
    if entry is None or entry.state in (Sending.SENT, Sending.REFUSED, Sending.POSSIBLY_SENT):
        return
    if entry.state is not Sending.SENDING:
        tx.outbox.set_state(message, Sending.SENDING)
    tx.outbox.set_state(message, Sending.WAITING, error.title, next_try=tx.now + pause(failures))
