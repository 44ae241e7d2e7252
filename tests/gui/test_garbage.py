"""Garbage is collected where widgets may die, and the start is never looked at again."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from desktopmail.gui.garbage import MIDDLE, WHOLE, Garbage


@pytest.fixture
def garbage(qapp: QApplication) -> Iterator[Garbage]:
    made = Garbage()
    yield made
    made.end()
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0


@pytest.fixture
def looks() -> Iterator[list[int]]:
    """The generations that were collected."""
    found: list[int] = []

    def note(phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            found.append(info["generation"])

    gc.callbacks.append(note)
    yield found
    gc.callbacks.remove(note)


class Knot:
    """Something that only a collection frees."""

    def __init__(self) -> None:
        self.itself = self


def test_nothing_collects_in_between(garbage: Garbage, looks: list[int]) -> None:
    """However much is made, the program is not stopped; the first look sets aside what the start left."""
    knots = [Knot() for _ in range(5_000)]
    assert looks == []
    assert gc.get_freeze_count() == 0
    garbage.look()
    assert gc.get_freeze_count() > len(knots)
    assert looks == []


def test_the_young_often_the_old_seldom(garbage: Garbage, looks: list[int]) -> None:
    """What was made lately is looked at every second when there is much of it, everything once a minute."""
    garbage.look()
    garbage.look()
    assert looks == []
    knots = [Knot() for _ in range(5_000)]
    garbage.look()
    assert looks == [0]
    knots.clear()
    for _ in range(WHOLE - 3):
        garbage.look()
    assert looks.count(1) == WHOLE // MIDDLE - 1
    assert looks[-1] == 2
