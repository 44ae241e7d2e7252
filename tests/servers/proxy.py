"""A TCP proxy that breaks the line after a given number of bytes: what a tunnel, a lift or a bad cable does."""

from __future__ import annotations

import asyncio


class CuttingProxy:
    """Forwards to a port of this computer. `cut_after(up, down)`: the next connections break, both ends with a reset,
    as soon as that many bytes went up to the server or came down from it; None lets everything through."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._up: int | None = None
        self._down: int | None = None
        self.port = 0
        self.cuts = 0
        self.went_up = 0
        """Bytes that went to the server since the last `cut_after`."""

    async def __aenter__(self) -> CuttingProxy:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()
        await asyncio.sleep(0.001)  # broken ends close one turn later

    def cut_after(self, up: int | None = None, down: int | None = None) -> None:
        """Break what is connected from now on after so many bytes."""
        self._up, self._down = up, down
        self.went_up = 0

    def break_all(self) -> None:
        """Break every line there is now."""
        for task in self._tasks:
            task.cancel()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Called at once with a new line, so that none is accepted that nobody would close."""
        task = asyncio.ensure_future(self._forward(reader, writer))
        self._tasks.add(task)

        def done(_: object) -> None:
            self._tasks.discard(task)
            writer.transport.abort()

        task.add_done_callback(done)

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        up, down = self._up, self._down
        server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self._target)
        both = [
            asyncio.ensure_future(self._pump(reader, server_writer, up, up=True)),
            asyncio.ensure_future(self._pump(server_reader, writer, down, up=False)),
        ]
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pump in both:
                pump.cancel()
            await asyncio.gather(*both, return_exceptions=True)
            server_writer.transport.abort()

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, limit: int | None, *, up: bool
    ) -> None:
        passed = 0
        while data := await reader.read(65536):
            if limit is not None and passed + len(data) >= limit:
                writer.write(data[: limit - passed])
                self.cuts += 1
                return
            passed += len(data)
            self.went_up += len(data) if up else 0
            writer.write(data)
            await writer.drain()
