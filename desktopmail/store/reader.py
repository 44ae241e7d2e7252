"""Synchronous reading for whoever paints or prints: a read-only connection that never waits for a writer."""

from __future__ import annotations

import time
from array import array
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import apsw

from desktopmail.domain.account import Account
from desktopmail.domain.address import Address
from desktopmail.domain.errors import StoreFailed
from desktopmail.domain.folder import Folder, Place
from desktopmail.domain.ids import AccountId, FolderId, ThreadId
from desktopmail.domain.message import Copy, Summary
from desktopmail.domain.saying import phrase
from desktopmail.domain.settings import Settings
from desktopmail.store import listing
from desktopmail.store.account_rows import accounts
from desktopmail.store.database import MAIL, SEARCH, connect
from desktopmail.store.failures import mapped
from desktopmail.store.settings import settings
from desktopmail.store.summaries import conversation, summaries
from desktopmail.store.tree import folders
from desktopmail.store.trust import images_allowed

if TYPE_CHECKING:
    from desktopmail.domain.action import HistoryEvent, JournalEntry
    from desktopmail.domain.draft import Outgoing
    from desktopmail.domain.health import Health
    from desktopmail.domain.hosts import HostSeen, Pin
    from desktopmail.domain.query import Query
    from desktopmail.domain.settings import SettingChange


class Lists:
    """Places and their rows. Every method sees the last commit before it was called; ids that are gone are left out,
    never an error."""

    def __init__(self, profile: Path) -> None:
        self._path = profile / MAIL
        self._may_search = False
        try:
            self._db = connect(self._path, read_only=True)
            self._db.pragma("mmap_size", 256 << 20)
            self._db.execute("ATTACH ? AS search", (f"{(profile / SEARCH).absolute().as_uri()}?mode=ro",))
        except apsw.Error as error:
            raise StoreFailed(
                phrase("The profile cannot be read"), phrase("{0} cannot be opened.", MAIL), str(error)
            ) from error

    def close(self) -> None:
        """Close the connection. Harmless when done twice."""
        self._db.close(True)

    def folders(self) -> tuple[Folder, ...]:
        """All folders: by account, roles first, then by path."""
        with mapped(self._db, self._path):
            return folders(self._db)

    def ids(self, place: Place, grouped: bool = False, *, unread: bool = False, starred: bool = False) -> array[int]:
        """The messages of a place, newest first; with `grouped` the newest of each conversation."""
        with mapped(self._db, self._path):
            return listing.ids(self._db, place, listing.Narrow(unread, starred), grouped=grouped)

    def rows(
        self,
        place: Place,
        *,
        grouped: bool = False,
        unread: bool = False,
        starred: bool = False,
        copy: Copy | None = None,
        limit: int = 0,
    ) -> tuple[array[int], array[int], array[int]]:
        """Like `ids`, with the place in the order and the conversation of every row: ids, sorts, threads. With a
        `limit` only that many of the newest messages are looked at."""
        with mapped(self._db, self._path):
            return listing.rows(self._db, place, listing.Narrow(unread, starred, copy), grouped=grouped, limit=limit)

    def heads(
        self,
        place: Place,
        threads: Iterable[int],
        *,
        unread: bool = False,
        starred: bool = False,
        copy: Copy | None = None,
    ) -> list[tuple[int, int, int]]:
        """(id, sort, thread) of the newest message of each of these conversations in a place, in no order."""
        with mapped(self._db, self._path):
            return listing.heads(self._db, place, threads, listing.Narrow(unread, starred, copy))

    def keys(self, ids: Iterable[int]) -> list[tuple[int, int, int, int, int]]:
        """(id, sort, thread, folder, flags) of messages that are still there, in no order."""
        with mapped(self._db, self._path):
            return listing.keys(self._db, ids)

    def counts(self, place: Place) -> tuple[int, int]:
        """How many messages a place has, and how many of them are unread."""
        with mapped(self._db, self._path):
            return listing.counts(self._db, place)

    def copies(self, place: Place) -> dict[Copy, int]:
        """How many messages of a place are in which state. Slow for a window: call it on a thread."""
        with mapped(self._db, self._path):
            return listing.copies(self._db, place)

    def elsewhere(self, message: int) -> tuple[FolderId, ...]:
        """The folders of other accounts in which the same message is kept, too."""
        with mapped(self._db, self._path):
            return tuple(FolderId(one) for one in listing.elsewhere(self._db, message))

    def summaries(self, ids: Iterable[int], *, grouped: bool = False) -> list[Summary]:
        """Rows of a list in the order asked for; with `grouped` each stands for its conversation."""
        with mapped(self._db, self._path):
            return summaries(self._db, ids, grouped=grouped)

    def visible(self, ids: Iterable[int]) -> list[Summary]:
        """Those of these messages that are still to be seen: neither removed nor vanished from their server."""
        wanted = array("q", [*ids, 0])
        seen = "SELECT m.id FROM carray(?) AS v CROSS JOIN message AS m ON m.id = v.value WHERE m.hidden = 0"
        with mapped(self._db, self._path):
            found = [one for (one,) in self._db.execute(seen, (apsw.carray(wanted),))]
            return summaries(self._db, found)

    def thread(self, thread: ThreadId, place: FolderId | None = None) -> list[Summary]:
        """A conversation, oldest first, own answers included; Trash, Junk and Outbox only when read there."""
        with mapped(self._db, self._path):
            return conversation(self._db, thread, place or 0)

    def search(self, query: Query, place: Place | None = None, limit: int = 1000) -> array[int]:
        """The messages that fulfil the conditions, newest first; in Trash and Junk only when asked for."""
        from desktopmail.store.searching import prepare, search

        with mapped(self._db, self._path):
            if not self._may_search:
                prepare(self._db)
                self._may_search = True
            return search(self._db, query, place, limit)


