"""Connections, certificates and the words for what goes wrong with them."""

from __future__ import annotations

import asyncio
import errno
import gc
import socket
import ssl
import time
import warnings
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopmail.domain.account import Endpoint, Security
from desktopmail.domain.errors import (
    BadCertificate,
    ConnectionLost,
    InsecureServer,
    MailError,
    Stalled,
    UnknownHost,
    Unreachable,
    WrongUsage,
)
from desktopmail.protocols import transport as net
from desktopmail.protocols.certificate import Facts, facts
from desktopmail.protocols.dialling import alternating
from tests.servers.certificates import Certificates, Pair

T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    async def limited() -> T:
        async with asyncio.timeout(30):
            return await work

    return asyncio.run(limited())


class Listener:
    """A TLS server that says nothing and keeps what it is told."""

    def __init__(self, context: ssl.SSLContext | None) -> None:
        self.context = context
        self.heard = b""
        self.port = 0
        self.connections = 0
        self.news = asyncio.Event()
        self.writers: list[asyncio.StreamWriter] = []

    async def __aenter__(self) -> Listener:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self.context)
        self.port = int(self._server.sockets[0].getsockname()[1])
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for _ in range(10):
            await asyncio.sleep(0)
        for writer in self.writers:
            writer.transport.abort()
        if others := asyncio.all_tasks() - {asyncio.current_task()}:
            await asyncio.wait(others)
        await asyncio.sleep(0)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.writers.append(writer)
        self.news.set()
        try:
            self.heard += await reader.read()
        finally:
            writer.transport.abort()

    async def until(self, done: Callable[[], bool]) -> None:
        while not done():
            self.news.clear()
            await self.news.wait()

    def endpoint(self, pins: frozenset[str] = frozenset(), host: str = "localhost") -> Endpoint:
        return Endpoint(host, self.port, Security.TLS, "alice", pins)


async def connected(endpoint: Endpoint, timeout: float = 5) -> None:
    transport, protocol = await net.connect(endpoint, Waiting, timeout=timeout)
    net.check_pin(transport.get_extra_info("ssl_object"), endpoint)
    net.close(transport)
    await protocol.gone.wait()


class Waiting(asyncio.Protocol):
    """Notices the end of the connection."""

    def __init__(self) -> None:
        self.gone = asyncio.Event()

    def connection_lost(self, exc: Exception | None) -> None:
        self.gone.set()


def attempt(shown: Pair, pins: frozenset[str] = frozenset(), host: str = "localhost") -> bytes:
    async def work() -> bytes:
        async with Listener(shown.context()) as listener:
            await connected(listener.endpoint(pins, host))
            return listener.heard

    return run(work())


def test_a_good_certificate(certificates: Certificates) -> None:
    attempt(certificates.good)
    attempt(certificates.good, host="127.0.0.1")


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("expired", "its certificate ended on "),
        ("other_name", "its certificate is for other.example"),
        ("self_signed", "it signed its certificate itself"),
        ("unknown_root", "its certificate was issued by Unknown authority, unknown here"),
    ],
)
def test_a_bad_certificate_is_explained(certificates: Certificates, kind: str, words: str) -> None:  # T28
    pair: Pair = getattr(certificates, kind)
    with pytest.raises(BadCertificate) as caught:
        attempt(pair)
    assert caught.value.title.startswith("This server could not prove that it is localhost (")
    assert words in caught.value.title
    assert caught.value.fingerprint == pair.fingerprint and pair.fingerprint in caught.value.log
    assert "Nothing was sent" in caught.value.detail
    attempt(pair, frozenset({pair.fingerprint}))


def test_the_day_it_ended_is_told(certificates: Certificates) -> None:
    with pytest.raises(BadCertificate) as caught:
        attempt(certificates.expired)
    ended = time.gmtime(facts(ssl.PEM_cert_to_DER_cert(certificates.expired.certificate.read_text())).ends)
    assert f"{ended.tm_mday} " in caught.value.title and str(ended.tm_year) in caught.value.title


