"""Keeps the words about what is going on up to date: in the top bar, in the panel and in an empty list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from desktopmail.domain.activity import State
from desktopmail.domain.ids import MessageId
from desktopmail.gui.activity.button import StandingButton
from desktopmail.gui.activity.state import standing
from desktopmail.gui.loop import spawn
from desktopmail.gui.messages.pane import MessagePane

if TYPE_CHECKING:
    from desktopmail.engine.engine import Engine
    from desktopmail.gui.activity.panel import ActivityPanel


class Standings(QObject):
    """Redraws at most five times a second, however often the engine speaks."""

    def __init__(self, engine: Engine, button: StandingButton, messages: MessagePane, parent: QObject) -> None:
        super().__init__(parent)
        self._engine = engine
        self._button = button
        self._panel: ActivityPanel | None = None
        self._messages = messages
        self._later = QTimer(self, singleShot=True, interval=200)
        self._later.timeout.connect(self.show)

    def use(self, panel: ActivityPanel) -> None:
        """From now on also say it in the panel."""
        self._panel = panel
        panel.outgoing_wanted.connect(self._outgoing)
        self.show()

    def soon(self) -> None:
        """Something changed; more will."""
        if not self._later.isActive():
            self._later.start()

    def show(self) -> None:
        """Say what is true now."""
        accounts = self._engine.library.accounts()
        outbox = self._engine.library.outbox()
        activities = {one: each for one, each in self._engine.activities.items() if any(a.id == one for a in accounts)}
        now = standing(activities.values(), outbox)
        self._button.say(now)
        if self._panel is not None:
            self._panel.show_state(accounts, activities, outbox)
        busy = any(each.state in (State.WORKING, State.CONNECTING) for each in activities.values())
        self._messages.waiting(now.text if busy else "")

    def _outgoing(self, verb: str, message: MessageId) -> None:
        outbox = self._engine.outbox
        verbs = {"retry": outbox.retry, "cancel": outbox.cancel, "mark_sent": outbox.mark_sent}
        spawn(verbs[verb](message))
