"""What a function given to `Store.write` or `Store.read` works on: one small object per family of tables."""

from __future__ import annotations

from collections.abc import Iterable

import apsw

from desktopmail.domain.ids import MessageId
from desktopmail.store.accounts import Accounts
from desktopmail.store.contacts import Contacts
from desktopmail.store.copies import Copies
from desktopmail.store.difference import Differences
from desktopmail.store.drafts import Drafts
from desktopmail.store.history import History
from desktopmail.store.journal import Journal
from desktopmail.store.messages import Messages
from desktopmail.store.notes import Notes
from desktopmail.store.outbox import Outbox
from desktopmail.store.server_folders import Folders
from desktopmail.store.settings import SettingsTable
from desktopmail.store.trust import Trust
from desktopmail.store.wishes import Wishes


class Transaction:
    """Lives as long as one function on the store thread; not to be kept. `now` is the one time of the transaction, in
    seconds since 1970 UTC."""

    def __init__(self, db: apsw.Connection, notes: Notes, now: int) -> None:
        self.now = now
        self.notes = notes
        wishes = Wishes(db, notes)
        self.trust = Trust(db, notes)
        self.accounts = Accounts(db, notes, self.trust)
        self.folders = Folders(db, notes)
        self.messages = Messages(db, notes, wishes, now)
        self.copies = Copies(db, notes, wishes)
        self.difference = Differences(db, notes, wishes)
        self.outbox = Outbox(db, notes, now)
        self.drafts = Drafts(db, now)
        self.journal = Journal(db, notes, wishes, now)
        self.history = History(db, now)
        self.contacts = Contacts(db)
        self.settings = SettingsTable(db, notes)

    def arrived(self, ids: Iterable[MessageId]) -> None:
        """Say that these new messages deserve a notice."""
        self.notes.arrived(ids)
