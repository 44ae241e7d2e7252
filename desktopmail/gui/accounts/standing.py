"""One line about what an account does now, with the way out of what is wrong."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktopmail.domain.account import Account
from desktopmail.domain.activity import Activity, Problem, Remedy, State
from desktopmail.gui.style import measures
from desktopmail.gui.widgets.label import PlainLabel
from desktopmail.gui.widgets.strip import Notice, Strip

SIGNS = {
    State.IDLE: ("circle-check", "secondary"),
    State.CONNECTING: ("refresh-cw", "secondary"),
    State.WORKING: ("refresh-cw", "secondary"),
    State.OFFLINE: ("cloud-off", "care"),
    State.PROBLEM: ("circle-alert", "bad"),
    State.PAUSED: ("pause", "care"),
}


class StandingLine(QWidget):
    """`remedy_wanted` with the problem whose button was pressed."""

    remedy_wanted = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._shown: object = None
        self.strip: Strip | None = None
        self.calm = PlainLabel("", size=measures.SMALL, tone="secondary", wrap=True)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self.calm)

    def show_activity(self, activity: Activity | None, account: Account) -> None:
        """Say this; None: nothing is known."""
        notice = self._notice(activity, account)
        key = (notice.text, notice.tone, tuple(name for name, _ in notice.acts)) if notice is not None else None
        if key == self._shown:
            return
        self._shown = key
        if self.strip is not None:
            self.strip.hide()
            self.strip.deleteLater()
        loud = notice is not None and notice.tone != "secondary"
        self.strip = Strip(notice) if notice is not None and loud else None
        self.calm.setVisible(notice is not None and not loud)
        self.calm.setText(notice.text if notice is not None else "")
        if self.strip is not None:
            self._column.addWidget(self.strip)
        self.setVisible(notice is not None)

    def _notice(self, activity: Activity | None, account: Account) -> Notice | None:
        if account.incoming is None and account.outgoing is None:
            text = self.tr("Its mail is on this computer only. It fetches and sends nothing.")
            return Notice(text, "hard-drive")
        if activity is None:
            return None
        icon, tone = SIGNS[activity.state]
        problem = activity.problem
        if problem is None:
            return Notice(activity.words, icon, tone)
        word = self._remedy(problem)
        acts = ((word, lambda: self.remedy_wanted.emit(problem)),) if word else ()
        title = problem.title if problem.title.endswith((".", "!", "?")) else f"{problem.title}."
        return Notice(f"{title} {problem.detail}".strip(), icon, tone, acts)

    def _remedy(self, problem: Problem) -> str:
        return {
            Remedy.SIGN_IN: self.tr("Enter password…"),
            Remedy.CERTIFICATE: self.tr("Look at the certificate…"),
            Remedy.RETRY: self.tr("Try again"),
            Remedy.RELINK: self.tr("Link again"),
        }.get(problem.remedy, "")
