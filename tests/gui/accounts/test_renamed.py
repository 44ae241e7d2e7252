"""A mailbox that moved: every message has another name. Nothing is fetched or removed, the page says so, and its
button, pressed with the keyboard, links what is here with what is there."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from desktopmail.domain.account import Keep, Leave, NewAccount, Pop3Server
from desktopmail.domain.activity import State
from desktopmail.domain.folder import Role
from desktopmail.gui.widgets.strip import Strip
from tests.fakes.pop3_mailbox import Mail, Pop3Mailbox
from tests.gui.accounts.conftest import button, desk, press, until, words
from tests.unit.pop3_engine.desk import letter, letters

Run = Callable[[Coroutine[Any, Any, None]], None]


def test_a_moved_mailbox_pauses_and_is_linked_again(tmp_path: Path, run: Run) -> None:
    box = Pop3Mailbox.of(letters(6))

    async def story() -> None:
        async with box.serve():
            new = NewAccount("ada@example.org", "Ada", "Ada", Pop3Server(box.endpoint(), Leave(Keep.NO)), None)
            async with desk(tmp_path, new, "secret") as one:
                account = one.account.id
                await one.engine.pop3.set_leave(account, Leave())
                (report,) = await one.engine.sync([account])
                assert report.new == 6
                await one.engine.pop3.set_leave(account, Leave(Keep.NO))
                box.rename()
                box.mails.append(Mail("fresh", letter(9)))
                fetched = box.fetches.total()
                await one.engine.start()
                await until(lambda: "The server has new names for 6 messages" in words(one.page.standing))
                assert "Nothing was downloaded or removed." in words(one.page.standing)
                assert (box.fetches.total(), len(box.left)) == (fetched, 7)
                press(button(one.page.standing, "Link again"))
                await until(lambda: box.left == [])
                assert box.fetches.total() == fetched + 1
                await until(lambda: one.engine.activities[account].state is State.IDLE)
                await until(lambda: not one.page.standing.findChildren(Strip))
                found = [each for each in one.engine.library.folders() if each.role is Role.INBOX]
                assert [each.total for each in found] == [7]

    run(story())
