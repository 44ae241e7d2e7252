"""The page about privacy: whose pictures are shown, which certificates are trusted, whom this program spoke to."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from desktopmail.gui.loop import spawn
from desktopmail.gui.preferences import Preferences
from desktopmail.gui.settings.hostlist import HostList
from desktopmail.gui.settings.page import Page
from desktopmail.gui.settings.preferencerow import fill
from desktopmail.gui.settings.words import moment
from desktopmail.gui.widgets.button import WordButton
from desktopmail.gui.widgets.tip import tip

if TYPE_CHECKING:
    from desktopmail.domain.hosts import Pin
    from desktopmail.engine.engine import Engine

SHORT = 16


class PrivacyPage(Page):
    """Everything that was once allowed is listed and can be taken back."""

    def __init__(self, engine: Engine, preferences: Preferences) -> None:
        lead = self.tr("What you allowed, and whom this program talks to. Nothing on this page leaves the computer.")
        super().__init__(self.tr("Privacy and security"), lead)
        self._engine = engine
        self._shown: object = None
        self.senders = self.section(
            self.tr("Remote pictures"),
            self.tr(
                "Loading them tells the sender that you read the message. They are loaded for these senders alone."
            ),
        )
        self.pins = self.section(
            self.tr("Certificates trusted by hand"),
            self.tr("Each holds for one certificate of one server. If the server shows another one, it is refused."),
        )
        self.servers = fill(self, preferences, "privacy")["Servers"]
        self.hosts = HostList(self.servers)
        self.hosts.forget_wanted.connect(lambda: spawn(self._forget(), self))
        self._fill()

    def words(self) -> str:
        return self.tr("security trust certificate images tracking servers hosts")

    def came(self) -> None:
        """Show what is so now."""
        self._fill()
        spawn(self._look(), self)

    def _fill(self) -> None:
        now = (self._engine.library.image_senders(), self._engine.library.pins())
        if now != self._shown:
            self._shown = now
            self._fill_senders(now[0])
            self._fill_pins(now[1])

    def _fill_senders(self, senders: tuple[str, ...]) -> None:
        self.senders.clear()
        for sender in senders:
            button = WordButton(self.tr("Hold back again"))
            button.setAccessibleName(self.tr("Hold back remote pictures of {0}").format(sender))
            button.clicked.connect(partial(self._hold_back, sender))
            whole = sender.startswith("@")
            title = self.tr("Everybody at {0}").format(sender[1:]) if whole else sender
            self.senders.row(title, "", button)
        if not senders:
            text = self.tr("Remote pictures are held back until you show them, message by message.")
            self.senders.row(self.tr("Nobody"), text)

    def _fill_pins(self, pins: tuple[Pin, ...]) -> None:
        self.pins.clear()
        users = self._users()
        for pin in pins:
            button = WordButton(self.tr("Trust no longer"), look="danger")
            button.setAccessibleName(self.tr("Trust the certificate of {0} no longer").format(pin.host))
            button.clicked.connect(partial(self._distrust, pin))
            parts = [self.tr("Since {0}").format(moment(pin.at)), *users.get((pin.host.lower(), pin.port), [])]
            parts.append(self.tr("SHA-256 {0}…").format(_grouped(pin.fingerprint[:SHORT])))
            row = self.pins.row(f"{pin.host}:{pin.port}", " · ".join(parts), button, extra=pin.fingerprint)
            tip(row.sentence, _grouped(pin.fingerprint))
            row.sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        if not pins:
            self.pins.row(self.tr("None"), self.tr("Servers have to prove who they are to this system."))

    def _users(self) -> dict[tuple[str, int], list[str]]:
        """Which accounts have a server at a place."""
        found: dict[tuple[str, int], list[str]] = {}
        for account in self._engine.library.accounts():
            servers = [each.endpoint for each in (account.incoming, account.outgoing) if each is not None]
            for place in {(each.host.lower(), each.port) for each in servers}:
                found.setdefault(place, []).append(account.name or account.address)
        return found

    def _hold_back(self, sender: str) -> None:
        spawn(self._engine.settings.forbid_images(sender))

    def _distrust(self, pin: Pin) -> None:
        spawn(self._engine.settings.distrust(pin.host, pin.port))

    async def _look(self) -> None:
        self.hosts.show_hosts(await self._engine.settings.hosts())

    async def _forget(self) -> None:
        await self._engine.settings.forget_hosts()
        await self._look()


def _grouped(fingerprint: str) -> str:
    """Hex digits in groups, as people compare them."""
    return " ".join(fingerprint[start : start + 4] for start in range(0, len(fingerprint), 4)).upper()
