"""Hears from the system that the computer woke up or that its network went, came or changed."""

from __future__ import annotations

import sys
from collections.abc import Callable

from PySide6.QtCore import QObject

from desktopmail.gui.desktop.bus import Place, Unreachable, connected
from desktopmail.gui.loop import spawn

LOGIND = Place("org.freedesktop.login1", "/org/freedesktop/login1", "org.freedesktop.login1.Manager")
"""Tells of sleep: PrepareForSleep(true) before, PrepareForSleep(false) after."""


class Waking(QObject):
    """Calls `changed` whenever lines may be dead: after sleep, and when the network goes, comes or is another one. A
    line whose network went would be given up minutes later only."""

    def __init__(self, changed: Callable[[], None], parent: QObject) -> None:
        super().__init__(parent)
        self._changed = changed

    def begin(self) -> None:
        """Listen from now on; loads the network part of the toolkit."""
        from PySide6.QtNetwork import QNetworkInformation

        if QNetworkInformation.loadBackendByFeatures(QNetworkInformation.Feature.Reachability):
            network = QNetworkInformation.instance()
            network.reachabilityChanged.connect(self._heard)
            network.transportMediumChanged.connect(self._heard)
        if sys.platform.startswith("linux"):
            spawn(self._hear_sleep(), self)

    def _heard(self, what: object) -> None:
        self._changed()

    async def _hear_sleep(self) -> None:
        try:
            async with connected("SYSTEM") as bus:
                async for member, body in await bus.listen(LOGIND):
                    if member == "PrepareForSleep" and body == (False,):
                        self._changed()
        except Unreachable:
            return  # The clocks tell, some seconds later.
