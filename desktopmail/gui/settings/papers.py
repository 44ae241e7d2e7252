"""Long plain texts that come with the program, to read: its licence and the notices of its parts."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QPlainTextEdit, QVBoxLayout, QWidget

from desktopmail.gui.style import measures
from desktopmail.gui.style.measures import px

ROOT = Path(__file__).resolve().parents[3]
LICENCE, NOTICES = "LICENSE", "THIRD-PARTY-NOTICES"


def paper(name: str) -> Path | None:
    """Where a text lies: beside the resources of a build, or at the top of a checkout; None when it is not there."""
    folders = (ROOT / "resources", ROOT, ROOT.parent, ROOT.parent / "Resources")
    places = [folder / f"{name}{end}" for folder in folders for end in ("", ".txt")]
    return next((each for each in places if each.is_file()), None)


class PaperWindow(QDialog):
    """Shows a text as it is."""

    def __init__(self, title: str, text: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.text = QPlainTextEdit(text)
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName(title)
        self.text.setFont(measures.font())
        column = QVBoxLayout(self)
        column.setContentsMargins(px(16), px(16), px(16), px(16))
        column.addWidget(self.text)
        self.resize(px(720), px(640))