def test_a_pin_holds_for_nothing_else(certificates: Certificates) -> None:  # T30
    pin = frozenset({certificates.good.fingerprint})
    attempt(certificates.good, pin)
    for other in (certificates.renewed, certificates.self_signed):
        with pytest.raises(BadCertificate) as caught:
            attempt(other, pin)
        assert caught.value.fingerprint == other.fingerprint
    with pytest.raises(BadCertificate):
        attempt(certificates.self_signed)


def test_the_environment_adds_to_the_system_store(certificates: Certificates) -> None:
    endpoint = Endpoint("localhost", 1, Security.TLS, "alice")
    added = net.ssl_context(endpoint).get_ca_certs(binary_form=True)
    assert ssl.PEM_cert_to_DER_cert(certificates.authority.read_text()) in added
    bundle = Path("/etc/ssl/certs/ca-certificates.crt")
    if bundle.is_file():
        assert len(added) > 50
    assert net.ssl_context(endpoint) is net.ssl_context(endpoint)


def test_old_tls_is_refused(certificates: Certificates) -> None:  # T31
    old = certificates.good.context()
    with pytest.warns(DeprecationWarning):
        old.minimum_version = ssl.TLSVersion.TLSv1
        old.maximum_version = ssl.TLSVersion.TLSv1_1
    old.set_ciphers("ALL:@SECLEVEL=0")

    async def work() -> None:
        async with Listener(old) as listener:
            await connected(listener.endpoint())

    with pytest.raises((InsecureServer, ConnectionLost)):
        run(work())
    for pins in (frozenset[str](), frozenset({certificates.good.fingerprint})):
        context = net.ssl_context(Endpoint("localhost", 1, Security.TLS, "alice", pins))
        assert context.minimum_version is ssl.TLSVersion.TLSv1_2
        assert not [each["name"] for each in context.get_ciphers() if "NULL" in each["name"] or "ADH" in each["name"]]


def test_no_tls_where_tls_was_promised() -> None:  # T32
    class Clear(Listener):
        async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self.connections += 1
            writer.write(b"220 hello in clear\r\n")
            self.heard += await reader.read()
            writer.transport.abort()

    async def work() -> Listener:
        async with Clear(None) as listener:
            for _ in range(10):
                with pytest.raises(InsecureServer):
                    await connected(listener.endpoint())
            return listener

    listener = run(work())
    assert listener.connections == 10
    assert b"alice" not in listener.heard


def test_a_silent_server_and_a_closed_port() -> None:  # P30
    async def silent() -> None:
        async with Listener(None) as listener:
            await connected(listener.endpoint(), 0.2)

    with pytest.raises(Stalled) as caught:
        run(silent())
    assert caught.value.title == "localhost took too long to open a connection"
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(Unreachable):
            run(connected(Endpoint("127.0.0.1", taken.getsockname()[1], Security.TLS, "alice")))


def test_cancelling_leaves_no_socket_and_no_task() -> None:  # P30
    async def work() -> int:
        async with Listener(None) as listener:
            for number in range(100):
                before = listener.connections
                task = asyncio.ensure_future(connected(listener.endpoint(), 30))
                if number % 2:
                    await listener.until(partial(lambda before: listener.connections > before, before))
                for _ in range(number):
                    await asyncio.sleep(0)
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
                left = [each for each in asyncio.all_tasks() if "/desktopmail/" in code_of(each)]
                assert left == []
            return listener.port

    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        port = run(work())
        gc.collect()
    assert [str(each.message) for each in warned if f"raddr=('127.0.0.1', {port})" in str(each.message)] == []


