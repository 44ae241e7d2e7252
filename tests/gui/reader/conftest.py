"""A reader pane over messages from memory, with every web view taken down after the test."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import qasync
from PySide6.QtWidgets import QApplication

from desktopmail.gui.reader.pane import ReaderPane
from desktopmail.gui.style.theme import theme
from tests.gui.reader.messages import Engine

NO_CARD = (
    "QRhi", "RHI", "Vulkan", "GBM", "Sandboxing disabled", "GPUInfo", "createPlatform", "OpenType support missing",
    "This plugin does not support",
)  # fmt: skip
"""What the web engine says where there is no graphics card."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is no fault of ours fails no test."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.qt_log_ignore(*NO_CARD), append=False)


@pytest.fixture
def engine() -> Engine:
    """What the pane reads from."""
    return Engine()


@pytest.fixture
def pane(qapp: QApplication, qloop: qasync.QEventLoop, engine: Engine) -> Iterator[ReaderPane]:
    """A pane on screen."""
    theme().start("light")
    made = ReaderPane(engine)  # type: ignore[arg-type]
    made.resize(700, 700)
    made.show()
    yield made
    made.clear()
    made.close()
    made.deleteLater()
    from desktopmail.gui.reader.sheets import sheets

    sheets().close()


async def until(holds: Callable[[], object], seconds: float = 15) -> None:
    """Wait, with the loop turning, until something holds."""
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110 - anything may be waited for, not only what has an event
            await asyncio.sleep(0.005)
