"""What happens when a pointer rests on a link and when it is clicked: shown first, checked, opened by the system."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from desktopmail.gui.reader.linkbar import LinkLine, LinkQuestion
from desktopmail.gui.reader.links import Target, look_at, texts_of
from desktopmail.gui.style import measures


class Linking(QObject):
    """Serves all messages of a pane. `mail_wanted` carries mailto: addresses, `refused` a sentence why nothing opens.

    `open_outside` is how http and https addresses leave the program: one argument, no shell; False when nothing took
    them."""

    mail_wanted = Signal(QUrl)
    refused = Signal(str)

    def __init__(self, pane: QWidget) -> None:
        super().__init__(pane)
        self._pane = pane
        self.line = LinkLine(pane)
        self.question = LinkQuestion(pane, self._open)
        self._seen = ""
        self.open_outside: Callable[[QUrl], object] = QDesktopServices.openUrl

    def hovered(self, address: str, html: str) -> None:
        """Show where the link under the pointer goes; an empty address hides it."""
        self._seen = address
        if not address:
            self.line.hide()
            return
        self.line.show_target(self._check(QUrl(address), html)[0], self._pane.width() - measures.px(16))
        self.place()

    def clicked(self, url: QUrl, html: str) -> None:
        """Open what is what it says, ask about the rest, refuse what no mail has a reason to open."""
        target, text = self._check(url, html)
        self.line.hide()
        if not target.openable:
            self.refused.emit(self.tr("This kind of link is not opened from a message."))
        elif target.scheme == "mailto":
            self.mail_wanted.emit(target.url)
        elif target.doubts:
            self.question.ask(target, text, self._pane.width() - measures.px(32))
            self.place()
        else:
            self._open(target)

    def place(self) -> None:
        """Keep the line and the question in their corners."""
        self.line.move(measures.px(8), self._pane.height() - self.line.height() - measures.px(8))
        middle = (self._pane.width() - self.question.width()) // 2
        self.question.move(middle, self._pane.height() - self.question.height() - measures.px(16))

    def forget(self) -> None:
        """Another message is shown."""
        self.line.hide()
        self.question.hide()

    def _check(self, url: QUrl, html: str) -> tuple[Target, str]:
        """The target with the doubts that any of its texts in the message raises."""
        best = look_at(url)
        said = ""
        for text in texts_of(html, url.toString())[:20] if html else ():
            found = look_at(url, text)
            if len(found.doubts) > len(best.doubts):
                best, said = found, text
        return best, said

    def _open(self, target: Target) -> None:
        if self.open_outside(target.url) is False:
            self.refused.emit(self.tr("No program opened this link. It can be copied with a right click."))
