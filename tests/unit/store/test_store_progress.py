"""Long work on a profile says how far it is, and ends when the person wants it to, leaving nothing half done."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from desktopmail.domain.errors import Stopped
from desktopmail.domain.progress import Progress
from desktopmail.engine import keeping
from desktopmail.store.backup import backup_profile
from desktopmail.store.check import check_profile
from tests.unit.store.desk import Desk


class Impatient(Progress):
    """Wants to end after so many steps."""

    def __init__(self, steps: int) -> None:
        super().__init__()
        self.left = steps
        self.seen: list[float] = []

    def reached(self, fraction: float) -> None:
        self.left -= 1
        if self.left < 0:
            self.stop()
        super().reached(fraction)
        self.seen.append(self.fraction)


@pytest.fixture
def folder(desk: Desk) -> Path:
    """A profile with enough in it for several steps."""
    store = desk.store
    asyncio.run(_fill(store))
    return store.folder


async def _fill(store: object) -> None:
    await store.content(lambda content: content.put_many([b"%d" % n * 4000 for n in range(40)]))  # type: ignore[attr-defined]


def test_a_check_goes_from_nothing_to_all(folder: Path) -> None:
    progress = Impatient(10_000)
    assert check_profile(folder, progress).sound
    assert progress.seen == sorted(progress.seen) and progress.fraction == 1.0
    assert len(progress.seen) > 40


def test_a_check_can_be_stopped_anywhere(folder: Path) -> None:
    for steps in (0, 1, 3, 20):
        with pytest.raises(Stopped):
            check_profile(folder, Impatient(steps))


def test_a_backup_goes_from_nothing_to_all(folder: Path, tmp_path: Path) -> None:
    progress = Impatient(100_000)
    target = backup_profile(folder, tmp_path / "copy", progress)
    assert progress.seen == sorted(progress.seen) and progress.fraction == 1.0
    assert sorted(path.name for path in target.iterdir()) == ["content.db", "mail.db", "search.db"]


def test_a_stopped_backup_leaves_nothing_and_can_be_made_again(folder: Path, tmp_path: Path) -> None:
    for steps in range(6):
        with pytest.raises(Stopped):
            backup_profile(folder, tmp_path / "copy", Impatient(steps))
        assert list((tmp_path / "copy").iterdir()) == []
    backup_profile(folder, tmp_path / "copy")


def test_sizes_are_those_of_the_files(folder: Path) -> None:
    found = keeping.sizes(folder)
    assert found.content >= (folder / "content.db").stat().st_size > 0
    assert found.all == found.mail + found.content + found.search
    assert found.free > 0
