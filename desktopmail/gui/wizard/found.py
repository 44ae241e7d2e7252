"""The second page: which servers were found and where that is known from, and how mail will come in."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QHBoxLayout, QWidget

from desktopmail.domain.account import Endpoint, Leave, Security
from desktopmail.domain.advice import Advice, Answers, Offers, Recommendation
from desktopmail.domain.found import FoundServers
from desktopmail.engine.advice import consequences, recommend
from desktopmail.engine.offered import in_words, offers
from desktopmail.gui.style.measures import px
from desktopmail.gui.widgets.button import WordButton
from desktopmail.gui.widgets.label import PlainLabel
from desktopmail.gui.wizard.fields import Explain, Fold, Link, Paragraphs
from desktopmail.gui.wizard.leaving import LeaveChoice
from desktopmail.gui.wizard.page import Page
from desktopmail.gui.wizard.servers import IMAP, POP3, Servers
from desktopmail.gui.wizard.verdict import Meaning
from desktopmail.gui.wizard.waycard import WayCard
from desktopmail.gui.wizard.words import breakable

BUNDLED = "bundled facts"


class Found(Page):
    """`agreed` with the Servers to use, `page_wanted` with them when the provider's page is to be used instead of a
    password, `by_hand` when others are to be typed, `help_wanted` with choosing."""

    agreed = Signal(object)
    by_hand = Signal()
    help_wanted = Signal()
    page_wanted = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.found: FoundServers | None = None
        self.answers = Answers()
        self.touched = False
        self.imap, self.pop3 = WayCard("IMAP"), WayCard("POP3")
        self.leaving = LeaveChoice()
        self.incoming, self.outgoing = PlainLabel("", wrap=True), PlainLabel("", wrap=True)
        self.offered = Paragraphs(self.tr("What these servers offer"))
        self.meaning = Meaning()
        self.means = Fold(self.tr("What this means"), self.meaning)
        self.page = WordButton(self.tr("Sign in at the provider's page"), icon="log-in")
        self.page.setAutoDefault(True)
        self.page.clicked.connect(self._to_page)
        self._page, self._page_first = "", False
        self._advised = Recommendation("", "")
        group = QButtonGroup(self)
        for card, gap in ((self.imap, 10), (self.pop3, 12)):
            group.addButton(card)
            card.toggled.connect(self._turned)
            card.clicked.connect(self._touch)
            self.column.addWidget(card)
            self.column.addSpacing(px(gap))
        self.leaving.choice.activated.connect(self._touch)
        self.leaving.changed.connect(self._mean)
        self.column.addWidget(self.leaving)
        self.column.addLayout(self._helpers())
        self.column.addSpacing(px(12))
        self.column.addWidget(self.means)
        self.column.addSpacing(px(16))
        self.column.addLayout(self._facts())
        self.column.addSpacing(px(12))
        self.column.addWidget(self.page, 0, Qt.AlignmentFlag.AlignLeft)
        self.column.addSpacing(px(8))
        self.column.addWidget(self.offered)
        self.column.addSpacing(px(4))
        self._end()

    def offer(self, found: FoundServers, answers: Answers | None = None) -> None:
        """Show what was found; what the person chose already stays."""
        self.found = found
        self.head(self.tr("Servers of {0}").format(found.provider), self._source(found))
        self.offered.tell([" ".join(in_words(each)) for each in found.seen.values()])
        self.advise(answers if answers is not None else self.answers)

    def advise(self, answers: Answers) -> None:
        """Show what these answers come to, and choose it unless the person chose otherwise."""
        self.answers = answers
        self._advised = recommend(answers, self.offers)
        kept = self.chosen if self.touched else ""
        here = self.tr("Mail comes to this computer. Other devices see only what stays on the server.")
        there = self.tr("Mail stays with your provider and looks the same everywhere.")
        self._describe(self.imap, IMAP, there)
        self._describe(self.pop3, POP3, here)
        self.leaving.propose(self._advised.leave)
        wanted = self.pop3 if (kept or self._advised.protocol) == POP3 else self.imap
        if wanted.isEnabled():
            wanted.setChecked(True)
        self._turned()

    def take(self, answers: Answers) -> None:
        """The person wants what these answers come to."""
        self.touched = False
        self.advise(answers)
        self.touched = True

    def page_of(self, name: str, *, first: bool) -> None:
        """Offer to sign in at the page of this provider, or at none when empty; with `first` by the main button."""
        self._page, self._page_first = name, first and bool(name)
        if name:
            self.page.word(self._at_page())
        self._turned()

    def forget(self) -> None:
        """Another address: nothing is known any more."""
        self.found, self.answers, self.touched = None, Answers(), False
        self._page, self._page_first = "", False
        self.leaving.choose(Leave())

    @property
    def offers(self) -> Offers:
        """What the servers can do, for the advice."""
        return offers(self.found) if self.found is not None else Offers(False, False, False)

    @property
    def chosen(self) -> str:
        """The protocol of the card that is chosen."""
        return POP3 if self.pop3.isChecked() and self.pop3.isEnabled() else IMAP

    @property
    def servers(self) -> Servers | None:
        """The servers as chosen, with the rule and the reason; None when there is nothing to use."""
        servers = Servers.best(self.found, self.chosen) if self.found is not None else None
        if servers is None or servers.incoming is None:
            return servers
        advice = Advice(self.answers, self._advised.protocol, self._advised.reason, self.chosen)
        if self.chosen == POP3:
            servers = replace(servers, leave=self.leaving.leave, max_size=self._advised.max_size)
        return replace(servers, advice=advice.to_json())

    def go(self) -> None:
        """Sign in to the servers that are shown."""
        if self._page_first:
            self._to_page()
        elif (servers := self.servers) is not None:
            self.agreed.emit(servers)

    def start(self) -> QWidget | None:
        """The main button, or the way to other servers when there is nothing to agree to."""
        return None if self.servers is not None else self.hand

    # Parts ----------------------------------------------------------------------------------------------------

    def _end(self) -> None:
        link = Link(self.tr("Enter servers by hand"))
        self.hand = link.button
        self.hand.clicked.connect(self.by_hand)
        self.column.addWidget(link)
        self.column.addStretch()

    def _describe(self, card: WayCard, protocol: str, words: str) -> None:
        possible = bool(self.offers.imap if protocol == IMAP else self.offers.pop3)
        best = possible and self._advised.protocol == protocol
        if not possible:
            words = self.tr("This provider was not found to offer {0}.").format(protocol.upper())
        elif best:
            words = f"{words}\n{self._why()}"
        both = self.offers.imap and self.offers.pop3
        card.offer(words, possible, self.tr("Recommended") if best and both else "")

    def _why(self) -> str:
        """The reason, without the name that the card has already."""
        _, because, reason = self._advised.reason.partition(", because ")
        return self.tr("Recommended because {0}").format(reason) if because else self._advised.reason

    def _at_page(self) -> str:
        return self.tr("Sign in at the page of {0}").format(self._page)

    def _to_page(self) -> None:
        if (servers := self.servers) is not None:
            self.page_wanted.emit(servers.at_page())

    def _touch(self) -> None:
        self.touched = True

    def _turned(self) -> None:
        self.leaving.setVisible(self.chosen == POP3)
        self._mean()
        servers = self.servers
        self.incoming.setText(self._where(servers.incoming if servers else None))
        self.outgoing.setText(self._where(servers.outgoing if servers else None))
        clear = Servers.in_clear(self.found) if self.found is not None else None
        if servers is not None and servers.outgoing is None:
            self.outgoing.setText(
                self._missing(clear.outgoing if clear else None, self.tr("this account would only receive"))
            )
        if servers is not None and servers.incoming is None:
            self.incoming.setText(
                self._missing(clear.incoming if clear else None, self.tr("this account would only send"))
            )
        self.page.setVisible(bool(self._page) and not self._page_first and servers is not None)
        words = self._at_page() if self._page_first else self.tr("Sign in")
        self.verb = words if servers is not None else ""
        self.changed.emit()

    def _mean(self) -> None:
        leave = self.leaving.leave if self.chosen == POP3 else Leave()
        self.meaning.tell(consequences(self.chosen, leave, self.offers))

    def _helpers(self) -> QHBoxLayout:
        self.help = WordButton(self.tr("Help me choose"))
        self.help.setAutoDefault(True)
        self.help.clicked.connect(self.help_wanted)
        self.glossary = Explain("IMAP", "POP3")
        row = QHBoxLayout()
        row.setContentsMargins(0, px(12), 0, 0)
        row.setSpacing(px(16))
        row.addWidget(self.help)
        row.addWidget(self.glossary)
        row.addStretch()
        return row

    def _facts(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(px(16))
        grid.setVerticalSpacing(px(6))
        rows = ((self.tr("Mail comes from"), self.incoming), (self.tr("Mail goes out by"), self.outgoing))
        for row, (name, value) in enumerate(rows):
            grid.addWidget(PlainLabel(name, tone="secondary"), row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(value, row, 1)
        grid.setColumnStretch(1, 1)
        return grid

    def _source(self, found: FoundServers) -> str:
        if found.source == BUNDLED:
            return self.tr("This provider is in the list that comes with the program.")
        return self.tr("Each server proved its name on an encrypted connection; your password was not sent.")

    def _missing(self, clear: Endpoint | None, then: str) -> str:
        """Why there is no server for one way, and what that comes to."""
        if clear is None:
            return self.tr("No server found: {0}").format(then)
        words = self.tr("{0} does not encrypt: {1}. It can be entered by hand.")
        return words.format(breakable(clear.host), then)

    def _where(self, endpoint: Endpoint | None) -> str:
        if endpoint is None:
            return self.tr("No server found")
        kind = "TLS" if endpoint.security is Security.TLS else "STARTTLS"
        return self.tr("{host}, port {port}, encrypted ({kind})").format(
            host=breakable(endpoint.host), port=endpoint.port, kind=kind
        )
