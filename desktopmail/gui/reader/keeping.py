"""Takes attachments out of a message: save, save all, open, drag. Writes nothing that was not asked for."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from PySide6.QtCore import QMimeData, QObject, QStandardPaths, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QDrag
from PySide6.QtWidgets import QFileDialog, QWidget

from desktopmail.domain.body import Part
from desktopmail.domain.errors import MailError
from desktopmail.domain.filename import safe_name
from desktopmail.domain.ids import MessageId
from desktopmail.gui.files import free_path, runs_something
from desktopmail.gui.loop import spawn

if TYPE_CHECKING:
    from desktopmail.engine.engine import Engine


class Keeper(QObject):
    """Saves and opens the parts of one message. `said` carries a sentence for the toast. It lives on while it saves,
    also when the window it was asked in has gone."""

    said = Signal(str)

    def __init__(self, engine: Engine, message: MessageId, parent: QWidget) -> None:
        super().__init__()
        self._engine = engine
        self._message = message
        self._window = parent

    def save(self, part: Part) -> None:
        """Ask where to, then write."""
        name = safe_name(part.name, self.tr("attachment"))
        dialog = QFileDialog(self._window.window(), self.tr("Save attachment"), str(downloads() / name))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda path: spawn(self._save(part, Path(path))))
        dialog.open()

    def save_all(self, parts: Sequence[Part]) -> None:
        """Ask for a folder, then write every part under a name that is free there."""
        from desktopmail.gui.widgets.whereto import ask_folder

        title = self.tr("Save all attachments in")
        window = self._window.window()
        ask_folder(window, title, lambda folder: spawn(self._save_all(tuple(parts), folder)), str(downloads()))

    def open(self, part: Part) -> None:
        """Hand a copy to the program for its type; what could run a program is saved instead."""
        if runs_something(part.name, part.type):
            self.save(part)
        else:
            spawn(self._open(part))

    def drag(self, part: Part) -> None:
        """Start dragging a copy of the part out of the window."""
        spawn(self._drag(part), self._window)

    async def _save(self, part: Part, path: Path) -> None:
        await self._write(part, path)
        self.said.emit(self.tr("Saved {0}").format(path.name))

    async def _save_all(self, parts: tuple[Part, ...], folder: Path) -> None:
        for part in parts:
            await self._write(part, free_path(folder, part.name or self.tr("attachment")))
        self.said.emit(self.tr("Saved {0} attachments in {1}").format(len(parts), folder.name))

    async def _open(self, part: Part) -> None:
        path = free_path(private_folder(), part.name or self.tr("attachment"))
        await self._write(part, path, mode=0o400)
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
            raise MailError(self.tr("No program opens {0}").format(path.name), self.tr("Save it instead."))

    async def _drag(self, part: Part) -> None:
        path = free_path(private_folder(), part.name or self.tr("attachment"))
        await self._write(part, path)
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path))])
        drag = QDrag(self._window)
        drag.setMimeData(data)
        # Outside the coroutine: dragging runs an event loop of its own.
        QTimer.singleShot(0, drag, lambda: drag.exec(Qt.DropAction.CopyAction))

    async def _write(self, part: Part, path: Path, mode: int = 0o600) -> None:
        try:
            with writing(path, mode) as file:
                await self._engine.reading.pour_part(self._message, part.section, file.write)
        except OSError as error:
            title = self.tr("{0} could not be saved").format(path.name)
            detail = self.tr("The message still has it. Choose another folder or make room.")
            raise MailError(title, detail, str(error)) from error


def downloads() -> Path:
    """Where files usually go on this system."""
    return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DownloadLocation) or Path.home())


def private_folder() -> Path:
    """A new folder only this person can enter, for copies that other programs open; gone when the program ends."""
    return Path(tempfile.mkdtemp(dir=_root().name))


@lru_cache(maxsize=1)
def _root() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="desktopmail-", ignore_cleanup_errors=True)


@contextmanager
def writing(path: Path, mode: int = 0o600) -> Iterator[BinaryIO]:
    """A file that came by mail, to be written: never executable, marked as foreign where the system knows such a mark.
    What was there before is only gone when all of it was written; nothing is left of what failed."""
    part = path.with_name(f".{secrets.token_hex(8)}.part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    if os.name == "nt":
        Path(f"{path}:Zone.Identifier").write_text("[ZoneTransfer]\r\nZoneId=3\r\n", encoding="ascii")


def write(path: Path, data: bytes, mode: int = 0o600) -> None:
    """The same for bytes that are at hand."""
    with writing(path, mode) as file:
        file.write(data)
