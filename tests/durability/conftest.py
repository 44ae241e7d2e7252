"""What the tests of durability stand on."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

_FIGURES: list[object] = []
MEMORY = Path("/dev/shm")


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder in memory where there is one: thousands of profiles are opened in it, and no real disk matters."""
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        yield Path(folder)


@pytest.fixture
def figures() -> list[object]:
    """What is told at the end of the run: how often what was tried."""
    return _FIGURES


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell it."""
    for each in _FIGURES:
        terminalreporter.write_line(str(each))
