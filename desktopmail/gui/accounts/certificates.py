"""The certificates a person decided to trust for an account's servers, each with its revocation."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from desktopmail.domain.account import Account, Endpoint
from desktopmail.gui.accounts.rows import Rows
from desktopmail.gui.loop import spawn
from desktopmail.gui.widgets.button import WordButton
from desktopmail.gui.widgets.confirm import Confirm

if TYPE_CHECKING:
    from desktopmail.engine.engine import Engine

translate = QCoreApplication.translate


class CertificateRows:
    """One row per certificate; none, and no section, where everything is trusted by the system."""

    def __init__(self, section: Rows, engine: Engine, window: QWidget) -> None:
        self._section, self._engine, self._window = section, engine, window
        self.buttons: list[WordButton] = []

    def show_account(self, account: Account) -> None:
        """Show those of this account."""
        self._section.clear()
        self.buttons = []
        seen: set[tuple[str, int, str]] = set()
        for server in (account.incoming, account.outgoing):
            endpoint = server.endpoint if server is not None else None
            for pin in sorted(endpoint.pins) if endpoint is not None else ():
                assert endpoint is not None
                if (endpoint.host, endpoint.port, pin) not in seen:
                    seen.add((endpoint.host, endpoint.port, pin))
                    self._row(account, endpoint, pin)
        self._section.settle()

    def _row(self, account: Account, endpoint: Endpoint, pin: str) -> None:
        place = translate("certificates", "{0}, port {1}").format(endpoint.host, endpoint.port)
        button = WordButton(translate("certificates", "Revoke…"))
        button.setAccessibleName(translate("certificates", "Revoke the certificate of {0}").format(place))
        button.clicked.connect(lambda: self._ask(account, endpoint, pin))
        self.buttons.append(button)
        shown = " ".join(pin[at : at + 4].upper() for at in range(0, len(pin), 4))
        self._section.row(place, translate("certificates", "SHA-256 {0}").format(shown), button, extra=pin)

    def _ask(self, account: Account, endpoint: Endpoint, pin: str) -> None:
        Confirm(
            self._window,
            translate("certificates", "Trust this certificate no longer?"),
            translate("certificates", "{0} is then connected to only with a certificate this system trusts. Mail here "
                                      "is safe.").format(endpoint.host),
            translate("certificates", "Revoke"),
            translate("certificates", "Keep"),
        ).ask(lambda: self._revoke(account, endpoint, pin))  # fmt: skip

    def _revoke(self, account: Account, endpoint: Endpoint, pin: str) -> None:
        fresh = account
        for name in ("incoming", "outgoing"):
            server = getattr(account, name)
            if server is not None and _place(server.endpoint) == _place(endpoint):
                left = replace(server.endpoint, pins=server.endpoint.pins - {pin})
                fresh = replace(fresh, **{name: replace(server, endpoint=left)})
        spawn(self._engine.accounts.change(fresh))


def _place(endpoint: Endpoint) -> tuple[str, int]:
    return endpoint.host.lower(), endpoint.port
