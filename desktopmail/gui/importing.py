"""Files of mail put into a folder: chosen from a list, or dropped on it. What came in can be taken back."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QFileDialog

from desktopmail.domain.errors import NotFound
from desktopmail.domain.ids import FolderId
from desktopmail.gui import words
from desktopmail.gui.loop import spawn
from desktopmail.gui.naming import folder_title
from desktopmail.gui.widgets.underway import Underway

if TYPE_CHECKING:
    from desktopmail.engine.transfer import TransferReport
    from desktopmail.gui.window import MainWindow

ENDINGS = (".eml", ".mbox", ".mbx")
"""Files that are taken when they are dropped."""


class Importing(QObject):
    """Knows the frame; holds nothing itself."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window

    def choose(self) -> None:
        """Ask for files, then for the folder that takes them."""
        dialog = QFileDialog(self._window, self.tr("Import mail"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilters([self.tr("Messages and mailboxes (*.eml *.mbox *.mbx)"), self.tr("All files (*)")])
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(lambda files: self.ask(*map(Path, files)))
        dialog.open()

    def ask(self, *files: Path) -> None:
        """Ask for the folder that takes files."""
        window = self._window
        window.going.called(None)
        library = window.engine.library
        what = self.tr("Put {0} into").format(files[0].name) if len(files) == 1 else self.tr("Put these files into")
        window.choosing.target(what, library.folders(), library.accounts(), lambda folder: self.take(files, folder))

    def drop(self, files: Sequence[str], folder: FolderId) -> None:
        """Take what was dropped on a folder, if it is mail."""
        found = [path for each in files if (path := Path(each)).suffix.lower() in ENDINGS and path.is_file()]
        if found:
            self.take(found, folder)
        else:
            self._window.say(self.tr("Only message files (.eml) and mailbox files (.mbox) can be put into a folder"))

    def take(self, files: Sequence[Path], folder: FolderId) -> None:
        """Put the messages in files into a folder."""
        spawn(self._take(files, folder))

    async def _take(self, files: Sequence[Path], folder: FolderId) -> None:
        library = self._window.engine.library
        target = next((each for each in library.folders() if each.id == folder), None)
        account = next((each for each in library.accounts() if target and each.id == target.account), None)
        if target is None or account is None:
            raise NotFound(self.tr("That folder is gone"), self.tr("Nothing was imported."))
        sentence = self.tr("What is in already stays when it is stopped, and can be taken back.")
        underway = Underway(self._window, self.tr("Importing into {0}").format(folder_title(target)), sentence)
        try:
            report = await self._window.engine.transfer.take_in(files, account, target, underway.progress)
        finally:
            underway.over()
        self._say(report)

    def _say(self, report: TransferReport) -> None:
        notes = []
        if report.known:
            notes.append(self.tr("already there: {0}").format(words.number(report.known)))
        if report.skipped:
            notes.append(self.tr("not readable: {0}").format(words.number(len(report.skipped))))
        if report.ended is not None:
            notes.insert(0, report.ended.title)
        if report.receipt is None:
            self._window.say("; ".join([self.tr("Nothing was imported"), *notes]))
            return
        undo = partial(self._window.verbs.undo, report.receipt.undo)
        self._window.say("; ".join([report.receipt.label, *notes]), self.tr("Undo"), undo)
        self._window.verbs.done.emit()
