"""The passphrase of the file that passwords are kept in where there is no key store: chosen, or typed to open it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from desktopmail.domain.errors import MailError
from desktopmail.gui.loop import spawn
from desktopmail.gui.style import measures
from desktopmail.gui.style.measures import px
from desktopmail.gui.widgets.button import WordButton
from desktopmail.gui.widgets.label import PlainLabel

if TYPE_CHECKING:
    from desktopmail.engine.engine import Engine

Act = Callable[[str], Awaitable[None]]


class Passphrase(QDialog):
    """One field to open the file, two for a new passphrase. `done` when `act` took it; what is wrong is said here."""

    done_with = Signal()

    def __init__(self, window: QWidget, act: Act, *, new: bool) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._act = act
        self.field = self._line(self.tr("Passphrase"))
        self.again = self._line(self.tr("The same again"))
        self.again.setVisible(new)
        self._new = new
        self.wrong = PlainLabel("", tone="bad", wrap=True)
        self.wrong.hide()
        self.button = WordButton(self.tr("Keep passwords in the file") if new else self.tr("Open"), look="primary")
        self.button.setDefault(True)
        self.button.setEnabled(False)
        self.button.clicked.connect(self._go)
        title = self.tr("Passwords in a file") if new else self.tr("Open the file with the passwords")
        words = (
            self.tr("They are encrypted in a file beside your mail. You type the passphrase at every start; nobody can "
                    "recover it. Several words are best.")
            if new else self.tr("The passwords of your accounts are in an encrypted file beside your mail.")
        )  # fmt: skip
        self.setWindowTitle(title)
        self._lay_out(title, words)
        self.setMinimumWidth(px(420))
        self.field.setFocus()

    def _line(self, name: str) -> QLineEdit:
        line = QLineEdit()
        line.setEchoMode(QLineEdit.EchoMode.Password)
        line.setInputMethodHints(Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText)
        line.setPlaceholderText(name)
        line.setAccessibleName(name)
        line.setFont(measures.font())
        line.setMinimumHeight(px(34))
        line.textChanged.connect(self._typed)
        return line

    def _lay_out(self, title: str, words: str) -> None:
        leave = WordButton(self.tr("Cancel"))
        leave.clicked.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(px(24), px(20), px(24), px(20))
        column.setSpacing(px(8))
        column.addWidget(PlainLabel(title, size=measures.PEOPLE, bold=True, wrap=True))
        column.addWidget(PlainLabel(words, tone="secondary", wrap=True))
        column.addSpacing(px(4))
        for part in (self.field, self.again, self.wrong):
            column.addWidget(part)
        column.addSpacing(px(8))
        row = QHBoxLayout()
        row.addStretch()
        row.addWidget(leave)
        row.addWidget(self.button)
        column.addLayout(row)

    def _typed(self) -> None:
        self.wrong.hide()
        self.button.setEnabled(bool(self.field.text()) and (not self._new or bool(self.again.text())))

    def _go(self) -> None:
        if self._new and self.field.text() != self.again.text():
            self._complain(self.tr("The two are not the same."))
            return
        self.button.setEnabled(False)
        spawn(self._try(self.field.text()), self)

    async def _try(self, passphrase: str) -> None:
        try:
            await self._act(passphrase)
        except MailError as error:
            self._complain(f"{error.title}. {error.detail}".strip())
            self.button.setEnabled(True)
            self.field.setFocus()
            self.field.selectAll()
            return
        self.field.clear()
        self.again.clear()
        self.done_with.emit()
        self.accept()

    def _complain(self, words: str) -> None:
        self.wrong.setText(words)
        self.wrong.show()
        self.field.setAccessibleDescription(words)


def unlock(engine: Engine, window: QWidget) -> Passphrase:
    """Ask for the passphrase of the file; when it is open, the accounts go on."""
    dialog = Passphrase(window, engine.safekeeping.unlock, new=False)
    dialog.done_with.connect(engine.wake)
    dialog.open()
    return dialog


def into_file(engine: Engine, window: QWidget, then: Callable[[], None]) -> Passphrase:
    """Let the person have passwords kept in the file; `then` is called when they are."""
    dialog = Passphrase(window, engine.safekeeping.use_file, new=True)
    dialog.done_with.connect(then)
    dialog.open()
    return dialog
