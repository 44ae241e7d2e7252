"""The section of an account's page that says how it is: protection, sign-in, room, last look, and who else is there."""

from __future__ import annotations

import time

from PySide6.QtCore import QCoreApplication, Qt

from desktopmail.domain.account import Account
from desktopmail.domain.health import Health, Line, Side
from desktopmail.gui.accounts import healthwords
from desktopmail.gui.accounts.sparkline import RoomBar, Sparkline
from desktopmail.gui.settings.page import Row, Section
from desktopmail.gui.style import measures
from desktopmail.gui.widgets.button import WordButton
from desktopmail.gui.widgets.label import PlainLabel

translate = QCoreApplication.translate


class LineRow(Row):
    """One server: how the line is protected and how one signs in; what only a helper needs is folded away."""

    def __init__(self, title: str) -> None:
        super().__init__(title, "-")
        self.signing = PlainLabel("", size=measures.SMALL, tone="secondary", wrap=True)
        self.facts = PlainLabel("", size=measures.SMALL, tone="secondary", wrap=True)
        self.facts.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.facts.hide()
        self.fold = WordButton(translate("health", "Details"), look="link")
        self.fold.setFont(measures.font(measures.SMALL))
        self.fold.setAccessibleName(translate("health", "Details: {0}").format(title))
        self.fold.clicked.connect(lambda: self.facts.setVisible(self.facts.isHidden()))
        self.end.addWidget(self.fold, 0, Qt.AlignmentFlag.AlignTop)
        self.below(self.signing)
        self.below(self.facts)

    def show_line(self, line: Line | None, unknown: str, now: int, *, pinned: bool) -> None:
        """Say this; None: nobody was there yet."""
        text, tone = (unknown, "") if line is None else healthwords.protection(line, now, pinned=pinned)
        self.say(self.title.text(), text)
        self.sentence.tone(tone or "secondary")
        signing, worry = ("", "") if line is None else healthwords.signing_in(line)
        self.signing.setText(signing)
        self.signing.tone(worry or "secondary")
        self.signing.setVisible(bool(signing))
        self.facts.setText("" if line is None else healthwords.details(line).replace(":", ":\u200b"))
        self.fold.setVisible(line is not None)


class HealthRows:
    """Puts the rows into a section and keeps them up to date."""

    def __init__(self, section: Section) -> None:
        self.incoming = LineRow(translate("health", "Receiving"))
        self.outgoing = LineRow(translate("health", "Sending"))
        section.add(self.incoming)
        section.add(self.outgoing)
        self.line = Sparkline()
        self.room = section.row(translate("health", "Room on the server"), "-", self.line, extra="quota")
        self.bar = RoomBar()
        self.room.below(self.bar)
        self.sync = section.row(translate("health", "Last complete look at all folders"), "-")
        self.kept = section.row(translate("health", "Kept by the provider"), "-", extra="expire retention")
        self.visits = section.row(translate("health", "Time between visits"), "-", extra="login-delay often")
        self.others = section.row(translate("health", "Other programs"), "-")

    def show_health(self, health: Health, account: Account) -> None:
        """Say all of it."""
        now = int(time.time())
        receives = account.incoming is not None
        for row, side, server, unknown in (
            (self.incoming, Side.INCOMING, account.incoming, translate("health", "Not connected yet.")),
            (self.outgoing, Side.OUTGOING, account.outgoing,
             translate("health", "Known after the first message is sent.")),
        ):  # fmt: skip
            row.setVisible(server is not None)
            line = health.line(side)
            here = server is not None and line is not None and line.host == server.endpoint.host
            pinned = server is not None and bool(server.endpoint.pins)
            row.show_line(line if here else None, unknown, now, pinned=pinned)
        self._show_room(health)
        when = healthwords.when(health.full_sync) if health.full_sync else translate("health", "Not yet.")
        self.sync.say(self.sync.title.text(), when)
        self.sync.setVisible(receives)
        kept, tone = healthwords.retention(health.retention)
        self.kept.say(self.kept.title.text(), kept)
        self.kept.sentence.tone(tone or "secondary")
        self.kept.setVisible(account.kind == "pop3" and bool(kept))
        visits = healthwords.visits(health)
        self.visits.say(self.visits.title.text(), visits)
        self.visits.setVisible(account.kind == "pop3" and bool(visits))
        self.others.say(self.others.title.text(), healthwords.others(health.others))
        self.others.setVisible(receives and bool(health.full_sync))

    def _show_room(self, health: Health) -> None:
        text, tone = healthwords.room(health)
        self.room.setVisible(bool(text))
        self.room.say(self.room.title.text(), text)
        self.room.sentence.tone(tone or "secondary")
        if health.room is not None:
            self.bar.show_room(health.room)
            self.line.show_trend(health.trend, text)
