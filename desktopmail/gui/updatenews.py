"""One calm line above the panes: the question whether to look for new versions, later the news that there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from desktopmail.gui.loop import spawn
from desktopmail.gui.preferences import Preferences
from desktopmail.gui.style.measures import px
from desktopmail.gui.widgets.strip import Act, Notice, Strip

if TYPE_CHECKING:
    from desktopmail.domain.release import Release
    from desktopmail.engine.engine import Engine

HOUR = 3_600_000


class UpdateNews(QObject):
    """Looks now and every few hours, and shows at most one line, right above `panes`. It takes no focus and waits for
    nobody; whatever is chosen, it goes."""

    def __init__(self, engine: Engine, preferences: Preferences, panes: QWidget) -> None:
        super().__init__(panes)
        self._engine = engine
        self._preferences = preferences
        self._panes = panes
        self.line: QWidget | None = None
        self._timer = QTimer(self, interval=6 * HOUR)
        self._timer.timeout.connect(self.look)

    def begin(self) -> None:
        """Look for the first time; nothing happens in a build that does not know where."""
        if self._engine.updates.possible:
            self._timer.start()
            self.look()

    def look(self) -> None:
        """See whether there is something to ask or to tell."""
        spawn(self._look(), self)

    async def _look(self) -> None:
        if self.line is not None:
            return
        if await self._engine.updates.should_ask():
            self._ask()
            return
        news = await self._engine.updates.look_if_due()
        if news is not None:
            self._tell(news)

    def _ask(self) -> None:
        text = self.tr("Look for new versions once a week? A signed list is fetched; nothing is said about you.")
        yes, no = self.tr("Look for them"), self.tr("No")
        self._show(text, ((yes, lambda: self._answer(wanted=True)), (no, lambda: self._answer(wanted=False))))

    def _answer(self, *, wanted: bool) -> None:
        self._hide()
        if wanted:
            self._preferences.change(look_for_updates=True)
        spawn(self._engine.updates.asked(), self)

    def _tell(self, news: Release) -> None:
        text = self.tr("Version {0} is out").format(news.version)
        read = (self.tr("What is new"), lambda: self._read(news))
        self._show(text, (read, (self.tr("Not now"), lambda: self._put_off(news))))

    def _read(self, news: Release) -> None:
        QDesktopServices.openUrl(QUrl(news.page))
        self._put_off(news)

    def _put_off(self, news: Release) -> None:
        self._hide()
        spawn(self._engine.updates.put_off(news), self)

    def _show(self, text: str, acts: tuple[tuple[str, Act], ...]) -> None:
        holder = QWidget()
        holder.setAccessibleName(self.tr("New versions"))
        row = QVBoxLayout(holder)
        row.setContentsMargins(px(8), px(6), px(8), px(6))
        row.addWidget(Strip(Notice(text, "info", acts=acts)))
        page = self._panes.parentWidget()
        column = page.layout() if page is not None else None
        if isinstance(column, QBoxLayout):
            column.insertWidget(column.indexOf(self._panes), holder)
            self.line = holder

    def _hide(self) -> None:
        if self.line is not None:
            self.line.hide()
            self.line.deleteLater()
            self.line = None
