"""The first page: name, address and password, and what the provider wants to be known about passwords."""

from __future__ import annotations

import re

from PySide6.QtCore import Qt, QTimer, QUrl, Signal
from PySide6.QtWidgets import QWidget

from desktopmail.gui.outside import open_outside
from desktopmail.gui.style.measures import px
from desktopmail.gui.widgets.strip import Notice, Strips
from desktopmail.gui.wizard.fields import Field, Link, PasswordField
from desktopmail.gui.wizard.page import Page

LINK = re.compile(r"https://[^\s;,]+[^\s;,.]")
PAUSE = 250
"""Milliseconds without typing after which an address is looked up among the bundled facts."""


class You(Page):
    """`settled` with an address when typing it has paused; `wanted` when everything needed is there; `by_hand` when the
    servers are to be changed."""

    settled = Signal(str)
    wanted = Signal()
    by_hand = Signal()

    def __init__(self) -> None:
        super().__init__(
            self.tr("Set up an account"),
            self.tr(
                "Your address and its password are enough for most providers; the servers are found by themselves."
            ),
        )
        self.verb = self.tr("Continue")
        self.way_back = False
        self.name = Field(self.tr("Your name"), self.tr("As others see it, such as Ada Lovelace"))
        self.address = Field(self.tr("Mail address"), "ada@example.org")
        self.address.line.setInputMethodHints(Qt.InputMethodHint.ImhEmailCharactersOnly)
        self.password = PasswordField(self.tr("Password"))
        self.help = Strips()
        self.help.hide()
        self.servers = Link(self.tr("Change servers"))
        self.servers.button.clicked.connect(self.by_hand)
        self.servers.hide()
        self._help = ("", "")
        for part, gap in ((self.name, 14), (self.address, 14), (self.password, 12), (self.help, 12)):
            self.column.addWidget(part)
            self.column.addSpacing(px(gap))
        self.column.addWidget(self.servers)
        self.column.addStretch()
        self._pause = QTimer(self, singleShot=True, interval=PAUSE)
        self._pause.timeout.connect(lambda: self.settled.emit(self.address.text))
        self.address.line.textEdited.connect(lambda text: self._pause.start())
        self.address.line.editingFinished.connect(self._left)

    def start(self) -> QWidget | None:
        """The first field that waits for something."""
        waiting = [each.line for each in (self.name, self.address, self.password) if not each.line.text()]
        return waiting[0] if waiting else self.password.line

    def begin(self, name: str) -> None:
        """Start with a name that is known already."""
        self.name.line.setText(name)

    def leave(self) -> None:
        """Nothing is looked up any more."""
        self._pause.stop()

    def advise(self, words: str, page: str = "") -> None:
        """Say what the provider expects as a password; nothing when empty. `page` names a provider at whose own page
        one can sign in, so that no password is needed."""
        if (words, page) == self._help:
            return
        self._help = (words, page)
        if page:
            words = self.tr("You can sign in at the page of {0}, in your browser. Leave the password empty for that.")
            self.help.show_notices([Notice(words.format(page), "log-in")])
            return
        link = LINK.search(words)
        acts = ((self.tr("Open page"), lambda: self._open(link.group())),) if link else ()
        self.help.show_notices([Notice(words, "key-round", acts=acts)] if words else [])

    def offer_servers(self, known: bool) -> None:
        """Whether servers were tried already, so that they can be changed from here."""
        self.servers.setVisible(known)

    def refuse_password(self, words: str) -> None:
        """The server did not take the password: say so beside the field, ready to be typed over."""
        self.password.complain(words)
        self.password.take()

    @property
    def complete(self) -> bool:
        """Whether there is an address and a password, or a page where one can sign in without."""
        return "@" in self.address.text.strip("@") and bool(self.password.secret or self._help[1])

    def ask_password(self) -> None:
        """Say that the password is missing, or whatever is missing before it."""
        if "@" not in self.address.text.strip("@"):
            self.go()
        else:
            self.password.complain(self.tr("Type the password of this address."))
            self.password.take()

    def go(self) -> None:
        """Continue when address and password are there; else say what is missing."""
        if not self.address.text:
            self.address.complain(self.tr("Type the address whose mail you want to read."))
            self.address.take()
        elif "@" not in self.address.text.strip("@"):
            self.address.complain(self.tr("An address has a name, an @ and a domain: ada@example.org"))
            self.address.take()
        elif not self.complete:
            self.ask_password()
        else:
            self.wanted.emit()

    def _left(self) -> None:
        if self._pause.isActive():
            self._pause.stop()
            self.settled.emit(self.address.text)

    def _open(self, address: str) -> None:
        open_outside(QUrl(address), self)
