"""The page of an account: name, colour, pause, identities, health, removal, and the server it lacks."""

from __future__ import annotations

import time
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QPlainTextEdit, QWidget

from desktopmail.domain.account import Endpoint, ImapServer, Keep, Leave, NewAccount, Pop3Server, Security, SmtpServer
from desktopmail.domain.activity import Activity, Problem, Remedy, State
from desktopmail.domain.advice import Advice, Answers
from desktopmail.domain.health import DAY, Encryption, Line, Others, Retention, Room, Side
from desktopmail.domain.ids import AccountId
from desktopmail.gui.accounts.adding import AddServer
from desktopmail.gui.accounts.health import HealthRows
from desktopmail.gui.accounts.identities import IdentityDialog
from desktopmail.gui.accounts.leave import LeaveRow
from desktopmail.gui.accounts.removal import RemoveAccount
from desktopmail.gui.accounts.rows import Rows
from desktopmail.gui.accounts.serverrows import reason
from desktopmail.gui.accounts.servers import Servers
from desktopmail.gui.accounts.sign_in import SignIn
from desktopmail.gui.accounts.switch import SwitchProtocol
from desktopmail.gui.widgets.combo import ComboBox
from desktopmail.store.sightings import Sightings
from tests.gui.accounts.conftest import button, desk, press, type_into, until, words
from tests.servers.dovecot import Dovecot, User
from tests.servers.two_sides import letter

Run = Callable[[Coroutine[Any, Any, None]], None]


def test_name_colour_and_pause_take_effect_at_once(tmp_path: Path, run: Run, new: NewAccount) -> None:
    async def story() -> None:
        async with desk(tmp_path, new, "x") as one:
            type_into(one.page.name, "Letters")
            QTest.keyClick(one.page.name, Qt.Key.Key_Return)
            await until(lambda: one.account.name == "Letters")
            await until(lambda: one.page.heading.text() == "Letters")
            type_into(one.page.name, " ")
            QTest.keyClick(one.page.name, Qt.Key.Key_Return)
            assert one.page.name.text() == "Letters"
            press(button(one.page, "Teal"))
            await until(lambda: one.account.colour == 5)
            press(one.page.pause)
            await until(lambda: one.account.paused)
            press(one.page.pause)
            await until(lambda: not one.account.paused)

    run(story())


def test_identities(tmp_path: Path, run: Run, new: NewAccount) -> None:
    async def story() -> None:
        async with desk(tmp_path, new, "x") as one:
            first = one.account.identities[0]
            assert "New mail is written under this name" in words(one.page._people)
            press(button(one.page, "Add identity…"))
            dialog = one.dialog(IdentityDialog)
            type_into(dialog.address.line, "no address")
            press(dialog.button)
            assert "not a mail address" in dialog.address.wrong
            type_into(dialog.name.line, "Countess")
            type_into(dialog.address.line, "countess@example.org")
            type_into(dialog.reply_to.line, "ada@example.org")
            dialog.signature.setPlainText("-- \nAda")
            press(dialog.button)
            await until(lambda: len(one.account.identities) == 2)
            made = one.account.identities[1]
            assert (made.name, made.address, made.reply_to) == ("Countess", "countess@example.org", "ada@example.org")
            assert made.signature == "-- \nAda"
            await until(lambda: "Signature: Ada" in words(one.page._people))
            press(button(one.page, "Write new mail under Countess <countess@example.org>"))
            await until(lambda: one.account.identities == (made, first))
            draft = await one.engine.composing.new()
            assert draft.identity == made.id
            await until(lambda: "Countess" in one.page._people.rows[0].title.text())
            press(button(one.page, f"Remove {first.name} <{first.address}>"))
            press(button(one.window, "Remove identity"))
            await until(lambda: one.account.identities == (made,))

    run(story())


