"""The source of a message in a window of its own: exactly what is stored, to read, copy and save."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget
from shiboken6 import isValid

from desktopmail.domain.errors import MailError
from desktopmail.domain.filename import safe_name
from desktopmail.domain.message import Summary
from desktopmail.gui.loop import spawn
from desktopmail.gui.reader.keeping import downloads, writing
from desktopmail.gui.style import measures
from desktopmail.gui.widgets.button import WordButton
from desktopmail.gui.widgets.label import ElidedLabel
from desktopmail.gui.widgets.line import Line

if TYPE_CHECKING:
    from desktopmail.engine.engine import Engine

MOST = 2_000_000
"""Bytes that are shown; saving writes all of them."""


class SourceWindow(QWidget):
    """Opens empty and fills itself; Escape or Ctrl+W closes it."""

    def __init__(self, engine: Engine, summary: Summary, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setProperty("look", "window")
        self.setWindowTitle(self.tr("Source: {0}").format(summary.subject or self.tr("No subject")))
        self._engine, self._summary = engine, summary
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setProperty("look", "bare")
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setAccessibleName(self.tr("Source of the message"))
        font = QFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        font.setPointSizeF(measures.font(measures.SMALL).pointSizeF())
        self.text.setFont(font)
        self._words = ElidedLabel("", size=measures.SMALL, tone="secondary")
        copy, save = WordButton(self.tr("Copy all")), WordButton(self.tr("Save as…"))
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.text.toPlainText()))
        save.clicked.connect(self._save)
        bar = QHBoxLayout()
        bar.setContentsMargins(measures.px(16), measures.px(8), measures.px(16), measures.px(8))
        bar.setSpacing(measures.px(8))
        bar.addWidget(self._words, 1)
        bar.addWidget(copy)
        bar.addWidget(save)
        everything = QVBoxLayout(self)
        everything.setContentsMargins(0, 0, 0, 0)
        everything.setSpacing(0)
        everything.addLayout(bar)
        everything.addWidget(Line())
        everything.addWidget(self.text, 1)
        self.text.document().setDocumentMargin(measures.px(16))
        for keys in ("Esc", "Ctrl+W"):
            QShortcut(QKeySequence(keys), self).activated.connect(self.close)
        self.resize(measures.px(820), measures.px(640))
        self.loading = spawn(self._load(), self)

    async def _load(self) -> None:
        beginning, length = b"", 0

        def take(piece: bytes) -> None:
            nonlocal beginning, length
            beginning += piece[: MOST - len(beginning)]
            length += len(piece)

        try:
            await self._engine.reading.pour(self._summary.id, take)
        except MailError as error:
            self._words.setText(error.title)
            return
        size = self.locale().formattedDataSize(length)
        more = self.tr(", the first part is shown") if length > MOST else ""
        self._words.setText(self.tr("{0}, as it came{1}").format(size, more))
        self.text.setPlainText(readable(beginning))

    def _save(self) -> None:
        name = safe_name((self._summary.subject or self.tr("message")) + ".eml")
        dialog = QFileDialog(self, self.tr("Save message"), str(downloads() / name))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda path: spawn(self._write(Path(path))))
        dialog.open()

    async def _write(self, path: Path) -> None:
        try:
            with writing(path) as file:
                await self._engine.reading.pour(self._summary.id, file.write)
        except MailError as error:
            self._say(error.title)
        except OSError as error:
            self._say(self.tr("{0} could not be saved: {1}").format(path.name, error.strerror or ""))
        else:
            self._say(self.tr("Saved {0}").format(path.name))

    def _say(self, text: str) -> None:
        if isValid(self):  # It may have been closed meanwhile.
            self._words.setText(text)


def readable(raw: bytes) -> str:
    """Bytes as text that a text widget bears: UTF-8 where it is, single bytes where not, controls made visible."""
    text = raw.replace(b"\r\n", b"\n").decode("utf-8", "surrogateescape")
    return "".join(
        each if each in "\n\t" or (each.isprintable() and not 0xDC80 <= ord(each) <= 0xDCFF) else _mark(each)
        for each in text
    )


def _mark(each: str) -> str:
    code = ord(each)
    return f"\\x{code - 0xDC00:02x}" if 0xDC80 <= code <= 0xDCFF else "\u00a0" if code == 0xA0 else f"\\x{code:02x}"
