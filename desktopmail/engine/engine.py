"""The engine: everything a mail program does, behind one door for the window and the command line.

It knows no toolkit and runs on whatever loop it was opened on. Only frozen values of `domain` go in and out; reading
for lists goes through `library` without waiting, every change is a verb that is awaited.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from desktopmail.domain.activity import Activity, Problem
from desktopmail.domain.errors import ProfileInUse
from desktopmail.domain.ids import AccountId, FolderId
from desktopmail.engine.parts import Parts
from desktopmail.store.secrets import PasswordSource
from desktopmail.store.store import Store
from desktopmail.store.worker import Worker

if TYPE_CHECKING:
    from desktopmail.domain.changes import ChangeSet
    from desktopmail.domain.settings import Settings
    from desktopmail.engine.activity import SyncReport
    from desktopmail.engine.notices import Notice

T = TypeVar("T")


class Engine(Parts):
    """Made by `open`, ended by `close`. The window calls `start` and everything goes on by itself; the command line
    calls `sync` instead, never both. The verbs are those of its parts: `actions`, `reading`, `composing`, `outbox`,
    `accounts`, `folders`, `search`, `settings`, `contacts`, `discovery`, `transfer`, `diagnosis`, `pop3`."""

    def __init__(
        self,
        store: Store,
        secrets: Callable[[], PasswordSource],
        *,
        offline: bool = False,
        local_pictures: bool = False,
    ) -> None:
        super().__init__(store, secrets, offline=offline, local_pictures=local_pictures)
        store.subscribe(self._changed)

    @classmethod
    async def open(
        cls,
        profile: Path,
        *,
        passwords: PasswordSource,
        offline: bool = False,
        local_pictures: bool = False,
        visit: bool = False,
    ) -> Engine:
        """Open a profile, made when there is none. `offline`: no server is asked. `local_pictures`: remote pictures
        may lie on this computer's own network. `visit`: a profile that somebody else has open is opened for reading,
        offline. Raises ProfileInUse, StoreTooNew, StoreDamaged, StoreFailed."""
        store = await _store(profile, visit)
        offline |= store.visiting
        async with AsyncExitStack() as undo:
            undo.push_async_callback(store.close)
            engine = cls(store, lambda: passwords, offline=offline, local_pictures=local_pictures)
            await engine._recover()
            undo.pop_all()
        return engine

    @classmethod
    def begin(cls, profile: Path, *, secrets: Callable[[], PasswordSource]) -> Callable[[], Engine]:
        """Begin to open a profile on a thread, for a window that is painted before there is a loop; the function given
        back waits for the end and raises as `open` does. `start` does what needs the loop; `secrets` is called then."""
        from desktopmail.store.opening import Opening

        opening = Opening(profile)
        return lambda: cls(opening.wait(), secrets)

    async def start(self) -> None:
        """Keep every account going until `close`. Raises ProfileInUse when only visiting."""
        if self.visiting:
            await self._store.write(lambda _: None)
        await self._recover()
        self._lanes.start()
        self._worries.start()

    async def close(self) -> None:
        """Stop everything, say goodbye to the servers, close the profile."""
        if "_worries" in self.__dict__:
            await self._worries.close()
        if "_lanes" in self.__dict__:
            await self._lanes.close()
        await self._store.close()

    def abandon(self) -> None:
        """Close the profile at once, blocking, when nothing was begun on it."""
        self._store.close_now()

    def wake(self) -> None:
        """Look at everything now: the person asks."""
        self._lanes.wake()

    def network_changed(self) -> None:
        """The computer woke up or has another network: lines are tried before they are trusted, soon and once."""
        self._lanes.network_changed()

    def retry(self, account: AccountId) -> None:
        """Try again what failed for one account, signing in included."""
        self._keys.forgive(account)
        self._lanes.retry(account)

    def on_change(self, fn: Callable[[ChangeSet], None]) -> Callable[[], None]:
        """Call `fn` on the loop after every commit; the returned function ends that."""
        return self._store.subscribe(fn)

    def on_activity(self, fn: Callable[[Activity], None]) -> Callable[[], None]:
        """Call `fn` on the loop whenever an account does something else."""
        return _listening(self._ears.on_activity, fn)

    def on_problem(self, fn: Callable[[Problem], None]) -> Callable[[], None]:
        """Call `fn` on the loop when something went wrong that is no account's own activity, as in sending."""
        return _listening(self._ears.on_problem, fn)

    def on_notice(self, fn: Callable[[Notice], None]) -> Callable[[], None]:
        """Call `fn` on the loop when mail came that deserves a notification."""
        return _listening(self._ears.on_notice, fn)

    async def change_settings(self, **values: Any) -> Settings:
        """Store preferences by name; all of them as they are then. Unknown names are left out."""
        return await self.settings.change(**values)

    async def sync(
        self,
        accounts: Collection[AccountId] | None = None,
        folders: Collection[FolderId] | None = None,
        headers_only: bool = False,
    ) -> list[SyncReport]:
        """One full round of every account, or of those named: send, pull, push, bring content. Problems are in the
        reports, never raised; ProfileInUse is, when only visiting."""
        from desktopmail.engine.rounds import Rounds

        rounds = Rounds(self._store, self.library, self.outbox, self._lanes, self._ears)
        return await rounds.run(accounts, folders, headers_only=headers_only)

    async def _recover(self) -> None:
        """Tell apart what was sent and what was not when the program ended in the middle of it."""
        if not self.visiting and self.library.stuck_sending():
            await self.outbox.recover()

    def _changed(self, changes: ChangeSet) -> None:
        if changes.arrivals and self._ears.on_notice:
            from desktopmail.engine.notices import notice

            news = notice(self.library.summaries(changes.arrivals))
            if news is not None:
                self._ears.notice(news)


def _listening(listeners: list[T], fn: T) -> Callable[[], None]:
    """Put `fn` among the listeners; the returned function takes it out again."""
    listeners.append(fn)
    return lambda: listeners.remove(fn) if fn in listeners else None


async def _store(profile: Path, visit: bool) -> Store:
    """The profile, opened on a thread: meanwhile the caller's loop is free."""
    opening = Worker("opening")
    try:
        return await opening.run(lambda: Store.open(profile))
    except ProfileInUse:
        if not visit:
            raise
    finally:
        opening.stop()
    from desktopmail.store.visitor import Visitor

    return Visitor(profile)
