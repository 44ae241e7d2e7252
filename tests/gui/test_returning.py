"""Leaving a search leads back to where the person was, whatever was looked at or moved meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from desktopmail.domain.folder import Role
from desktopmail.domain.ids import MessageId
from desktopmail.gui.messages.source import Found
from tests.gui.desk import Desk


@pytest.fixture
def desk(tmp_path: Path, run: Any) -> Iterator[Desk]:
    made = Desk(tmp_path / "profile")
    made.run = run
    run(made.set_up(36))
    yield made
    run(made.close())


def test_a_hit_of_another_folder_leads_back_to_the_row_before(desk: Desk, run: Any, qtbot: QtBot) -> None:
    window = desk.open()
    desk.until(lambda: len(desk.ids) == 36)
    (there,) = run(desk.arrive(0, 1, desk.folder(Role.ARCHIVE)))
    here = MessageId(desk.ids[3])
    window.messages.choose([here])
    word = desk.engine.library.summary(there).subject.split()[0]
    window.search.look_for(f"in:archive {word}")
    desk.until(lambda: isinstance(window.messages.model.place, Found) and desk.ids == [there])
    window.messages.choose([there])
    window.search.give_up()
    assert window.messages.chosen() == [here]
