"""A certificate of one's own: shown to the server that wants it, and told in words when it does not do."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from desktopmail.domain.account import Endpoint, Security
from desktopmail.domain.errors import BadCertificate, ClientCertificateUnusable, InsecureServer, MailError
from desktopmail.protocols import transport as net
from desktopmail.protocols.imap.session import ImapSession
from desktopmail.protocols.smtp.session import check
from tests.fakes.imap_script import ImapScript
from tests.fakes.smtp_script import SmtpScript
from tests.servers.certificates import Certificates

T = TypeVar("T")
BOTH = [Security.TLS, Security.STARTTLS]


def run(work: Coroutine[Any, Any, T]) -> T:
    async def limited() -> T:
        async with asyncio.timeout(20):
            return await work

    return asyncio.run(limited())


async def imap(script: ImapScript, security: Security, certificate: Path | str, pins: frozenset[str]) -> list[bytes]:
    async with script:
        endpoint = replace(script.endpoint(security, pins=pins), certificate=str(certificate))
        session = await ImapSession.open(endpoint, "secret", timeout=10)
        await session.logout()
    return script.lines


async def smtp(script: SmtpScript, security: Security, certificate: Path | str) -> list[bytes]:
    async with script:
        await check(replace(script.endpoint(security), certificate=str(certificate)), "secret", timeout=10)
    return script.lines


@pytest.mark.parametrize("pinned", [False, True])
@pytest.mark.parametrize("security", BOTH)
def test_it_is_shown(certificates: Certificates, security: Security, pinned: bool) -> None:
    pins = frozenset({certificates.good.fingerprint}) if pinned else frozenset[str]()
    script = ImapScript(certificates.mutual(), security is Security.TLS)
    assert run(imap(script, security, certificates.client, pins))[-1] == b"LOGOUT"
    outgoing = SmtpScript(certificates.mutual(), security is Security.TLS)
    assert run(smtp(outgoing, security, certificates.client))[-1] == b"QUIT"


@pytest.mark.parametrize("kind", ["stranger", "none"])
@pytest.mark.parametrize("security", BOTH)
def test_nothing_is_said_to_a_server_that_wants_another(
    certificates: Certificates, security: Security, kind: str
) -> None:
    shown = str(certificates.stranger) if kind == "stranger" else ""
    script = ImapScript(certificates.mutual(), security is Security.TLS)
    with pytest.raises(MailError):
        run(imap(script, security, shown, frozenset()))
    assert not any(b"AUTH" in line for line in script.lines)
    outgoing = SmtpScript(certificates.mutual(), security is Security.TLS)
    with pytest.raises(MailError):
        run(smtp(outgoing, security, shown))
    assert not outgoing.passwords


@contextmanager
def refusing(context: ssl.SSLContext) -> Iterator[int]:
    """A server that tells why it ends a handshake, which the scripted ones do not; gives its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            line, _ = listener.accept()
            with line, suppress(OSError), context.wrap_socket(line, server_side=True) as secured:
                secured.recv(1)

        with ThreadPoolExecutor(1) as pool:
            done = pool.submit(serve)
            yield listener.getsockname()[1]
            done.result()


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("kind", ["stranger", "none"])
@pytest.mark.parametrize("open_", [ImapSession.open, check])
def test_a_server_that_wants_another_says_so(
    certificates: Certificates, open_: Callable[..., Awaitable[object]], kind: str, version: ssl.TLSVersion
) -> None:
    """With TLS 1.3 the refusal comes after the handshake (RFC 8446 section 4.4.2.4), and is told all the same."""
    shown = str(certificates.stranger) if kind == "stranger" else ""
    context = certificates.mutual()
    context.minimum_version = context.maximum_version = version

    async def attempt(port: int) -> None:
        await open_(Endpoint("localhost", port, Security.TLS, "alice", certificate=shown), "secret")

    with refusing(context) as port, pytest.raises(MailError) as caught:
        run(attempt(port))
    vague = version is ssl.TLSVersion.TLSv1_2 and not shown
    assert type(caught.value) is (InsecureServer if vague else ClientCertificateUnusable)


def test_it_is_no_reason_to_trust_the_server(certificates: Certificates) -> None:  # T28
    script = ImapScript(certificates.self_signed.context(), True)
    with pytest.raises(BadCertificate):
        run(imap(script, Security.TLS, certificates.client, frozenset()))
    assert script.lines == []


@pytest.mark.parametrize("kind", ["missing", "folder", "rubbish", "no key", "locked", "other key"])
@pytest.mark.parametrize("security", BOTH)
def test_a_file_that_does_not_do(certificates: Certificates, tmp_path: Path, security: Security, kind: str) -> None:
    file = tmp_path / "mine.pem"
    if kind == "folder":
        file.mkdir()
    elif kind != "missing":
        file.write_bytes(_unusable(certificates, kind))
    script = ImapScript(certificates.good.context(), security is Security.TLS)
    with pytest.raises(ClientCertificateUnusable) as caught:
        run(imap(script, security, file, frozenset()))
    assert "mine.pem" in caught.value.log and str(tmp_path) not in caught.value.log
    assert not any(b"AUTH" in line for line in script.lines)


def _unusable(certificates: Certificates, kind: str) -> bytes:
    mine = certificates.client.read_bytes()
    certificate = mine[: mine.index(b"-----BEGIN PRIVATE")]
    if kind == "no key":
        return certificate
    if kind == "other key":
        return certificate + certificates.good.key.read_bytes()
    if kind == "locked":
        key = serialization.load_pem_private_key(mine, None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        return certificate + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"locked away"),
        )
    return b"\x00rubbish\xff" * 100


def test_other_accounts_do_not_show_it(certificates: Certificates) -> None:
    """A certificate belongs to one endpoint: what others use is not touched by it."""
    plain = Endpoint("localhost", 1, Security.TLS, "alice")
    before = net.ssl_context(plain)
    net.ssl_context(replace(plain, certificate=str(certificates.client)))
    assert net.ssl_context(plain) is before
    script = ImapScript(certificates.mutual(), True)
    with pytest.raises(MailError):
        run(imap(script, Security.TLS, "", frozenset()))
