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
from typing import Protocol

from desktopmail.domain.account import Endpoint, SignIn
from desktopmail.domain.action import Receipt
from desktopmail.domain.draft import Outgoing, Sending
from desktopmail.domain.errors import AwaitsSignIn, ContentMissing, MailError, NotFound, PossiblySent, WrongUsage
from desktopmail.domain.hosts import SENDING
from desktopmail.domain.ids import AccountId, MessageId
from desktopmail.domain.saying import phrase, said
from desktopmail.engine import dispatch, filing
from desktopmail.engine.delivery import on_the_way, pending
from desktopmail.engine.dispatch import UNKNOWN, WAITING, Answer, Job, TakenBack
from desktopmail.engine.hosts import note
from desktopmail.engine.keys import signed_in
from desktopmail.protocols.smtp.envelope import Envelope
from desktopmail.protocols.smtp.session import Submission, submit
from desktopmail.protocols.smtp.words import MessageRefused
from desktopmail.store.secrets import PasswordSource
from desktopmail.store.store import Store
from desktopmail.store.transaction import Transaction

LONGEST_NAP = 300.0

Report = Callable[[AccountId, MailError], None]


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
        self._unwritten: dict[MessageId, tuple[Job, Answer]] = {}
        self._news = asyncio.Event()
        self._woken = False

    async def recover(self) -> int:
        """At the start: what was being sent when the program ended is possibly sent. How many those are."""

        def work(tx: Transaction) -> int:
            stuck = tx.outbox.stuck_sending()
            for each in stuck:
                tx.outbox.set_state(each, Sending.POSSIBLY_SENT, said(UNKNOWN))
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
                    await self._store.write(lambda tx: dispatch.hurry(tx, None, unanswered=True))
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

    async def send_due(self, accounts: Iterable[AccountId] | None = None, *, force: bool = False) -> int:
        """Send what is due now; how many messages were sent. Troubles are kept with each entry and reported. With
        `force` no pause after an earlier attempt holds anything back."""
        wanted = None if accounts is None else set(accounts)
        if force:
            await self._store.write(lambda tx: dispatch.hurry(tx, wanted))
        for job, answer in list(self._unwritten.values()):
            await self._keep(job, answer)
        sent = 0
        for message in await self._store.read(lambda tx: dispatch.due(tx, wanted)):
            sent += await self._attempt(message) is Sending.SENT
        return sent

    async def send_now(self, message: MessageId) -> Outgoing:
        """Send one message whether it is due or not, and say what came of it. Raises NotFound, WrongUsage when it is
        not waiting, and what stands in the way before the server was asked (PasswordMissing, Unreachable, …); the
        message then waits."""
        entry = await self.one(message)
        if entry.state not in WAITING:
            raise WrongUsage(phrase("This message is {0}", entry.state.value), phrase("Retry it first."))
        return await self._deliver(message)

    async def retry(self, message: MessageId) -> None:
        """Send it again as it is, whatever came of it: with the same Message-ID, to those who have not got it."""

        def work(tx: Transaction) -> None:
            entry = dispatch.present(tx, message)
            if entry.state is Sending.SENDING:
                raise WrongUsage(phrase("This message is being sent now"))
            if entry.state is Sending.REFUSED:
                filing.back_to_outbox(tx, message)
                filing.forget_refusals(tx, entry)
            tx.outbox.set_state(message, Sending.QUEUED)

        self._failures.pop(message, None)
        await self._store.write(work, durable=True)

    async def cancel(self, message: MessageId) -> Receipt:
        """Do not send: back to Drafts. Raises WrongUsage while it is being handed over."""

        def work(tx: Transaction) -> Receipt:
            entry = dispatch.present(tx, message)
            if entry.state is Sending.SENDING:
                raise WrongUsage(
                    phrase("This message is being handed over now"), phrase("It cannot be held back any more.")
                )
            tx.outbox.remove(message)
            filing.to_drafts(tx, message)
            tx.history.add([message], "cancelled", phrase("sending was cancelled"))
            return Receipt(phrase("Not sent; back in Drafts"), None, 1, (message,))

        return await self._store.write(work, durable=True)

    async def mark_sent(self, message: MessageId) -> Receipt:
        """The person knows that it arrived: into Sent with it."""

        def work(tx: Transaction) -> Receipt:
            entry = dispatch.present(tx, message)
            if entry.state is Sending.SENDING:
                raise WrongUsage(phrase("This message is being sent now"))
            if entry.state is not Sending.SENT:
                filing.to_sent(tx, message, phrase("marked as sent"))
            tx.outbox.remove(message)
            return Receipt(phrase("Moved to Sent"), None, 1, (message,))

        return await self._store.write(work, durable=True)

    async def _attempt(self, message: MessageId) -> Sending | None:
        job = await self._store.read(lambda tx: dispatch.job_of(tx, message))
        if job is None:
            return None
        try:
            outcome = await self._deliver(message)
        except (NotFound, TakenBack):
            return None
        except AwaitsSignIn:
            return None
        except MailError as error:
            self._report(job.account.id, error)
            return None
        if bad := dispatch.trouble(outcome):
            self._report(job.account.id, bad)
        return outcome.state

    async def _deliver(self, message: MessageId) -> Outgoing:
        job = await self._store.read(lambda tx: dispatch.job_of(tx, message))
        if job is None:
            raise NotFound(phrase("This message is not in the Outbox"))
        async with self._turns.setdefault(job.account.id, asyncio.Lock()):
            try:
                answer: Answer = await self._hand_over(job)
            except MessageRefused as refused:
                answer = refused
            except PossiblySent as unsure:
                words = f"{unsure.title}. {unsure.detail}"
                return await self._store.write(lambda tx: dispatch.unsure(tx, message, words), durable=True)
            except TakenBack:
                raise
            except MailError as error:
                await self._put_off(job, error)
                raise
            return await self._keep(job, answer)

    async def _keep(self, job: Job, answer: Answer) -> Outgoing:
        """Write down what the server said. Until that worked it is remembered here: the message must not go twice."""
        self._unwritten[job.entry.id] = (job, answer)
        kept = await self._store.write(lambda tx: dispatch.judged(tx, job, answer), durable=True)
        self._unwritten.pop(job.entry.id, None)
        self._failures.pop(job.entry.id, None)
        return kept

    async def _put_off(self, job: Job, error: MailError) -> None:
        failures = self._failures[job.entry.id] = self._failures.get(job.entry.id, 0) + 1
        await self._store.write(lambda tx: dispatch.put_off(tx, job, error, failures))

    async def _hand_over(self, job: Job) -> Submission:
        message = job.entry.id
        if job.account.outgoing is None:
            raise WrongUsage(
                phrase("This account only receives"),
                phrase("Give it an outgoing server, or send from another account."),
            )
        raw = await self._store.raw(job.content) if job.content else None
        if raw is None:
            raise ContentMissing(phrase("The text of this message is not here any more"))
        endpoint = job.account.outgoing.endpoint
        wire = await asyncio.to_thread(on_the_way, raw)
        header = wire[: wire.find(b"\r\n\r\n")] if b"\r\n\r\n" in wire else wire
        envelope = Envelope(job.sender, pending(job.entry.recipients), wire, utf8=not header.isascii())

        async def before_data() -> None:
            await self._store.write(lambda tx: dispatch.commit(tx, message), durable=True)

        note(self._store, endpoint, SENDING)

        async def attempt(secret: str) -> Submission:
            return await self._submit(endpoint, secret, envelope, before_data=before_data)

        if not endpoint.user and endpoint.sign_in is SignIn.WORD:
            return await attempt("")
        return await signed_in(self._passwords, job.account, "outgoing", attempt)

    async def one(self, message: MessageId) -> Outgoing:
        """One entry. Raises NotFound."""
        return await self._store.read(lambda tx: dispatch.present(tx, message))

    async def _nap(self) -> float:
        def work(tx: Transaction) -> list[int]:
            found = [tx.outbox.next_due(each.id) for each in tx.accounts.all() if not each.paused]
            return [each for each in found if each is not None]

        due = await self._store.read(work)
        return min(LONGEST_NAP, max(0.5, min(due) - time.time())) if due else LONGEST_NAP


def _stopped() -> bool:
    """Whether this task was cancelled: before Python 3.12, `wait_for` may swallow that when an answer comes with it."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
