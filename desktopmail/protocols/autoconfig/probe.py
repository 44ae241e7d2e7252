"""Asks a server whether it speaks a protocol over TLS and can prove its name. Nothing secret is said."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass
from enum import Enum

from desktopmail.domain.account import Endpoint, Security
from desktopmail.domain.errors import ConnectionLost, ProtocolViolation, Refused
from desktopmail.protocols import transport
from desktopmail.protocols.certificate import Facts, facts

MOST_BYTES = 16_384


class Speech(Enum):
    """What is spoken, as the end of a host's usual names."""

    IMAP = "imap"
    POP3 = "pop3"
    SMTP = "smtp"


GREETINGS = {Speech.IMAP: b"* OK", Speech.POP3: b"+OK", Speech.SMTP: b"220"}
REFUSALS = {Speech.IMAP: (b"a NO", b"a BAD", b"* BYE"), Speech.POP3: (b"-ERR",), Speech.SMTP: (b"4", b"5")}
BEGIN_TLS = {
    Speech.IMAP: ((b"a STARTTLS\r\n", b"a OK"),),
    Speech.POP3: ((b"STLS\r\n", b"+OK"),),
    Speech.SMTP: ((b"EHLO [127.0.0.1]\r\n", b"250 "), (b"STARTTLS\r\n", b"220")),
}


@dataclass(frozen=True, slots=True)
class Heard:
    """How an answering server is protected: the TLS version, empty without TLS, and what its certificate says."""

    tls: str
    certificate: Facts | None


async def probe(endpoint: Endpoint, speech: Speech, *, timeout: float) -> Heard:
    """Connect, prove the certificate and hear a greeting; MailError with what stood in the way.

    `timeout` in seconds is for all of it."""
    async with transport.deadline(timeout, endpoint.host, "to answer"):
        line, listener = await transport.connect(endpoint, _Listener, timeout=timeout)
        try:
            await listener.hear(GREETINGS[speech], (b"",), endpoint.host)
            if endpoint.security is Security.STARTTLS:
                for command, wanted in BEGIN_TLS[speech]:
                    line.write(command)
                    await listener.hear(wanted, REFUSALS[speech], endpoint.host)
                listener.check_empty(endpoint.host)
                line = await transport.start_tls(line, listener, endpoint, timeout=timeout)
            return _heard(line)
        finally:
            line.abort()


def _heard(line: asyncio.Transport) -> Heard:
    secured: ssl.SSLObject | None = line.get_extra_info("ssl_object")
    if secured is None:
        return Heard("", None)
    der = secured.getpeercert(binary_form=True)
    return Heard(secured.version() or "", facts(der) if der else None)


class _Listener(asyncio.Protocol):
    """Collects whole lines, not many."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._total = 0
        self._over = False
        self._news = asyncio.Event()

    def data_received(self, data: bytes) -> None:
        self._total += len(data)
        if self._total <= MOST_BYTES:
            self._buffer += data
        self._news.set()

    def connection_lost(self, exc: Exception | None) -> None:
        self._over = True
        self._news.set()

    async def hear(self, wanted: bytes, refusals: tuple[bytes, ...], host: str) -> None:
        """Read lines until one begins as wanted; Refused when one begins like a refusal before."""
        while True:
            while (end := self._buffer.find(b"\n")) >= 0:
                said = bytes(self._buffer[:end])
                del self._buffer[: end + 1]
                if said.startswith(wanted):
                    return
                if said.startswith(refusals):
                    raise Refused(f"{host} does not answer as such a server would", "Nothing was sent.")
            if self._over:
                raise ConnectionLost(f"{host} closed the connection", "Nothing was sent.")
            if self._total > MOST_BYTES:
                raise ProtocolViolation(f"{host} said something that makes no sense", "Nothing was sent.")
            self._news.clear()
            await self._news.wait()

    def check_empty(self, host: str) -> None:
        """Nothing may stand behind the agreement to encrypt."""
        if self._buffer:
            raise ProtocolViolation(f"Somebody may be interfering with the connection to {host}", "Nothing was sent.")
