"""The page on which things are tried: finding servers, signing in, keeping the password; and what went wrong."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget

from desktopmail.gui.style.measures import px
from desktopmail.gui.widgets.label import PlainLabel
from desktopmail.gui.wizard.advice import Advice, Way, word
from desktopmail.gui.wizard.page import Page
from desktopmail.gui.wizard.servers import Servers
from desktopmail.gui.wizard.steps import Steps
from desktopmail.gui.wizard.trouble import Trouble

SLOW = 5000
"""Milliseconds after which a step is said to take long."""


class Trying(Page):
    """`chosen` with the Way the person takes out of a trouble."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.steps = Steps()
        self.slow = PlainLabel(
            self.tr("This takes longer than usual. It ends by itself within half a minute."),
            tone="secondary",
            wrap=True,
        )
        self._usually = self.slow.text()
        self.slow.hide()
        self.trouble: Trouble | None = None
        self.column.addWidget(self.steps)
        self.column.addSpacing(px(16))
        self.column.addWidget(self.slow)
        self.column.addStretch(1)
        self._patience = QTimer(self, singleShot=True, interval=SLOW)
        self._patience.timeout.connect(self.slow.show)

    def look_for(self, domain: str) -> None:
        """Begin to look for servers."""
        self._begin()
        self.head(
            self.tr("Looking for your servers"),
            self.tr("Only encrypted connections are tried, and your password is not sent."),
        )
        self.steps.plan([self.tr("Find the mail servers of {0}").format(domain)])

    def sign_in(self, servers: Servers, address: str, page: str = "") -> None:
        """Begin to sign in; the list holds everything up to the finished account. `page` names the provider at whose
        page the person signs in first."""
        self._begin()
        self.head(self.tr("Signing in"), address)
        texts = [self.tr("Sign in at the page of {0}, in your browser").format(page)] if page else []
        for endpoint in servers.ends:
            texts += [self.tr("Reach {0}").format(endpoint.host), self.tr("Sign in to {0}").format(endpoint.host)]
        last = self.tr("Keep the sign-in") if servers.by_page else self.tr("Keep the password")
        self.steps.plan([*texts, last])
        if page:
            self._patience.stop()
            self.slow.setText(self.tr("This waits for you in the browser, for five minutes at most."))
            self.slow.show()

    def reach(self, number: int) -> None:
        """Step `number` begins."""
        self.slow.setText(self._usually)
        self.steps.reach(number)
        self.slow.hide()
        self._patience.start()

    def fail(self, advice: Advice) -> None:
        """What was going on failed; show what can be done."""
        self.rest()
        self.steps.fail()
        self._drop()
        self.trouble = Trouble(advice)
        self.trouble.chosen.connect(self.chosen)
        self.column.insertWidget(self.column.count() - 1, self.trouble)
        self.title.setText(self.tr("Not set up yet"))
        self.verb = word(advice.ways[0])
        self.changed.emit()
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, f"{advice.title}. {advice.detail}"))

    def rest(self) -> None:
        """Nothing is going on any more."""
        self._patience.stop()
        self.slow.hide()

    def go(self) -> None:
        """Take the first way."""
        if self.trouble is not None:
            self.chosen.emit(self.trouble.advice.ways[0])

    def press(self, way: Way) -> None:
        """Take one of the other ways, as its button does."""
        if self.trouble is not None:
            self.trouble.buttons[way].click()

    def start(self) -> QWidget | None:
        """Nothing here waits for typing."""
        return None

    def _begin(self) -> None:
        self._drop()
        self.verb = ""
        self.slow.hide()
        self._patience.start()
        self.changed.emit()

    def _drop(self) -> None:
        if self.trouble is not None:
            self.trouble.hide()
            self.trouble.deleteLater()
            self.trouble = None
