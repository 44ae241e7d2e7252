"""Where the person is: the shown place, the search over it, the conversation in the reader, and what is remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QMetaMethod, QObject, Qt, QTimer, Signal

from desktopmail.domain.folder import Folder, Lives, Role, Unified
from desktopmail.domain.ids import AccountId, FolderId, MessageId
from desktopmail.domain.message import Copy, Fetched, Flags, Summary
from desktopmail.gui.folders.pane import FolderPane
from desktopmail.gui.loop import spawn
from desktopmail.gui.messages.members import conversation
from desktopmail.gui.messages.pane import MessagePane
from desktopmail.gui.messages.source import Found, Place
from desktopmail.gui.naming import folder_title, unified_name
from desktopmail.gui.preferences import Preferences
from desktopmail.gui.search.box import SearchBox

if TYPE_CHECKING:
    import asyncio

    from desktopmail.domain.changes import ChangeSet
    from desktopmail.engine.engine import Engine


class Places(QObject):
    """Connects tree, search and list. `reading` with a conversation and the message to read (empty: none, with the
    number of selected rows); `situation` when commands have to look again; `shown` when another place is shown."""

    reading = Signal(list, object, int)
    read_soon = Signal(list)
    situation = Signal(object)
    shown = Signal(object)

    def __init__(
        self, engine: Engine, folders: FolderPane, messages: MessagePane, search: SearchBox, preferences: Preferences
    ) -> None:
        super().__init__(messages)
        self._engine = engine
        self._folders = folders
        self._messages = messages
        self._search = search
        self._preferences = preferences
        self.place: Place | None = None
        self._everywhere = True
        self._asked = ""
        self._asking: asyncio.Task[None] | None = None
        self._enter = False
        self._before_search: list[MessageId] = []
        self._seen: list[MessageId] = []
        self._absent: set[MessageId] = set()
        self._chosen: list[MessageId] = []
        self._read_timer = QTimer(self, singleShot=True)
        self._read_timer.timeout.connect(lambda: self.read_soon.emit(self._seen))
        folders.chosen.connect(self.go)
        messages.selected.connect(self._selected)
        messages.moved.connect(self.look_around)
        messages.everywhere_wanted.connect(self._look)
        search.wanted.connect(self._wanted)

    # Going places ---------------------------------------------------------------------------------------------

    def go(self, place: Place, message: MessageId | None = None) -> None:
        """Show a place, and choose a message in it if one is named. Ends a search."""
        if self._asked:
            self._asked = ""
            self._search.give_up()
        self.place = place
        self._everywhere = True
        self._folders.select(place)
        self._messages.show_place(place, self.title(place), grouped=self._preferences.now.group_conversations)
        if message is not None:
            self._messages.choose([message])
        self.look_around()
        self.shown.emit(place)

    def first(self) -> None:
        """Show what was shown last time, or the first Inbox."""
        place, message = self._remembered()
        if place is not None:
            self.go(place, message)

    def inbox(self, number: int) -> None:
        """The n-th Inbox: with several accounts the unified one comes first."""
        inboxes: list[Place] = [each.id for each in self._engine.library.folders() if each.role is Role.INBOX]
        if len(inboxes) > 1:
            inboxes.insert(0, Unified.INBOX)
        if 0 < number <= len(inboxes):
            self.go(inboxes[number - 1])

    def inbox_of(self, account: AccountId) -> None:
        """The Inbox of an account."""
        for each in self._engine.library.folders():
            if each.account == account and each.role is Role.INBOX:
                self.go(each.id)

    def title(self, place: Place) -> str:
        """What a place is called."""
        if isinstance(place, Unified):
            return unified_name(place)
        folder = self.folder(place)
        return folder_title(folder) if folder else ""

    def folder(self, place: Place | None) -> Folder | None:
        """The folder behind a place."""
        return next((each for each in self._engine.library.folders() if each.id == place), None)

    def kept(self) -> str:
        """The place and the message, as a word to be remembered."""
        chosen = self._messages.chosen(1)
        place = self.place.value if isinstance(self.place, Unified) else str(self.place or "")
        return f"{place}:{chosen[0] if chosen else ''}"

    def _remembered(self) -> tuple[Place | None, MessageId | None]:
        now = self._preferences.now
        word, _, message = now.last_place.partition(":") if now.start_at == "last" else ("", "", "")
        one = MessageId(int(message)) if message.isdigit() else None
        folders = self._engine.library.folders()
        if word in [view.value for view in Unified] and len(self._engine.library.accounts()) > 1:
            return Unified(word), one
        if word.isdigit() and any(each.id == int(word) for each in folders):
            return FolderId(int(word)), one
        if len(self._engine.library.accounts()) > 1:
            return Unified.INBOX, None
        return next((each.id for each in folders if each.role is Role.INBOX), None), None

    # Searching ------------------------------------------------------------------------------------------------

    def _wanted(self, text: str) -> None:
        if text and not self._asked:
            self._before_search = self._messages.chosen(1)
        self._asked = text
        self._enter = False
        if text:
            self._look(self._everywhere)
        elif self.place is not None and isinstance(self._messages.model.place, Found):
            chosen = self._messages.chosen(1) or self._before_search
            self.go(self.place)
            self._messages.choose(chosen)
            if not self._messages.chosen(1):  # It lies in another folder, or went.
                self._messages.choose(self._before_search)

    def _look(self, everywhere: bool) -> None:
        self._everywhere = everywhere
        if self._asking is not None:
            self._asking.cancel()
        if self._asked:
            self._asking = spawn(self._find(self._asked, everywhere))

    async def _find(self, text: str, everywhere: bool) -> None:
        result = await self._engine.search.find(text, None if everywhere else self.place)
        if text != self._asked:
            return
        here = everywhere or self.place is None
        found = Found(text, result.ids, result.words, result.complete, here, result.terms, result.searched)
        self._messages.show_found(found)
        self.look_around()
        if self._enter:
            self._enter = False
            self._messages.step(1)

    def into_list(self) -> None:
        """From the search box into the list; to its first hit, as soon as it is known."""
        self._messages.view.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if self._asking is not None and not self._asking.done():
            self._enter = True
        elif not self._messages.count():
            self._messages.step(1)

    # Reading --------------------------------------------------------------------------------------------------

    def _selected(self, rows: list[MessageId], count: int) -> None:
        found, focus = conversation(self._messages.model, rows[0]) if count == 1 else ([], None)
        self.reading.emit(found, focus, count)
        # What is not here cannot be read by lying open, and a large message of which only the top came is not: it is
        # still to be dealt with, until it is fetched or the person marks it.
        unread = [each for each in found if Flags.SEEN not in each.flags]
        self._seen = [each.id for each in unread if each.fetched is not Fetched.HEADERS]
        again, self._chosen = rows == self._chosen, rows
        if again and (came := [one for one in self._seen if one in self._absent]):
            again, self._seen = False, came
        self._absent = {each.id for each in unread if each.fetched is Fetched.HEADERS}
        seconds = self._preferences.now.mark_read_seconds
        if not self._seen or seconds < 0:
            self._read_timer.stop()
        elif not again:
            # Only when something else was chosen: what the person marks as unread stays so.
            self._read_timer.start(round(seconds * 1000))
        self.look_around()

    def apply(self, changes: ChangeSet) -> None:
        """Follow the store."""
        if changes.tree or changes.folders or changes.accounts:
            self.show_tree()
        self._messages.apply(changes)
        if self.place is not None and not isinstance(self.place, Unified) and self.folder(self.place) is None:
            self.place = None
            self.first()

    def show_tree(self) -> None:
        """Draw the tree as it is now."""
        folders = self._engine.library.folders()
        self._folders.show_tree(self._engine.library.accounts(), folders)
        self._search.know(folders)

    def look_around(self) -> None:
        """Say what the commands have to know, if there are any yet."""
        if not self.isSignalConnected(QMetaMethod.fromSignal(self.situation)):
            return
        from desktopmail.gui.commands import Situation

        count = self._messages.count()
        rows = self._messages.summaries(self._messages.chosen(100)) if count else []
        place = self._messages.model.place
        folder = self.folder(self.place) if not isinstance(place, Found) else None
        role = folder.role if folder is not None else None
        if isinstance(place, Found) and len(rows) == 1:
            role = getattr(self.folder(rows[0].folder), "role", None)
        left = self._left_there(rows)
        self.situation.emit(
            Situation(
                accounts=len(self._engine.library.accounts()),
                selected=count,
                unread=_any_without(rows, Flags.SEEN),
                starred=bool(rows) and not _any_without(rows, Flags.STARRED),
                in_junk=role is Role.JUNK,
                in_trash=role is Role.TRASH,
                in_drafts=role is Role.DRAFTS or self.place is Unified.DRAFTS,
                in_archive=role is Role.ARCHIVE,
                left_there=bool(left),
                in_part=any(each.copy is Copy.SERVER for each in left),
                narrow=place is not None and not isinstance(place, Found),
                folder=folder is not None,
                can_undo=True,
                grouped=self._preferences.now.group_conversations,
            )
        )

    def _left_there(self, rows: list[Summary]) -> list[Summary]:
        """Those that a POP3 server still has: they lie in folders of this computer."""
        if not any(each.kind == "pop3" for each in self._engine.library.accounts()):
            return []
        homes = {each.id for each in self._engine.library.folders() if each.lives is Lives.HERE}
        return [each for each in rows if each.folder in homes and each.copy is not Copy.HERE]


def _any_without(rows: list[Summary], flag: Flags) -> bool:
    return any(flag not in each.flags for each in rows)
