"""Where a message exists is seen and heard on its row and in its head, and searched for."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from desktopmail.domain.body import Body
from desktopmail.domain.folder import Role
from desktopmail.domain.message import Copy
from desktopmail.gui.messages.spoken import spoken
from desktopmail.gui.reader.header import MessageHeader
from tests.gui.desk import Desk
from tests.gui.samples import summary
from tests.gui.test_pop3 import Run, delivered, desk

__all__ = ["desk"]

BODY = Body(
    subject="x", date=1, sender=(), to=(), cc=(), bcc=(), reply_to=(), message_id="", references=(), html="", text="x",
    parts=(),
)  # fmt: skip


def test_rows_of_its_inbox_say_where_messages_are(desk: Desk, run: Run, qtbot: QtBot) -> None:
    run(delivered(desk))
    window = desk.open()
    desk.until(lambda: len(window.messages.model) == 3)
    model = window.messages.model
    assert model.on_server
    said = {model.summary(row).id: spoken(model.summary(row)) for row in range(3)}  # type: ignore[union-attr,arg-type]
    assert "only on this computer" in said[desk.ids[0]] and "only on this computer" not in said[desk.ids[1]]
    sent = desk.run(desk.store.read(lambda tx: tx.folders.by_role(desk.account, Role.SENT)))
    window.places.go(sent.id)
    assert not model.on_server


def test_a_search_leads_to_what_is_only_here(desk: Desk, run: Run, qtbot: QtBot) -> None:
    run(delivered(desk))
    window = desk.open()
    desk.until(lambda: len(window.messages.model) == 3)
    for _ in range(2):
        window.search.look_for("is:only-here")
        desk.until(lambda: len(window.messages.model) == 1)
        assert window.search.text() == "is:only-here"


@pytest.mark.parametrize(
    ("copy", "words"),
    [
        (Copy.SERVER, "Only on the server"),
        (Copy.BOTH, "On this computer and on the server"),
        (Copy.HERE, "Only on this computer"),
    ],
)
def test_the_head_of_a_message_says_where_it_is(qtbot: QtBot, copy: Copy, words: str) -> None:
    header = MessageHeader()
    qtbot.addWidget(header)
    header.show_summary(replace(summary(0, 1_790_000_000), copy=Copy.BOTH), frozenset())
    header.show_body(BODY, frozenset())
    header._to.click()
    header.show_copy(copy)
    assert any(words in each.text() for each in header.findChildren(QLabel))
