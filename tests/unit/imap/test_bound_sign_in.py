"""A sign-in bound to its TLS connection (SCRAM-SHA-256-PLUS), against a server that checks the binding for itself."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import ssl
from dataclasses import dataclass, field
from typing import Any

import pytest

from desktopmail.domain.account import Endpoint, Security
from desktopmail.domain.errors import ProtocolViolation, SignInRefused
from desktopmail.protocols.imap.session import ImapSession
from tests.servers.certificates import Certificates, Pair

PASSWORD, SALT, ROUNDS = b"secret", b"0123456789", 4_096


def mac(key: bytes, message: bytes) -> bytes:
    return hmac.new(key, message, "sha256").digest()


@dataclass
class Binding:
    """An IMAP server that knows SCRAM-SHA-256-PLUS and nothing else; `shown` is the certificate it believes to have
    sent, as a relay in between would make it differ. `knows` are the kinds of binding it understands."""

    context: ssl.SSLContext
    shown: bytes
    knows: tuple[str, ...] = ("tls-unique", "tls-server-end-point")
    offered: str = "IMAP4rev1 SASL-IR AUTH=SCRAM-SHA-256-PLUS AUTH=SCRAM-SHA-256"
    kinds: list[str] = field(default_factory=list)
    port: int = 0

    async def __aenter__(self) -> Binding:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self.context)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        await self._server.wait_closed()

    @property
    def endpoint(self) -> Endpoint:
        return Endpoint("localhost", self.port, Security.TLS, "ada")

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"* OK ready\r\n")
        try:
            while line := await reader.readline():
                tag, verb, *rest = line.split()
                if verb == b"CAPABILITY":
                    writer.write(b"* CAPABILITY %s\r\n" % self.offered.encode())
                elif verb == b"AUTHENTICATE" and not await self._authenticate(rest[1], reader, writer):
                    writer.write(tag + b" NO no\r\n")
                    continue
                writer.write(tag + b" OK done\r\n")
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    def _tie(self, kind: str, writer: asyncio.StreamWriter) -> bytes:
        line: Any = writer.get_extra_info("ssl_object")
        if kind == "tls-unique":
            return line.get_channel_binding("tls-unique") or b""
        return hashlib.sha256(self.shown).digest()

    async def _authenticate(self, first: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        header, _, bare = base64.b64decode(first).decode().partition(",,")
        kind = header.removeprefix("p=")
        self.kinds.append(kind)
        if header.startswith("p=") and kind not in self.knows:
            return False
        nonce = dict(each.split("=", 1) for each in bare.split(","))["r"] + "server"
        challenge = f"r={nonce},s={base64.b64encode(SALT).decode()},i={ROUNDS}"
        writer.write(b"+ " + base64.b64encode(challenge.encode()) + b"\r\n")
        final = base64.b64decode(await reader.readline()).decode()
        fields = dict(each.split("=", 1) for each in final.split(","))
        tie = self._tie(kind, writer) if header.startswith("p=") else b""
        if base64.b64decode(fields["c"]) != f"{header},,".encode() + tie:
            return False
        salted = hashlib.pbkdf2_hmac("sha256", PASSWORD, SALT, ROUNDS)
        message = f"{bare},{challenge},{final.rpartition(',p=')[0]}".encode()
        client = bytes(
            one ^ other
            for one, other in zip(
                base64.b64decode(fields["p"]),
                mac(hashlib.sha256(mac(salted, b"Client Key")).digest(), message),
                strict=True,
            )
        )
        if client != mac(salted, b"Client Key"):
            return False
        proof = base64.b64encode(b"v=" + base64.b64encode(mac(mac(salted, b"Server Key"), message)))
        writer.write(b"+ " + proof + b"\r\n")
        return await reader.readline() == b"\r\n"


def der(pair: Pair) -> bytes:
    return ssl.PEM_cert_to_DER_cert(pair.certificate.read_text())


def context_of(pair: Pair, version: ssl.TLSVersion) -> ssl.SSLContext:
    context = pair.context()
    context.maximum_version = version
    return context


async def signed_in(server: Binding, password: str = "secret") -> str:
    session = await ImapSession.open(server.endpoint, password)
    await session.close()
    return session.mechanism


@pytest.mark.parametrize(
    ("version", "kind"),
    [(ssl.TLSVersion.TLSv1_2, "tls-unique"), (ssl.TLSVersion.TLSv1_3, "tls-server-end-point")],
)
def test_both_ends_see_the_same_connection(certificates: Certificates, version: ssl.TLSVersion, kind: str) -> None:
    async def story() -> None:
        async with Binding(context_of(certificates.good, version), der(certificates.good)) as server:
            assert await signed_in(server) == "SCRAM-SHA-256-PLUS"
            assert server.kinds == [kind]
            with pytest.raises(SignInRefused):
                await signed_in(server, "wrong")

    asyncio.run(asyncio.wait_for(story(), 20))


def test_a_relay_in_between_is_noticed(certificates: Certificates) -> None:
    """It has a certificate that is trusted here, but the server behind it shows another one."""

    async def story() -> None:
        context = context_of(certificates.good, ssl.TLSVersion.TLSv1_3)
        async with Binding(context, der(certificates.renewed)) as server:
            with pytest.raises(SignInRefused):
                await signed_in(server)

    asyncio.run(asyncio.wait_for(story(), 20))


def test_a_server_with_another_kind_of_binding(certificates: Certificates) -> None:
    """It saw no proof of the password; the next connection goes without, by itself."""

    async def story() -> None:
        context = context_of(certificates.good, ssl.TLSVersion.TLSv1_3)
        async with Binding(context, der(certificates.good), knows=("tls-exporter",)) as server:
            with pytest.raises(ProtocolViolation) as caught:
                await signed_in(server)
            assert caught.value.passing
            assert await signed_in(server) == "SCRAM-SHA-256"
            assert server.kinds == ["tls-server-end-point", "n"]

    asyncio.run(asyncio.wait_for(story(), 20))
