"""Keys pressed twice, windows closed while something is under way: a message goes out once, with all its files."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtTest import QTest

from desktopmail.domain.folder import Role
from desktopmail.domain.ids import MessageId
from desktopmail.gui.composer.window import ComposerWindow
from desktopmail.gui.loop import spawn
from tests.gui.composer.conftest import Desk, notes, until

Run = Callable[[Coroutine[Any, Any, None]], None]
Opened = Callable[[], Any]
Act = Callable[[ComposerWindow], object]


@asynccontextmanager
async def sound() -> AsyncIterator[None]:
    """Nothing that is started in here may fail."""
    failures: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: failures.append(context))
    yield
    await asyncio.sleep(0.05)
    assert failures == []


async def written(desk: Desk) -> ComposerWindow:
    window = await desk.write()
    QTest.keyClicks(window.heading.to.field, "ada@example.org,")
    QTest.keyClicks(window.heading.subject, "Thursday")
    QTest.keyClicks(window.editor, "The plan.")
    return window


def drafts(desk: Desk) -> list[int]:
    folder = next(each for each in desk.engine.library.folders() if each.role is Role.DRAFTS)
    return list(desk.engine.library.ids(folder.id))


def send(window: ComposerWindow) -> None:
    window.send()


def discard(window: ComposerWindow) -> None:
    spawn(window.discard())


def save(window: ComposerWindow) -> None:
    spawn(window._saver.save())


def close(window: ComposerWindow) -> None:
    window.close()


@pytest.mark.parametrize("then", [send, close, discard, save])
@pytest.mark.parametrize("turns", [0, 1, 3])
def test_a_message_is_sent_once(run: Run, desk: Opened, then: Act, turns: int) -> None:
    """Whatever is pressed while it is being handed over: it is in the Outbox once, and nowhere else."""

    async def story() -> None:
        async with desk() as d, sound():
            window = await written(d)
            window.send()
            for _ in range(turns):
                await asyncio.sleep(0)
            then(window)
            await until(lambda: d.gone and d.sent)
            await asyncio.sleep(0.05)
            assert [each.subject for each in d.engine.library.outbox()] == ["Thursday"]
            assert drafts(d) == []
            assert len(d.sent) == 1

    run(story())


@pytest.mark.parametrize("then", [close, discard, send])
def test_a_window_that_closes_closes_once(run: Run, desk: Opened, then: Act) -> None:
    async def story() -> None:
        async with desk() as d, sound():
            window = await written(d)
            window.close()
            await asyncio.sleep(0)
            then(window)
            await until(lambda: d.gone)
            assert len(d.saved) == 1
            assert len(drafts(d)) == 1
            assert not d.sent

    run(story())


def test_what_is_discarded_stays_discarded(run: Run, desk: Opened) -> None:
    async def story() -> None:
        async with desk() as d, sound():
            window = await written(d)
            discard(window)
            await asyncio.sleep(0)
            window.close()
            await until(lambda: d.gone)
            assert len(d.discarded) == 1
            assert drafts(d) == []

    run(story())


def test_what_is_written_while_it_closes_is_kept(run: Run, desk: Opened) -> None:
    async def story() -> None:
        async with desk() as d, sound():
            window = await written(d)
            window.close()
            await until(window._saver._lock.locked)
            QTest.keyClicks(window.editor, " And more.")
            await until(lambda: d.gone)
            (draft,) = drafts(d)
            assert "And more." in (await d.engine.composing.edit(MessageId(draft))).text

    run(story())


def test_a_file_still_being_read_goes_along(run: Run, desk: Opened, tmp_path: Path) -> None:
    async def story() -> None:
        async with desk() as d, sound():
            (tmp_path / "plan.pdf").write_bytes(b"%PDF-1.4 x")
            window = await written(d)
            window.files.add_paths([str(tmp_path / "plan.pdf")])
            window.send()
            await until(lambda: d.sent and d.gone)
            raw = await d.engine.reading.raw(d.sent[0].messages[0])
            assert b"plan.pdf" in raw

    run(story())


def test_a_file_still_being_read_is_kept_with_the_draft(run: Run, desk: Opened, tmp_path: Path) -> None:
    async def story() -> None:
        async with desk() as d, sound():
            (tmp_path / "plan.pdf").write_bytes(b"%PDF-1.4 x")
            window = await written(d)
            window.files.add_paths([str(tmp_path / "plan.pdf")])
            window.close()
            await until(lambda: d.gone)
            (draft,) = drafts(d)
            assert [each.name for each in (await d.engine.composing.edit(MessageId(draft))).attachments] == ["plan.pdf"]

    run(story())


def test_files_that_cannot_be_read_are_named_and_nothing_leaves_without_them(
    run: Run, desk: Opened, tmp_path: Path
) -> None:
    """The others are attached; what is wrong is said in this window."""

    async def story() -> None:
        async with desk() as d, sound():
            (tmp_path / "notes.txt").write_bytes(b"x")
            window = await written(d)
            window.files.add_paths([str(tmp_path / "gone.pdf"), str(tmp_path), str(tmp_path / "notes.txt")])
            window.send()
            await until(lambda: [each.name for each in window.files.files] == ["notes.txt"])
            await until(lambda: any("gone.pdf" in each for each in notes(window)))
            assert any(f"{tmp_path.name} is a folder" in each for each in notes(window))
            assert not d.sent

    run(story())
