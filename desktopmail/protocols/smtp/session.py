"""Hands a message to the account's submission server (RFC 6409): one connection, one message, one sign-in attempt."""

from __future__ import annotations

import asyncio
import base64
import binascii
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace

import aiosmtplib

from desktopmail.domain.account import Endpoint, Security, SignIn
from desktopmail.domain.draft import RecipientResult
from desktopmail.domain.errors import InsecureServer, MailError, Refused, SignInRefused
from desktopmail.domain.health import Encryption
from desktopmail.domain.saying import phrase, said
from desktopmail.protocols import encryption, sasl, transport
from desktopmail.protocols.smtp import words
from desktopmail.protocols.smtp.envelope import Envelope, Path, path
from desktopmail.protocols.smtp.line import UNREADABLE, Line, Stage
from desktopmail.protocols.smtp.pieces import Measure, measure, prepared

STEP_SECONDS = 60.0
LAST_FACTOR = 10
FAREWELL_SECONDS = 1.0
OUR_NAME = b"[127.0.0.1]"
MAX_CHALLENGES = 4
NOT_CARRIED = 553
CLOSING = 421

BeforeData = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Submission:
    """What became of a message that at least one recipient will get. `text` is the server's answer to it, often with
    the number it has in its queue. `results` are in the order of the envelope; codes of 400 and more are refusals.
    `encryption` says what the line was protected by (None: nobody looked), `mechanism` how one signed in."""

    results: tuple[RecipientResult, ...]
    text: str
    encryption: Encryption | None = None
    mechanism: str = ""


async def check(
    endpoint: Endpoint,
    password: str,
    *,
    connected: Callable[[], None] | None = None,
    timeout: float = STEP_SECONDS,
) -> None:
    """Connect, sign in and leave. `connected` is called between the two. Raises MailError with what is in the way."""
    async with _session(endpoint, timeout) as session:
        if connected is not None:
            connected()
        await session.sign_in(password)


async def submit(
    endpoint: Endpoint,
    password: str,
    envelope: Envelope,
    *,
    before_data: BeforeData | None = None,
    timeout: float = STEP_SECONDS,
) -> Submission:
    """Hand a message over. Returns when the server has taken it for at least one recipient.

    `before_data` is awaited when the server is ready for the message and nothing of it has been sent; what it raises
    ends the attempt. `timeout` in seconds bounds each step; the answer to the whole message may take ten times as long
    (RFC 5321 section 4.5.3.2). Raises MessageRefused with each recipient's answer, PossiblySent when the line was lost
    too late to know, and other MailErrors when nothing was handed over. Cancelled after `before_data`, it leaves open
    whether the message went."""
    sender, *recipients = [path(address) for address in (envelope.sender, *envelope.recipients)]
    if not recipients:
        raise words.nobody()
    facts = await asyncio.to_thread(measure, envelope.raw)
    async with _session(endpoint, timeout) as session:
        await session.sign_in(password)
        taken = await _Mail(session, envelope, sender, tuple(recipients), facts).send(before_data)
        return replace(taken, encryption=encryption.seen(session.line.transport), mechanism=session.mechanism)


@contextlib.asynccontextmanager
async def _session(endpoint: Endpoint, timeout: float) -> AsyncIterator[Session]:
    """A connection that has said EHLO, over TLS unless the endpoint is expressly without; errors become ours."""
    line: Line | None = None
    try:
        _, line = await transport.connect(endpoint, Line, timeout=timeout)
        session = Session(endpoint, line, timeout)
        await session.greet()
        yield session
        await session.leave()
    except (aiosmtplib.SMTPException, OSError) as error:
        raise words.from_foreign(error, endpoint.host, line.stage if line else Stage.BEFORE_DATA) from error
    finally:
        if line is not None:
            line.cut()


