"""The profile: three databases behind one lock, a thread that writes mail, one for bulky content, one for the index."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import apsw

from desktopmail.domain.errors import NotFound, StoreDamaged, StoreFailed
from desktopmail.domain.saying import phrase
from desktopmail.store.companions import refuse_incomplete
from desktopmail.store.connection import Writer, nothing
from desktopmail.store.database import CONTENT, MAIL, SEARCH, connect, keep_aside, refuse_newer
from desktopmail.store.failures import refused
from desktopmail.store.leftovers import sweep
from desktopmail.store.lock import ProfileLock
from desktopmail.store.migrations import STEPS
from desktopmail.store.names import make_folder
from desktopmail.store.notes import Notes
from desktopmail.store.raw import RawMessages
from desktopmail.store.reader import Reader
from desktopmail.store.transaction import Transaction
from desktopmail.store.worker import Worker

if TYPE_CHECKING:
    from desktopmail.domain.changes import ChangeSet
    from desktopmail.store.check import CheckReport
    from desktopmail.store.content import Content
    from desktopmail.store.hosts import HostNotes
    from desktopmail.store.text import TextIndex

T = TypeVar("T")
Files = tuple[Writer, Writer, Writer, apsw.Connection]


class Store(RawMessages):
    """Everything a profile holds. A transaction is a plain function that runs on the store thread; after its commit
    one ChangeSet is announced on the loop that awaited it.

    Content and index have threads of their own, so that hashing and compressing overlap with the work on mail.db.
    Order for those who write both: content first, then mail, then index; what nobody names is swept, never the reverse.
    """

    visiting = False
    """Whether somebody else has the profile open, so that it can only be read."""

    def __init__(self, folder: Path, lock: ProfileLock, files: Files) -> None:
        """To be made by `open`."""
        self.folder = folder
        self._lock = lock
        self._subscribers: list[Callable[[ChangeSet], None]] = []
        self._readers: list[Reader] = []
        self._closed = False
        self._mail, self._content, self._search, self._content_reader = files
        self._mail_thread = Worker("store")
        self._compressing_thread = Worker("compressing")
        self._content_thread = Worker("content")
        self._search_thread = Worker("search")
        self._raw_thread = Worker("content-reader")

    @classmethod
    def open(cls, folder: Path, *, create: bool = True) -> Store:
        """Open a profile, blocking. Raises NotFound without `create`, ProfileInUse, StoreTooNew (not a byte was
        changed), StoreDamaged, DiskFull, StoreFailed."""
        if not create and not any((folder / name).exists() for name in (MAIL, CONTENT)):
            raise NotFound(phrase("There is no profile"), phrase("{0} holds no mail.", folder))
        for name, steps in STEPS.items():
            refuse_newer(folder / name, steps)
        _make_private(folder)
        lock = ProfileLock(folder / "lock")
        with ExitStack() as undone:
            undone.callback(lock.release)
            refuse_incomplete(folder)
            sweep(folder)
            mail = Writer(folder / MAIL, STEPS[MAIL], durable=False)
            undone.callback(mail.close)
            content = Writer(folder / CONTENT, STEPS[CONTENT], durable=True)
            undone.callback(content.close)
            search = _open_search(folder)
            undone.callback(search.close)
            store = cls(folder, lock, (mail, content, search, connect(folder / CONTENT, read_only=True)))
            undone.pop_all()
        return store

    @cached_property
    def hosts(self) -> HostNotes:
        """Takes note of the hosts this program speaks to; written along with the next transaction."""
        from desktopmail.store.hosts import HostNotes

        return HostNotes()

    async def write(self, fn: Callable[[Transaction], T], *, durable: bool = False) -> T:
        """The value of `fn(tx)` in a committed transaction; all or nothing. With `durable` it survives a power cut.

        Runs to its end even when the waiting task is cancelled. Raises what `fn` raises, DiskFull, StoreDamaged,
        StoreFailed; nothing was changed then.
        """

        def work() -> tuple[T, ChangeSet]:
            notes = Notes()

            def inside(db: apsw.Connection) -> T:
                tx = Transaction(db, notes, int(time.time()))
                value = fn(tx)
                if "hosts" in self.__dict__ and self.hosts.waiting:
                    self.hosts.write(tx)
                notes.settle(db)
                return value

            return self._mail.transact(inside, durable=durable), notes.changes()

        value, _ = await self._on(self._mail_thread).run(work, lambda done: self._announce(done[1]))
        return value

    async def read(self, fn: Callable[[Transaction], T]) -> T:
        """The value of `fn(tx)`, which must not change anything, on the store thread: after all writes before."""
        return await self._on(self._mail_thread).run(
            lambda: self._mail.read(lambda db: fn(Transaction(db, Notes(), int(time.time()))))
        )

    async def content(self, fn: Callable[[Content], T], committed: Callable[[], object] = nothing) -> T:
        """The value of `fn(content)` in a committed and synced transaction on the content thread, where `committed` is
        called when it stands and before the log is written back."""
        from desktopmail.store.content import Content

        def work() -> T:
            return self._content.transact(lambda db: fn(Content(db)), committed=committed)

        return await self._on(self._content_thread).run(work)

    async def keep(self, raws: Sequence[bytes], known: Sequence[bytes | None] = ()) -> list[bytes]:
        """Store many messages as `Content.put_many` does, but compress them while others are being written. Whoever
        comes first is stored first."""
        from desktopmail.store.compressing import compress_whole

        compressed = await self._on(self._compressing_thread).run(lambda: compress_whole(raws))
        return await self.content(lambda content: content.put_many(raws, known, compressed))

    async def text(self, fn: Callable[[TextIndex], T]) -> T:
        """The value of `fn(index)` in a committed transaction on a thread of its own."""
        from desktopmail.store.text import TextIndex

        return await self._on(self._search_thread).run(lambda: self._search.transact(lambda db: fn(TextIndex(db))))

    async def sweep(self) -> int:
        """Delete contents that no message and no draft version names. How many went."""
        from desktopmail.store.repair import KEEP_ALL

        if await self.read(lambda tx: tx.settings.get(KEEP_ALL)):
            return 0
        keep, let_go = await self.read(lambda tx: (tx.messages.contents(), tx.messages.let_go()))
        await self.write(lambda tx: None, durable=True)  # that nothing names them any more has to be safe first
        swept = await self.content(lambda content: content.sweep(keep, let_go))
        if done := let_go & (keep | swept):
            await self.write(lambda tx: tx.messages.swept(done))
        return len(swept)

    async def check(self) -> CheckReport:
        """Look for damage, while work goes on."""
        from desktopmail.store.check import check_profile

        return await self._on(self._raw_thread).run(lambda: check_profile(self.folder))

    async def backup(self, target: Path) -> Path:
        """A consistent copy in `target`, a new or empty folder, while work goes on. Raises WrongUsage, DiskFull,
        StoreFailed."""
        from desktopmail.store.backup import backup_profile

        return await self._on(self._raw_thread).run(lambda: backup_profile(self.folder, target))

    def subscribe(self, fn: Callable[[ChangeSet], None]) -> Callable[[], None]:
        """Call `fn` with every ChangeSet, on the loop; the returned function ends that."""
        self._subscribers.append(fn)

        def end() -> None:
            if fn in self._subscribers:
                self._subscribers.remove(fn)

        return end

    def reader(self) -> Reader:
        """A connection of its own for synchronous reading."""
        reader = Reader(self.folder)
        self.lend(reader)
        return reader

    def lend(self, reader: Reader) -> None:
        """Close this reader together with the store."""
        self._readers.append(reader)

    async def close(self) -> None:
        """Finish what was handed over, close the files, give the lock back. Harmless when done twice."""
        if self._closed:
            return
        if "hosts" in self.__dict__ and self.hosts.waiting:
            await self.write(lambda tx: None)
        await self._compressing_thread.run(lambda: None)
        await self._content_thread.run(lambda: None)
        await self._search_thread.run(lambda: None)
        await self._raw_thread.run(lambda: None)
        await self._mail_thread.run(lambda: None)
        self.close_now()

    def close_now(self) -> None:
        """Like `close`, blocking, for where no loop runs."""
        if self._closed:
            return
        self._closed = True
        workers = (self._compressing_thread, self._content_thread, self._search_thread, self._raw_thread)
        for worker in (*workers, self._mail_thread):
            worker.stop()
        for reader in self._readers:
            reader.close()
        self._content_reader.close(True)
        for writer in (self._search, self._content, self._mail):
            writer.close()
        self._lock.release()

    def _announce(self, changes: ChangeSet) -> None:
        if changes:
            for fn in tuple(self._subscribers):
                fn(changes)


def _make_private(folder: Path) -> None:
    """Make the folder when there is none, and keep others out of it."""
    try:
        make_folder(folder)
        if sys.platform != "win32":
            folder.chmod(0o700)
            for name in STEPS:
                if (folder / name).exists():
                    (folder / name).chmod(0o600)
    except OSError as error:
        raise StoreFailed(
            phrase("The profile cannot be opened"), phrase("{0} cannot be written to.", folder), str(error)
        ) from error


def _open_search(folder: Path) -> Writer:
    """The index; a damaged one is kept aside and a new one begun, for everything in it can be found again."""
    path = folder / SEARCH
    try:
        search = Writer(path, STEPS[SEARCH], durable=False)
    except StoreDamaged:
        try:
            keep_aside(path)
        except OSError as error:
            raise refused(error, path) from error
        search = Writer(path, STEPS[SEARCH], durable=False)
    search.attach(folder / MAIL, "mail")
    return search
