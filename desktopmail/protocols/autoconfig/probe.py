"""Asks a server whether it speaks a protocol over TLS and can prove its name. Nothing secret is said."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass
from enum import Enum

from desktopmail.domain.account import Endpoint, Security
from desktopmail.domain.marking import mark
from desktopmail.protocols import transport
from desktopmail.protocols.autoconfig.listening import Listener
from desktopmail.protocols.certificate import Facts, facts


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
    async with transport.deadline(timeout, endpoint.host, mark("engine", "to answer")):
        line, listener = await transport.connect(endpoint, Listener, timeout=timeout)
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
