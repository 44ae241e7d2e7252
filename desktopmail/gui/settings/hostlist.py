"""The hosts this program spoke to: a line for each, with why and when last; the many behind a word."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal

from desktopmail.domain.hosts import (
    CHECKING,
    FINDING,
    GRANTING,
    PICTURES,
    RECEIVING,
    SENDING,
    THROUGH,
    UPDATES,
    HostSeen,
)
from desktopmail.gui.settings.page import Row, Section
from desktopmail.gui.settings.words import moment
from desktopmail.gui.style import measures
from desktopmail.gui.widgets.button import WordButton
from desktopmail.gui.widgets.label import PlainLabel

translate = QCoreApplication.translate
FEW = 12


def purpose_word(purpose: str) -> str:
    """Why a host was spoken to, for a person."""
    return {
        RECEIVING: translate("settings", "Mail comes from it"),
        SENDING: translate("settings", "Mail goes to it"),
        FINDING: translate("settings", "Asked while looking for servers"),
        PICTURES: translate("settings", "A remote picture you wanted to see"),
        CHECKING: translate("settings", "Tried out or looked at"),
        GRANTING: translate("settings", "Signs you in to your provider"),
        THROUGH: translate("settings", "Proxy on the way"),
        UPDATES: translate("settings", "Says which version of this program is the newest"),
    }.get(purpose, purpose)


class HostList(QObject):
    """Fills the end of a section. `forget_wanted` when the list is to be emptied."""

    forget_wanted = Signal()

    def __init__(self, section: Section) -> None:
        super().__init__(section)
        self._section = section
        self._hosts: tuple[HostSeen, ...] | None = None
        self._all = False
        self.rows: list[Row] = []

    def show_hosts(self, hosts: tuple[HostSeen, ...]) -> None:
        """These are all there are."""
        if hosts != self._hosts:
            self._hosts = hosts
            self._fill()

    def _fill(self) -> None:
        for row in self.rows:
            self._section.take(row)
        self.rows = []
        places = _by_place(self._hosts or ())
        shown = list(places) if self._all else list(places)[:FEW]
        for place in shown:
            self.rows.append(self._line(place, places[place]))
        if not places:
            text = translate("settings", "Hosts appear here as soon as this program has spoken to one.")
            self.rows.append(self._section.row(translate("settings", "Nobody yet"), text))
        else:
            self.rows.append(self._foot(len(places) - len(shown)))

    def _line(self, place: tuple[str, int], seen: list[HostSeen]) -> Row:
        host, port = place
        last = max(each.last for each in seen)
        times = sum(each.times for each in seen)
        why = " · ".join(dict.fromkeys(purpose_word(each.purpose) for each in seen))
        when = PlainLabel(moment(last), size=measures.SMALL, tone="secondary")
        when.setToolTip(translate("settings", "{0} connections since {1}").format(
            times, moment(min(each.first for each in seen))))  # fmt: skip
        title = f"{host}:{port}" if port else host
        row = self._section.row(title, why, None, extra=" ".join(each.purpose for each in seen))
        row.end.addWidget(when, 0, Qt.AlignmentFlag.AlignVCenter)
        row.setAccessibleName(f"{title}, {why}, {when.text()}")
        return row

    def _foot(self, hidden: int) -> Row:
        forget = WordButton(translate("settings", "Empty this list"))
        forget.clicked.connect(self.forget_wanted)
        row = self._section.row("", "", forget)
        row.title.hide()
        if hidden:
            more = WordButton(translate("settings", "Show {0} more").format(hidden), look="link")
            more.clicked.connect(self._show_all)
            row.below(more)
        return row

    def _show_all(self) -> None:
        self._all = True
        self._fill()


def _by_place(hosts: Iterable[HostSeen]) -> dict[tuple[str, int], list[HostSeen]]:
    """Purposes by host and port, in the order given."""
    found: dict[tuple[str, int], list[HostSeen]] = {}
    for each in hosts:
        found.setdefault((each.host, each.port), []).append(each)
    return found
