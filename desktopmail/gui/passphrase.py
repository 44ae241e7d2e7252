"""The passphrase of the file that passwords are kept in where there is no key store: chosen, or typed to open it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktopmail.domain.errors import MailError
from desktopmail.gui.loop import spawn
from desktopmail.gui.widgets.asking import Asking

if TYPE_CHECKING:
    from desktopmail.engine.engine import Engine

Act = Callable[[str], Awaitable[None]]


class Passphrase(Asking):
    """One field to open the file, two for a new passphrase. `done` when `act` took it; what is wrong is said here."""

    done_with = Signal()

    def __init__(self, window: QWidget, act: Act, *, new: bool) -> None:
        super().__init__(window, self.tr("Keep passwords in the file") if new else self.tr("Open"))
        self._act = act
        self._new = new
        self.field = self.line(self.tr("Passphrase"), secret=True)
        self.again = self.line(self.tr("The same again"), secret=True)
        self.again.setVisible(new)
        for line in (self.field, self.again):
            line.textChanged.connect(self._typed)
        self.button.setEnabled(False)
        self.button.clicked.connect(self._go)
        title = self.tr("Passwords in a file") if new else self.tr("Open the file with the passwords")
        words = (
            self.tr("They are encrypted in a file beside your mail. You type the passphrase at every start; nobody can "
                    "recover it. Several words are best.")
            if new else self.tr("The passwords of your accounts are in an encrypted file beside your mail.")
        )  # fmt: skip
        self.setWindowTitle(title)
        self.lay_out(title, words, self.field, self.again, self.wrong)
        self.field.setFocus()

    def _typed(self) -> None:
        self.wrong.hide()
        self.button.setEnabled(bool(self.field.text()) and (not self._new or bool(self.again.text())))

    def _go(self) -> None:
        if self._new and self.field.text() != self.again.text():
            self.complain(self.tr("The two are not the same."))
            return
        self.button.setEnabled(False)
        spawn(self._try(self.field.text()), self)

    async def _try(self, passphrase: str) -> None:
        try:
            await self._act(passphrase)
        except MailError as error:
            self.complain(error)
            self.button.setEnabled(True)
            self.field.setFocus()
            self.field.selectAll()
            return
        self.field.clear()
        self.again.clear()
        self.done_with.emit()
        self.accept()

    def complain(self, trouble: MailError | str) -> None:
        super().complain(trouble)
        self.field.setAccessibleDescription(self.wrong.text())


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