def test_cancelling_when_the_handshake_has_just_ended_cuts_the_line(certificates: Certificates) -> None:  # P30
    """The other side answers no farewell."""

    class Cancelling(Waiting):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            tasks[0].cancel()

    tasks: list[asyncio.Task[Any]] = []

    async def work() -> None:
        async with Listener(certificates.good.context()) as listener:
            tasks.append(asyncio.ensure_future(net.connect(listener.endpoint(), Cancelling, timeout=30)))
            with pytest.raises(asyncio.CancelledError):
                await tasks[0]

    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        run(work())
        gc.collect()
    assert [each for each in map(str, warned) if "unclosed" in each] == []


def code_of(task: asyncio.Task[Any]) -> str:
    code = getattr(task.get_coro(), "cr_code", None)
    return code.co_filename if code else ""


def test_addresses_take_turns() -> None:
    four, six = [(2, 1, 6, "", ("4", at)) for at in range(3)], [(10, 1, 6, "", ("6", at)) for at in range(1)]
    assert [place[4] for place in alternating([*six, *four])] == [("6", 0), ("4", 0), ("4", 1), ("4", 2)]
    assert list(alternating([])) == []


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a" * 70, "..", "exa mple"])
def test_names_that_do_not_exist(host: str) -> None:
    with pytest.raises(UnknownHost):
        run(connected(Endpoint(host, 993, Security.TLS, "alice")))


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (socket.gaierror(socket.EAI_NONAME, "unknown"), UnknownHost),
        (ConnectionRefusedError(errno.ECONNREFUSED, "refused"), Unreachable),
        (OSError(errno.ENETUNREACH, "no way"), Unreachable),
        (TimeoutError(), Stalled),
        (ConnectionResetError(errno.ECONNRESET, "reset"), ConnectionLost),
        (BrokenPipeError(), ConnectionLost),
        (ssl.SSLEOFError(8, "EOF occurred"), ConnectionLost),
        (ssl.SSLZeroReturnError(), ConnectionLost),
        (ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong"), InsecureServer),
        (ssl.SSLError(1, "[SSL: SSLV3_ALERT_HANDSHAKE_FAILURE] no"), InsecureServer),
        (ssl.SSLCertVerificationError(1, "x"), BadCertificate),
        (WrongUsage("ours"), WrongUsage),
        (ValueError("x\x1b[31m\r\n" * 500), ConnectionLost),
    ],
)
def test_words_for_foreign_errors(error: BaseException, kind: type[MailError]) -> None:
    if isinstance(error, ssl.SSLCertVerificationError):
        error.verify_code, error.verify_message = 20, "unable to get local issuer certificate"
    found = net.map_error(error, "mail.example.org")
    assert type(found) is kind
    assert found.log.isprintable() and len(found.log) <= 300
    if kind is not WrongUsage:
        assert "mail.example.org" in found.title and found.detail.endswith(".") and "!" not in found.title


def test_foreign_words_are_inert() -> None:
    assert net.inert("a\x00b\r\n\tc \x1b[2J\u202edesrever") == "a b c [2J desrever"
    assert len(net.inert("x" * 10**7)) == 300


@given(st.binary(max_size=300))
def test_any_bytes_are_some_certificate(der: bytes) -> None:
    assert isinstance(facts(der), Facts)


def test_a_damaged_certificate_is_still_some_certificate(certificates: Certificates) -> None:
    der = ssl.PEM_cert_to_DER_cert(certificates.other_name.certificate.read_text())
    whole = facts(der)
    assert whole.names == ("other.example",) and whole.issuer == "Test authority" and whole.subject == "other.example"
    assert facts(certificates_of(certificates.good)).names == ("localhost", "127.0.0.1")
    for place in range(len(der)):
        for value in (0, 0x30, 0x80, 0x84, 0xFF):
            facts(der[:place] + bytes([value]) + der[place + 1 :])
        facts(der[:place])


def certificates_of(pair: Pair) -> bytes:
    return ssl.PEM_cert_to_DER_cert(pair.certificate.read_text())
