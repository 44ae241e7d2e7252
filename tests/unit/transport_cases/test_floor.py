"""Encryption that is too weak, or that does not come about: refused, and no other way is looked for."""

from __future__ import annotations

import asyncio
import ssl
import warnings
from collections.abc import Awaitable, Callable

import pytest

from desktopmail.domain.account import Endpoint, Security
from desktopmail.domain.errors import ConnectionLost, InsecureServer, MailError, Stalled
from desktopmail.protocols.imap.session import ImapSession
from desktopmail.protocols.smtp.session import check
from tests.fakes.imap_script import ImapScript
from tests.fakes.smtp_script import SmtpScript
from tests.servers.certificates import Pair
from tests.unit.transport_cases.judge import (
    BOTH,
    PASSWORD,
    leaks,
    only,
    product_tasks,
    refusal,
    run,
    serving,
    unsaid,
    watched,
)

WEAK = {
    "TLS 1.0": (ssl.TLSVersion.TLSv1, "ALL:@SECLEVEL=0"),
    "TLS 1.1": (ssl.TLSVersion.TLSv1_1, "ALL:@SECLEVEL=0"),
    "anonymous": (ssl.TLSVersion.TLSv1_2, "ADH:@SECLEVEL=0"),
    "anonymous curve": (ssl.TLSVersion.TLSv1_2, "AECDH:@SECLEVEL=0"),
    "no cipher": (ssl.TLSVersion.TLSv1_2, "eNULL:@SECLEVEL=0"),
    "short": (ssl.TLSVersion.TLSv1_2, "ECDHE-ECDSA-AES128-CCM8:@SECLEVEL=0"),
}


def weak(pair: Pair, kind: str) -> ssl.SSLContext:
    """A server-side context that offers nothing better."""
    version, ciphers = WEAK[kind]
    context = pair.context()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = version
    context.set_ciphers(ciphers)
    return context


@pytest.mark.parametrize("pinned", [False, True])
@pytest.mark.parametrize("kind", WEAK)
@pytest.mark.parametrize("security", BOTH)
@pytest.mark.parametrize("speech", ["imap", "smtp"])
def test_too_weak(pair: Pair, speech: str, security: Security, kind: str, pinned: bool) -> None:  # T31
    """An exception for a certificate is none for the encryption."""
    script = (ImapScript if speech == "imap" else SmtpScript)(weak(pair, kind), security is Security.TLS)
    pins = frozenset({pair.fingerprint}) if pinned else frozenset[str]()

    async def act(script: ImapScript | SmtpScript, security: Security, timeout: float) -> None:
        await OPEN[speech](script.endpoint(security, pins=pins), PASSWORD)

    assert isinstance(refusal(script, security, act=act), InsecureServer | ConnectionLost)
    unsaid(script)


OPEN: dict[str, Callable[[Endpoint, str], Awaitable[object]]] = {"imap": ImapSession.open, "smtp": check}
HELLO = b"\x16\x03\x03\x00\x7a\x02\x00\x00\x76\x03\x03" + bytes(range(116))
BROKEN: dict[str, bytes | None] = {
    "closes": b"",
    "resets": None,
    "greets in clear": b"* OK [CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN] ready\r\n220 ready\r\n",
    "says HTTP": b"HTTP/1.1 400 Bad Request\r\n\r\nplain HTTP only",
    "garbles": HELLO,
    "old version": b"\x16\x03\x00" + HELLO[3:],
    "no such record": b"\xff" * 100,
    "fatal alert": b"\x15\x03\x03\x00\x02\x02\x28",
    "asks for less": b"\x15\x03\x01\x00\x02\x02\x56",
    "nulls": b"\0" * 1000,
}


class Ruin:
    """Answers the first words of TLS with `said`, or with a reset; keeps what it is told."""

    def __init__(self, said: bytes | None) -> None:
        self.said = said
        self.heard: list[bytes] = []

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first = await reader.read(1 << 16)
        if self.said is None:
            writer.transport.abort()
        else:
            writer.write(self.said)
        self.heard.append(first)
        if self.said:
            self.heard[-1] += await reader.read()


@pytest.mark.parametrize("kind", BROKEN)
@pytest.mark.parametrize("speech", OPEN)
def test_ten_times_broken_ten_times_refused(speech: str, kind: str) -> None:  # T32
    """Neither another port nor a word in clear: every connection begins with TLS and ends with it."""
    ruin = Ruin(BROKEN[kind])

    async def attempts() -> int:
        async with serving(ruin) as port:
            for _ in range(10):
                with pytest.raises(MailError) as caught:
                    await OPEN[speech](Endpoint("localhost", port, Security.TLS, "alice"), PASSWORD)
                assert isinstance(caught.value, InsecureServer | ConnectionLost)
                assert product_tasks() == []
            return port

    with watched() as wires:
        port = run(attempts())
    only(wires, port)
    assert len(wires.connects) == 10 == len(ruin.heard)
    assert all(each.startswith(b"\x16\x03") for each in ruin.heard)
    assert not leaks(b"".join(ruin.heard), PASSWORD)


@pytest.mark.parametrize("speech", OPEN)
@pytest.mark.parametrize("when", ["handshake", "greeting"])
def test_ten_times_cut_behind_the_handshake(pair: Pair, speech: str, when: str) -> None:  # T32
    async def cut(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if when == "greeting":
            writer.write(b"* OK ready\r\n" if speech == "imap" else b"220 ready\r\n")
            heard.append(await reader.readline())

    heard: list[bytes] = []

    async def attempts() -> int:
        async with serving(cut, pair.context()) as port:
            for _ in range(10):
                with pytest.raises(ConnectionLost):
                    await OPEN[speech](Endpoint("localhost", port, Security.TLS, "alice"), PASSWORD)
            return port

    with watched() as wires:
        port = run(attempts())
    only(wires, port)
    assert len(wires.connects) == 10
    assert {each.split(b" ")[-1 if speech == "imap" else 0].strip() for each in heard} <= {b"CAPABILITY", b"EHLO"}


@pytest.mark.parametrize("speech", OPEN)
@pytest.mark.parametrize("security", BOTH)
def test_a_handshake_that_never_ends(speech: str, security: Security) -> None:  # T32 P30
    """Records that never become a handshake, a byte at a time: ended by the deadline."""

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if security is Security.STARTTLS:
            writer.write(b"* OK ready\r\n" if speech == "imap" else b"220 ready\r\n")
            line = await reader.readline()
            if speech == "smtp":
                writer.write(b"250-script\r\n250 STARTTLS\r\n")
                line = await reader.readline()
            assert b"STARTTLS" in line
            writer.write(line.split()[0] + b" OK\r\n" if speech == "imap" else b"220 go\r\n")
        await reader.read(1)
        for letter in HELLO:
            writer.write(bytes((letter,)))
            await asyncio.sleep(0.05)

    async def attempt() -> None:
        async with serving(drip) as port:
            endpoint = Endpoint("localhost", port, security, "alice")
            with pytest.raises(Stalled):
                if speech == "imap":
                    await ImapSession.open(endpoint, PASSWORD, timeout=0.3)
                else:
                    await check(endpoint, PASSWORD, timeout=0.3)
            assert product_tasks() == []

    run(attempt())
