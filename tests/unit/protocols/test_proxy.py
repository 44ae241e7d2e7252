"""Through a proxy: the server's name goes to it and is looked up nowhere else, and whatever it does, nothing is said to
anybody else and nothing goes around it."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopmail.domain.account import Endpoint, Security
from desktopmail.domain.errors import (
    BadCertificate,
    MailError,
    ProxyFailed,
    ProxyRefused,
    Stalled,
    UnknownHost,
    Unreachable,
    WrongUsage,
)
from desktopmail.protocols import proxy as proxies
from desktopmail.protocols.imap.session import ImapSession
from desktopmail.protocols.smtp.session import check
from tests.fakes.imap_script import ImapScript
from tests.fakes.proxy_script import CLOSE, ENDLESS, STALL, Act, ProxyScript
from tests.fakes.smtp_script import SmtpScript
from tests.servers.certificates import Certificates

T = TypeVar("T")
NAME = "mail.hidden.invalid"
KINDS = ["socks5", "http"]
ASKED: list[object] = []
LISTENING = False


def _heard(event: str, arguments: tuple[object, ...]) -> None:
    if LISTENING and event in ("socket.getaddrinfo", "socket.gethostbyname"):
        ASKED.append(arguments[0])


sys.addaudithook(_heard)


@contextmanager
def names_asked() -> Iterator[list[object]]:
    """Every name this process has looked up meanwhile."""
    global LISTENING
    ASKED.clear()
    LISTENING = True
    yield ASKED
    LISTENING = False


def run(work: Coroutine[Any, Any, T]) -> T:
    async def limited() -> T:
        async with asyncio.timeout(20):
            return await work

    return asyncio.run(limited())


def through(certificates: Certificates, kind: str, security: Security = Security.TLS, **answers: bytes | Act) -> None:
    """Sign in to an IMAP server that only the proxy can find."""
    script = ImapScript(certificates.hidden.context(), security is Security.TLS)
    proxy = ProxyScript(kind, 0, answers)
    run(_sign_in(script, proxy, security))
    assert proxy.asked == [(NAME, script.port)]
    assert script.lines[-1] == b"LOGOUT"


async def _sign_in(script: ImapScript, proxy: ProxyScript, security: Security, timeout: float = 10) -> None:
    async with script, proxy:
        proxy.port = script.port
        endpoint = replace(script.endpoint(security), host=NAME, proxy=proxy.url)
        session = await ImapSession.open(endpoint, "secret", timeout=timeout)
        await session.logout()


def failure(kind: str, timeout: float = 5, **answers: bytes | Act) -> tuple[MailError, ProxyScript, ImapScript]:
    script, proxy = ImapScript(), ProxyScript(kind, 0, answers)
    with pytest.raises(MailError) as caught:
        run(_sign_in(script, proxy, Security.TLS, timeout))
    assert script.lines == [] and proxy.connections == 1
    assert caught.value.log.isprintable() and not isinstance(caught.value, BadCertificate)
    return caught.value, proxy, script


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
@pytest.mark.parametrize("kind", KINDS)
def test_imap_through_a_proxy(certificates: Certificates, kind: str, security: Security) -> None:
    with names_asked() as asked:
        through(certificates, kind, security)
    assert NAME not in asked and NAME.encode() not in asked


@pytest.mark.parametrize("implicit", [True, False])
@pytest.mark.parametrize("kind", KINDS)
def test_smtp_through_a_proxy(certificates: Certificates, kind: str, implicit: bool) -> None:
    async def work() -> None:
        async with script, proxy:
            proxy.port = script.port
            security = Security.TLS if implicit else Security.STARTTLS
            await check(replace(script.endpoint(security), host=NAME, proxy=proxy.url), "secret")

    script, proxy = SmtpScript(certificates.hidden.context(), implicit), ProxyScript(kind, 0)
    run(work())
    assert proxy.asked == [(NAME, script.port)] and script.passwords


def test_the_usual_words(certificates: Certificates) -> None:
    """What is said to a proxy, byte by byte: no sign-in, no word about this computer or program."""
    script, proxy = ImapScript(certificates.hidden.context(), True), ProxyScript("http", 0)
    run(_sign_in(script, proxy, Security.TLS))
    place = f"{NAME}:{script.port}"
    assert proxy.heard == [f"CONNECT {place} HTTP/1.1\r\nHost: {place}\r\n\r\n".encode()]
    proxy = ProxyScript("socks5", 0)
    run(_sign_in(script, proxy, Security.TLS))
    assert proxy.heard == [b"\x05\x01\x00"]


@pytest.mark.parametrize("kind", KINDS)
def test_the_certificate_is_the_servers(certificates: Certificates, kind: str) -> None:
    script, proxy = ImapScript(certificates.good.context(), True), ProxyScript(kind, 0)
    with pytest.raises(BadCertificate):
        run(_sign_in(script, proxy, Security.TLS))
    assert script.lines == []


@pytest.mark.parametrize(
    "reply",
    [
        b"\x05\x00\x00\x03\x09localhost\x00\x50",
        b"\x05\x00\x00\x04" + b"\x00" * 15 + b"\x01\x00\x50",
        b"\x05\x00\x00\x03\x00\x00\x00",
    ],
)
def test_socks_replies_of_every_length(certificates: Certificates, reply: bytes) -> None:
    through(certificates, "socks5", reply=reply)


@pytest.mark.parametrize(
    "reply",
    [
        b"HTTP/1.0 200 OK\r\n\r\n",
        b"HTTP/1.1 204 \r\nVia: x\r\nContent-Length: 500\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200\r\n\r\n",
    ],
)
def test_http_answers_that_mean_yes(certificates: Certificates, reply: bytes) -> None:
    through(certificates, "http", reply=reply)


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_proxy_adds_is_never_taken_for_encrypted(certificates: Certificates, kind: str) -> None:  # T12
    """Bytes behind the proxy's answer break implicit TLS; before STARTTLS they are words in clear without effect."""
    forged = b"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] forged\r\n"
    script = ImapScript(certificates.hidden.context(), True)
    with pytest.raises(MailError):
        run(_sign_in(script, ProxyScript(kind, 0, behind=forged), Security.TLS))
    assert script.lines == []
    script = ImapScript(certificates.hidden.context())
    run(_sign_in(script, ProxyScript(kind, 0, behind=forged), Security.STARTTLS))
    assert script.in_clear == [b"STARTTLS"]


