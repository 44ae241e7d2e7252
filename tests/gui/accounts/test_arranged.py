"""What is arranged for a POP3 account on its page: whose Inbox takes new mail, and where sent mail is kept beside."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from desktopmail.domain.account import Endpoint, ImapServer, Keep, Leave, NewAccount, Pop3Server, Security, SmtpServer
from desktopmail.domain.arrangement import Arrangement, Beside
from desktopmail.domain.folder import Role
from desktopmail.domain.health import Retention
from desktopmail.domain.ids import AccountId
from desktopmail.gui.accounts.removal import RemoveAccount
from desktopmail.gui.settings.undoline import UndoLine
from desktopmail.gui.widgets.combo import ComboBox
from desktopmail.store.ledger_rows import Stored
from desktopmail.store.rows import NewMessage
from desktopmail.store.transaction import Transaction
from tests.gui.accounts.conftest import Desk, desk, press, until, words
from tests.gui.accounts.test_page import choose

Run = Callable[[Coroutine[Any, Any, None]], None]
POP = Endpoint("pop.example.org", 995, Security.TLS, "eve")
OUT = SmtpServer(Endpoint("smtp.example.org", 465, Security.TLS, "eve"))
EVE = NewAccount("eve@example.org", "Eve", "Eve", Pop3Server(POP), OUT)
FAR = NewAccount("eve@imap.example", "Far", "Eve", ImapServer(replace(POP, host="imap.example")), OUT)
BOB = NewAccount("bob@example.org", "Bob", "Bob", Pop3Server(replace(POP, user="bob")), OUT)


async def arranged(one: Desk) -> Arrangement:
    return await one.engine._store.read(lambda tx: tx.arrangements.get(one.account.id))


def down(box: ComboBox, times: int = 1) -> None:
    """Choose the next value with the keyboard."""
    box.setFocus(Qt.FocusReason.TabFocusReason)
    for _ in range(times):
        QTest.keyClick(box, Qt.Key.Key_Down)


async def visiting(one: Desk, owner: AccountId, host: AccountId) -> None:
    """Two messages of one account in the Inbox of another."""

    def work(tx: Transaction) -> None:
        inbox = tx.folders.by_role(host, Role.INBOX)
        assert inbox is not None
        rows = [NewMessage(host, inbox.id, b"", f"<{number}@x>", size=9) for number in range(2)]
        ids = tx.messages.insert(rows)
        tx.ledger.stored(owner, [Stored(f"u{each}", 9, each, bytes(32)) for each in ids])

    await one.engine._store.write(work)


def test_new_mail_goes_into_another_inbox(tmp_path: Path, run: Run) -> None:
    async def story() -> None:
        async with desk(tmp_path, EVE, "x") as one:
            rows = one.page.arranged
            await until(lambda: rows.sent.count() == 2)
            assert not rows.new_row.isVisibleTo(one.page)
            bob = await one.engine.accounts.add(BOB, "x")
            await until(lambda: rows.new_row.isVisibleTo(one.page))
            assert rows.inbox.itemText(1) == "Inbox of Bob"
            down(rows.inbox)
            await until(lambda: "come into the Inbox of Bob" in rows.new_row.sentence.text())
            assert (await arranged(one)).deliver == bob
            await visiting(one, one.account.id, bob)
            one.page.came()
            await until(lambda: "In folders of other accounts now: 2 messages." in words(one.page))
            line = UndoLine(one.engine, one.window)
            line.look()
            assert line.words.text() == "New mail of an account goes into another Inbox"
            line.undo()
            await until(lambda: "into the Inbox of this account" in rows.new_row.sentence.text())
            assert rows.inbox.currentText() == "Its own Inbox" and (await arranged(one)).deliver is None

    run(story())


def test_where_sent_mail_is_kept(tmp_path: Path, run: Run) -> None:
    async def story() -> None:
        async with desk(tmp_path, EVE, "x") as one:
            rows = one.page.arranged
            await until(lambda: "nowhere else" in rows.sent_row.sentence.text())
            far = await one.engine.accounts.add(FAR, "x")
            await until(lambda: rows.sent.count() == 3)
            down(rows.sent)
            await until(lambda: "handed to imap.example, where Far" in rows.sent_row.sentence.text())
            assert await arranged(one) == Arrangement(None, Beside.FOLDER, far)
            down(rows.sent)
            await until(lambda: "a copy nobody else sees goes to eve@example.org" in rows.sent_row.sentence.text())
            assert (await arranged(one)).beside is Beside.BCC
            await one.engine.pop3.set_leave(one.account.id, Leave(Keep.DAYS, 14))
            await until(lambda: "The server keeps it for 14 days." in rows.sent_row.sentence.text())
            await one.engine.pop3.set_leave(one.account.id, Leave(Keep.NO))
            await until(lambda: "the copy neither" in rows.sent_row.sentence.text())
            assert rows.sent_row.sentence.text() in rows.sent.accessibleDescription()
            await one.engine.settings.undo()
            await until(lambda: rows.sent.currentText() == "Also in Sent of Far")
            await one.engine.accounts.remove(far)
            await until(lambda: rows.sent.currentText() == "On this computer only")

    run(story())


@pytest.mark.parametrize("new", [FAR, replace(EVE, incoming=None)])
def test_other_accounts_have_no_such_rows(tmp_path: Path, run: Run, new: NewAccount) -> None:
    async def story() -> None:
        async with desk(tmp_path, new, "x") as one:
            await until(lambda: one.page.isVisible())
            assert not one.page.arranged.sent_row.isVisibleTo(one.page)
            assert "Where its mail is kept" not in words(one.page)

    run(story())


def test_removal_says_what_is_whose(tmp_path: Path, run: Run) -> None:
    async def story() -> None:
        async with desk(tmp_path, EVE, "x") as one:
            bob = await one.engine.accounts.add(BOB, "x")
            await visiting(one, bob, one.account.id)
            one.page.came()
            await until(lambda: "Among them: 2 messages of Bob." in words(one.page))
            press(one.page.remove)
            dialog = one.dialog(RemoveAccount)
            await until(lambda: "In its folders: 2 messages of Bob." in dialog.elsewhere.text())
            assert dialog.goes.text().startswith("0 messages go")
            dialog.reject()
            owner = next(each for each in one.engine.library.accounts() if each.id == bob)
            other = RemoveAccount(one.engine, owner, one.window)
            await until(lambda: "In folders of other accounts: 2 messages of this one." in other.elsewhere.text())
            other.reject()

    run(story())


def test_where_messages_are_is_counted_and_leads_there(tmp_path: Path, run: Run) -> None:
    async def story() -> None:
        async with desk(tmp_path, EVE, "x") as one:
            where = one.page.server_rows.whereabouts
            await until(lambda: where.isHidden())
            await visiting(one, one.account.id, one.account.id)
            one.page.came()
            await until(lambda: not where.isHidden())
            shown = [each.text() for each in where.links if not each.isHidden()]
            assert shown == ["2 only on the server"]
            assert where.links[0].accessibleName() == "Show: 2 only on the server"

    run(story())


@pytest.mark.parametrize(
    ("expire", "keep", "days", "words"),
    [
        (None, Keep.FOREVER, 0, ""),
        (-1, Keep.FOREVER, 0, ""),
        (30, Keep.FOREVER, 0, "after 30 days, whatever"),
        (30, Keep.DAYS, 14, ""),
        (30, Keep.DAYS, 60, "after 30 days, whatever"),
        (1, Keep.UNTIL_DELETED, 0, "after 1 day, whatever"),
        (0, Keep.FOREVER, 0, "as soon as they were fetched"),
        (0, Keep.NO, 0, ""),
    ],
)
def test_a_provider_that_keeps_less_than_the_rule_is_named(
    tmp_path: Path, run: Run, expire: int | None, keep: Keep, days: int, words: str
) -> None:
    async def story() -> None:
        async with desk(tmp_path, replace(EVE, incoming=Pop3Server(POP, Leave(keep, days))), "x") as one:
            account = one.account.id
            await one.engine._store.write(lambda tx: tx.sightings.retention(account, Retention(expire, 0)))
            one.page.came()
            row = one.page.server_rows.leave
            assert row is not None
            assert row.provider.isHidden() is not bool(words) and words in row.provider.text()
            if not row.provider.isHidden():
                choose(row.choice, Keep.NO.value)
                assert row.provider.isHidden()

    run(story())
