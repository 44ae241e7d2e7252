"""Keeps a draft while it is being written: soon after every change, one save at a time, the last one when it closes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from desktopmail.domain.draft import Draft
from desktopmail.domain.errors import MailError
from desktopmail.gui.loop import spawn

if TYPE_CHECKING:
    from desktopmail.engine.engine import Engine

PAUSE = 2_500
"""Milliseconds of quiet after which a change is saved."""
LONGEST = 8_000
"""Milliseconds of writing without a pause after which it is saved all the same."""
REST = 30
"""Seconds a version rests before it goes to the server, so that not every pause makes traffic."""


class Saver(QObject):
    """`draft` is the newest saved version. `told` says in a word how things stand; `trouble` carries a MailError."""

    told = Signal(str)
    trouble = Signal(object)

    def __init__(self, engine: Engine, draft: Draft, write: Callable[[], Draft], parent: QObject) -> None:
        super().__init__(parent)
        self.draft = draft
        self._engine = engine
        self._write = write
        self._start = draft
        self._over = False
        self._lock = asyncio.Lock()
        self._pause = QTimer(self, singleShot=True, interval=PAUSE)
        self._longest = QTimer(self, singleShot=True, interval=LONGEST)
        for timer in (self._pause, self._longest):
            timer.timeout.connect(lambda: spawn(self.save(REST)))

    def begin(self, start: Draft) -> None:
        """What the window holds before anything was written; saving that would keep an empty draft."""
        self._start = start

    def touch(self) -> None:
        """Something changed."""
        self._pause.start()
        if not self._longest.isActive():
            self._longest.start()
        self.told.emit("")

    @property
    def changed(self) -> bool:
        """Whether the window holds anything that is not saved."""
        return self._bare(self._write()) != self._bare(self.draft if self.draft.id is not None else self._start)

    async def save(self, rest: int = 0) -> bool:
        """Save what is new; True when everything is kept, or there is nothing left to keep."""
        async with self.alone():
            return self._over or await self.keep(rest)

    async def keep(self, rest: int = 0) -> bool:
        """The same for who holds `alone`."""
        if not self.changed:
            return True
        draft = replace(self._write(), id=self.draft.id, message_id=self.draft.message_id)
        try:
            self.draft = await self._engine.composing.save(draft, rest)
        except MailError as error:
            self.trouble.emit(error)
            return False
        self.told.emit(self.tr("Saved"))
        return True

    def pause(self) -> None:
        """Save nothing by itself for now."""
        if not self._over:
            self._pause.stop()
            self._longest.stop()

    def current(self) -> Draft:
        """The window's content as a draft with the identity of the saved one."""
        return replace(self._write(), id=self.draft.id, message_id=self.draft.message_id)

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """As long as this is held nothing is saved, and nobody else holds it."""
        self.pause()
        async with self._lock:
            yield

    def end(self) -> None:
        """Save nothing any more: the draft has gone elsewhere, and the window is about to go."""
        self.pause()
        self._over = True

    def _bare(self, draft: Draft) -> Draft:
        return replace(draft, id=None, message_id="")
