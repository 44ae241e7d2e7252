"""Buttons: an icon with a spoken name and a tool tip, and buttons with a word."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QPushButton, QToolButton, QWidget

from desktopmail.gui.style import icons, measures
from desktopmail.gui.style.theme import theme
from desktopmail.gui.widgets.tip import plain_tip


class IconButton(QToolButton):
    """A frameless square button. Its name is spoken and shown as a tool tip; the icon follows the theme."""

    def __init__(self, icon: str, name: str, parent: QWidget | None = None, *, role: str = "secondary") -> None:
        super().__init__(parent)
        self._icon = icon
        self._role = role
        self.setAutoRaise(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFixedSize(measures.px(32), measures.px(32))
        self.setIconSize(icons.size(measures.px(icons.SIZE)))
        self.name(name)
        self.draw()
        theme().changed.connect(self.draw)

    def name(self, name: str) -> None:
        """What this button does, in a word or two."""
        self.setAccessibleName(name)
        self.setToolTip(plain_tip(name))

    def show_icon(self, icon: str, role: str = "secondary") -> None:
        """Another drawing, or another colour."""
        self._icon, self._role = icon, role
        self.draw()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not _entered(self, event):
            super().keyPressEvent(event)

    def draw(self) -> None:
        """Take the icon in the colours of the present theme."""
        self.setIcon(icons.icon(self._icon, self._role, measures.px(icons.SIZE)))


class WordButton(QPushButton):
    """A button with a word. `look` is `""`, `primary`, `plain`, `link`, `danger`, or `standing` for one that says how
    things stand and cannot be pressed."""

    def __init__(self, text: str, parent: QWidget | None = None, *, look: str = "", icon: str = "") -> None:
        super().__init__(parent)
        self._icon = icon
        self._look = look
        self.word(text)
        self.setProperty("look", look)
        self.setFont(measures.font())
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAutoDefault(False)
        if look == "link":
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.draw()
        theme().changed.connect(self.draw)

    def word(self, text: str) -> None:
        """What the button says and is called."""
        shown = text.replace("&", "&&")
        # A little more room than the style leaves between drawing and word.
        self.setText(f"\u2004{shown}" if self._icon and text else shown)
        self.setAccessibleName(text)

    def dress(self, look: str) -> None:
        """Take another look."""
        if self.property("look") != look:
            self._look = look
            self.setProperty("look", look)
            self.style().unpolish(self)
            self.style().polish(self)
            self.draw()

    def show_icon(self, icon: str) -> None:
        """Another drawing."""
        self._icon = icon
        self.draw()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not _entered(self, event):
            super().keyPressEvent(event)

    def draw(self) -> None:
        """Take the icon in the colours of the present theme."""
        if self._icon:
            role = {"primary": "on_accent", "danger": "bad", "link": "accent"}.get(self._look, "secondary")
            self.setIcon(icons.icon(self._icon, role, measures.px(16)))
            self.setIconSize(icons.size(measures.px(16)))


def _entered(button: QAbstractButton, event: QKeyEvent) -> bool:
    """Enter presses the button that has the focus, instead of the one a dialog has for everything else."""
    if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter) or not button.isEnabled():
        return False
    if not event.isAutoRepeat():
        button.click()
    return True


def turn_round(button: QWidget) -> None:
    """Put the drawing of a button behind its word instead of before it."""
    left, right = Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft
    button.setLayoutDirection(left if QGuiApplication.layoutDirection() == right else right)
