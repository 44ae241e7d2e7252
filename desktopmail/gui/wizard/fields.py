"""Fields of the pages: a name above, the field, and below it what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QRectF, Qt, QUrl
from PySide6.QtGui import QIntValidator, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from desktopmail.gui.outside import open_outside
from desktopmail.gui.style import icons, measures
from desktopmail.gui.style.measures import px
from desktopmail.gui.style.theme import theme
from desktopmail.gui.widgets.button import IconButton, WordButton, turn_round
from desktopmail.gui.widgets.label import PlainLabel
from desktopmail.gui.wizard.words import BREAK, breakable


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
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(4))
        column.addWidget(self.name)
        column.addWidget(self.line)
        column.addWidget(self._wrong)

    @property
    def text(self) -> str:
        """What was typed, without blanks around it."""
        return self.line.text().strip()

    @property
    def wrong(self) -> str:
        """What is said to be wrong."""
        return self._wrong.text().replace(BREAK, "")

    def complain(self, words: str) -> None:
        """Say what is wrong, or nothing any more."""
        self._wrong.setText(breakable(words))
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
        self.eye.setFixedSize(px(30), px(30))
        inside = QHBoxLayout(self.line)
        inside.setContentsMargins(px(2), 0, px(2), 0)
        inside.addStretch()
        inside.addWidget(self.eye)
        mirrored = self.line.layoutDirection() == Qt.LayoutDirection.RightToLeft
        self.line.setTextMargins(px(28) if mirrored else 0, 0, 0 if mirrored else px(28), 0)
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


class Link(QWidget):
    """A word that leads elsewhere, flush with the text above it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.button = WordButton(text, look="link")
        self.button.setAutoDefault(True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.button)
        row.addStretch()


class CalmChoice(QComboBox):
    """A choice that the wheel does not change while the page is scrolled."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        side = px(16)
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        left = px(8) if mirrored else self.width() - side - px(8)
        spot = QRectF(left, (self.height() - side) / 2, side, side)
        icons.draw(QPainter(self), "chevron-down", spot, theme().colours.secondary)


class Explain(WordButton):
    """A question about words of the trade; it opens the glossary at the first of them."""

    def __init__(self, *terms: str) -> None:
        super().__init__("", look="link")
        self.setAutoDefault(True)
        self.about(*terms)
        self.clicked.connect(self._open)

    def about(self, *terms: str) -> None:
        """Explain other words."""
        self._term = terms[0]
        if len(terms) == 1:
            self.word(self.tr("What is {0}?").format(*terms))
        elif len(terms) == 2:
            self.word(self.tr("What are {0} and {1}?").format(*terms))
        else:
            self.word(self.tr("What are {0}, {1} and {2}?").format(*terms))

    def _open(self) -> None:
        from desktopmail.gui.glossary import Glossary

        Glossary(self.window(), self._term).open()


class HelpPage(Link):
    """The way to a page of the provider; hidden when there is none that is fit to be opened."""

    def __init__(self) -> None:
        super().__init__(QCoreApplication.translate("HelpPage", "Open the provider's help page"))
        self._address = ""
        self.button.clicked.connect(lambda: open_outside(QUrl(self._address), self.button))
        self.hide()

    def lead_to(self, address: str) -> None:
        """Open this page when pressed; only one that is fetched over https counts."""
        self._address = address if address.startswith("https://") else ""
        self.setVisible(bool(self._address))
        self.button.setAccessibleDescription(self._address)


class Fold(QWidget):
    """Something behind a word that opens and closes it; the sign at its end says which of both comes next."""

    def __init__(self, text: str, body: QWidget) -> None:
        super().__init__()
        self.body = body
        body.hide()
        link = Link(text)
        self.button = link.button
        turn_round(self.button)
        self.button.show_icon("chevron-down")
        self.button.clicked.connect(self._turn)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(6))
        column.addWidget(link)
        column.addWidget(body)

    def _turn(self) -> None:
        opened = self.body.isHidden()
        self.body.setVisible(opened)
        self.button.show_icon("chevron-up" if opened else "chevron-down")


class Paragraphs(Fold):
    """Sentences behind a word; hidden when there are none."""

    def __init__(self, text: str) -> None:
        self.words = PlainLabel("", size=measures.SMALL, tone="secondary", wrap=True)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        super().__init__(text, self.words)

    def tell(self, paragraphs: Sequence[str]) -> None:
        """Say these."""
        self.words.setText(breakable("\n\n".join(paragraphs)))
        self.words.setAccessibleName(" ".join(paragraphs))
        self.setVisible(bool(paragraphs))
