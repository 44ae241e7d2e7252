"""Windows that go while something is under way: what was begun ends well or ends, and nothing fails."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication

from desktopmail.domain.body import Body
from desktopmail.domain.errors import MailError
from desktopmail.gui import loop
from desktopmail.gui.reader.message import MessageView
from desktopmail.gui.reader.pane import ReaderPane
from desktopmail.gui.reader.rawview import SourceWindow
from tests.gui.reader.conftest import until
from tests.gui.reader.messages import Engine, Reading, body, part, summary

Run = Callable[[Coroutine[Any, Any, None]], None]


class Slow(Reading):
    """Answers when `go` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.go = asyncio.Event()
        self.waiting = 0

    async def _wait(self) -> None:
        self.waiting += 1
        await self.go.wait()

    async def load(self, message: int, *, images: bool = False, whole: bool = False) -> Body:
        found = await super().load(message, images=images, whole=whole)
        await self._wait()
        return found

    async def pour(self, message: int, into: Callable[[bytes], object]) -> None:
        await self._wait()
        await super().pour(message, into)

    async def pour_part(self, message: int, section: str, into: Callable[[bytes], object]) -> None:
        await self._wait()
        await super().pour_part(message, section, into)


@asynccontextmanager
async def sound() -> AsyncIterator[None]:
    """Nothing that is started in here may fail."""
    failures: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: failures.append(context))
    yield
    await asyncio.sleep(0.05)
    assert failures == []


def keeper(pane: ReaderPane) -> Any:
    return pane.findChildren(MessageView)[0].keeper


def test_a_message_may_come_after_its_window_has_gone(run: Run, qapp: QApplication, engine: Engine) -> None:
    async def story() -> None:
        engine.reading = reading = Slow()
        reading.bodies[1] = body("Hello Robin")
        async with sound():
            pane = ReaderPane(engine)  # type: ignore[arg-type]
            pane.show_messages([summary(1)])
            await until(lambda: reading.waiting)
            gone = asyncio.get_running_loop().create_future()
            pane.destroyed.connect(lambda: gone.set_result(None))
            pane.deleteLater()
            await gone
            reading.go.set()

    run(story())


def test_what_is_being_saved_is_saved_while_other_mail_is_read(
    run: Run, pane: ReaderPane, engine: Engine, tmp_path: Path
) -> None:
    async def story() -> None:
        engine.reading = reading = Slow()
        reading.bodies |= {1: body("x"), 2: body("y")}
        reading.parts["2"] = b"%PDF"
        said: list[str] = []
        pane.said.connect(said.append)
        async with sound():
            pane.show_messages([summary(1)])
            work = loop.spawn(keeper(pane)._save(part("2", "plan.pdf"), tmp_path / "plan.pdf"))
            await until(lambda: reading.waiting)
            pane.show_messages([summary(2)])
            await asyncio.sleep(0.01)
            reading.go.set()
            await work
            assert (tmp_path / "plan.pdf").read_bytes() == b"%PDF"
            assert said == ["Saved plan.pdf"]

    run(story())


def test_a_source_is_saved_though_its_window_was_closed(run: Run, engine: Engine, tmp_path: Path) -> None:
    async def story() -> None:
        engine.reading = reading = Slow()
        async with sound():
            window = SourceWindow(engine, summary(1))  # type: ignore[arg-type]
            gone = asyncio.get_running_loop().create_future()
            window.destroyed.connect(lambda: gone.set_result(None))
            work = loop.spawn(window._write(tmp_path / "it.eml"))
            await until(lambda: reading.waiting == 2)
            window.close()
            await gone
            reading.go.set()
            await work
            assert (tmp_path / "it.eml").exists()

    run(story())


def test_a_link_no_program_opens_is_told(run: Run, pane: ReaderPane) -> None:
    async def story() -> None:
        said: list[str] = []
        pane.said.connect(said.append)
        pane._links.open_outside = lambda url: False
        pane._links.clicked(QUrl("https://www.example.org/"), "")
        assert said == ["No program opened this link. It can be copied with a right click."]

    run(story())


def test_a_file_no_program_opens_is_told(
    run: Run, pane: ReaderPane, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story() -> None:
        monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: False)
        engine.reading.bodies[1] = body("x")
        engine.reading.parts["2"] = b"x"
        pane.show_messages([summary(1)])
        with pytest.raises(MailError, match=r"No program opens plan\.xyz"):
            await keeper(pane)._open(part("2", "plan.xyz"))

    run(story())
