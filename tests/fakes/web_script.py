"""A web server on loopback that answers by host and path, byte for byte as a test says, and notes what it was asked.

WebScript({"autoconfig.example.org/mail/config-v1.1.xml": page(b"<clientConfig/>")}, context)
"""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass, field

from tests.fakes.visited import Visited

SILENT = b""


def page(body: bytes, *fields: str, status: str = "200 OK") -> bytes:
    """A whole answer with its length."""
    head = "\r\n".join([f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *fields, "", ""])
    return head.encode("ascii") + body


def moved(to: str) -> bytes:
    """A redirect."""
    return page(b"", f"Location: {to}", status="301 Moved")


@dataclass
class WebScript(Visited):
    """`pages` by host and path without the query; an empty answer keeps silent. `asked` has host and whole target.
    `held` keeps the answers of all hosts back until it is set."""

    pages: dict[str, bytes] = field(default_factory=dict)
    context: ssl.SSLContext | None = None
    asked: list[str] = field(default_factory=list)
    heads: list[bytes] = field(default_factory=list)
    held: asyncio.Event | None = None
    port: int = 0

    async def __aenter__(self) -> WebScript:
        self.port = await self._listen(self.context)
        return self

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            self.heads.append(head)
            target = head.split()[1].decode("ascii")
            host = next(line[6:] for line in head.decode("ascii").split("\r\n") if line.startswith("Host: "))
            name = host.rpartition(":")[0] or host
            self.asked.append(f"{name}{target}")
            made = self.pages.get(f"{name}{target.partition('?')[0]}", page(b"", status="404 Not Found"))
            if made == SILENT:
                await asyncio.Event().wait()
            if self.held is not None:
                await self.held.wait()
            writer.write(made)
            writer.close()
            await writer.wait_closed()
        except (asyncio.IncompleteReadError, OSError):
            pass
        finally:
            writer.transport.abort()
