"""Notifications of the desktop (Desktop Notifications Specification 1.3): with actions where it has them, replaced in
place, taken away when nobody needs them any more."""

from __future__ import annotations

import asyncio
import contextlib
import html
import os
from collections.abc import AsyncIterator, Hashable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Signal

from desktopmail.domain.product import APP_ID
from desktopmail.gui.desktop.bus import Bus, Place, Unreachable, connected
from desktopmail.gui.loop import spawn

PLACE = Place("org.freedesktop.Notifications", "/org/freedesktop/Notifications", "org.freedesktop.Notifications")
NAME = "Desktopmail"
OPEN = "default"
"""The action of a click."""


@dataclass(frozen=True, slots=True)
class Bubble:
    """What one notification says. `acts` are names and words of what can be done about it; a click is always one."""

    title: str
    text: str
    acts: tuple[tuple[str, str], ...] = ()


class Bubbles(QObject):
    """One notification for each key at a time. Nothing is asked of the desktop before the first is shown. `acted` with
    the key and the action, `gone` when the person or time took one away, `refused` with what could not be shown."""

    acted = Signal(object, str)
    gone = Signal(object)
    refused = Signal(object, object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._wanted: asyncio.Queue[tuple[Hashable, Bubble | None]] = asyncio.Queue()
        self._numbers: dict[Hashable, int] = {}
        self._abilities: frozenset[str] = frozenset()
        self._task: asyncio.Task[None] | None = None

    def show(self, key: Hashable, bubble: Bubble) -> None:
        """Show it in the place of the one with the same key."""
        self._wanted.put_nowait((key, bubble))
        if self._task is None:
            self._task = spawn(self._live(), self)

    def close(self, key: Hashable) -> None:
        """Take it away, if it is still there."""
        if self._task is not None:
            self._wanted.put_nowait((key, None))

    async def _live(self) -> None:
        try:
            async with connected("SESSION") as bus:
                (abilities,) = await bus.call(PLACE, "GetCapabilities")
                self._abilities = frozenset(abilities)
                hearing = asyncio.ensure_future(self._hear(await bus.listen(PLACE)))
                try:
                    while True:
                        await self._work(bus, *await self._wanted.get())
                finally:
                    hearing.cancel()
                    await asyncio.wait([hearing])
        except Unreachable:
            self._task = None
            self._numbers.clear()
            while not self._wanted.empty():
                key, bubble = self._wanted.get_nowait()
                if bubble is not None:
                    self.refused.emit(key, bubble)

    async def _work(self, bus: Bus, key: Hashable, bubble: Bubble | None) -> None:
        if bubble is None:
            if number := self._numbers.pop(key, 0):
                # It may have gone by itself meanwhile, which some desktops call an error.
                with contextlib.suppress(Unreachable):
                    await bus.call(PLACE, "CloseNotification", "u", number)
            return
        try:
            (self._numbers[key],) = await bus.call(PLACE, "Notify", "susssasa{sv}i", *self._body(key, bubble))
        except Unreachable:
            self.refused.emit(key, bubble)
            raise

    def _body(self, key: Hashable, bubble: Bubble) -> tuple[Any, ...]:
        text = html.escape(bubble.text, quote=False) if "body-markup" in self._abilities else bubble.text
        acts: list[str] = []
        if "actions" in self._abilities:
            acts = [OPEN, self.tr("Open"), *(part for act in bubble.acts for part in act)]
        hints = {
            "desktop-entry": ("s", APP_ID),
            "category": ("s", "email.arrived"),
            "urgency": ("y", 1),
        }
        return (NAME, self._numbers.get(key, 0), APP_ID, bubble.title, text, acts, hints, -1)

    async def _hear(self, signals: AsyncIterator[tuple[str, tuple[Any, ...]]]) -> None:
        try:
            async for member, body in signals:
                self._heard(member, body)
        except Unreachable:
            self._numbers.clear()

    def _heard(self, member: str, body: tuple[Any, ...]) -> None:
        key = next((each for each, number in self._numbers.items() if body and number == body[0]), None)
        if key is None or len(body) < 2:
            return
        if member == "ActivationToken" and isinstance(body[1], str):
            # The platform looks for it here when a window asks to come to the front.
            os.environ["XDG_ACTIVATION_TOKEN"] = body[1]
        elif member == "ActionInvoked" and isinstance(body[1], str):
            self.acted.emit(key, body[1])
        elif member == "NotificationClosed":
            del self._numbers[key]
            self.gone.emit(key)