class Reader(Lists):
    """Everything else a profile can be asked for."""

    def accounts(self) -> tuple[Account, ...]:
        """All accounts, as the person arranged them."""
        with mapped(self._db, self._path):
            return accounts(self._db)

    def raw(self, message: int) -> bytes | None:
        """The exact bytes of a message, if they are here. Reads a file: for moments that cannot wait on the loop.
        Raises StoreDamaged."""
        from desktopmail.store.content import read_content
        from desktopmail.store.database import CONTENT

        with mapped(self._db, self._path):
            sha = self._db.execute("SELECT content FROM message WHERE id = ?", (message,)).get
        if not sha:
            return None
        path = self._path.with_name(CONTENT)
        db = connect(path, read_only=True)
        try:
            with mapped(db, path):
                return read_content(db, sha)
        finally:
            db.close(True)

    def health(self, account: AccountId) -> Health:
        """How one account is; empty when nothing is known."""
        from desktopmail.store.sightings import health

        with mapped(self._db, self._path):
            return health(self._db, account, int(time.time()))

    def outbox(self, message: int = 0) -> tuple[Outgoing, ...]:
        """Everything on its way out, or one entry of it."""
        with mapped(self._db, self._path):
            if not self._db.execute("SELECT EXISTS (SELECT 1 FROM outbox)").get:
                return ()
            from desktopmail.store.outbox_rows import outgoing

            return outgoing(self._db, message)

    def stuck_sending(self) -> bool:
        """Whether a message was being sent when the program ended."""
        with mapped(self._db, self._path):
            return bool(self._db.execute("SELECT EXISTS (SELECT 1 FROM outbox WHERE state = 'sending')").get)

    def journal(self, limit: int = 50) -> tuple[JournalEntry, ...]:
        """The newest journal entries, newest first."""
        from desktopmail.store.journal import journal_entries

        with mapped(self._db, self._path):
            return journal_entries(self._db, limit)

    def history(self, message: int) -> tuple[HistoryEvent, ...]:
        """The story of one message, oldest first."""
        from desktopmail.store.history import history_of

        with mapped(self._db, self._path):
            return history_of(self._db, message)

    def complete(self, prefix: str, limit: int = 10) -> tuple[Address, ...]:
        """People whose names or addresses begin with these words, best first."""
        from desktopmail.store.contacts import complete

        with mapped(self._db, self._path):
            return complete(self._db, prefix, limit)

    def settings(self) -> Settings:
        """All preferences."""
        with mapped(self._db, self._path):
            return settings(self._db)

    def images_allowed(self, address: str) -> bool:
        """Whether remote images of this address may be shown."""
        with mapped(self._db, self._path):
            return images_allowed(self._db, address)

    def settings_past(self, limit: int = 20) -> tuple[SettingChange, ...]:
        """The newest changes of preferences that can be taken back, newest first."""
        from desktopmail.store.settings import past_changes

        with mapped(self._db, self._path):
            return past_changes(self._db, limit)

    def hosts(self) -> tuple[HostSeen, ...]:
        """The hosts this program spoke to, by purpose, the latest first. What was not written yet is missing."""
        from desktopmail.store.hosts import hosts

        with mapped(self._db, self._path):
            return hosts(self._db)

    def image_senders(self) -> tuple[str, ...]:
        """Whose remote images are shown without asking: addresses, and '@domain' for whole domains."""
        from desktopmail.store.trust import image_senders

        with mapped(self._db, self._path):
            return image_senders(self._db)

    def pins(self) -> tuple[Pin, ...]:
        """The certificates trusted by hand."""
        from desktopmail.store.trust import pins

        with mapped(self._db, self._path):
            return pins(self._db)
