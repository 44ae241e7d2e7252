"""Asks a server what it can do before anybody signs in: IMAP CAPABILITY, POP3 CAPA, SMTP EHLO.

What counts was said over TLS by a server that proved its name. Nothing secret is said.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterable
from dataclasses import replace
from typing import cast

from desktopmail.domain.account import Endpoint, Security
from desktopmail.domain.found import Offer
from desktopmail.domain.marking import mark
from desktopmail.protocols import transport
from desktopmail.protocols.autoconfig.listening import Listener
from desktopmail.protocols.autoconfig.probe import GREETINGS, REFUSALS, Speech

MOST_WORDS = 150
LARGEST = 1 << 53
BEGIN = {Speech.IMAP: "STARTTLS", Speech.POP3: "STLS", Speech.SMTP: "STARTTLS"}
"""The capability that says that a connection can be encrypted, which is also the command."""
AGREED = {Speech.IMAP: b"a OK", Speech.POP3: b"+OK", Speech.SMTP: b"220"}
ASK = {Speech.IMAP: b"a CAPABILITY\r\n", Speech.POP3: b"CAPA\r\n", Speech.SMTP: b"EHLO [127.0.0.1]\r\n"}
FAREWELL = {Speech.IMAP: b"a LOGOUT\r\n", Speech.POP3: b"QUIT\r\n", Speech.SMTP: b"QUIT\r\n"}
NEVER = -1


async def look(endpoint: Endpoint, speech: Speech, *, timeout: float) -> Offer:
    """Connect, prove the certificate and hear what is offered; MailError with what stood in the way.

    A server that was to begin TLS by command and does not offer it gives an Offer without `tls`, whose endpoint is
    without security: it speaks in clear only. `timeout` in seconds is for all of it."""
    host = endpoint.host
    async with transport.deadline(timeout, host, mark("engine", "to answer")):
        line, listener = await transport.connect(endpoint, Listener, timeout=timeout)
        try:
            await listener.hear(GREETINGS[speech], (b"",), host)
            if endpoint.security is not Security.TLS:
                words = await _ask(line, listener, speech, host)
                clear = _offer(replace(endpoint, security=Security.NONE), speech, words)
                if BEGIN[speech] not in clear.capabilities or endpoint.security is Security.NONE:
                    return clear
                await _begin(line, listener, speech, host)
                line = await transport.start_tls(line, listener, endpoint, timeout=timeout)
            words = await _ask(line, listener, speech, host)
            line.write(FAREWELL[speech])
            return replace(_offer(endpoint, speech, words), tls=_version(line))
        finally:
            line.abort()


async def _begin(line: asyncio.Transport, listener: Listener, speech: Speech, host: str) -> None:
    prefix = b"a " if speech is Speech.IMAP else b""
    line.write(prefix + BEGIN[speech].encode("ascii") + b"\r\n")
    await listener.hear(AGREED[speech], REFUSALS[speech], host)
    listener.check_empty(host)


async def _ask(line: asyncio.Transport, listener: Listener, speech: Speech, host: str) -> list[str]:
    """The lines that name capabilities, without what is the same on each."""
    line.write(ASK[speech])
    match speech:
        case Speech.IMAP:
            said = await listener.hear(b"a OK", REFUSALS[speech], host)
            named = [each[13:] for each in said if each[:13].upper() == b"* CAPABILITY "]
        case Speech.POP3:
            named = await _capa(listener, host)
        case Speech.SMTP:
            said = await listener.hear(b"250 ", REFUSALS[speech], host)
            named = [each[4:] for each in said if each.startswith(b"250")][1:]
    return [transport.inert(each.decode("ascii", "replace"), 4000) for each in named]


async def _capa(listener: Listener, host: str) -> list[bytes]:
    """RFC 2449 section 5; a server without the command has no more to say."""
    first = await listener.hear(b"", (), host)
    named: list[bytes] = []
    if first[0].startswith(b"+OK"):
        while (each := await listener.line(host)) != b".":
            named.append(each)
    return named


def _offer(endpoint: Endpoint, speech: Speech, lines: list[str]) -> Offer:
    """What the lines mean (RFC 9051 section 7.2.2, RFC 2449 section 6, RFC 5321 section 4.1.1.1)."""
    words = [line.upper().split() for line in lines if line.strip()]
    if speech is Speech.IMAP:
        named = [word for line in words for word in line]
        mechanisms = [word[5:] for word in named if word.startswith("AUTH=")]
        size = next((_number(word[12:]) for word in named if word.startswith("APPENDLIMIT=")), 0)
        return Offer(endpoint, speech.value, _few(named), _few(mechanisms), size)
    rest = {line[0]: line[1:] for line in words[:MOST_WORDS]}
    if speech is Speech.POP3:
        first = {name: (values or [""])[0] for name, values in rest.items()}
        delay = _number(first.get("LOGIN-DELAY", ""))
        expire = _days(first.get("EXPIRE", ""))
        return Offer(endpoint, speech.value, _few(rest), _few(rest.get("SASL", ())), 0, expire, delay)
    older = [name[5:] for name in rest if name.startswith("AUTH=")]
    size = _number((rest.get("SIZE") or [""])[0])
    return Offer(endpoint, speech.value, _few(rest), _few([*rest.get("AUTH", ()), *older]), size)


def _few(words: Iterable[str]) -> frozenset[str]:
    return frozenset([word for word in words if word and len(word) <= 80][:MOST_WORDS])


def _number(word: str) -> int:
    """A count that a server named; 0 when it is none or beyond belief."""
    if not (word.isascii() and word.isdigit() and len(word) < 20):
        return 0
    return int(word) if int(word) < LARGEST else 0


def _days(word: str) -> int | None:
    if word == "NEVER":
        return NEVER
    return _number(word) if word.isascii() and word.isdigit() and len(word) < 6 else None


def _version(line: asyncio.Transport) -> str:
    secured = cast("ssl.SSLObject | None", line.get_extra_info("ssl_object"))
    return (secured.version() if secured is not None else None) or ""
