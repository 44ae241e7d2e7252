"""Everything that goes on by itself while the window is open: a runner per account, the Outbox, the clocks.

Keeps in step with the accounts there are. A lane that ends by a fault of the program is written to the log, said, and
started again after a while, so that nothing stops for good.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

from desktopmail.domain.account import Account, ImapServer, Pop3Server
from desktopmail.domain.activity import Activity, Problem, Remedy, State
from desktopmail.domain.changes import ChangeSet
from desktopmail.domain.errors import ContentMissing
from desktopmail.domain.ids import AccountId, MessageId
from desktopmail.domain.saying import phrase
from desktopmail.engine.activity import Teller
from desktopmail.engine.arrival import received_by
from desktopmail.engine.connectivity import Connectivity
from desktopmail.engine.ears import Ears
from desktopmail.engine.filing import look_into_sent
from desktopmail.engine.housekeeping import tidy, until_tidying
from desktopmail.engine.imap.remote import ImapRemote
from desktopmail.engine.outbox import Outbox
from desktopmail.engine.remote import Remote
from desktopmail.engine.runner import Runner
from desktopmail.store.secrets import PasswordSource
from desktopmail.store.store import Store

AGAIN_SECONDS = 60.0
SENT_SECONDS = 2.0

log = logging.getLogger(__name__)


class _Line:
    """One account at work: its server, its runner, and the task that runs it."""

    def __init__(self, account: Account, remote: Remote, runner: Runner) -> None:
        self.account = account
        self.remote = remote
        self.runner = runner
        self.task: asyncio.Task[None] | None = None


class Lanes:
    """The background of an engine. Without `start` it only lends runners, for the command line."""

    def __init__(
        self, store: Store, passwords: PasswordSource, outbox: Outbox, ears: Ears, *, offline: bool = False
    ) -> None:
        self._store = store
        self._passwords = passwords
        self._outbox = outbox
        self._ears = ears
        self._offline = offline
        self._lines: dict[AccountId, _Line] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._connectivity = Connectivity(self.wake)
        self._accounts_changed = asyncio.Event()
        self._sent_changed = asyncio.Event()
        self._away: set[AccountId] = set()
        self._still: set[AccountId] = set()
        self._end: Callable[[], None] | None = None

    def start(self) -> None:
        """Begin: look after accounts, mail and the Outbox until `close`."""
        self._end = self._store.subscribe(self._heard)
        self._keep(self._follow_accounts, "accounts")
        self._keep(self._follow_sent, "sent mail")
        self._keep(self._tidy, "housekeeping")
        self._ears.on_activity.append(self._heard_activity)
        if not self._offline:
            self._keep(self._outbox.run, "outbox")
            self._keep(self._connectivity.run, "connectivity")

    def wake(self) -> None:
        """The network changed or the person asks: look at everything now."""
        for line in self._lines.values():
            line.remote.suspect()
            line.runner.wake()
        self._outbox.wake()

    def network_changed(self) -> None:
        """The platform says so: everything is looked at soon, once for all that it says."""
        if self._end is not None and not self._offline:
            self._connectivity.changed()

    def retry(self, account: AccountId) -> None:
        """Try again whatever failed or was refused for one account, a sign-in included."""
        if line := self._lines.get(account):
            line.remote.suspect()
            line.runner.wake(force=True)
        self._outbox.wake()

    def runner(self, account: Account) -> Runner | None:
        """The runner of an account, made when there is none; None for an account that receives nothing."""
        if account.incoming is None or account.id in self._still:
            return None
        line = self._lines.get(account.id)
        if line is None or (line.task is None and _server(line.account) != _server(account)):
            teller = Teller(account.id, self._ears.activity)
            remote = self._remote(account, teller)
            line = self._lines[account.id] = _Line(account, remote, Runner(account, remote, self._store, teller))
        return line.runner

    def _remote(self, account: Account, teller: Teller) -> Remote:
        match account.incoming:
            case Pop3Server():
                from desktopmail.engine.pop3.remote import Pop3Remote

                return Pop3Remote(account, self._store, self._passwords, teller)
            case ImapServer() | None:
                return ImapRemote(account, self._store, self._passwords, teller)

    def remote(self, account: Account) -> Remote | None:
        """The far side of an account; None when it has none, or nobody may be asked."""
        if self._offline or self.runner(account) is None:
            return None
        return self._lines[account.id].remote

    async def fetch(self, message: MessageId) -> None:
        """Bring the content of one message now. Raises ContentMissing and what stands in the way."""
        account = await self._store.read(lambda tx: received_by(tx, message))
        if account.paused:
            raise ContentMissing(
                phrase("This message is not downloaded yet"), phrase("It is fetched when its account is resumed.")
            )
        runner = self.runner(account)
        if self._offline or runner is None:
            raise ContentMissing(
                phrase("This message is not downloaded yet"), phrase("It is fetched when you are online again.")
            )
        await runner.fetch(message)

    @contextlib.asynccontextmanager
    async def resting(self, account: AccountId) -> AsyncIterator[None]:
        """Nobody works on an account meanwhile; afterwards it goes on as it is then."""
        self._still.add(account)
        try:
            if account in self._lines:
                await self._stop(account)
            yield
        finally:
            self._still.discard(account)
            self._accounts_changed.set()

    async def close(self) -> None:
        """Stop everything and say goodbye to the servers."""
        if self._end is not None:
            self._end()
        tasks = [*self._tasks, *(line.task for line in self._lines.values() if line.task)]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        for line in self._lines.values():
            await line.remote.close()
        self._lines.clear()

    def _heard(self, changes: ChangeSet) -> None:
        if changes.accounts:
            self._accounts_changed.set()
        if changes.added:
            self._sent_changed.set()

    def _heard_activity(self, activity: Activity) -> None:
        """A server that answers again means that there is a network: what waits to be sent is tried at once."""
        if activity.state is State.OFFLINE:
            self._away.add(activity.account)
        elif activity.state is State.IDLE and activity.account in self._away:
            self._away.discard(activity.account)
            self._outbox.wake()

    async def _follow_sent(self) -> None:
        """Whenever something came, look whether it settles what was sent from here."""
        while True:
            await self._sent_changed.wait()
            await asyncio.sleep(SENT_SECONDS)
            self._sent_changed.clear()
            await look_into_sent(self._store)

    async def _follow_accounts(self) -> None:
        """Start runners for new accounts, stop those of accounts that went, change those that changed."""
        while True:
            self._accounts_changed.clear()
            wanted = {each.id: each for each in await self._store.read(lambda tx: tx.accounts.all())}
            for number, line in list(self._lines.items()):
                if _server(line.account) != _server(wanted.get(number)):
                    await self._stop(number)
            for account in wanted.values():
                self._begin(account)
            await self._accounts_changed.wait()

    def _begin(self, account: Account) -> None:
        if account.paused:
            self._say_paused(account.id)
            return
        if self._state(account.id) is State.PAUSED:
            del self._ears.activities[account.id]
            self._outbox.wake()
        if self._offline or self.runner(account) is None:
            return
        line = self._lines[account.id]
        if line.task is None:
            line.task = self._keep(line.runner.run, f"account {account.id}")

    def _say_paused(self, account: AccountId) -> None:
        if self._state(account) is not State.PAUSED:
            self._ears.activity(Activity(account, State.PAUSED, phrase("Paused: nothing is fetched or sent")))

    def _state(self, account: AccountId) -> State | None:
        """What an account was last said to do."""
        activity = self._ears.activities.get(account)
        return activity.state if activity is not None else None

    async def _stop(self, number: AccountId) -> None:
        line = self._lines.pop(number, None)
        if line is None:
            return
        if line.task is not None:
            line.task.cancel()
            await asyncio.wait([line.task])
        await line.remote.close()

    async def _tidy(self) -> None:
        while True:
            await asyncio.sleep(await until_tidying(self._store))
            await tidy(self._store)

    def _keep(self, lane: Callable[[], Coroutine[Any, Any, None]], name: str) -> asyncio.Task[None]:
        task = asyncio.create_task(lane(), name=name)
        self._tasks.add(task)
        task.add_done_callback(lambda done: self._ended(done, lane, name))
        return task

    def _ended(self, task: asyncio.Task[None], lane: Callable[[], Coroutine[Any, Any, None]], name: str) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is None:
            return
        log.error("%s: unforeseen error", name, exc_info=error)
        problem = Problem(
            None,
            "fault",
            phrase("Something in the program went wrong"),
            phrase("Nothing is lost. It will be tried again; the log says more."),
            Remedy.RETRY,
            f"{type(error).__name__}: {error}"[:300],
        )
        self._ears.problem(problem)
        asyncio.get_running_loop().call_later(AGAIN_SECONDS, self._again, lane, name)

    def _again(self, lane: Callable[[], Coroutine[Any, Any, None]], name: str) -> None:
        if self._end is not None:
            self._keep(lane, name)


def _server(account: Account | None) -> object:
    """What a running line depends on."""
    return (account.incoming, account.identities, account.paused) if account is not None else None
