"""From nothing to an open mailbox: greeting, encryption, capabilities, one attempt to sign in, capabilities again.

Nothing heard in clear has any effect afterwards, and nothing secret is sent before TLS stands.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import contextlib
import hashlib
import re
from collections.abc import Callable

from desktopmail.domain.account import Endpoint, Security
from desktopmail.domain.errors import MailError, Refused, RefusedForNow, SignInRefused
from desktopmail.domain.health import Encryption
from desktopmail.domain.marking import mark
from desktopmail.domain.saying import phrase
from desktopmail.protocols import encryption, language, sasl
from desktopmail.protocols import transport as net
from desktopmail.protocols.pop3.dialogue import PATIENT, Dialogue, Patience
from desktopmail.protocols.pop3.line import Form, Line, Reply, violation
from desktopmail.protocols.pop3.offered import NOTHING, Offered, read
from desktopmail.protocols.pop3.refusals import at_sign_in, human

MAX_CHALLENGES = 4
SIGN_IN_FACTOR = 3
"""How much longer signing in may take than any other step: servers open and lock the whole mailbox meanwhile."""
COMMAND_LIMIT = 255
"""Bytes of a command with its line end (RFC 2449 section 4), which an initial response must not exceed."""

_STAMP = re.compile(rb"<[\x21-\x3b\x3d\x3f-\x7e]{1,200}@[\x21-\x3b\x3d\x3f-\x7e]{0,200}>")


class Opening(Dialogue):
    """The conversation until the mailbox is open. `mechanism` is how one signed in, `encryption` what protects it."""

    def __init__(self, line: Line, endpoint: Endpoint, patience: Patience = PATIENT) -> None:
        super().__init__(line, endpoint, patience)
        self.mechanism = ""
        self.encryption = Encryption()
        self._stamp = b""

    async def begin(
        self, transport: asyncio.Transport, secret: str, timeout: float, connected: Callable[[], None] | None = None
    ) -> None:
        """Everything between the first byte and the open mailbox. Raises MailError; the connection is then gone."""
        with contextlib.ExitStack() as undo:
            undo.callback(transport.abort)
            try:
                await self._greet(transport, timeout)
                if connected is not None:
                    connected()
                async with net.deadline(timeout * SIGN_IN_FACTOR, self.endpoint.host, mark("engine", "to sign in")):
                    await self.introduce(secret)
            except MailError as error:
                self._line.fail(error)
                await self._line.gone.wait()
                raise
            undo.pop_all()

    async def _greet(self, transport: asyncio.Transport, timeout: float) -> None:
        host = self.endpoint.host
        async with net.deadline(timeout, host, mark("engine", "to greet")):
            greeting = await self.heard()
        if self.endpoint.security is Security.STARTTLS:
            if not greeting.ok:
                raise RefusedForNow(
                    phrase("{0} lets nobody in now", host), phrase("Nothing was sent. It will be tried again.")
                )
            await self._encrypt(transport, timeout)
        else:
            self._look_at(greeting)

    def _look_at(self, greeting: Reply) -> None:
        host = self.endpoint.host
        if not greeting.ok:
            known = at_sign_in(greeting.text, host, 0)
            detail = phrase("Nothing was sent. It will be tried again.")
            raise known or RefusedForNow(phrase("{0} lets nobody in now", host), detail, human(greeting.text))
        stamp = _STAMP.search(greeting.text)
        self._stamp = stamp[0] if stamp and self.endpoint.security is Security.TLS else b""

    async def _encrypt(self, transport: asyncio.Transport, timeout: float) -> None:
        """STLS (RFC 2595 section 4). What the server lists in clear is not even asked for, and what it says about a
        refusal is not repeated."""
        host = self.endpoint.host
        async with net.deadline(timeout, host, mark("engine", "to agree on encryption")):
            agreed = await self.command(b"STLS", Form.AGREEMENT)
        if self._line.failure is not None:
            raise self._line.failure
        if not agreed.ok:
            raise net.not_encrypted(host)
        secured = await net.start_tls(transport, self._line, self.endpoint, timeout=timeout)
        self._line.secured(secured)

    async def introduce(self, secret: str) -> None:
        """Capabilities, one way to sign in, capabilities again (RFC 2449 section 5: they may differ)."""
        self.encryption = encryption.seen(self._line.transport)
        if self.endpoint.security is not Security.NONE and not self._protected():
            raise net.not_encrypted(self.endpoint.host)
        self.offered = await self._capabilities()
        if self.offered.utf8:
            await self.command(b"UTF8")  # RFC 6856 section 2.1: mail as it is; only now, and a no is no harm
        if self.offered.lang:
            await self._ask_for_language()
        await self._sign_in(secret)
        again = await self._capabilities()
        if again.known:
            self.offered = again.beside(self.offered)

    def _protected(self) -> bool:
        return self._line.transport is not None and self._line.transport.get_extra_info("ssl_object") is not None

    async def _ask_for_language(self) -> None:
        """Have errors said in the person's language, that of a refused sign-in already (LANG, RFC 6856 section 3).
        Where the server knows none of them, it stays with its own."""
        for tag in language.preferred():
            if (await self.command(b"LANG " + tag.encode("ascii"))).ok:
                return

    async def _capabilities(self) -> Offered:
        reply = await self.command(b"CAPA", Form.LINES)
        return read(reply.lines) if reply.ok else NOTHING

    async def _sign_in(self, secret: str) -> None:
        offered = self.offered
        mechanism = sasl.choose(offered.sasl, self.endpoint, secret, sasl.binding(self._line.transport))
        if isinstance(mechanism, sasl.Login) and offered.user:
            mechanism = None  # the commands say the same
        if mechanism is not None:
            reply = await self._prove(mechanism)
            self.mechanism = mechanism.name
        elif offered.user or not offered.known:
            reply = await self._say_password(secret)
        elif self._stamp:
            reply = await self._apop(secret)
        else:
            raise Refused(
                phrase("{0} offers no way to sign in with a password", self.endpoint.host),
                phrase("Nothing was sent."),
                net.inert(" ".join(sorted(offered.words))),
            )
        if not reply.ok:
            raise sasl.unbound(mechanism, self.endpoint) or self._refused(reply, mechanism.told if mechanism else "")
        if mechanism is not None and not mechanism.proven:
            raise violation("the server did not prove itself")

    async def _prove(self, mechanism: sasl.Mechanism) -> Reply:
        """AUTH (RFC 5034 section 4)."""
        words = b"AUTH " + mechanism.name.encode("ascii")
        first = base64.b64encode(mechanism.initial()) or b"="
        at_once = mechanism.first and len(words) + len(first) + 3 <= COMMAND_LIMIT
        reply = await self.command(words + b" " + first if at_once else words, Form.CHALLENGE)
        if reply.more and mechanism.first and not at_once:
            reply = await self.command(first, Form.CHALLENGE)
        for _ in range(MAX_CHALLENGES):
            if not reply.more:
                return reply
            challenge = _decoded(reply.text)
            answer = await asyncio.get_running_loop().run_in_executor(None, mechanism.answer, challenge)
            reply = await self.command(base64.b64encode(answer), Form.CHALLENGE)
        if reply.more:
            raise violation("challenges without end")
        return reply

    async def _say_password(self, password: str) -> Reply:
        """USER and PASS (RFC 1939 section 7), for servers without any mechanism that is known here."""
        self.mechanism = "USER"
        reply = await self.command(b"USER " + self.endpoint.user.encode())
        return await self.command(b"PASS " + password.encode()) if reply.ok else reply

    async def _apop(self, password: str) -> Reply:
        """APOP (RFC 1939 section 7), for servers that offer nothing else, and only with a stamp that came over TLS."""
        self.mechanism = "APOP"
        digest = hashlib.md5(self._stamp + password.encode(), usedforsecurity=False).hexdigest()
        return await self.command(f"APOP {self.endpoint.user} {digest}".encode())

    def _refused(self, reply: Reply, told: str) -> MailError:
        known = at_sign_in(reply.text, self.endpoint.host, self.offered.login_delay)
        said = net.inert(f"{human(reply.text)} {told}")
        return known or SignInRefused(*sasl.refusal(self.endpoint), said)


def _decoded(challenge: bytes) -> bytes:
    try:
        return base64.b64decode(challenge.strip(), validate=True)
    except binascii.Error as error:
        raise violation("challenge is not base64") from error
