"""The engine: everything a mail program does, behind one door for the window and the command line.

It knows no toolkit and runs on whatever loop it was opened on. Only frozen values of `domain` go in and out; reading
for lists goes through `library` without waiting, every change is a verb that is awaited.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from desktopmail.domain.account import Account, Endpoint, Security
from desktopmail.domain.activity import Activity, Problem, Remedy
from desktopmail.domain.changes import ChangeSet
from desktopmail.domain.draft import Sending
from desktopmail.domain.errors import MailError
from desktopmail.domain.folder import Role
from desktopmail.domain.ids import AccountId, FolderId
from desktopmail.domain.settings import Settings
from desktopmail.engine import diagnosis, filing
from desktopmail.engine.accounts import Accounts
from desktopmail.engine.actions import Actions
from desktopmail.engine.activity import SyncReport, Tally
from desktopmail.engine.composing import Composing
from desktopmail.engine.contacts import Contacts
from desktopmail.engine.discovery import Discovery
from desktopmail.engine.folders import Folders
from desktopmail.engine.lanes import Ears, Lanes
from desktopmail.engine.library import Library
from desktopmail.engine.notices import Notice, notice
from desktopmail.engine.outbox import Outbox
from desktopmail.engine.pictures import Pictures
from desktopmail.engine.reading import Reading
from desktopmail.engine.search import Search
from desktopmail.engine.transfer import Transfer
from desktopmail.protocols.tls import ssl_context
from desktopmail.store.secrets import PasswordSource
from desktopmail.store.store import Store
from desktopmail.store.transaction import Transaction

T = TypeVar("T")

RECENTLY_SENT = 50


class Engine:
    """Made by `open`, ended by `close`. The window calls `start` and everything goes on by itself; the command line
    calls `sync` instead, never both."""

    def __init__(self, store: Store, passwords: PasswordSource, *, offline: bool, local_pictures: bool) -> None:
        self._store = store
        self._passwords = passwords
        self._on_activity: list[Callable[[Activity], None]] = []
        self._on_problem: list[Callable[[Problem], None]] = []
        self._on_notice: list[Callable[[Notice], None]] = []
        self._offline = offline
        self.profile = store.folder
        self.activities: dict[AccountId, Activity] = {}
        self.library = Library(store)
        self.accounts = Accounts(store, passwords)
        self.folders = Folders(store, self.library)
        self.actions = Actions(store)
        self.outbox = Outbox(store, passwords, self._sending_failed)
        ears = Ears(self._heard_activity, self._heard_problem)
        self._lanes = Lanes(store, passwords, self.outbox, ears, offline=offline)
        self.reading = Reading(store, self._lanes.fetch, Pictures(_trusting, local=local_pictures))
        self.composing = Composing(store, self.library, self.reading)
        self.search = Search(store)
        self.transfer = Transfer(store, self.library, self.reading)
        self.contacts = Contacts(store, self.library)
        self.discovery = Discovery()
        store.subscribe(self._heard_changes)

    @classmethod
    async def open(
        cls, profile: Path, *, passwords: PasswordSource, offline: bool = False, local_pictures: bool = False
    ) -> Engine:
        """Open a profile, made when there is none. `offline`: no server is asked. `local_pictures`: remote pictures
        may lie on this computer's own network. Raises ProfileInUse, StoreTooNew, StoreDamaged, StoreFailed."""
        store = await asyncio.to_thread(Store.open, profile)
        try:
            engine = cls(store, passwords, offline=offline, local_pictures=local_pictures)
            await engine.outbox.recover()
        except BaseException:
            await store.close()
            raise
        return engine

    async def start(self) -> None:
        """Keep every account going until `close`."""
        self._lanes.start()

    async def close(self) -> None:
        """Stop everything, say goodbye to the servers, close the profile."""
        await self._lanes.close()
        await self._store.close()

    def wake(self) -> None:
        """Look at everything now: the person asks, or the network changed."""
        self._lanes.wake()

    def retry(self, account: AccountId) -> None:
        """Try again what failed for one account, signing in included."""
        self._lanes.retry(account)

    def on_change(self, fn: Callable[[ChangeSet], None]) -> Callable[[], None]:
        """Call `fn` on the loop after every commit; the returned function ends that."""
        return self._store.subscribe(fn)

    def on_activity(self, fn: Callable[[Activity], None]) -> Callable[[], None]:
        """Call `fn` on the loop whenever an account does something else."""
        return _listening(self._on_activity, fn)

    def on_problem(self, fn: Callable[[Problem], None]) -> Callable[[], None]:
        """Call `fn` on the loop when something went wrong that is no account's own activity, as in sending."""
        return _listening(self._on_problem, fn)

    def on_notice(self, fn: Callable[[Notice], None]) -> Callable[[], None]:
        """Call `fn` on the loop when mail came that deserves a notification."""
        return _listening(self._on_notice, fn)

    async def where_passwords_are(self) -> str:
        """Where passwords are kept, in words for a person, or why nowhere."""
        return await diagnosis.secrets(self._passwords)

    async def diagnose(self) -> list[diagnosis.AccountFinding]:
        """Look at every account: is its password readable, do its servers answer, how long do certificates last?"""
        accounts = await self.accounts.all()
        return list(await asyncio.gather(*(diagnosis.account(self._passwords, each) for each in accounts)))

    async def change_settings(self, **values: Any) -> Settings:
        """Store preferences by name; all of them as they are then. Unknown names are left out."""
        known = {name: value for name, value in values.items() if hasattr(Settings, name)}

        def work(tx: Transaction) -> Settings:
            for name, value in known.items():
                tx.settings.set(name, value)
            return tx.settings.all()

        return await self._store.write(work)

    async def sync(
        self,
        accounts: Collection[AccountId] | None = None,
        folders: Collection[FolderId] | None = None,
        headers_only: bool = False,
    ) -> list[SyncReport]:
        """One full round of every account, or of those named: send, pull, push, bring content. Problems are in the
        reports, never raised."""
        owners = {each.account for each in self.library.folders() if folders is not None and each.id in folders}
        chosen = [
            each
            for each in await self.accounts.all()
            if (accounts is None or each.id in accounts) and (folders is None or each.id in owners)
        ]
        return list(await asyncio.gather(*(self._sync_one(each, folders, headers_only) for each in chosen)))

    async def _sync_one(self, account: Account, folders: Collection[FolderId] | None, headers_only: bool) -> SyncReport:
        problems: list[Problem] = []
        end = self.on_problem(lambda problem: problems.append(problem) if problem.account == account.id else None)
        try:
            sent = await self.outbox.send_due([account.id])
        finally:
            end()
        runner = self._lanes.runner(account)
        if runner is None:
            report = Tally().report(account.id, 0.0)
        else:
            mine = None if folders is None else self._folders_of(account, folders)
            report = await runner.sync_once(mine, headers_only=headers_only)
            await self._look_into_sent(account)
        undecided = [_undecided(account)] if await self._possibly_sent(account) else []
        return replace(report, sent=sent, problems=(*problems, *report.problems, *undecided))

    def _folders_of(self, account: Account, folders: Collection[FolderId]) -> list[FolderId]:
        return [each.id for each in self.library.folders() if each.account == account.id and each.id in folders]

    async def _look_into_sent(self, account: Account) -> None:
        """After a pull: is what was possibly sent there, does the provider file sent mail itself?"""
        await self.outbox.settle()
        for folder in self.library.folders():
            if folder.account == account.id and folder.role is Role.SENT:
                recent = [each.id for each in self.library.summaries(self.library.ids(folder.id)[:RECENTLY_SENT])]
                await filing.learn(self._store, account.id, recent)

    async def _possibly_sent(self, account: Account) -> bool:
        def work(tx: Transaction) -> bool:
            unsure = [each.id for each in tx.outbox.all() if each.state is Sending.POSSIBLY_SENT]
            return any(tx.messages.facts(each).account == account.id for each in unsure)

        return await self._store.read(work)

    def _sending_failed(self, account: AccountId, error: MailError) -> None:
        self._heard_problem(error.problem(account))

    def _heard_activity(self, activity: Activity) -> None:
        self.activities[activity.account] = activity
        for fn in tuple(self._on_activity):
            fn(activity)

    def _heard_problem(self, problem: Problem) -> None:
        for fn in tuple(self._on_problem):
            fn(problem)

    def _heard_changes(self, changes: ChangeSet) -> None:
        if changes.arrivals and self._on_notice:
            news = notice(self.library.summaries(changes.arrivals))
            if news is not None:
                for fn in tuple(self._on_notice):
                    fn(news)


def _listening(listeners: list[T], fn: T) -> Callable[[], None]:
    """Put `fn` among the listeners; the returned function takes it out again."""
    listeners.append(fn)
    return lambda: listeners.remove(fn) if fn in listeners else None


def _trusting() -> Any:
    """Checks certificates as for any server that is not pinned."""
    return ssl_context(Endpoint("", 443, Security.TLS, ""))


def _undecided(account: Account) -> Problem:
    return Problem(
        account.id,
        "possibly-sent",
        "A message may have been sent",
        "Look for it in Sent or ask the recipient; then retry it, mark it as sent, or cancel it in the Outbox.",
        Remedy.NONE,
    )
