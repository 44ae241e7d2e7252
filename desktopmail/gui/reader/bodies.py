"""Bodies that were read lately or will be wanted next, so that showing a message need not wait."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import TYPE_CHECKING

from desktopmail.domain.body import Body
from desktopmail.domain.errors import MailError
from desktopmail.domain.ids import MessageId

if TYPE_CHECKING:
    from desktopmail.engine.engine import Engine

MOST = 24
MOST_CHARACTERS = 12_000_000

_Key = tuple[MessageId, bool]


class Bodies:
    """A small memory of bodies by message and by whether remote pictures are allowed. One load per body at a time."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._kept: OrderedDict[_Key, Body] = OrderedDict()
        self._loading: dict[tuple[MessageId, bool, bool], asyncio.Task[Body]] = {}

    def get(self, message: MessageId, images: bool) -> Body | None:
        """What is there at once."""
        body = self._kept.get((message, images))
        if body is not None:
            self._kept.move_to_end((message, images))
        return body

    async def load(self, message: MessageId, images: bool, whole: bool = False) -> Body:
        """The body, from memory or from the engine; a large one that waits on its server only if `whole` is said.
        Raises what `reading.load` raises."""
        key = (message, images)
        if (body := self.get(message, images)) is not None:
            return body
        task = self._loading.get((*key, whole))
        if task is None:
            task = asyncio.ensure_future(self.engine.reading.load(message, images=images, whole=whole))
            self._loading[*key, whole] = task
            task.add_done_callback(lambda done: self._done(key, whole, done))
        return await asyncio.shield(task)

    async def prefetch(self, message: MessageId, images: bool) -> None:
        """Have a body ready; it does not matter when that fails."""
        try:
            await self.load(message, images)
        except MailError as error:
            self._kept.pop((message, images), None)
            del error

    def forget(self, message: MessageId) -> None:
        """Read this message anew next time."""
        for images in (False, True):
            self._kept.pop((message, images), None)

    def _done(self, key: _Key, whole: bool, task: asyncio.Task[Body]) -> None:
        self._loading.pop((*key, whole), None)
        if task.cancelled() or task.exception() is not None:
            return
        body = task.result()
        if any(each.kind == "not-downloaded" for each in body.warnings):
            return
        self._kept[key] = body
        while len(self._kept) > MOST or (len(self._kept) > 1 and self._weight() > MOST_CHARACTERS):
            self._kept.popitem(last=False)

    def _weight(self) -> int:
        return sum(len(body.html) + len(body.text) for body in self._kept.values())