def test_health_is_said_in_words(qtbot: Any, tmp_path: Path, run: Run, new: NewAccount) -> None:
    async def story() -> None:
        async with desk(tmp_path, new, "x") as one:
            now = int(time.time())
            made = Encryption("TLSv1.3", "AES", now + 9 * DAY + 60, "Good CA", "ab" * 32)
            server = one.account.incoming
            assert server is not None
            line = Line(Side.INCOMING, server.endpoint.host, server.endpoint.port, made, "SCRAM-SHA-256", now)

            def note(tx: Any) -> None:
                tx.sightings.line(one.account.id, line)
                tx.sightings.full_sync(one.account.id)
                tx.sightings.others(one.account.id, Others(1, 12))
                for ago in range(3):
                    past = Sightings(tx._db, now - ago * DAY)
                    past.room(one.account.id, Room(1_900_000_000 - ago * 10_000_000, 2_000_000_000))

            await one.engine._store.write(note)
            one.page.came()
            said = words(one.page._health)
            assert "Encrypted with TLS 1.3. The server's certificate ends on" in said and "in 9 days" in said
            assert "SCRAM-SHA-256: the password itself is never sent." in said
            assert "it is full in 10 days" in said and "(95 %)" in said
            assert "removed 1 message and read or marked 12 messages in the last 7 days" in said
            assert "Today, " in said
            rows: HealthRows = one.page.health
            assert rows.line.isVisibleTo(one.page) and rows.room.sentence.property("tone") == "care"
            assert not rows.incoming.facts.isVisibleTo(one.page)
            press(rows.incoming.fold)
            assert "ab" * 8 in rows.incoming.facts.text() and rows.incoming.facts.isVisibleTo(one.page)
            assert one.page.found("quota") == [rows.room]
            one.page.grab()

    run(story())


def test_pop3_rules_and_retention(tmp_path: Path, run: Run, new: NewAccount) -> None:
    """Nothing that removes is in force before its own button was pressed."""
    asked: list[Leave] = []
    kept: list[Leave] = []

    async def ask(leave: Leave) -> str:
        asked.append(leave)
        return f"12 messages would go ({leave.keep.value})."

    async def story() -> None:
        row = LeaveRow(Leave(), ask, kept.append)
        await until(lambda: "forever" in row.sentence.text())
        assert row.offer.isHidden() and row.days.isHidden()
        row.choice.setCurrentIndex(row.choice.findData(Keep.DAYS.value))
        row.choice.activated.emit(row.choice.currentIndex())
        await until(lambda: "(days)" in row.sentence.text())
        assert kept == [] and not row.offer.isHidden() and not row.note.isHidden()
        row.days.set_number(30)
        assert asked[-1].keep is Keep.DAYS
        press(row.back)
        assert row.chosen() == Leave() and row.offer.isHidden()
        row.choice.setCurrentIndex(row.choice.findData(Keep.DAYS.value))
        row.choice.activated.emit(row.choice.currentIndex())
        row.use.click()
        assert kept == [Leave(Keep.DAYS, 30)]
        row.choice.setCurrentIndex(row.choice.findData(Keep.FOREVER.value))
        row.choice.activated.emit(row.choice.currentIndex())
        assert kept[-1] == Leave()
        await until(lambda: "forever" in row.sentence.text())
        row.deleteLater()

    run(story())


def test_what_a_provider_does_in_its_own_way(tmp_path: Path, run: Run, new: NewAccount) -> None:
    """Gmail's peculiarities stand on its page, and on no other."""

    async def story() -> None:
        async with desk(tmp_path, new, "x") as one:
            rows = one.page.server_rows
            place = Endpoint("pop.gmail.com", 995, Security.TLS, "recent:ada@gmail.com")
            rows.show_account(replace(one.account, incoming=Pop3Server(place)))
            assert rows.ways is not None and not rows.ways.isHidden()
            assert "the last 30 days to every program" in rows.ways.sentence.text()
            rows.show_account(replace(one.account, incoming=Pop3Server(replace(place, host="pop.example.org"))))
            assert rows.ways.isHidden()

    run(story())


def test_the_reason_for_the_protocol(tmp_path: Path, run: Run, new: NewAccount) -> None:
    async def story() -> None:
        why = "You read this address on your phone too."
        told = replace(new, advice=Advice(Answers(), "imap", why, "imap").to_json())
        async with desk(tmp_path, told, "x") as one:
            assert why in words(one.page._servers)
            other = replace(one.account, advice=Advice(Answers(), "pop3", "Mail off it.", "imap").to_json())
            assert reason(other) == "You chose it although POP3 was recommended: Mail off it."
            assert reason(replace(other, advice="{")) == ""

    run(story())