SOCKS_REFUSALS: list[tuple[int, type[MailError]]] = [
    (1, ProxyFailed),
    (2, ProxyRefused),
    (3, Unreachable),
    (4, Unreachable),
    (5, Unreachable),
    (6, Unreachable),
    (7, ProxyFailed),
    (8, ProxyFailed),
    (9, ProxyFailed),
    (255, ProxyFailed),
]


@pytest.mark.parametrize(("code", "kind"), SOCKS_REFUSALS)
def test_socks_refusals_in_words(code: int, kind: type[MailError]) -> None:
    error, proxy, _ = failure("socks5", reply=bytes((5, code, 0, 1, 0, 0, 0, 0, 0, 0)))
    assert type(error) is kind
    assert f"127.0.0.1:{proxy.own_port}" in error.title and "safe" in error.detail
    assert error.passing is (kind is not ProxyRefused)


@pytest.mark.parametrize(
    ("code", "kind"),
    [(407, ProxyRefused), (403, ProxyRefused), (405, ProxyRefused), (502, Unreachable), (504, Unreachable)]
    + [(code, ProxyFailed) for code in (101, 301, 302, 400, 404, 418, 500)],
)
def test_http_refusals_in_words(code: int, kind: type[MailError]) -> None:
    words = f"HTTP/1.1 {code} \x1b[31mNo\r\nLocation: http://evil.example/\r\nProxy-Authenticate: Basic\r\n\r\n"
    error, proxy, _ = failure("http", reply=words.encode())
    assert type(error) is kind and str(code) in error.log
    assert len(proxy.asked) == 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "garbage",
    [
        b"\x00" * 20,
        b"\x04\x5a" + b"\x00" * 6,
        b"\x05\x00\x00\x09" + b"\x00" * 20,
        b"* OK IMAP4rev1 ready\r\n",
        b"SSH-2.0-x\r\n",
        b"HTTP/2 200 OK\r\n\r\n",
        b"HTTP/1.1 2000 OK\r\n\r\n",
        b"HTTP/1.1 -20 OK\r\n\r\n",
        b"HTTP/1.1  200 OK\r\n\r\n",
        b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"x" * 20_000,
        b"HTTP/1.1 100 Continue\r\n\r\n" * 2_000,
        CLOSE,
        ENDLESS,
    ],
)
def test_garbage(kind: str, garbage: bytes | Act) -> None:
    if kind == "socks5":
        assert isinstance(failure(kind, greeting=garbage)[0], ProxyFailed | Stalled)
    if kind == "http" or not isinstance(garbage, Act):
        assert isinstance(failure(kind, timeout=1, reply=garbage)[0], ProxyFailed | Stalled)


