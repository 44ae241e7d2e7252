"""Which pages the settings have, in what order, and how each is made."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from desktopmail.gui.preferences import Preferences
from desktopmail.gui.settings.page import Page
from desktopmail.gui.settings.pagelist import Entry

if TYPE_CHECKING:
    from desktopmail.domain.account import Account
    from desktopmail.engine.engine import Engine
    from desktopmail.gui.commands import Commands

Known = tuple[Entry, Callable[[], Page]]
translate = QCoreApplication.translate


def program(engine: Engine, preferences: Preferences, commands: Commands) -> list[Known]:
    """The pages about the program."""
    from desktopmail.gui.settings.about import AboutPage
    from desktopmail.gui.settings.appearance import AppearancePage
    from desktopmail.gui.settings.notifications import NotificationsPage
    from desktopmail.gui.settings.privacy import PrivacyPage
    from desktopmail.gui.settings.reading import ReadingPage
    from desktopmail.gui.settings.shortcuts import ShortcutsPage
    from desktopmail.gui.settings.signing_in import SigningInPage
    from desktopmail.gui.settings.storage import StoragePage
    from desktopmail.gui.settings.writing import WritingPage

    return [
        (Entry("reading", translate("settings", "Reading"), "mail-open"), partial(ReadingPage, preferences)),
        (Entry("writing", translate("settings", "Writing"), "square-pen"), partial(WritingPage, preferences)),
        (
            Entry("privacy", translate("settings", "Privacy and security"), "shield-check"),
            partial(PrivacyPage, engine, preferences),
        ),
        (Entry("signing-in", translate("settings", "Signing in"), "key-round"), partial(SigningInPage, engine)),
        (Entry("appearance", translate("settings", "Appearance"), "sun"), partial(AppearancePage, preferences)),
        (
            Entry("shortcuts", translate("settings", "Keyboard"), "keyboard"),
            partial(ShortcutsPage, preferences, commands),
        ),
        (
            Entry("notifications", translate("settings", "Notifications"), "bell"),
            partial(NotificationsPage, engine, preferences),
        ),
        (Entry("storage", translate("settings", "Storage"), "hard-drive"), partial(StoragePage, engine, preferences)),
        (Entry("about", translate("settings", "About"), "info"), partial(AboutPage, engine, preferences)),
    ]


def accounts(engine: Engine, window: QWidget) -> list[Known]:
    """A page for every account."""
    return [
        (
            Entry(f"account:{each.id}", each.name or each.address, colour=each.colour),
            partial(_account, engine, each, window),
        )
        for each in engine.library.accounts()
    ]


def _account(engine: Engine, account: Account, window: QWidget) -> Page:
    from desktopmail.gui.accounts.page import AccountPage

    return AccountPage(engine, account, window)
