"""What a function given to `Store.write` or `Store.read` works on: one small object per family of tables, made, and
its module loaded, when it is first asked for."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

import apsw

from desktopmail.domain.ids import MessageId
from desktopmail.store.notes import Notes

if TYPE_CHECKING:
    from desktopmail.store.accounts import Accounts
    from desktopmail.store.arrangements import Arrangements
    from desktopmail.store.contacts import Contacts
    from desktopmail.store.copies import Copies
    from desktopmail.store.difference import Differences
    from desktopmail.store.drafts import Drafts
    from desktopmail.store.history import History
    from desktopmail.store.hosts import Hosts
    from desktopmail.store.journal import Journal
    from desktopmail.store.ledger import Ledger
    from desktopmail.store.messages import Messages
    from desktopmail.store.outbox import Outbox
    from desktopmail.store.server_folders import Folders
    from desktopmail.store.settings import SettingsTable
    from desktopmail.store.sightings import Sightings
    from desktopmail.store.switched import Switched
    from desktopmail.store.trust import Trust
    from desktopmail.store.wishes import Wishes


class Surroundings:
    """The families that hold no mail: accounts, what was seen of servers, preferences, trust. `now` is the one time of
    the transaction, in seconds since 1970 UTC."""

    def __init__(self, db: apsw.Connection, notes: Notes, now: int) -> None:
        self._db = db
        self.now = now
        self.notes = notes

    @cached_property
    def accounts(self) -> Accounts:
        from desktopmail.store.accounts import Accounts

        return Accounts(self._db, self.notes, self.trust)

    @cached_property
    def hosts(self) -> Hosts:
        from desktopmail.store.hosts import Hosts

        return Hosts(self._db)

    @cached_property
    def settings(self) -> SettingsTable:
        from desktopmail.store.settings import SettingsTable

        return SettingsTable(self._db, self.notes)

    @cached_property
    def sightings(self) -> Sightings:
        from desktopmail.store.sightings import Sightings

        return Sightings(self._db, self.now)

    @cached_property
    def trust(self) -> Trust:
        from desktopmail.store.trust import Trust

        return Trust(self._db, self.notes)


class Transaction(Surroundings):
    """Lives as long as one function on the store thread; not to be kept."""

    def arrived(self, ids: Iterable[MessageId]) -> None:
        """Say that these new messages deserve a notice."""
        self.notes.arrived(ids)

    @cached_property
    def arrangements(self) -> Arrangements:
        from desktopmail.store.arrangements import Arrangements

        return Arrangements(self._db, self.notes, self._wishes)

    @cached_property
    def contacts(self) -> Contacts:
        from desktopmail.store.contacts import Contacts

        return Contacts(self._db)

    @cached_property
    def copies(self) -> Copies:
        from desktopmail.store.copies import Copies

        return Copies(self._db, self.notes, self._wishes)

    @cached_property
    def difference(self) -> Differences:
        from desktopmail.store.difference import Differences

        return Differences(self._db, self.notes, self._wishes)

    @cached_property
    def drafts(self) -> Drafts:
        from desktopmail.store.drafts import Drafts

        return Drafts(self._db, self.now)

    @cached_property
    def folders(self) -> Folders:
        from desktopmail.store.server_folders import Folders

        return Folders(self._db, self.notes)

    @cached_property
    def history(self) -> History:
        from desktopmail.store.history import History

        return History(self._db, self.now)

    @cached_property
    def journal(self) -> Journal:
        from desktopmail.store.journal import Journal

        return Journal(self._db, self.notes, self._wishes, self.now)

    @cached_property
    def ledger(self) -> Ledger:
        from desktopmail.store.ledger import Ledger

        return Ledger(self._db, self._wishes, self.now)

    @cached_property
    def messages(self) -> Messages:
        from desktopmail.store.messages import Messages

        return Messages(self._db, self.notes, self._wishes, self.now)

    @cached_property
    def outbox(self) -> Outbox:
        from desktopmail.store.outbox import Outbox

        return Outbox(self._db, self.notes, self.now)

    @cached_property
    def switched(self) -> Switched:
        from desktopmail.store.switched import Switched

        return Switched(self._db, self.notes, self._wishes, self.now)

    @cached_property
    def _wishes(self) -> Wishes:
        from desktopmail.store.wishes import Wishes

        return Wishes(self._db, self.notes)
