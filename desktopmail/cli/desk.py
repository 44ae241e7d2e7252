"""What a command works with: its arguments, its output, and the engine when it asks for it."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from desktopmail.cli.output import Output

if TYPE_CHECKING:
    from desktopmail.engine.engine import Engine

OpenEngine = Callable[[Path], "Awaitable[Engine]"]


@dataclass(frozen=True, slots=True)
class Desk:
    """One run of one command. The engine is opened only by commands that need the profile."""

    arguments: Namespace
    output: Output
    profile: Path
    open_engine: OpenEngine

    @asynccontextmanager
    async def engine(self) -> AsyncIterator[Engine]:
        """The engine on the profile, closed afterwards. Raises StoreFailed and its relatives."""
        engine = await self.open_engine(self.profile)
        try:
            yield engine
        finally:
            await engine.close()
