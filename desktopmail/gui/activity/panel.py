"""The activity panel: every account with what it does, every problem with its remedy, everything on its way out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QProgressBar, QScrollArea, QVBoxLayout, QWidget

from desktopmail.domain.account import Account
from desktopmail.domain.activity import Activity, Problem, Remedy, State
from desktopmail.domain.address import people
from desktopmail.domain.draft import Outgoing, Sending
from desktopmail.domain.ids import AccountId
from desktopmail.gui import words
from desktopmail.gui.style import measures
from desktopmail.gui.style.measures import px
from desktopmail.gui.widgets.button import IconButton, WordButton
from desktopmail.gui.widgets.card import SHADOW, Card
from desktopmail.gui.widgets.label import ElidedLabel, PlainLabel
from desktopmail.gui.widgets.line import Line

WIDTH = 380
TONES = {State.PROBLEM: "bad", State.OFFLINE: "care"}


class ActivityPanel(Card):
    """`remedy_wanted` with a Problem; `sync_wanted` with an account (None: all); `outgoing_wanted` with a verb
    ('retry', 'cancel', 'mark_sent') and the message."""

    remedy_wanted = Signal(object)
    sync_wanted = Signal(object)
    outgoing_wanted = Signal(str, object)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._corner = QPoint()
        self._before: QWidget | None = None
        self._unfolded: set[AccountId] = set()
        self._progress: dict[AccountId, tuple[PlainLabel, QProgressBar]] = {}
        self._shape: object = None
        self._page = QWidget()
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.body.addLayout(self._head())
        self.body.addWidget(Line())
        self.body.addWidget(self._scroll)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._focus_moved)

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(measures.margins(16, 4, 8, 4))
        row.addWidget(PlainLabel(self.tr("Activity"), bold=True), 1)
        self._all = WordButton(self.tr("Get mail"), look="plain", icon="refresh-cw")
        self._all.clicked.connect(lambda: self.sync_wanted.emit(None))
        self._close = IconButton("x", self.tr("Close"))
        self._close.clicked.connect(self.leave)
        row.addWidget(self._all)
        row.addWidget(self._close)
        return row

    def open(self, corner: QPoint) -> None:
        """Open with the upper trailing corner at a point of the window; the focus goes in."""
        self._before = QApplication.focusWidget()
        self._corner = corner
        self._settle()
        self._close.setFocus(Qt.FocusReason.PopupFocusReason)

    def leave(self) -> None:
        """Close and give the focus back."""
        before, self._before = self._before, None
        self.hide()
        if before is not None:
            before.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_state(
        self, accounts: Sequence[Account], activities: Mapping[AccountId, Activity], outbox: Sequence[Outgoing]
    ) -> None:
        """Show this. Numbers that run are only repainted; a new layout is made when something else changed."""
        shape = (tuple((each.id, each.name) for each in accounts), tuple(outbox), tuple(
            (one, each.state, each.problem, bool(each.total)) for one, each in sorted(activities.items())))  # fmt: skip
        if shape != self._shape:
            self._shape = shape
            self._build(accounts, activities, outbox)
        for one, (label, bar) in self._progress.items():
            self._count(label, bar, activities[one])
        if self.isVisible():
            self._settle()

    def _build(
        self, accounts: Sequence[Account], activities: Mapping[AccountId, Activity], outbox: Sequence[Outgoing]
    ) -> None:
        self._progress = {}
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(px(16), px(12), px(16), px(16))
        column.setSpacing(px(16))
        if not accounts:
            column.addWidget(PlainLabel(self.tr("No account is set up."), tone="secondary"))
        for account in accounts:
            column.addWidget(self._account(account, activities.get(account.id)))
        if outbox:
            column.addWidget(Line())
            column.addWidget(PlainLabel(self.tr("Outbox"), bold=True))
            for entry in outbox:
                column.addWidget(self._outgoing(entry))
        column.addStretch()
        page.setProperty("look", "raised")
        self._page = page
        self._scroll.setWidget(page)

    def _account(self, account: Account, activity: Activity | None) -> QWidget:
        box, column = _box()
        column.addWidget(ElidedLabel(account.name or account.address, bold=True))
        if activity is None:
            column.addWidget(PlainLabel(self.tr("Not connected"), size=measures.SMALL, tone="secondary"))
            return box
        if activity.problem is not None:
            self._problem(column, activity.problem, account.id)
            return box
        label = PlainLabel("", size=measures.SMALL, tone=TONES.get(activity.state, "secondary"), wrap=True)
        bar = QProgressBar()
        bar.setTextVisible(False)
        bar.setAccessibleName(self.tr("Progress of {0}").format(account.name))
        column.addWidget(label)
        column.addWidget(bar)
        self._progress[account.id] = (label, bar)
        self._count(label, bar, activity)
        return box

    def _count(self, label: PlainLabel, bar: QProgressBar, activity: Activity) -> None:
        text = activity.words
        if activity.total:
            counted = self.tr("{0} of {1}").format(words.number(activity.done), words.number(activity.total))
            text = f"{text}: {counted}" if counted not in text else text
            bar.setMaximum(activity.total)
            bar.setValue(activity.done)
        label.setText(text)
        bar.setVisible(bool(activity.total))

    def _problem(self, column: QVBoxLayout, problem: Problem, account: AccountId) -> None:
        tone = "" if problem.kind == "server-message" else "bad"
        column.addWidget(PlainLabel(problem.title, tone=tone, wrap=True))
        if problem.detail:
            column.addWidget(PlainLabel(problem.detail, size=measures.SMALL, tone="secondary", wrap=True))
        row = QHBoxLayout()
        row.setSpacing(px(12))
        text = self._remedy(problem.remedy)
        if text:
            button = WordButton(text)
            button.clicked.connect(lambda: self.remedy_wanted.emit(problem))
            row.addWidget(button)
        if problem.log:
            details = WordButton(self.tr("Details"), look="link")
            row.addWidget(details)
            log = PlainLabel(problem.log, size=measures.SMALL, tone="secondary", wrap=True)
            log.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            log.setVisible(account in self._unfolded)
            details.clicked.connect(lambda: self._unfold(account, log))
            row.addStretch()
            column.addLayout(row)
            column.addWidget(log)
        else:
            row.addStretch()
            column.addLayout(row)

    def _unfold(self, account: AccountId, log: PlainLabel) -> None:
        self._unfolded ^= {account}
        log.setVisible(account in self._unfolded)
        self._settle()

    def _remedy(self, remedy: Remedy) -> str:
        return {
            Remedy.SIGN_IN: self.tr("Enter password…"),
            Remedy.RETRY: self.tr("Try again"),
            Remedy.OPEN_SETTINGS: self.tr("Account settings…"),
            Remedy.CERTIFICATE: self.tr("Look at the certificate…"),
            Remedy.RELINK: self.tr("Link again"),
            Remedy.NONE: "",
        }[remedy]

    def _outgoing(self, entry: Outgoing) -> QWidget:
        box, column = _box()
        column.addWidget(ElidedLabel(entry.subject or self.tr("(no subject)")))
        to = self.tr("To {0}").format(people(entry.to))
        column.addWidget(ElidedLabel(to, size=measures.SMALL, tone="secondary"))
        stuck = entry.state in (Sending.REFUSED, Sending.POSSIBLY_SENT)
        column.addWidget(PlainLabel(self._sending(entry), size=measures.SMALL, tone="bad" if stuck else "secondary",
                                    wrap=True))  # fmt: skip
        row = QHBoxLayout()
        row.setSpacing(px(8))
        for text, verb in self._verbs(entry.state):
            button = WordButton(text)
            button.clicked.connect(lambda _=False, verb=verb: self.outgoing_wanted.emit(verb, entry.id))
            row.addWidget(button)
        row.addStretch()
        column.addLayout(row)
        return box

    def _sending(self, entry: Outgoing) -> str:
        said = {
            Sending.QUEUED: self.tr("Will be sent in a moment"),
            Sending.WAITING: self.tr("Waits for the next try"),
            Sending.SENDING: self.tr("Sending"),
            Sending.SENT: self.tr("Sent"),
            Sending.REFUSED: self.tr("Was not sent"),
            Sending.POSSIBLY_SENT: self.tr("May have been sent: the line broke at the last moment"),
        }[entry.state]
        return f"{said}. {entry.error}" if entry.error else said

    def _verbs(self, state: Sending) -> list[tuple[str, str]]:
        back = (self.tr("Back to Drafts"), "cancel")
        return {
            Sending.QUEUED: [back],
            Sending.WAITING: [(self.tr("Try now"), "retry"), back],
            Sending.REFUSED: [(self.tr("Try again"), "retry"), back],
            Sending.POSSIBLY_SENT: [(self.tr("It was sent"), "mark_sent"), (self.tr("Send again"), "retry"), back],
        }.get(state, [])

    def _settle(self) -> None:
        width = min(px(WIDTH), self._window.width() - 2 * SHADOW)
        layout = self._page.layout()
        wanted = 0
        if layout is not None:
            bound = layout.hasHeightForWidth()
            wanted = layout.totalHeightForWidth(width) if bound else layout.totalSizeHint().height()
        height = min(px(44) + wanted + 4, self._window.height() - self._corner.y() - px(24))
        left = self._corner.x() - width
        if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            left = self._corner.x()
        self.place(QPoint(left, self._corner.y()), width, height)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)

    def _focus_moved(self, old: QWidget | None, now: QWidget | None) -> None:
        if self.isVisible() and now is not None and not self.isAncestorOf(now):
            self._before = None
            self.hide()


def _box() -> tuple[QWidget, QVBoxLayout]:
    box = QWidget()
    column = QVBoxLayout(box)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(px(4))
    return box, column
