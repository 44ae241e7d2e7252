"""The dialog that sets up an account, page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QWidget

if TYPE_CHECKING:
    from desktopmail.engine.engine import Engine


class AccountWizard(QDialog):
    """`added` with the AccountId once an account was made."""

    added = Signal(object)

    def __init__(self, engine: Engine, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._engine = engine
        self.setWindowTitle(self.tr("Set up an account"))