def test_retention_is_shown_for_pop3_only(tmp_path: Path, run: Run, new: NewAccount) -> None:
    async def story() -> None:
        async with desk(tmp_path, new, "x") as one:
            section = Rows("Health")
            rows = HealthRows(section)
            health = replace(one.engine.library.health(one.account.id), retention=Retention(14, 300))
            rows.show_health(health, one.account)
            assert rows.kept.isHidden() and rows.visits.isHidden()
            assert one.account.incoming is not None
            box = replace(one.account, incoming=Pop3Server(one.account.incoming.endpoint))
            rows.show_health(health, box)
            assert not rows.kept.isHidden() and "after 14 days" in rows.kept.sentence.text()
            assert not rows.visits.isHidden() and "5 minutes" in rows.visits.sentence.text()
            section.deleteLater()

    run(story())


def test_how_far_back_mail_is_brought(tmp_path: Path, run: Run, new: NewAccount) -> None:
    async def story() -> None:
        async with desk(tmp_path, new, "x") as one:
            rows = one.page.server_rows
            choice = rows.depth
            assert choice.currentText() == "All messages" and "whole" in rows.kept.sentence.text()
            choice.setCurrentIndex(1)
            choice.activated.emit(1)
            await until(
                lambda: isinstance(one.account.incoming, ImapServer) and one.account.incoming.offline_days == 365
            )
            await until(lambda: "What is here stays here" in rows.kept.sentence.text())
            choice.setCurrentIndex(0)
            choice.activated.emit(0)
            await until(lambda: one.account.incoming == new.incoming)
            assert isinstance(one.account.incoming, ImapServer)
            rows.show_account(replace(one.account, incoming=replace(one.account.incoming, offline_days=7)))
            assert choice.currentText() == "The last 7 days"

    run(story())


def test_what_is_wrong_can_be_mended_from_the_page(tmp_path: Path, run: Run, new: NewAccount) -> None:
    async def story() -> None:
        async with desk(tmp_path, new, "x") as one:
            problem = Problem(one.account.id, "sign-in-refused", "The server said no", "Mail is safe.", Remedy.SIGN_IN)
            one.engine._ears.activity(Activity(one.account.id, State.PROBLEM, problem.title, problem=problem))
            one.engine._ears.activity(Activity(AccountId(99), State.IDLE, "Up to date"))
            await until(lambda: "The server said no. Mail is safe." in words(one.page.standing))
            press(button(one.page.standing, "Enter password…"))
            assert one.dialog(SignIn).isVisible()
            one.dialog(SignIn).reject()
            one.engine._ears.activity(Activity(one.account.id, State.IDLE, "Up to date"))
            await until(lambda: words(one.page.standing) == "Up to date")

    run(story())


def test_removal_keeps_the_mail_unless_told(tmp_path: Path, run: Run, new: NewAccount) -> None:
    async def story() -> None:
        async with desk(tmp_path, new, "x") as one:
            press(one.page.remove)
            dialog = one.dialog(RemoveAccount)
            assert dialog.keep.isChecked() and dialog.leave.isDefault()
            QTest.keyClick(dialog, Qt.Key.Key_Return)
            assert one.account.incoming is not None
            press(one.page.remove)
            press(one.dialog(RemoveAccount).button)
            await until(lambda: one.account.incoming is None)
            await until(lambda: "on this computer only" in words(one.page))
            await until(lambda: not any(each.isVisible() for each in one.window.findChildren(RemoveAccount)))
            assert one.account.outgoing is None and not one.page.server_rows.password.isVisibleTo(one.page)
            press(one.page.remove)
            dialog = one.dialog(RemoveAccount)
            dialog.all.setChecked(True)
            press(dialog.button)
            await until(lambda: not one.engine.library.accounts())

    run(story())


@pytest.mark.parametrize(
    ("address", "domain", "said"),
    [
        ("ada", "ada", "This is not a mail address. It has a name, an @ and a domain: ada@example.org. The"),
        ("ada@mail.invalid", "mail.invalid", "Nothing could be looked up about mail.invalid. The name below"),
        ("ada@localhost", "localhost", "Nothing is known about such a server of this address. The name below"),
    ],
)
def test_looking_for_a_server_says_what_happened(
    tmp_path: Path, run: Run, address: str, domain: str, said: str
) -> None:
    async def story() -> None:
        sends = SmtpServer(Endpoint("127.0.0.1", 9, Security.TLS, "ada"))
        async with desk(tmp_path, NewAccount(address, "Work", "Ada", None, sends), "") as one:
            press(button(one.page, "Incoming mail: Add receiving"))
            dialog = one.dialog(AddServer)
            await until(lambda: "Looking" not in dialog.said.text())
            assert dialog.said.text().startswith(said) and dialog.fields.host.text() == f"imap.{domain}"

    run(story())


