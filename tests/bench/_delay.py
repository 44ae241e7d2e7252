"""A line with a round-trip time: forwards to a port of this computer, every byte the same time later, in a process of
its own so that it costs the measured one nothing."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

PIECE = 1 << 18
PIECES = 200
"""Pieces that may be on their way at a time."""


@contextmanager
def far(target: int, seconds: float) -> Iterator[int]:
    """A port that leads to `target` and is `seconds` away, one way."""
    command = [sys.executable, "-m", "tests.bench._delay", str(target), str(seconds)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()


async def serve(target: int, seconds: float) -> None:
    """Say the port and forward until the end."""

    async def forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", target, limit=PIECE)
        try:
            await asyncio.gather(_carry(reader, far_writer, seconds), _carry(far_reader, writer, seconds))
        except OSError:
            pass
        finally:
            writer.transport.abort()
            far_writer.transport.abort()

    server = await asyncio.start_server(forward, "127.0.0.1", 0, limit=PIECE)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, seconds: float) -> None:
    """One direction. An empty piece is the end."""
    loop = asyncio.get_running_loop()
    way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(PIECES)

    async def depart() -> None:
        data = b"-"
        while data:
            data = await reader.read(PIECE)
            await way.put((loop.time() + seconds, data))

    leaving = asyncio.ensure_future(depart())
    try:
        while True:
            due, data = await way.get()
            await asyncio.sleep(max(0.0, due - loop.time()))
            if not data:
                return
            writer.write(data)
            await writer.drain()
    finally:
        leaving.cancel()
        writer.close()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), float(sys.argv[2])))
