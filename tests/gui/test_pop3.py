"""A POP3 account in the window: what is left on the server can be removed there, after a question."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from desktopmail.domain.account import Endpoint, NewAccount, Pop3Server, Security
from desktopmail.domain.errors import Renamed
from desktopmail.domain.folder import Role
from desktopmail.domain.ids import AccountId, MessageId
from desktopmail.domain.message import Flags
from desktopmail.engine.pop3.relink import Relinked
from desktopmail.engine.pop3.verbs import Pop3Verbs
from desktopmail.gui.widgets.confirm import Confirm
from desktopmail.store.ledger_rows import Stored
from desktopmail.store.rows import NewContent
from desktopmail.store.transaction import Transaction
from tests.gui.desk import Desk

Run = Callable[[Coroutine[Any, Any, Any]], Any]
SERVER = Pop3Server(Endpoint("pop.example.org", 995, Security.TLS, "eve"))


@pytest.fixture
def desk(run: Run, tmp_path: Path, qtbot: QtBot) -> Iterator[Desk]:
    async def make() -> Desk:
        desk = Desk(tmp_path / "profile")
        await desk.engine.change_settings(group_conversations=False, mark_read_seconds=-1.0)
        return desk

    desk = run(make())
    desk.run = run
    yield desk
    run(desk.close())


async def delivered(desk: Desk) -> list[MessageId]:
    """Three messages that came by POP3, of which the server still has two."""
    desk.account = await desk.store.write(
        lambda tx: tx.accounts.add(NewAccount("eve@example.org", "Eve", "Eve", SERVER, None))
    )
    ids = await desk.arrive(0, 3)

    def work(tx: Transaction) -> None:
        for message in ids:
            tx._db.execute("DELETE FROM imap_copy WHERE message = ?", (message,))
        tx.ledger.stored(desk.account, [Stored(f"u{each}", 9, each, bytes(32)) for each in ids])
        tx.ledger.vanished(desk.account, [f"u{ids[0]}"])

    await desk.store.write(work)
    return [MessageId(each) for each in ids]


def test_messages_are_removed_from_the_server_after_a_question(desk: Desk, run: Run, qtbot: QtBot) -> None:
    run(delivered(desk))
    asked: list[AccountId] = []
    lanes = SimpleNamespace(retry=asked.append)
    desk.engine.pop3 = Pop3Verbs(desk.store, lambda: lanes)  # type: ignore[attr-defined,arg-type,return-value]
    window = desk.open()
    desk.until(lambda: len(window.messages.model) == 3)
    window.messages.choose([MessageId(each) for each in desk.ids])
    action = window.commands.actions["remove_there"]
    desk.until(action.isEnabled)
    action.trigger()
    question = next(each for each in window.findChildren(Confirm) if each.isVisible())
    assert "Remove 2 messages from the server now?" in question.accessibleName() + question.windowTitle()
    question._yes.click()
    desk.until(lambda: asked)
    outlook = run(desk.engine.pop3.outlook(desk.account))  # type: ignore[attr-defined]
    assert outlook.count == 2 and len(window.messages.model) == 3
    desk.until(lambda: window.toast.text == "2 messages will be removed from the server")
    window.toast._button.click()
    desk.until(lambda: window.toast.text == "2 messages stay on the server")
    assert run(desk.engine.pop3.outlook(desk.account)).count == 0  # type: ignore[attr-defined]


def test_the_rest_of_large_messages_is_fetched_for_a_whole_selection(desk: Desk, run: Run, qtbot: QtBot) -> None:
    first, *rest = run(delivered(desk))

    def in_part(tx: Transaction) -> None:
        tx.ledger.stored(desk.account, [Stored(f"u{each}", 9, each, b"", partly=True) for each in rest])
        tx._db.execute("UPDATE message SET content = x'' WHERE id > ?", (first,))

    run(desk.store.write(in_part))
    asked: list[AccountId] = []
    lanes = SimpleNamespace(retry=asked.append)
    desk.engine.pop3 = Pop3Verbs(desk.store, lambda: lanes)  # type: ignore[attr-defined,arg-type,return-value]
    window = desk.open()
    desk.until(lambda: len(window.messages.model) == 3)
    action = window.commands.actions["fetch_whole"]
    window.messages.choose([first])
    desk.until(window.commands.actions["remove"].isEnabled)
    assert not action.isEnabled()
    window.messages.choose([first, *rest])
    desk.until(action.isEnabled)
    action.trigger()
    desk.until(lambda: asked)
    lines = run(desk.store.read(lambda tx: tx.ledger.begun(desk.account)))
    assert [each.message for each in lines if each.wanted_whole] == rest


@pytest.mark.parametrize("grouped", [False, True])
def test_removing_for_ever_says_what_a_server_keeps(desk: Desk, run: Run, qtbot: QtBot, grouped: bool) -> None:
    run(delivered(desk))
    run(desk.engine.change_settings(group_conversations=grouped))
    window = desk.open()
    desk.until(lambda: len(window.messages.model) == 3)
    window.messages.choose([MessageId(desk.ids[0])])
    action = window.commands.actions["remove"]
    desk.until(action.isEnabled)
    action.trigger()
    question = next(each for each in window.findChildren(Confirm) if each.isVisible())
    assert "go by the account's rule" in question.accessibleDescription()
    question.reject()


def test_what_is_only_here_cannot_be_removed_there(desk: Desk, run: Run, qtbot: QtBot) -> None:
    run(desk.set_up(2))
    window = desk.open()
    desk.until(lambda: len(window.messages.model) == 2)
    window.messages.choose([MessageId(desk.ids[0])])
    assert not window.commands.actions["remove_there"].isEnabled()
    assert desk.folder(Role.INBOX)


def test_a_mailbox_that_moved_is_linked_again_by_its_button(desk: Desk, run: Run, qtbot: QtBot) -> None:
    """The problem offers a button; pressing it links, and says what came of it."""
    linked: list[AccountId] = []

    async def relink(account: AccountId) -> Relinked:
        linked.append(account)
        return Relinked(12, 1, 0)

    run(delivered(desk))
    desk.engine.pop3 = SimpleNamespace(relink=relink)  # type: ignore[attr-defined]
    window = desk.open()
    problem = Renamed("The server has new names for 12 messages that are here already").problem(desk.account)
    window.trouble.tell(problem)
    window.trouble.remedy(problem)
    desk.until(lambda: linked)
    assert linked == [desk.account]


def rest_came(desk: Desk, message: MessageId) -> None:
    """What was held back is here now."""
    sha = desk.run(desk.store.content(lambda content: content.put(b"Subject: all of it\r\n\r\nwhole\r\n")))
    whole = NewContent(message, sha, 9, "whole", 0)
    desk.run(desk.store.write(lambda tx: tx.messages.set_content([whole])))


def held_back(desk: Desk, run: Run) -> list[MessageId]:
    """Of the second and third message only the top is here."""
    first, *rest = run(delivered(desk))

    def in_part(tx: Transaction) -> None:
        tx.ledger.stored(desk.account, [Stored(f"u{each}", 9, each, b"", partly=True) for each in rest])
        tx._db.execute("UPDATE message SET content = x'', fetched = 0, flags = 0 WHERE id > ?", (first,))

    run(desk.store.write(in_part))
    return rest


def is_read(desk: Desk, message: MessageId) -> bool:
    return Flags.SEEN in desk.engine.library.summary(message).flags


def test_the_top_of_a_large_message_is_not_read_by_lying_open(desk: Desk, run: Run, qtbot: QtBot) -> None:
    """It is still to be dealt with: unread until it is fetched, or until the person marks it."""
    held, other = held_back(desk, run)
    window = desk.open()
    desk.until(lambda: len(window.messages.model) == 3)
    window.preferences.change(mark_read_seconds=0.0)
    window.messages.choose([held])
    desk.until(lambda: window.places._chosen == [held])
    assert not window.places._read_timer.isActive() and not is_read(desk, held)
    rest_came(desk, held)
    desk.until(lambda: is_read(desk, held))
    window.messages.choose([other])
    desk.until(lambda: window.places._chosen == [other])
    assert not window.places._read_timer.isActive()
    window.commands.run("mark_read")
    desk.until(lambda: is_read(desk, other))
    window.commands.run("mark_read")
    desk.until(lambda: not is_read(desk, other))
    assert not window.places._read_timer.isActive()


def test_nor_in_a_window_of_its_own(desk: Desk, run: Run, qtbot: QtBot) -> None:
    held, _ = held_back(desk, run)
    window = desk.open()
    desk.until(lambda: len(window.messages.model) == 3)
    window.messages.choose([held])
    desk.until(lambda: window.places._chosen == [held])
    window.preferences.change(mark_read_seconds=0.0)
    window.commands.run("open_apart")
    (apart,) = window.beside.messages
    assert not apart._read.isActive() and not is_read(desk, held)
    rest_came(desk, held)
    desk.until(lambda: is_read(desk, held))
    apart.close()