@pytest.mark.parametrize(("kind", "step"), [("socks5", "greeting"), ("socks5", "reply"), ("http", "reply")])
@pytest.mark.parametrize("piece", [b"", b"\x05", b"HTTP/1.1 200 OK\r\n"])
def test_a_proxy_that_stops_in_the_middle(kind: str, step: str, piece: bytes) -> None:
    error, proxy, _ = failure(kind, timeout=0.3, **{step: piece or STALL})
    assert isinstance(error, Stalled | ProxyFailed)
    if isinstance(error, Stalled):
        assert f"127.0.0.1:{proxy.own_port}" in error.title


@pytest.mark.parametrize("method", [b"\x05\xff", b"\x05\x02", b"\x05\x01"])
def test_a_proxy_that_wants_a_sign_in(method: bytes) -> None:
    error, proxy, _ = failure("socks5", greeting=method)
    assert isinstance(error, ProxyRefused) and "sign-in" in error.title
    assert proxy.asked == []


@pytest.mark.parametrize("kind", KINDS)
def test_nobody_goes_around_a_proxy_that_is_not_there(certificates: Certificates, kind: str) -> None:
    """T32: the server would answer directly, and is not asked."""
    script = ImapScript(certificates.good.context(), True)

    async def work() -> None:
        async with script:
            with socket.socket() as taken:
                taken.bind(("127.0.0.1", 0))
                closed = f"{kind}://127.0.0.1:{taken.getsockname()[1]}"
                endpoint = replace(script.endpoint(Security.TLS), proxy=closed)
                for _ in range(3):
                    with pytest.raises(ProxyFailed):
                        await ImapSession.open(endpoint, "secret")

    run(work())
    assert script.connections == 0


def test_a_proxy_without_a_name_is_told_from_a_server_without_one() -> None:
    endpoint = Endpoint("localhost", 993, Security.TLS, "alice", proxy="socks5://no-such-proxy.invalid:1080")
    with pytest.raises(ProxyFailed) as caught:
        run(ImapSession.open(endpoint, "secret"))
    assert "no-such-proxy.invalid" in caught.value.title


@pytest.mark.parametrize("host", ["a b", "a\r\nX: y", "x" * 300, "a\0b", "..", "a/b", "a:1", "a@b", ""])
@pytest.mark.parametrize("kind", KINDS)
def test_names_that_would_mean_something_else_to_a_proxy(kind: str, host: str) -> None:
    async def work() -> None:
        async with proxy:
            await ImapSession.open(Endpoint(host, 993, Security.TLS, "a", proxy=proxy.url), "secret")

    proxy = ProxyScript(kind, 1)
    with pytest.raises(UnknownHost):
        run(work())
    assert proxy.connections == 0


@pytest.mark.parametrize(
    ("host", "asked"), [("127.0.0.1", "127.0.0.1"), ("::1", "::1"), ("bücher.invalid", "xn--bcher-kva.invalid")]
)
def test_addresses_and_international_names(host: str, asked: str) -> None:
    async def work(proxy: ProxyScript) -> None:
        async with proxy:
            await ImapSession.open(Endpoint(host, 993, Security.TLS, "a", proxy=proxy.url), "secret")

    for kind in KINDS:
        proxy = ProxyScript(kind, 1, {"reply": CLOSE})
        with pytest.raises(ProxyFailed):
            run(work(proxy))
        assert [name.strip("[]") for name, _ in proxy.asked] == [asked]


@pytest.mark.parametrize("kind", KINDS)
def test_cancelling_leaves_nothing(kind: str) -> None:
    async def work() -> None:
        script, proxy = ImapScript(), ProxyScript(kind, 0, {"reply": STALL})
        task = asyncio.create_task(_sign_in(script, proxy, Security.TLS))
        await proxy.was_asked.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    for _ in range(10):
        run(work())


@pytest.mark.parametrize("text", ["", "ftp://a:1", "socks5://", "http://a/b", "a:1", "socks4://a:1", "http://a:99999"])
def test_what_is_no_proxy(text: str) -> None:
    with pytest.raises(WrongUsage):
        proxies.parse(text)


def test_a_password_in_a_proxy_is_not_repeated() -> None:
    for text in ("http://bob:hunter2@proxy.test:8080", "ftp://bob:hunter2@proxy.test"):
        with pytest.raises(WrongUsage) as caught:
            proxies.parse(text)
        assert "hunter2" not in caught.value.title + caught.value.detail + caught.value.log


def test_usual_ports() -> None:
    assert proxies.parse("socks5://proxy.test") == proxies.Proxy("socks5", "proxy.test", 1080)
    assert proxies.parse("http://[::1]/") == proxies.Proxy("http", "::1", 8080)


@given(st.text(max_size=60))
def test_any_text_is_a_proxy_or_wrong_usage(text: str) -> None:
    try:
        proxies.parse(text)
    except WrongUsage as error:
        assert error.title.isprintable()
