"""A small dialog that asks for a line or two: a title, a sentence, the lines, what is wrong with them, on or back."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLayout, QLineEdit, QVBoxLayout, QWidget

from desktopmail.domain.errors import MailError
from desktopmail.gui.style import measures
from desktopmail.gui.style.measures import px
from desktopmail.gui.widgets.button import WordButton
from desktopmail.gui.widgets.label import PlainLabel


class Asking(QDialog):
    """Makes the frame; who asks makes the lines, connects `button`, and lays all of it out once. `leave` closes it,
    `wrong` is where it says what is wrong."""

    def __init__(self, window: QWidget, verb: str, leave: str = "") -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.wrong = PlainLabel("", tone="bad", wrap=True)
        self.wrong.hide()
        self.button = WordButton(verb, look="primary")
        self.button.setDefault(True)
        self.leave = WordButton(leave or self.tr("Cancel"))
        self.leave.clicked.connect(self.reject)
        self.setMinimumWidth(px(440))

    def line(self, name: str, *, secret: bool = False) -> QLineEdit:
        """A line to fill in; what is typed into a secret one is not shown, and no keyboard learns it."""
        made = QLineEdit()
        if secret:
            made.setEchoMode(QLineEdit.EchoMode.Password)
            made.setInputMethodHints(Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText)
        made.setPlaceholderText(name)
        made.setAccessibleName(name)
        made.setFont(measures.font())
        made.setMinimumHeight(px(34))
        return made

    def lay_out(self, title: str, words: str, *parts: QWidget | QLayout) -> None:
        """Title and sentence, then the parts in their order, then the buttons."""
        framed(self, title, words, parts, (self.leave, self.button))

    def complain(self, trouble: MailError | str) -> None:
        """Say what is wrong."""
        words = trouble if isinstance(trouble, str) else f"{trouble.title}. {trouble.detail}".strip()
        self.wrong.setText(words)
        self.wrong.show()


def framed(
    dialog: QDialog, title: str, words: str, parts: Sequence[QWidget | QLayout], buttons: Sequence[QWidget]
) -> None:
    """Lay a small dialog out: title and sentence, then the parts in their order, then the buttons."""
    column = QVBoxLayout(dialog)
    column.setContentsMargins(px(24), px(20), px(24), px(20))
    column.setSpacing(px(8))
    column.addWidget(heading(title))
    if words:
        column.addWidget(PlainLabel(words, tone="secondary", wrap=True))
    column.addSpacing(px(4))
    for part in parts:
        column.addLayout(part) if isinstance(part, QLayout) else column.addWidget(part)
    column.addSpacing(px(8))
    column.addLayout(buttons_row(*buttons))


def heading(title: str) -> PlainLabel:
    """What a small dialog is about."""
    return PlainLabel(title, size=measures.PEOPLE, bold=True, wrap=True)


def buttons_row(*buttons: QWidget) -> QHBoxLayout:
    """The buttons of a dialog at its end, the one that Return presses last."""
    row = QHBoxLayout()
    row.setSpacing(px(8))
    row.addStretch()
    for button in buttons:
        row.addWidget(button)
    return row