def test_sending_and_receiving_are_added_later(
    tmp_path: Path, run: Run, new: NewAccount, dovecot: Dovecot, dovecot_user: User, monkeypatch: Any
) -> None:
    async def story() -> None:
        async with desk(tmp_path, replace(new, incoming=None), dovecot_user.password) as one:
            assert "this account only sends" in words(one.page)
            press(button(one.page, "Incoming mail: Add receiving"))
            dialog = one.dialog(AddServer)
            await until(lambda: "Looking" not in dialog.said.text())
            assert dialog.fields.host.text().startswith("imap.") and dialog.fields.port.number == 993
            dialog.kind.setCurrentIndex(1)
            dialog.kind.activated.emit(1)
            assert dialog.fields.host.text().startswith("pop3.") and dialog.fields.port.number == 995
            dialog.kind.setCurrentIndex(0)
            dialog.kind.activated.emit(0)
            fields = dialog.fields
            type_into(fields.host, "localhost")
            type_into(fields.port, str(dovecot.ports["imaps"]))
            type_into(fields.user, dovecot_user.name)
            type_into(dialog.password.line, "wrong")
            press(dialog.button)
            await until(lambda: "did not accept" in words(dialog).replace("\u200b", ""))
            type_into(dialog.password.line, "")
            QTest.keyClick(dialog.password.line, Qt.Key.Key_Backspace)
            press(dialog.button)
            await until(lambda: one.account.incoming is not None)
            (report,) = await one.engine.sync([one.account.id])
            assert report.problems == ()
            await until(lambda: one.page.server_rows.protocol.isVisibleTo(one.page))
            lines = one.page.findChildren(QLineEdit)
            assert all(each.accessibleName() for each in lines)

    run(story())


def test_a_pop3_account_says_in_numbers_what_a_rule_would_remove(
    tmp_path: Path, run: Run, new: NewAccount, dovecot: Dovecot, dovecot_user: User
) -> None:
    dovecot.seed(dovecot_user, "INBOX", [letter(number) for number in range(3)])
    box = replace(new, incoming=Pop3Server(dovecot.endpoint("pop3s", dovecot_user)))

    async def story() -> None:
        async with desk(tmp_path, box, dovecot_user.password) as one:
            (report,) = await one.engine.sync([one.account.id])
            assert report.problems == () and report.new == 3
            row, large = one.page.server_rows.leave, one.page.server_rows.large
            assert row is not None and large is not None
            await until(lambda: "Nothing is removed from the server." in row.sentence.text())
            choose(row.choice, Keep.NO.value)
            await until(lambda: "3 messages would be removed from the server" in row.sentence.text())
            server = one.account.incoming
            assert isinstance(server, Pop3Server) and server.leave == Leave()
            press(row.use)
            await until(lambda: one.account.incoming == replace(server, leave=Leave(Keep.NO)))
            choose(large.choice, 5_000_000)
            await until(lambda: one.account.incoming == replace(server, leave=Leave(Keep.NO), max_size=5_000_000))
            choose(row.choice, Keep.FOREVER.value)
            await until(lambda: one.account.incoming == replace(server, max_size=5_000_000))
            assert len(dovecot.messages(dovecot_user)) == 3
            large.show_size(2_500_000)
            assert large.choice.currentText() == "2.5 MB"

    run(story())


def choose(box: ComboBox, value: object) -> None:
    """Choose one of several by its value."""
    box.setCurrentIndex(box.findData(value))
    box.activated.emit(box.currentIndex())


def test_everything_in_the_dialogs_has_a_name(tmp_path: Path, run: Run, new: NewAccount) -> None:
    async def story() -> None:
        async with desk(tmp_path, new, "x") as one:
            account, window = one.account, one.window
            dialogs: list[QWidget] = [
                Servers(one.engine, account, window),
                AddServer(one.engine, account, ("imap", "pop3"), window),
                SwitchProtocol(one.engine, account, window),
                IdentityDialog(window, account.identities[0], lambda _: None),
                RemoveAccount(one.engine, account, window),
            ]
            for dialog in dialogs:
                wanted = [
                    each
                    for each in dialog.findChildren(QWidget)
                    if isinstance(each, QAbstractButton | QComboBox | QLineEdit | QPlainTextEdit)
                ]
                assert wanted
                assert [each for each in wanted if not each.accessibleName()] == [], type(dialog).__name__
                assert [each for each in wanted if each.focusPolicy() == Qt.FocusPolicy.NoFocus] == []

    run(story())
