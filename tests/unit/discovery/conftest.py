"""A small world on loopback: web servers, a name server and mail servers, all with names of their own."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

import pytest

from desktopmail.domain.account import Security
from desktopmail.domain.found import FoundServers
from desktopmail.engine.discovery import Discovery
from desktopmail.engine.finding.guesses import Usual
from desktopmail.engine.finding.search import Limits
from desktopmail.protocols.autoconfig.probe import Speech
from desktopmail.protocols.autoconfig.records import Names
from desktopmail.protocols.autoconfig.sources import Places
from tests.fakes.dns_script import DnsScript
from tests.fakes.door import Door
from tests.fakes.web_script import WebScript, page
from tests.servers.certificates import Certificates

HERE = ("example.org", "hoster.example", "ispdb.example")
ADDRESS = "ada@example.org"
PACC = "ua-auto-config.example.org/.well-known/user-agent-configuration.json"
AUTOCONFIG = "autoconfig.example.org/mail/config-v1.1.xml"
WELL_KNOWN = "example.org/.well-known/autoconfig/mail/config-v1.1.xml"
ISPDB = "v1.ispdb.example/example.org"

Published = tuple[str, str, int, str]


def xml(*servers: Published, name: str = "Example", more: str = "") -> bytes:
    """A configuration with these servers: type, host, port and socket type."""
    written = []
    for kind, host, port, socket_type in servers:
        tag = "outgoingServer" if kind == "smtp" else "incomingServer"
        written.append(
            f'<{tag} type="{kind}"><hostname>{host}</hostname><port>{port}</port>'
            f"<socketType>{socket_type}</socketType><username>%EMAILADDRESS%</username>"
            f"<authentication>password-cleartext</authentication></{tag}>"
        )
    inside = f"<domain>example.org</domain><displayName>{name}</displayName>{''.join(written)}{more}"
    return f'<clientConfig version="1.1"><emailProvider id="x">{inside}</emailProvider></clientConfig>'.encode()


@dataclass
class World:
    """Everything there is. `doors` are mail servers by word; each is opened with `open_door`."""

    certificates: Certificates
    limits: Limits = field(default_factory=lambda: Limits(source=5.0, server=5.0, total=10.0, head_start=5.0))
    usual: Usual = field(default_factory=dict)
    names_seconds: float = 3.0
    shown: list[FoundServers] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    listed: bool = True
    visited: list[tuple[str, int, str]] = field(default_factory=list)

    async def __aenter__(self) -> World:
        self._stack = contextlib.AsyncExitStack()
        context = self.certificates.many.context()
        self.web = await self._stack.enter_async_context(WebScript(context=context))
        self.plain = await self._stack.enter_async_context(WebScript())
        self.dns = await self._stack.enter_async_context(DnsScript())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    async def door(self, speech: str, *, implicit: bool = True, **more: Any) -> Door:
        """Open a mail server whose certificate is good for all names here."""
        context = more.pop("context", self.certificates.many.context())
        return await self._stack.enter_async_context(Door(speech, context, implicit, **more))

    async def both(self) -> tuple[Door, Door]:
        """A server for receiving and one for sending."""
        return await self.door("imap"), await self.door("smtp")

    def publish(self, where: str, *servers: Published, **more: str) -> None:
        """Put a configuration on the https server."""
        self.web.pages[where] = page(xml(*servers, **more))

    @property
    def places(self) -> Places:
        secure, plain = self.web.port, self.plain.port
        return Places(
            f"https://ua-auto-config.{{domain}}:{secure}/.well-known/user-agent-configuration.json",
            f"https://autoconfig.{{domain}}:{secure}/mail/config-v1.1.xml?emailaddress={{address}}",
            f"https://{{domain}}:{secure}/.well-known/autoconfig/mail/config-v1.1.xml",
            f"https://v1.ispdb.example:{secure}/{{domain}}",
            f"http://autoconfig.{{domain}}:{plain}/mail/config-v1.1.xml",
        )

    @property
    def names(self) -> Names:
        return Names(("127.0.0.1",), self.dns.port, self.names_seconds)

    async def until(self, done: Callable[[], object]) -> None:
        """Wait for something in this world to be true."""
        for _ in range(10_000):
            if done():
                return
            await asyncio.sleep(0.002)
        raise AssertionError("it never came true")

    async def find(self, address: str = ADDRESS) -> FoundServers:
        """Ask everybody in this world."""
        noting, listed = lambda *seen: self.visited.append(seen), lambda: self.listed
        discovery = Discovery(self.usual, self.places, self.names, self.limits, noting, listed)
        return await discovery.find(address, say=self.said.append, better=self.shown.append)

    def guesses(self, imap: int = 0, smtp: int = 0, pop3: int = 0, security: Security = Security.TLS) -> None:
        """Let the usual names be tried at these ports."""
        ports = {Speech.IMAP: ("imap.", imap), Speech.POP3: ("pop.", pop3), Speech.SMTP: ("smtp.", smtp)}
        self.usual = {speech: ((prefix, port, security),) for speech, (prefix, port) in ports.items() if port}


Play = Callable[[Callable[[World], Coroutine[Any, Any, None]]], None]


@pytest.fixture
def names_here(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The system's look-up knows only this world; what else was looked up is noted."""
    real = socket.getaddrinfo
    strangers: list[str] = []

    def look_up(host: str, port: int, *rest: Any, **more: Any) -> Any:
        if host in ("127.0.0.1", "localhost") or any(host == each or host.endswith(f".{each}") for each in HERE):
            return real("127.0.0.1", port, *rest, **more)
        strangers.append(host)
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return strangers


@pytest.fixture
def play(certificates: Certificates, names_here: list[str]) -> Play:
    """Runs a scene in a world."""

    def run(scene: Callable[[World], Coroutine[Any, Any, None]]) -> None:
        async def work() -> None:
            async with World(certificates) as world:
                await scene(world)

        asyncio.run(asyncio.wait_for(work(), 60))

    return run
