"""A connection to a message bus of the system (D-Bus), on the program's own loop. Nothing here waits for longer than a
few seconds, and whatever goes wrong is one error: the desktop does not offer it.

Qt's own D-Bus classes cannot say an unsigned number from Python, which notifications need.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jeepney import Message
    from jeepney.io.asyncio import DBusConnection

SECONDS = 5.0
MOST_WAITING = 256
"""Signals that wait to be heard; more are left out."""


class Unreachable(Exception):
    """The desktop does not offer it, or no longer."""


@dataclass(frozen=True, slots=True)
class Place:
    """An object of a program on the bus, and one of its interfaces."""

    name: str
    path: str
    interface: str


BUS = Place("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus")


class Bus:
    """One connection; made by `connected`."""

    def __init__(self, connection: DBusConnection) -> None:
        self._connection = connection
        self._answers: dict[int, asyncio.Future[Message]] = {}
        self._ears: list[tuple[Place, asyncio.Queue[Message | None]]] = []
        self._owners: dict[str, str] = {}
        self._over = False

    async def call(self, place: Place, member: str, signature: str = "", *body: Any) -> tuple[Any, ...]:
        """Call a method; what it gives back. Raises Unreachable, also when it answers with an error."""
        from jeepney import DBusAddress, HeaderFields, MessageType, new_method_call

        if self._over:
            raise Unreachable(place.name)
        address = DBusAddress(place.path, bus_name=place.name, interface=place.interface)
        message = new_method_call(address, member, signature or None, body)
        serial = next(self._connection.outgoing_serial)
        answer = self._answers[serial] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(SECONDS):
                await self._connection.send(message, serial=serial)
                found = await answer
        except (OSError, TimeoutError) as error:
            raise Unreachable(f"{place.name} {member}") from error
        finally:
            del self._answers[serial]
        if found.header.message_type is not MessageType.method_return:
            raise Unreachable(f"{place.name} {member}: {found.header.fields.get(HeaderFields.error_name)}")
        self._owners[place.name] = found.header.fields.get(HeaderFields.sender, "")
        return tuple(found.body)

    async def listen(self, place: Place) -> AsyncIterator[tuple[str, tuple[Any, ...]]]:
        """From now on every signal of an object: its name and what it carries. Raises Unreachable, also while being
        iterated when the line ends."""
        from jeepney import MatchRule

        queue: asyncio.Queue[Message | None] = asyncio.Queue(MOST_WAITING)
        self._ears.append((place, queue))
        rule = MatchRule(type="signal", sender=place.name, interface=place.interface, path=place.path)
        await self.call(BUS, "AddMatch", "s", rule.serialise())
        (self._owners[place.name],) = await self.call(BUS, "GetNameOwner", "s", place.name)
        return self._heard(place, queue)

    async def _heard(
        self, place: Place, queue: asyncio.Queue[Message | None]
    ) -> AsyncIterator[tuple[str, tuple[Any, ...]]]:
        from jeepney import HeaderFields

        while (message := await queue.get()) is not None:
            # A signal can be addressed to us by anybody: only the owner of the name is believed.
            if message.header.fields.get(HeaderFields.sender) == self._owners[place.name]:
                yield message.header.fields[HeaderFields.member], tuple(message.body)
        raise Unreachable(place.name)

    async def receive(self) -> None:
        """Take in what comes until the line ends."""
        try:
            while True:
                self._take(await self._connection.receive())
        except (OSError, EOFError, ValueError):
            self._over = True
            for answer in self._answers.values():
                if not answer.done():
                    answer.set_exception(OSError("the bus hung up"))
            for _, queue in self._ears:
                while queue.full():
                    queue.get_nowait()
                queue.put_nowait(None)

    def _take(self, message: Message) -> None:
        from jeepney import HeaderFields, MessageType

        fields = message.header.fields
        if message.header.message_type is not MessageType.signal:
            answer = self._answers.get(fields.get(HeaderFields.reply_serial, 0))
            if answer is not None and not answer.done():
                answer.set_result(message)
            return
        for place, queue in self._ears:
            about = (fields.get(HeaderFields.path), fields.get(HeaderFields.interface))
            if about == (place.path, place.interface) and not queue.full():
                queue.put_nowait(message)


@asynccontextmanager
async def connected(which: str) -> AsyncIterator[Bus]:
    """The `SESSION` or the `SYSTEM` bus. Raises Unreachable where there is none."""
    try:
        from jeepney.io.asyncio import open_dbus_connection

        async with asyncio.timeout(SECONDS):
            connection = await open_dbus_connection(which)
    except (ImportError, OSError, KeyError, ValueError, EOFError, RuntimeError) as error:
        raise Unreachable(which) from error
    bus = Bus(connection)
    receiving = asyncio.create_task(bus.receive())
    try:
        yield bus
    finally:
        receiving.cancel()
        await asyncio.wait([receiving])
        connection.writer.close()
        with contextlib.suppress(OSError):
            await connection.writer.wait_closed()
