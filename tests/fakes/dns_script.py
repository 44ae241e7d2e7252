"""A name server on loopback, over UDP and TCP, that answers from a table and notes what it was asked.

    DnsScript({("_imaps._tcp.example.org", "SRV"): ["0 1 993 imap.example.org."]})

Names that are not in the table do not exist. Instead of records a name may have SILENT (no answer), GARBAGE (bytes
that are no message), LOOP (a name that stands for itself) or FAILS (SERVFAIL).
"""

from __future__ import annotations

import asyncio
import struct
from dataclasses import dataclass, field
from enum import Enum
from types import TracebackType
from typing import cast

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset


class Act(Enum):
    """What a name server may do instead of answering."""

    SILENT = "silent"
    GARBAGE = "garbage"
    LOOP = "loop"
    FAILS = "fails"


SILENT, GARBAGE, LOOP, FAILS = Act.SILENT, Act.GARBAGE, Act.LOOP, Act.FAILS
Table = dict[tuple[str, str], list[str] | Act]
UDP_BYTES = 512


@dataclass
class DnsScript:
    """See the module."""

    table: Table = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    port: int = 0

    async def __aenter__(self) -> DnsScript:
        self._tasks: set[asyncio.Task[None]] = set()
        self._tcp = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._tcp.sockets[0].getsockname()[1]
        loop = asyncio.get_running_loop()
        self._udp, _ = await loop.create_datagram_endpoint(lambda: _Udp(self), ("127.0.0.1", self.port))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._udp.close()
        self._tcp.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def answer(self, wire: bytes, most: int) -> bytes:
        """The answer to a question; empty for none."""
        query = dns.message.from_wire(wire)
        [question] = query.question
        name = question.name.to_text(omit_final_dot=True).lower()
        kind = dns.rdatatype.to_text(question.rdtype)
        self.asked.append((name, kind))
        reply = dns.message.make_response(query)
        said = self.table.get((name, kind))
        match said:
            case None:
                reply.set_rcode(dns.rcode.NXDOMAIN)
            case Act.SILENT:
                return b""
            case Act.GARBAGE:
                return wire[:2] + b"\xff" * 40
            case Act.FAILS:
                reply.set_rcode(dns.rcode.SERVFAIL)
            case Act.LOOP:
                reply.answer.append(dns.rrset.from_text(f"{name}.", 60, "IN", "CNAME", f"x.{name}."))
                reply.answer.append(dns.rrset.from_text(f"x.{name}.", 60, "IN", "CNAME", f"{name}."))
            case list():
                reply.answer.append(dns.rrset.from_text_list(f"{name}.", 60, "IN", kind, said))
        made = reply.to_wire(max_size=65535)
        if len(made) > most:
            reply.answer.clear()
            reply.flags |= dns.flags.TC
            made = reply.to_wire()
        return made

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                [size] = struct.unpack("!H", await reader.readexactly(2))
                made = self.answer(await reader.readexactly(size), 65535)
                writer.write(struct.pack("!H", len(made)) + made)
        except (asyncio.IncompleteReadError, OSError):
            pass
        finally:
            writer.transport.abort()


class _Udp(asyncio.DatagramProtocol):
    def __init__(self, script: DnsScript) -> None:
        self._script = script

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if made := self._script.answer(data, UDP_BYTES):
            self._transport.sendto(made, addr)
