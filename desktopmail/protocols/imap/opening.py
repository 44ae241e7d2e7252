"""From nothing to a signed-in connection: greeting, encryption, capabilities, one attempt to sign in, extensions.

Nothing heard in clear has any effect afterwards, and nothing secret is sent before TLS stands.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import contextlib

from aioimaplib.aioimaplib import AUTH

from desktopmail.domain.account import Endpoint, Security, SignIn
from desktopmail.domain.errors import InsecureServer, MailError, ProtocolViolation, Refused, SignInRefused
from desktopmail.domain.marking import mark
from desktopmail.domain.saying import phrase
from desktopmail.protocols import sasl
from desktopmail.protocols import transport as net
from desktopmail.protocols.imap import quirks
from desktopmail.protocols.imap.commands import Part, astring
from desktopmail.protocols.imap.dialogue import Dialogue
from desktopmail.protocols.imap.framing import violation
from desktopmail.protocols.imap.request import PASSING_CODES, Refusal, Request, human
from desktopmail.protocols.imap.wire import Wire

ABOUT = '("name" "desktopmail")'
WANTED = ("CONDSTORE", "QRESYNC")


async def connect(endpoint: Endpoint, timeout: float) -> Wire:
    """A connection past its greeting and, unless the person chose to do without, encrypted. Raises MailError."""
    transport, wire = await net.connect(endpoint, lambda: _wire(endpoint), timeout=timeout)
    with contextlib.ExitStack() as undo:
        undo.callback(transport.abort)
        try:
            await _begin(wire, transport, endpoint, timeout)
        except MailError as error:
            wire.fail(error)
            await wire.gone.wait()
            raise
        undo.pop_all()
    return wire


async def _begin(wire: Wire, transport: asyncio.Transport, endpoint: Endpoint, timeout: float) -> None:
    async with net.deadline(timeout, endpoint.host, mark("engine", "to greet")):
        status, _text = await asyncio.shield(wire.greeting)
    if status == "PREAUTH" and not _knows_us(endpoint):
        raise InsecureServer(
            phrase("{0} claims that somebody is signed in already", endpoint.host),
            phrase("That makes it impossible to sign in safely. Nothing was sent."),
        )
    if endpoint.security is Security.STARTTLS:
        await _encrypt(wire, transport, endpoint, timeout)


def _knows_us(endpoint: Endpoint) -> bool:
    """Whether a server may say that one is signed in already: only who was shown a certificate within TLS can know."""
    by_certificate = endpoint.sign_in is SignIn.CERTIFICATE and endpoint.certificate
    return bool(by_certificate) and endpoint.security is Security.TLS


def _wire(endpoint: Endpoint) -> Wire:
    wire = Wire(endpoint.host)
    wire.deaf = endpoint.security is Security.STARTTLS
    return wire


async def _encrypt(wire: Wire, transport: asyncio.Transport, endpoint: Endpoint, timeout: float) -> None:
    """STARTTLS (RFC 3501 section 6.2.1). What the server lists in clear is not even asked for."""
    request = Request(wire.new_tag(), "STARTTLS")
    try:
        async with net.deadline(timeout, endpoint.host, mark("engine", "to agree on encryption")):
            wire.register(request)
            wire.write(f"{request.tag} STARTTLS\r\n".encode())
            await request.wait()
    except ProtocolViolation as error:
        raise net.not_encrypted(endpoint.host, error.log) from error
    if request.status != "OK":
        raise net.not_encrypted(endpoint.host, human(request.text))
    secured = await net.start_tls(transport, wire, endpoint, timeout=timeout)
    wire.secured(secured)


class Opening(Dialogue):
    """The conversation between encryption and the first folder."""

    async def sign_in(self, password: str, timeout: float) -> None:
        """Capabilities, one mechanism, capabilities again, extensions. Raises SignInRefused, InsecureServer and other
        MailErrors; the connection is then closed."""
        with contextlib.ExitStack() as undo:
            undo.callback(self.drop)
            try:
                await self._introduce(password, timeout)
            except MailError:
                self.drop()
                await self._wire.gone.wait()
                raise
            undo.pop_all()

    async def _introduce(self, password: str, timeout: float) -> None:
        async with self._turn(mark("engine", "to sign in"), timeout):
            await self._ask_capabilities()
            if "IMAP4REV1" not in self.capabilities and "IMAP4REV2" not in self.capabilities:
                raise violation("the server does not speak IMAP4rev1")
            if self._wire.state == AUTH:
                self.mechanism = "PREAUTH"
            else:
                await self._authenticate(password)
            await self._enable()

    async def _ask_capabilities(self) -> None:
        request = await self._run(
            "CAPABILITY", wants={"CAPABILITY"}, verb=phrase("The server does not say what it can do")
        )
        if not request.lines:
            raise violation("no capabilities")
        self._learn(request.lines[-1].partition(b" ")[2])

    async def _authenticate(self, password: str) -> None:
        user = self.endpoint.user
        offered = [word[5:] for word in self.capabilities if word.startswith("AUTH=")]
        mechanism = sasl.choose(offered, self.endpoint, password, sasl.binding(self._wire.transport))
        before = self.capabilities
        if isinstance(mechanism, sasl.Login) and "LOGINDISABLED" not in before:
            mechanism = None  # the command says the same in one step
        self.capabilities = frozenset()
        try:
            if mechanism is not None:
                request = await self._exchange(mechanism, "SASL-IR" in before and mechanism.first)
            elif "LOGINDISABLED" in before:
                raise InsecureServer(
                    phrase("{0} offers no way to sign in with a password", self.endpoint.host),
                    phrase("No password was sent."),
                )
            else:
                request = await self._login(user, password, before)
        except Refusal as error:
            raise sasl.unbound(mechanism, self.endpoint) or self._refused(error, mechanism) from error
        if mechanism is not None and not mechanism.proven:
            raise violation("the server did not prove itself")
        self.mechanism = mechanism.name if mechanism is not None else "LOGIN"
        self._wire.state = AUTH
        code, words = request.code()
        if code == "CAPABILITY":
            self._learn(words)
        elif not self.capabilities:
            await self._ask_capabilities()

    async def _exchange(self, mechanism: sasl.Mechanism, at_once: bool) -> Request:
        """AUTHENTICATE (RFC 3501 section 6.2.2), with the initial response in the command where SASL-IR is offered."""
        request = Request(self._wire.new_tag(), "AUTHENTICATE", {"CAPABILITY"})
        waiting = request.expect_plus()
        self._wire.register(request)
        first = base64.b64encode(mechanism.initial())
        line = f"{request.tag} AUTHENTICATE {mechanism.name}".encode()
        self._wire.write(line + (b" " + (first or b"=") if at_once else b"") + b"\r\n")
        words: bytes | None = first if mechanism.first and not at_once else None
        while (challenge := await waiting) is not None:
            if words is None:
                words = await self._answer(mechanism, challenge)
            waiting = request.expect_plus()
            self._wire.write(words + b"\r\n")
            words = None
        return await self._signed_in(request)

    async def _answer(self, mechanism: sasl.Mechanism, challenge: bytes) -> bytes:
        try:
            decoded = base64.b64decode(challenge.strip(), validate=True)
        except binascii.Error as error:
            raise violation("challenge is not base64") from error
        answer = await asyncio.get_running_loop().run_in_executor(None, mechanism.answer, decoded)
        return base64.b64encode(answer)

    async def _login(self, user: str, password: str, capabilities: frozenset[str]) -> Request:
        """LOGIN (RFC 3501 section 6.2.3), for servers without any mechanism that is known here."""
        parts: list[Part] = [astring(user), astring(password)]
        self.capabilities = capabilities & {"LITERAL+", "LITERAL-"}
        request = await self._send("LOGIN", parts, {"CAPABILITY"})
        self.capabilities = frozenset()
        return await self._signed_in(request)

    async def _signed_in(self, request: Request) -> Request:
        await self._reply(request, phrase("{0} did not accept the sign-in", self.endpoint.host))
        for line in request.lines:
            self._learn(line.partition(b" ")[2])
        return request

    def _refused(self, error: Refusal, mechanism: sasl.Mechanism | None) -> Refused | SignInRefused | InsecureServer:
        """A NO in words. A referral to another server (RFC 2221) is only ever shown, never followed."""
        if error.code in PASSING_CODES - {"CONTACTADMIN"}:
            return error
        if error.code == "PRIVACYREQUIRED":
            return InsecureServer(
                phrase("{0} wants a safer connection", self.endpoint.host), phrase("Mail here is safe."), error.log
            )
        said = f"{error.log} {mechanism.told}" if mechanism is not None and mechanism.told else error.log
        title, detail = sasl.refusal(self.endpoint)
        if error.code == "EXPIRED" and self.endpoint.sign_in is SignIn.WORD:
            detail = phrase("Mail here is safe. The password has expired; your provider can tell how to renew it.")
        return SignInRefused(title, detail, said)

    async def _enable(self) -> None:
        """Switch on what helps (RFC 5161, RFC 7162) and say our name (RFC 2971) in one round trip; a NO is no harm."""
        requests = []
        wanted = " ".join(word for word in WANTED if self.can(word))
        if wanted and self.can("ENABLE"):
            requests.append(await self._send("ENABLE", [wanted], {"ENABLED"}))
        if self.can("ID"):
            requests.append(await self._send("ID", [ABOUT], {"ID"}))
        for request in requests:
            await request.wait()
            for line in request.lines:
                if request.name == "ENABLE":
                    self.enabled |= frozenset(line.decode("ascii", "replace").upper().split()[1:])
                else:
                    self.software = quirks.software(line)
        self.quirks = quirks.of(self.software, self.capabilities)
