"""A mail server that goes no further than its door: it greets, says what it offers, begins TLS, and notes every line.

async with Door("imap", context, implicit=True) as door: ...
"""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass, field

from tests.fakes.visited import Visited

OFFERS: dict[str, list[str]] = {
    "imap": ["IMAP4rev1 IDLE QUOTA UIDPLUS AUTH=PLAIN AUTH=XOAUTH2 APPENDLIMIT=35651584"],
    "pop3": ["UIDL", "TOP", "SASL PLAIN SCRAM-SHA-256", "EXPIRE 30", "LOGIN-DELAY 60", "PIPELINING"],
    "smtp": ["SIZE 52428800", "AUTH PLAIN LOGIN", "8BITMIME", "DSN"],
}
GREETINGS = {"imap": "* OK ready", "pop3": "+OK ready", "smtp": "220 door ESMTP"}
BEGIN = {"imap": "STARTTLS", "pop3": "STLS", "smtp": "STARTTLS"}


@dataclass
class Door(Visited):
    """`context` is the certificate it shows, `implicit` TLS from the first byte, `begins` whether it offers TLS by
    command. `greeting` and `offers` replace the usual ones; `silent` says nothing at all."""

    speech: str
    context: ssl.SSLContext | None = None
    implicit: bool = False
    begins: bool = True
    greeting: str = ""
    offers: list[str] | None = None
    silent: bool = False
    said: list[tuple[str, str]] = field(default_factory=list)
    connections: int = 0
    port: int = 0

    async def __aenter__(self) -> Door:
        context = self.context if self.implicit else None
        self.port = await self._listen(context, self.port)
        return self

    @property
    def lines(self) -> list[str]:
        return [line for _, line in self.said]

    @property
    def in_clear(self) -> list[str]:
        return [line for where, line in self.said if where == "clear"]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if self.silent:
                await asyncio.Event().wait()
            await self._converse(reader, writer)
        except OSError:
            pass
        finally:
            writer.transport.abort()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        where = "tls" if self.implicit else "clear"

        def say(line: str) -> None:
            writer.write(line.encode() + b"\r\n")

        say(self.greeting or GREETINGS[self.speech])
        while line := (await reader.readline()).decode().strip():
            self.said.append((where, line))
            tag, verb = (line.split() if self.speech == "imap" else ["", line])[:2]
            verb = verb.split()[0].upper()
            if verb == BEGIN[self.speech] and self.begins and where == "clear":
                assert self.context is not None
                say({"imap": f"{tag} OK go on", "pop3": "+OK go on", "smtp": "220 go on"}[self.speech])
                await writer.start_tls(self.context)
                where = "tls"
            elif verb in ("CAPABILITY", "CAPA", "EHLO"):
                for each in self._answer(tag, where == "clear"):
                    say(each)
            else:
                say({"imap": f"{tag} BAD no", "pop3": "-ERR no", "smtp": "502 no"}[self.speech])

    def _answer(self, tag: str, clear: bool) -> list[str]:
        offers = list(OFFERS[self.speech] if self.offers is None else self.offers)
        more = [BEGIN[self.speech]] if clear and self.begins else []
        if self.speech == "imap":
            return [f"* CAPABILITY {' '.join([*offers, *more])}", f"{tag} OK done"]
        if self.speech == "pop3":
            return ["+OK list", *offers, *more, "."]
        return [*(f"250-{each}" for each in ["door", *offers, *more]), "250 HELP"]
