"""Fields of the pages: a name above, the field, and below it what is wrong with it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QIntValidator, QWheelEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from desktopmail.gui.style import measures
from desktopmail.gui.style.measures import px
from desktopmail.gui.widgets.button import IconButton
from desktopmail.gui.widgets.label import PlainLabel


class Field(QWidget):
    """A line to type in, with its name and, when needed, a sentence about what is wrong. Typing takes that away."""

    def __init__(self, name: str, placeholder: str = "") -> None:
        super().__init__()
        self.line = QLineEdit()
        self.line.setFont(measures.font())
        self.line.setPlaceholderText(placeholder)
        self.line.setAccessibleName(name)
        self.line.setMinimumHeight(px(34))
        self.line.textEdited.connect(lambda text: self.complain(""))
        self.name = PlainLabel(name, size=measures.SMALL, tone="secondary")
        self.name.setBuddy(self.line)
        self._wrong = PlainLabel("", size=measures.SMALL, tone="bad", wrap=True)
        self._wrong.hide()
        self.row = QHBoxLayout()
        self.row.setSpacing(px(4))
        self.row.addWidget(self.line, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(4))
        column.addWidget(self.name)
        column.addLayout(self.row)
        column.addWidget(self._wrong)

    @property
    def text(self) -> str:
        """What was typed, without blanks around it."""
        return self.line.text().strip()

    @property
    def wrong(self) -> str:
        """What is said to be wrong."""
        return self._wrong.text()

    def complain(self, words: str) -> None:
        """Say what is wrong, or nothing any more."""
        self._wrong.setText(words)
        self._wrong.setVisible(bool(words))
        self.line.setAccessibleDescription(words)

    def take(self) -> None:
        """Take the focus, with everything selected."""
        self.line.setFocus(Qt.FocusReason.OtherFocusReason)
        self.line.selectAll()


class PasswordField(Field):
    """Hides what is typed until asked to show it. The text is taken as it is, blanks included."""

    def __init__(self, name: str, placeholder: str = "") -> None:
        super().__init__(name, placeholder)
        self.line.setInputMethodHints(Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText)
        self.eye = IconButton("eye", self.tr("Show password"))
        self.eye.clicked.connect(self._turn)
        self.row.addWidget(self.eye)
        self._show(False)

    @property
    def secret(self) -> str:
        """The password."""
        return self.line.text()

    def forget(self) -> None:
        """Empty the field and hide it again."""
        self.line.clear()
        self._show(False)

    def _turn(self) -> None:
        self._show(self.line.echoMode() == QLineEdit.EchoMode.Password)

    def _show(self, readable: bool) -> None:
        self.line.setEchoMode(QLineEdit.EchoMode.Normal if readable else QLineEdit.EchoMode.Password)
        self.eye.show_icon("eye-off" if readable else "eye")
        self.eye.name(self.tr("Hide password") if readable else self.tr("Show password"))


class PortField(Field):
    """A number from 1 to 65535."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.line.setValidator(QIntValidator(1, 65535, self.line))
        self.line.setMaxLength(5)
        self.line.setFixedWidth(px(80))

    @property
    def number(self) -> int:
        """The port; 0 when there is none."""
        return int(self.text) if self.line.hasAcceptableInput() else 0


class CalmChoice(QComboBox):
    """A choice that the wheel does not change while the page is scrolled."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()
