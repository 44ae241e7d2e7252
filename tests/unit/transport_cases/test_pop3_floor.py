"""A POP3 server whose encryption is too weak, or does not come about: refused, and no other way is looked for."""

from __future__ import annotations

import asyncio

import pytest

from desktopmail.domain.account import Endpoint, Security
from desktopmail.domain.errors import ConnectionLost, InsecureServer, MailError, Stalled
from desktopmail.protocols.pop3.session import Pop3Session
from tests.fakes.pop3_script import Pop3Script
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
from tests.unit.transport_cases.test_floor import BROKEN, HELLO, WEAK, Ruin, weak


@pytest.mark.parametrize("pinned", [False, True])
@pytest.mark.parametrize("kind", WEAK)
@pytest.mark.parametrize("security", BOTH)
def test_too_weak(pair: Pair, security: Security, kind: str, pinned: bool) -> None:  # T31
    script = Pop3Script(weak(pair, kind), security is Security.TLS)
    pins = frozenset({pair.fingerprint}) if pinned else frozenset[str]()

    async def act(script: Pop3Script, security: Security, timeout: float) -> None:
        await Pop3Session.open(script.endpoint(security, pins=pins), PASSWORD)

    assert isinstance(refusal(script, security, act=act), InsecureServer | ConnectionLost)
    unsaid(script)


@pytest.mark.parametrize("kind", BROKEN)
def test_ten_times_broken_ten_times_refused(kind: str) -> None:  # T32
    """Neither another port nor a word in clear: every connection begins with TLS and ends with it."""
    ruin = Ruin(BROKEN[kind])

    async def attempts() -> int:
        async with serving(ruin) as port:
            for _ in range(10):
                with pytest.raises(MailError) as caught:
                    await Pop3Session.open(Endpoint("localhost", port, Security.TLS, "alice"), PASSWORD)
                assert isinstance(caught.value, InsecureServer | ConnectionLost)
                assert product_tasks() == []
            return port

    with watched() as wires:
        port = run(attempts())
    only(wires, port)
    assert len(wires.connects) == 10 == len(ruin.heard)
    assert all(each.startswith(b"\x16\x03") for each in ruin.heard)
    assert not leaks(b"".join(ruin.heard), PASSWORD)


@pytest.mark.parametrize("when", ["handshake", "greeting"])
def test_ten_times_cut_behind_the_handshake(pair: Pair, when: str) -> None:  # T32
    heard: list[bytes] = []

    async def cut(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if when == "greeting":
            writer.write(b"+OK ready\r\n")
            heard.append(await reader.readline())

    async def attempts() -> int:
        async with serving(cut, pair.context()) as port:
            for _ in range(10):
                with pytest.raises(ConnectionLost):
                    await Pop3Session.open(Endpoint("localhost", port, Security.TLS, "alice"), PASSWORD)
            return port

    with watched() as wires:
        port = run(attempts())
    only(wires, port)
    assert len(wires.connects) == 10 and set(heard) <= {b"CAPA\r\n"}


@pytest.mark.parametrize("security", BOTH)
def test_a_handshake_that_never_ends(security: Security) -> None:  # T32 P30
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if security is Security.STARTTLS:
            writer.write(b"+OK ready\r\n")
            assert await reader.readline() == b"STLS\r\n"
            writer.write(b"+OK begin\r\n")
        await reader.read(1)
        for letter in HELLO:
            writer.write(bytes((letter,)))
            await asyncio.sleep(0.05)

    async def attempt() -> None:
        async with serving(drip) as port:
            with pytest.raises(Stalled):
                await Pop3Session.open(Endpoint("localhost", port, security, "alice"), PASSWORD, timeout=0.3)
            assert product_tasks() == []

    run(attempt())
