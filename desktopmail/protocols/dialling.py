"""From a host name to a connected socket: all its addresses, the next one tried when the last is slow (RFC 8305).

Whatever ends the attempt, no socket and no task is left behind.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Iterable, Iterator
from itertools import chain, zip_longest
from typing import Any

NEXT_SECONDS = 0.25
"""How long an address may keep silent before the next one is tried beside it."""

Place = tuple[int, int, int, str, Any]


async def dial(host: str, port: int) -> socket.socket:
    """A connected, non-blocking socket. Raises OSError (of the first address that failed) and socket.gaierror; the
    caller sets the deadline."""
    loop = asyncio.get_running_loop()
    places = alternating(await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM))
    failures: list[OSError] = []
    attempts: set[asyncio.Task[socket.socket]] = set()
    try:
        while True:
            if place := next(places, None):
                attempts.add(asyncio.create_task(_connect(place)))
            elif not attempts:
                raise failures[0] if failures else OSError("no address")
            done, _ = await asyncio.wait(
                attempts, timeout=NEXT_SECONDS if place else None, return_when=asyncio.FIRST_COMPLETED
            )
            for attempt in done:
                error = attempt.exception()
                if error is None:
                    attempts.discard(attempt)
                    return attempt.result()
                attempts.discard(attempt)
                if not isinstance(error, OSError):
                    raise error
                failures.append(error)
    finally:
        await _abandon(attempts)


def alternating(places: Iterable[Place]) -> Iterator[Place]:
    """Addresses with their families taking turns, the first one's first."""
    families: dict[int, list[Place]] = {}
    for place in places:
        families.setdefault(place[0], []).append(place)
    return iter([each for each in chain(*zip_longest(*families.values())) if each is not None])


async def _connect(place: Place) -> socket.socket:
    family, kind, protocol, _name, address = place
    with contextlib.ExitStack() as undo:
        line = undo.enter_context(socket.socket(family, kind, protocol))
        line.setblocking(False)
        await asyncio.get_running_loop().sock_connect(line, address)
        undo.pop_all()
    return line


async def _abandon(attempts: Iterable[asyncio.Task[socket.socket]]) -> None:
    for attempt in attempts:
        attempt.cancel()
    for ended in await asyncio.gather(*attempts, return_exceptions=True):
        if isinstance(ended, socket.socket):
            ended.close()
