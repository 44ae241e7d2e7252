"""The files that go along: chips with type, name and size under the text."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLocale, QMimeDatabase, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFileDialog, QSizePolicy, QVBoxLayout, QWidget

from desktopmail.domain.draft import Attachment
from desktopmail.domain.errors import MailError
from desktopmail.domain.filename import safe_name
from desktopmail.gui.files import icon_name, shown_name
from desktopmail.gui.loop import spawn
from desktopmail.gui.style import icons, measures
from desktopmail.gui.style.lettering import base, turned, write
from desktopmail.gui.style.theme import theme
from desktopmail.gui.widgets.area import Sill
from desktopmail.gui.widgets.cross import Cross
from desktopmail.gui.widgets.flow import Flow
from desktopmail.gui.widgets.tip import tip

translate = QCoreApplication.translate

LARGEST = 100 * 1024 * 1024
CHIP = 36
MOST = 3.5
"""Rows of files that are shown at once; the half one says that there are more."""


class FileChip(QWidget):
    """One file; its cross or Delete takes it away."""

    removed = Signal()

    def __init__(self, file: Attachment, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.file = file
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        name = shown_name(file.name)
        self._size = data_size(len(file.data))
        metrics = measures.face().metrics
        self._name = metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, measures.px(240))
        self._name_width = round(metrics.horizontalAdvance(self._name))
        size_width = round(measures.face(measures.SIGN).metrics.horizontalAdvance(self._size))
        self.setFixedSize(self._name_width + size_width + measures.px(80), measures.px(CHIP))
        tip(self, name)
        self.setAccessibleName(self.tr("Attached file {0}, {1}").format(name, self._size))
        self._cross = Cross(self, inset=10)
        theme().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = theme().colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(colours.raised)
        painter.setPen(QPen(colours.accent, 2) if self.hasFocus() else QPen(colours.line, 1))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), measures.RADIUS, measures.RADIUS)
        side = measures.px(18)
        top = (self.height() - side) / 2
        icons.draw(painter, icon_name(self.file.name, self.file.type), turned(
            self, QRectF(measures.px(10), top, side, side)), colours.accent)  # fmt: skip
        face = measures.face()
        line = base(face, self.height())
        painter.setPen(colours.text)
        write(painter, self, face, QPointF(measures.px(36), line), self._name)
        painter.setPen(colours.secondary)
        after = measures.px(44) + self._name_width
        write(painter, self, measures.face(measures.SIGN), QPointF(after, line), self._size)
        self._cross.paint(painter)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._cross.holds(event.position()):
            self.removed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit()
        else:
            super().keyPressEvent(event)


class Attaching(QWidget):
    """Holds the files. `changed` when they change; `trouble` carries a MailError for each that could not be taken."""

    changed = Signal()
    trouble = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chips: list[FileChip] = []
        self._read: asyncio.Task[bool] | None = None
        self._holder = QWidget()
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self._holder.setSizePolicy(policy)
        self._flow = Flow(self._holder, measures.px(8))
        column = QVBoxLayout(self)
        column.setContentsMargins(measures.px(24), measures.px(8), measures.px(24), measures.px(8))
        sill = Sill(self._holder, by_tab=False)
        sill.fit(round(measures.px(CHIP + 8) * MOST))
        column.addWidget(sill)
        self.hide()

    @property
    def files(self) -> tuple[Attachment, ...]:
        """The files in order."""
        return tuple(chip.file for chip in self._chips)

    def show_files(self, files: Sequence[Attachment]) -> None:
        """Add files that are read already."""
        for file in files:
            chip = FileChip(file)
            chip.removed.connect(lambda chip=chip: self._remove(chip))
            self._chips.append(chip)
            self._flow.addWidget(chip)
            chip.show()
        self.setVisible(bool(self._chips))

    def choose(self) -> None:
        """Ask for files."""
        dialog = QFileDialog(self.window(), self.tr("Attach files"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(self.add_paths)
        dialog.open()

    def add_paths(self, paths: Sequence[str]) -> None:
        """Read files from disk and add them, after those that are being read."""
        self._read = spawn(self._take(self._read, [Path(path) for path in paths]), self)

    @property
    def reading(self) -> bool:
        """Whether files are still being read."""
        return self._read is not None and not self._read.done()

    async def read(self) -> bool:
        """Wait until every file is read; whether all of them could be taken."""
        good = True
        while (read := self._read) is not None and not read.done():
            good = await asyncio.shield(read)
        return good

    async def _take(self, before: asyncio.Task[bool] | None, paths: list[Path]) -> bool:
        good = before is None or before.done() or await asyncio.shield(before)
        failed: list[MailError] = []
        for path in paths:
            try:
                self.show_files([await asyncio.to_thread(read_file, path)])
            except MailError as error:
                failed.append(error)
            else:
                self.changed.emit()
        if failed:
            self.trouble.emit(failed)
        return good and not failed

    def _remove(self, chip: FileChip) -> None:
        self._chips.remove(chip)
        self._flow.removeWidget(chip)
        chip.hide()
        chip.deleteLater()
        self.setVisible(bool(self._chips))
        self.changed.emit()


def read_file(path: Path) -> Attachment:
    """A file as an attachment; its type by name and content. Raises MailError."""
    try:
        if path.is_dir():
            raise MailError(
                translate("attaching", "{0} is a folder").format(path.name),
                translate("attaching", "Attach its files, or an archive of it."),
            )
        if path.stat().st_size > LARGEST:
            raise MailError(
                translate("attaching", "{0} is too large to attach").format(path.name),
                translate("attaching", "Mail is made for less than 25 MB."),
            )
        data = path.read_bytes()
    except OSError as error:
        raise MailError(
            translate("attaching", "{0} could not be read").format(path.name),
            translate("attaching", "It was not attached."),
            str(error),
        ) from error
    kind = QMimeDatabase().mimeTypeForFileNameAndData(path.name, data[:4096]).name()
    return Attachment(safe_name(path.name), kind or "application/octet-stream", data)


def data_size(size: int) -> str:
    """A size in the person's format."""
    return QLocale().formattedDataSize(size, 1, QLocale.DataSizeFormat.DataSizeTraditionalFormat)
