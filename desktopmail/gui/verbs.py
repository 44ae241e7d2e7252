"""The verbs on messages: what a command does to the rows it was given, at once on screen and then in the store.

Ids are taken when the key is pressed. Rows leave before the store has answered; if it refuses, they come back and a
toast says why. Every verb that moves something offers to be taken back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from desktopmail.domain.errors import MailError, NotFound
from desktopmail.domain.folder import Role, Unified
from desktopmail.domain.ids import FolderId, JournalId, MessageId
from desktopmail.domain.message import Flags
from desktopmail.gui import words
from desktopmail.gui.loop import spawn
from desktopmail.gui.messages.members import members
from desktopmail.gui.messages.pane import MessagePane
from desktopmail.gui.messages.source import Found
from desktopmail.gui.style.tags import TAGS

if TYPE_CHECKING:
    from desktopmail.domain.action import Receipt
    from desktopmail.engine.engine import Engine

Ids = Sequence[MessageId]


ASKED = 100
"""Rows that are looked at for the words of a question."""


class Verbs(QObject):
    """Works on the rows it is given, or on what is selected. `done` after every verb that the store accepted.
    `say` shows a sentence with a button, as `Frame.say`."""

    done = Signal()

    def __init__(self, engine: Engine, pane: MessagePane, say: Callable[..., None], window: QWidget) -> None:
        super().__init__(window)
        self._engine = engine
        self._pane = pane
        self._say = say
        self._window = window

    def table(self) -> dict[str, Callable[[], object]]:
        """Command names with what they do to the selection."""
        table: dict[str, Callable[[], object]] = {
            "archive": self.archive,
            "trash": self.trash,
            "remove": self.remove,
            "remove_there": self._remove_there,
            "fetch_whole": self._fetch_whole,
            "junk": self.junk,
            "mark_read": self.mark_read,
            "star": self.star,
            "undo": self.undo,
            "tag_0": self._untag,
        }
        for number, tag in enumerate(TAGS, 1):
            table[f"tag_{number}"] = partial(self.tag, tag.keyword)
        return table

    def row(self, name: str, ids: Ids) -> None:
        """A verb of the row under the pointer."""
        verb: Callable[[Ids], None] = getattr(self, name)
        verb(ids)

    # Verbs that take rows away --------------------------------------------------------------------------------

    def archive(self, rows: Ids | None = None) -> None:
        """Move to the archive of each account."""
        self._take_away(rows, self._engine.actions.archive, self._leaves(Role.ARCHIVE))

    def trash(self, rows: Ids | None = None) -> None:
        """Move to the trash of each account; from the trash only removing for ever leads further."""
        if self._in_role(Role.TRASH):
            self.remove(rows)
            return
        self._take_away(rows, self._engine.actions.trash, self._leaves(Role.TRASH))

    def junk(self, rows: Ids | None = None) -> None:
        """Junk, or back to the Inbox when it lies in Junk."""
        on = not self._in_role(Role.JUNK)
        self._take_away(rows, lambda ids: self._engine.actions.junk(ids, on), self._leaves(Role.JUNK))

    def move(self, folder: FolderId, rows: Ids | None = None) -> None:
        """Move to a folder."""
        if folder != self._pane.model.place:
            leaves = not isinstance(self._pane.model.place, Found) and self._pane.model.place is not Unified.STARRED
            self._take_away(rows, lambda ids: self._engine.actions.move(ids, folder), leaves)

    def remove(self, rows: Ids | None = None) -> None:
        """Remove for ever, after a question."""
        given = self._rows(rows)
        if not given:
            return
        from desktopmail.gui.removal import removed_where
        from desktopmail.gui.widgets.confirm import Confirm

        ids = members(self._pane.model, given)
        inside = {row.folder for row in self._pane.summaries(list(given)[:ASKED])}
        reach = removed_where(each for each in self._engine.library.folders() if each.id in inside)
        Confirm(
            self._window,
            self.tr("Remove {0} for ever?").format(words.messages(len(ids))),
            " ".join((reach, self.tr("After a few seconds nothing brings it back."))),
            self.tr("Remove for ever"),
            self.tr("Keep"),
        ).ask(lambda: self._take_away(given, self._engine.actions.remove, True))

    def _remove_there(self) -> None:
        """Have a POP3 server's copies of what is selected removed, after a question."""
        from desktopmail.gui.removal import ask

        ids = members(self._pane.model, self._rows(None))

        def agreed() -> None:
            spawn(self._forget_there(ids))

        ask(self._pane.summaries(ids), self._window, agreed)

    async def _forget_there(self, ids: Ids) -> None:
        """Until the server was asked, which may be at once or when there is a line again, it can be taken back."""
        receipt = await self._engine.pop3.remove_now(ids, unread_too=True)
        gone = receipt.messages
        self._say(receipt.label, self.tr("Undo"), lambda: spawn(self._finish(self._engine.pop3.keep_there(gone))))
        self.done.emit()

    def _fetch_whole(self) -> None:
        """Bring the rest of what is selected and here in part from its POP3 server."""
        spawn(self._finish(self._engine.pop3.bring(members(self._pane.model, self._rows(None)))))

    def _take_away(self, rows: Ids | None, verb: Callable[[Ids], Awaitable[Receipt]], leaves: bool) -> None:
        given = self._rows(rows)
        if not given:
            return
        ids = members(self._pane.model, given)
        if leaves:
            self._pane.leave(given)
        spawn(self._finish(verb(ids)))

    # Verbs that mark ------------------------------------------------------------------------------------------

    def mark_read(self, rows: Ids | None = None) -> None:
        """Read when one of them is unread, else unread."""
        given = self._rows(rows)
        ids = members(self._pane.model, given)
        if ids:
            self.read(ids, self._any_without(given, Flags.SEEN))

    def see(self, ids: Ids) -> None:
        """What lay open long enough counts as read; nothing that undo would have to find."""
        self._pane.model.foresee(ids, **_change(Flags.SEEN, True))
        spawn(self._engine.actions.see(ids))

    def read(self, ids: Ids, read: bool) -> None:
        """Mark exactly these."""
        self._pane.model.foresee(ids, **_change(Flags.SEEN, read))
        spawn(self._quietly(self._engine.actions.mark_read(ids, read)))

    def star(self, rows: Ids | None = None) -> None:
        """A star when one of them has none, else no star."""
        given = self._rows(rows)
        if given:
            on = self._any_without(given, Flags.STARRED)
            ids = given if on else members(self._pane.model, given)
            self._pane.model.foresee(given, **_change(Flags.STARRED, on))
            spawn(self._quietly(self._engine.actions.star(ids, on)))

    def tag(self, keyword: str, rows: Ids | None = None) -> None:
        """Set a tag when one of them has it not, else take it off."""
        given = self._rows(rows)
        if given:
            on = any(keyword not in each.tags for each in self._pane.summaries(given[:100]))
            spawn(self._quietly(self._engine.actions.tag(given, keyword, on)))

    def _untag(self) -> None:
        """Take all tags off."""
        given = self._rows(None)
        for keyword in {tag for each in self._pane.summaries(given[:100]) for tag in each.tags}:
            spawn(self._quietly(self._engine.actions.tag(given, keyword, False)))

    def copy(self, folder: FolderId, rows: Ids | None = None) -> None:
        """Put copies into a folder."""
        given = self._rows(rows)
        if given:
            spawn(self._finish(self._engine.actions.copy(members(self._pane.model, given), folder)))

    # Taking back ----------------------------------------------------------------------------------------------

    def undo(self, entry: JournalId | None = None) -> None:
        """Take back the latest thing done, or one entry of the journal."""
        spawn(self._take_back(entry))

    async def _take_back(self, entry: JournalId | None) -> None:
        try:
            receipt = await self._engine.actions.undo(entry)
        except NotFound:
            self._say(self.tr("Nothing to undo"))
            return
        self._say(receipt.label)
        self.done.emit()
        self._pane.choose(receipt.messages)

    async def _finish(self, work: Awaitable[Receipt]) -> None:
        try:
            receipt = await work
        except MailError:
            self._pane.model.reread()
            raise
        self.show(receipt)
        self.done.emit()

    def show(self, receipt: Receipt) -> None:
        """Say what was done, with a way back."""
        entry = receipt.undo
        if entry is None:
            self._say(receipt.label)
        else:
            self._say(receipt.label, self.tr("Undo"), lambda: self.undo(entry))

    async def _quietly(self, work: Awaitable[Receipt]) -> None:
        try:
            await work
        except MailError:
            self._pane.model.refresh(None)
            raise
        self.done.emit()

    # What they are about --------------------------------------------------------------------------------------

    def _rows(self, rows: Ids | None) -> Ids:
        return self._pane.chosen() if rows is None else rows

    def _any_without(self, rows: Ids, flag: Flags) -> bool:
        return any(flag not in each.flags for each in self._pane.summaries(rows[:200]))

    def _in_role(self, role: Role) -> bool:
        place = self._pane.model.place
        return any(each.id == place and each.role is role for each in self._engine.library.folders())

    def _leaves(self, target: Role) -> bool:
        """Whether rows leave the shown list when they are moved to a folder of this role."""
        place = self._pane.model.place
        if isinstance(place, Found):
            return False
        if place is Unified.STARRED:
            return target in (Role.TRASH, Role.JUNK)
        return target is Role.JUNK or not self._in_role(target)


def _change(flag: Flags, on: bool) -> dict[str, Flags]:
    return {"add": flag} if on else {"remove": flag}