class Session:
    """One connection to a submission server, from the greeting to the farewell. Usable for one message; errors are
    aiosmtplib's or ours, and after any of them the connection is cut."""

    def __init__(self, endpoint: Endpoint, line: Line, timeout: float) -> None:
        self.endpoint = endpoint
        self.line = line
        self.timeout = timeout
        self.mechanism = ""
        self._client = aiosmtplib.SMTP(hostname=endpoint.host, port=endpoint.port, timeout=timeout, start_tls=False)
        self._client.protocol = line
        self._client.transport = line.transport

    async def greet(self) -> None:
        """Read the greeting, say EHLO, and with STARTTLS do both halves of it. HELO is never said: it knows no TLS."""
        host = self.endpoint.host
        greeting = await self.line.read_response(timeout=self.timeout)
        if greeting.code != 220:
            raise words.refused(phrase("{0} takes no mail now", host), greeting)
        await self._hello()
        if self.endpoint.security is Security.STARTTLS:
            await self._encrypt()
            await self._hello()

    async def _hello(self) -> None:
        reply = await self.command(b"EHLO", OUR_NAME)
        if reply.code == 250:
            self._client.last_ehlo_response = reply
        elif self.endpoint.security is Security.STARTTLS and not self.encrypted:
            raise transport.not_encrypted(self.endpoint.host, reply.message)
        else:
            raise words.refused(phrase("{0} does not speak with this program", self.endpoint.host), reply)

    async def _encrypt(self) -> None:
        host = self.endpoint.host
        if not self.offers("starttls"):
            raise transport.not_encrypted(host)
        reply = await self.command(b"STARTTLS")
        if reply.code != 220:
            raise transport.not_encrypted(host, reply.message)
        clear = self.line.seal()
        if clear is None:
            raise words.tampered(host)
        secured = await transport.start_tls(clear, self.line, self.endpoint, timeout=self.timeout)
        self.line.secured(secured)
        self._client.transport = secured
        self._client.esmtp_extensions, self._client.server_auth_methods = {}, []

    @property
    def encrypted(self) -> bool:
        """Whether TLS protects the line."""
        line = self.line.transport
        return line is not None and line.get_extra_info("ssl_object") is not None

    def offers(self, extension: str) -> bool:
        """Whether the latest EHLO listed the extension."""
        return self._client.supports_extension(extension)

    def parameter(self, extension: str) -> str:
        """What the latest EHLO said behind an extension's name."""
        return self._client.esmtp_extensions.get(extension, "")

    async def command(self, *words_: bytes) -> aiosmtplib.SMTPResponse:
        """Send a command and read the reply to it."""
        return await self.line.execute_command(*words_, timeout=self.timeout)

    async def sign_in(self, password: str) -> None:
        """Prove who the person is, with one mechanism and one attempt. Without a user name nothing is to be proven.

        Raises SignInRefused, InsecureServer, or Refused when the server cannot decide now."""
        if not self.endpoint.user and self.endpoint.sign_in is not SignIn.CERTIFICATE:
            return
        if not self.encrypted and self.endpoint.security is not Security.NONE:
            raise transport.not_encrypted(self.endpoint.host)
        offered = self._client.server_auth_methods
        mechanism = sasl.choose(offered, self.endpoint, password, sasl.binding(self.line.transport))
        if mechanism is None:
            raise words.no_mechanism(self.endpoint.host, " ".join(offered))
        reply = await self._prove(mechanism)
        if reply.code != 235:
            raise sasl.unbound(mechanism, self.endpoint) or _not_signed_in(self.endpoint, reply, mechanism.told)
        self.mechanism = mechanism.name

    async def _prove(self, mechanism: sasl.Mechanism) -> aiosmtplib.SMTPResponse:
        first = [base64.b64encode(mechanism.initial()) or b"="] if mechanism.first else []
        reply = await self.command(b"AUTH", mechanism.name.encode("ascii"), *first)
        for _ in range(MAX_CHALLENGES):
            if reply.code != 334:
                break
            answer = await asyncio.to_thread(mechanism.answer, _decoded(reply.message, self.endpoint.host))
            reply = await self.command(base64.b64encode(answer))
        if reply.code == 235 and not mechanism.proven:
            raise words.tampered(self.endpoint.host)
        return reply

    async def leave(self) -> None:
        """Say QUIT; whether it is answered changes nothing any more."""
        with contextlib.suppress(aiosmtplib.SMTPException, OSError):
            await self.line.execute_command(b"QUIT", timeout=FAREWELL_SECONDS)


