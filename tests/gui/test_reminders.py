"""The quiet line below the tool bar: a backup is due, or sent mail is on this computer alone."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QFileDialog, QWidget

from desktopmail.domain.account import Endpoint, NewAccount, Pop3Server, Security, SmtpServer
from desktopmail.domain.arrangement import Beside
from desktopmail.domain.backup import DAY, LastBackup, OnlyHere
from desktopmail.domain.folder import Role
from desktopmail.domain.ids import AccountId
from desktopmail.domain.message import Fetched
from desktopmail.gui import backupwords
from desktopmail.gui.reminders import Reminders
from desktopmail.store.rows import NewMessage
from desktopmail.store.transaction import Transaction
from tests.gui.settings.conftest import Stage, stage

__all__ = ["stage"]

POP = Endpoint("pop.example.org", 995, Security.TLS, "eve")
EVE = NewAccount("eve@example.org", "Eve", "Eve", Pop3Server(POP), SmtpServer(replace(POP, port=465)))


class Room:
    """The window with its line, and a POP3 account."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.account: AccountId = stage.run(stage.engine._store.write(lambda tx: tx.accounts.add(EVE)))
        self.line = Reminders(stage.window)

    def put(self, role: Role, ago: int) -> None:
        """A message that came so many days ago."""

        def work(tx: Transaction) -> None:
            folder = tx.folders.by_role(self.account, role)
            assert folder is not None
            row = NewMessage(self.account, folder.id, b"", "<1@x>", fetched=Fetched.FULL, content=bytes(32))
            (one,) = tx.messages.insert([row])
            tx._db.execute("UPDATE message SET arrived = ? WHERE id = ?", (int(time.time()) - ago * DAY, one))

        self.stage.run(self.stage.engine._store.write(work))
        self.line.look()

    @property
    def text(self) -> str:
        strip = self.line.strip
        return strip.accessibleName() if strip is not None and strip.isVisibleTo(self.stage.window) else ""

    def press(self, name: str) -> None:
        """Press a button of the line with the keyboard."""
        assert self.line.strip is not None
        buttons = self.line.strip.findChildren(QAbstractButton)
        button = next(each for each in buttons if each.text() == name)
        assert button.accessibleName() and button.focusPolicy() & Qt.FocusPolicy.TabFocus
        self.key(button, Qt.Key.Key_Space)

    def key(self, widget: QWidget, key: Qt.Key) -> None:
        """Press a key on a widget while the loop turns."""

        async def pressed() -> None:
            widget.setFocus(Qt.FocusReason.TabFocusReason)
            QTest.keyClick(widget, key)
            await self.stage.engine.backups.only_here()

        self.stage.run(pressed())


@pytest.fixture
def room(stage: Stage) -> Iterator[Room]:
    yield Room(stage)


def test_a_backup_is_asked_for_when_it_is_due(room: Room) -> None:
    room.put(Role.INBOX, 20)
    room.stage.until(lambda: room.stage.engine.library.counts)
    assert room.text == ""
    room.put(Role.INBOX, 40)
    room.stage.until(lambda: "in no backup: 2 messages, the oldest since" in room.text)
    room.press("Remind me in a month")
    room.stage.until(lambda: room.text == "")
    assert room.stage.engine.library.settings().backup_put_off_until > time.time() + 29 * DAY


def test_no_reminder_is_wanted_and_wanted_again(room: Room) -> None:
    room.put(Role.INBOX, 40)
    room.stage.until(lambda: room.text)
    room.press("Do not remind")
    room.stage.until(lambda: room.text == "")
    assert room.stage.engine.library.settings().backup_reminder_days == 0
    room.stage.run(room.stage.engine.settings.undo())
    room.stage.until(lambda: room.text)


def test_a_backup_made_ends_it(room: Room, tmp_path: Path) -> None:
    room.put(Role.INBOX, 40)
    room.stage.until(lambda: room.text)
    room.press("Back up now…")
    page = room.stage.page("storage")
    room.stage.until(lambda: "There is no backup yet." in page.saved.text())
    dialog = next(each for each in room.stage.window._settings.findChildren(QFileDialog))  # type: ignore[union-attr]
    dialog.reject()
    page.back_up(tmp_path)
    room.stage.until(lambda: not page.copy.busy)
    room.stage.until(lambda: room.text == "")
    room.stage.until(lambda: "All of it is in the last backup." in page.saved.text())


def test_what_was_sent_from_here_alone_is_told_once(room: Room) -> None:
    room.put(Role.SENT, 0)
    room.stage.until(lambda: room.text == "What you send from Eve is kept on this computer only.")
    room.press("Only here is fine")
    room.stage.until(lambda: room.text == "")
    again = Reminders(room.stage.window)
    room.stage.run(room.stage.engine.backups.only_here())
    assert again.strip is None


def test_the_offer_leads_to_the_choice(room: Room) -> None:
    room.put(Role.SENT, 0)
    room.stage.until(lambda: room.text)
    room.press("Keep it elsewhere too…")
    settings = room.stage.window._settings
    assert settings is not None
    page: Any = settings.page(f"account:{room.account}")
    room.stage.until(lambda: settings.focusWidget() is page.arranged.sent)
    room.key(page.arranged.sent, Qt.Key.Key_End)
    room.stage.until(lambda: "a copy nobody else sees" in page.arranged.sent_row.sentence.text())
    room.stage.until(lambda: room.text == "")
    arranged = room.stage.run(room.stage.engine.arrangements.of(room.account))
    assert arranged.now.beside is Beside.BCC


def test_what_is_kept_elsewhere_is_not_offered(room: Room) -> None:
    room.stage.run(room.stage.engine.arrangements.keep_sent(room.account, Beside.BCC))
    room.put(Role.SENT, 0)
    room.stage.run(room.stage.engine.backups.only_here())
    assert room.text == ""


def test_the_page_of_the_account_leads_to_the_backup(room: Room) -> None:
    room.put(Role.INBOX, 0)
    settings = room.stage.open(f"account:{room.account}")
    page = room.stage.page(f"account:{room.account}")
    room.stage.until(lambda: "Only on this computer: 1 message." in page.arranged.save_row.sentence.text())
    page.arranged.save.click()
    assert settings._now == "storage"


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (OnlyHere(), "every message is on a server too."),
        (OnlyHere(1, 1, 5), "Only on this computer: 1 message. There is no backup yet."),
        (
            OnlyHere(2, 0, 0, LastBackup(1_770_000_000, "/b")),
            "All of it is in the last backup. Last backup: 2 February",
        ),
        (OnlyHere(2, 1, 5, LastBackup(1_770_000_000, "/b")), "Not in the last backup: 1 message."),
    ],
)
def test_words(qapp: object, found: OnlyHere, words: str) -> None:
    assert words in backupwords.standing(found)
