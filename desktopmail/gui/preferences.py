"""The preferences in force: read once, changed at once, written in the background."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from desktopmail.domain.settings import Settings
from desktopmail.gui.loop import spawn

if TYPE_CHECKING:
    from desktopmail.engine.engine import Engine


class Preferences(QObject):
    """`changed` with the names that have another value now."""

    changed = Signal(set)

    def __init__(self, engine: Engine, parent: QObject) -> None:
        super().__init__(parent)
        self._engine = engine
        self._writing = 0
        self.now: Settings = engine.library.settings()

    def change(self, **values: Any) -> None:
        """Give preferences other values, for now and for the next start."""
        fresh = replace(self.now, **values)
        names = {name for name in values if getattr(fresh, name) != getattr(self.now, name)}
        if names:
            self.now = fresh
            self._writing += 1
            spawn(self._write({name: values[name] for name in names}))
            self.changed.emit(names)

    async def _write(self, values: dict[str, Any]) -> None:
        try:
            await self._engine.change_settings(**values)
        finally:
            self._writing -= 1
            self.reread()

    def reread(self) -> None:
        """Take what another part of the program changed. While something is being written, what is stored is older than
        what the person sees, and waits."""
        if self._writing:
            return
        fresh = self._engine.library.settings()
        names = {name for name in Settings.__slots__ if getattr(fresh, name) != getattr(self.now, name)}
        if names:
            self.now = fresh
            self.changed.emit(names)