class _Mail:
    """One message on its way through a session."""

    def __init__(
        self, session: Session, envelope: Envelope, sender: Path, recipients: tuple[Path, ...], facts: Measure
    ) -> None:
        self._session = session
        self._envelope = envelope
        self._sender = sender
        self._recipients = recipients
        self._facts = facts
        self._results: list[RecipientResult] = []

    async def send(self, before_data: BeforeData | None) -> Submission:
        options = self._options()
        await self._say(b"MAIL", f"FROM:<{self._sender.text}>", options)
        for address, recipient in zip(self._envelope.recipients, self._recipients, strict=True):
            self._results.append(await self._ask(address, recipient))
        if not any(_taken(result) for result in self._results):
            raise words.MessageRefused(tuple(self._results))
        if before_data is not None:
            await before_data()
        step = self._session.timeout
        async with contextlib.aclosing(prepared(self._envelope.raw)) as pieces:
            reply = await self._session.line.stream(pieces, step=step, last=step * LAST_FACTOR)
        if reply.code >= 300:
            raise words.MessageRefused(tuple(_judged(result, reply) for result in self._results))
        return Submission(tuple(self._results), transport.inert(reply.message))

    def _options(self) -> list[str]:
        """The parameters of MAIL. Raises MessageRefused when the server cannot carry the message."""
        session = self._session
        options = []
        if session.offers("size"):
            limit = session.parameter("size")
            if limit.isdecimal() and 0 < int(limit[:18]) < self._facts.size:
                raise self._refuse(552, words.too_large(self._facts.size, int(limit[:18])))
            options.append(f"SIZE={self._facts.size}")
        if self._facts.eight_bit:
            if not session.offers("8bitmime"):
                raise self._refuse(554, phrase("This server takes no letters outside ASCII as they are."))
            options.append("BODY=8BITMIME")
        if self._international:
            if session.offers("smtputf8"):
                options.append("SMTPUTF8")
            elif self._envelope.utf8 or not self._sender.plain:
                raise self._refuse(NOT_CARRIED, said(words.NO_UTF8))
        return options

    @property
    def _international(self) -> bool:
        return self._envelope.utf8 or not all(each.plain for each in (self._sender, *self._recipients))

    async def _ask(self, address: str, recipient: Path) -> RecipientResult:
        if not recipient.plain and not self._session.offers("smtputf8"):
            return RecipientResult(address, NOT_CARRIED, said(words.NO_UTF8))
        reply = await self._session.command(b"RCPT", f"TO:<{recipient.text}>".encode())
        if reply.code == CLOSING:
            raise self._refuse(reply.code, reply.message)
        _decided(reply)
        return RecipientResult(address, reply.code, transport.inert(reply.message))

    async def _say(self, verb: bytes, path_: str, options: list[str]) -> None:
        reply = await self._session.command(verb, path_.encode(), *[option.encode("ascii") for option in options])
        if not _decided(reply):
            raise self._refuse(reply.code, reply.message)

    def _refuse(self, code: int, text: str) -> words.MessageRefused:
        """The same answer for everybody."""
        text = transport.inert(text)
        return words.MessageRefused(tuple(RecipientResult(each, code, text) for each in self._envelope.recipients))


def _decided(reply: aiosmtplib.SMTPResponse) -> bool:
    """Whether it is yes. Neither yes nor no has no place here and ends the conversation."""
    if 300 <= reply.code < 400:
        raise aiosmtplib.SMTPResponseException(UNREADABLE, f"Not an answer to this: {reply.code}")
    return reply.code < 300


def _taken(result: RecipientResult) -> bool:
    return 200 <= result.code < 300


def _judged(result: RecipientResult, reply: aiosmtplib.SMTPResponse) -> RecipientResult:
    """A recipient's result after the message itself was refused; who was refused before keeps that answer."""
    return replace(result, code=reply.code, text=transport.inert(reply.message)) if _taken(result) else result


def _decoded(challenge: str, host: str) -> bytes:
    try:
        return base64.b64decode(challenge, validate=True)
    except (binascii.Error, ValueError) as error:
        raise words.tampered(host) from error


def _not_signed_in(endpoint: Endpoint, reply: aiosmtplib.SMTPResponse, told: str) -> MailError:
    """454 and other 4xx: cannot be decided now (RFC 4954 section 6); 530 and 538: only with encryption."""
    if 400 <= reply.code < 500:
        return words.refused(phrase("{0} cannot check passwords now", endpoint.host), reply)
    if reply.code in (530, 538):
        return InsecureServer(
            phrase("{0} takes passwords only over an encrypted connection", endpoint.host),
            phrase("Choose encryption in the account's settings."),
            transport.inert(reply.message),
        )
    if reply.code in (500, 502, 503, 504):
        return Refused(
            phrase("{0} does not take part in signing in", endpoint.host), "", transport.inert(reply.message)
        )
    return SignInRefused(*sasl.refusal(endpoint), transport.inert(f"{reply.message} {told}"))
