"""The original below the person's text when it goes along as it came: a line that says so, with a look at it."""

from __future__ import annotations

import re

from PySide6.QtCore import Signal
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktopmail.domain.draft import Attachment
from desktopmail.gui.composer.editor import Editor
from desktopmail.gui.composer.giving import to_text
from desktopmail.gui.style import measures
from desktopmail.gui.widgets.button import WordButton
from desktopmail.gui.widgets.label import PlainLabel
from desktopmail.gui.widgets.line import Line

_CID = re.compile(r'src="cid:([^"]+)"')


class KeptOriginal(QWidget):
    """Holds HTML that is not edited. `edit_wanted` carries it when it is to become part of the text."""

    edit_wanted = Signal(str)
    remove_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.html = ""
        self._look = Editor()
        self._look.setReadOnly(True)
        self._look.setAccessibleName(self.tr("The original message"))
        self._look.setFixedHeight(measures.px(220))
        self._show = WordButton(self.tr("Hide"), look="link")
        self._show.clicked.connect(self._toggle)
        edit, remove = WordButton(self.tr("Edit as text"), look="link"), WordButton(self.tr("Remove"), look="link")
        edit.clicked.connect(self._edit)
        remove.clicked.connect(self._remove)
        row = QHBoxLayout()
        row.setContentsMargins(measures.px(24), measures.px(6), measures.px(24), measures.px(6))
        row.setSpacing(measures.px(16))
        words = self.tr("The original message follows, as it came")
        row.addWidget(PlainLabel(words, size=measures.SMALL, tone="secondary"), 1)
        for button in (self._show, edit, remove):
            button.setFont(measures.font(measures.SMALL))
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(Line())
        column.addLayout(row)
        column.addWidget(self._look)
        self.hide()

    @property
    def text(self) -> str:
        """The original as plain text."""
        document: QTextDocument = self._look.document()
        return to_text(document)

    def show_original(self, html: str, editor: Editor) -> None:
        """Keep this HTML; its pictures are those of the editor. Nothing hides the line."""
        self.html = html
        self._look.borrow_pictures(editor)
        self._look.show_html(html)
        self.setVisible(bool(html))

    def pictures(self, editor: Editor) -> tuple[Attachment, ...]:
        """The pictures that go along: those in the text and those in the original."""
        used = {each.content_id: each for each in editor.used_pictures()}
        for name in _CID.findall(self.html):
            if name in editor.pictures:
                used.setdefault(name, editor.pictures[name])
        return tuple(used.values())

    def _toggle(self) -> None:
        shown = self._look.isHidden()
        self._look.setVisible(shown)
        self._show.setText(self.tr("Hide") if shown else self.tr("Show"))

    def _edit(self) -> None:
        html, self.html = self.html, ""
        self.hide()
        self.edit_wanted.emit(html)

    def _remove(self) -> None:
        self.html = ""
        self.hide()
        self.remove_wanted.emit()
