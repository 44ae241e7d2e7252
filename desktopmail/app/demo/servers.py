"""The demonstration's servers: pymap for IMAP and aiosmtpd for SMTP, on a loop and a thread of their own.

They listen on 127.0.0.1 alone, on ports the system picks, keep everything in memory and know one person. What that
person sends to an address of their own arrives in the Inbox; all other recipients are accepted and forgotten.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import socket
import threading
from argparse import Namespace
from collections.abc import Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from desktopmail.domain.account import Endpoint, Security

START_DEADLINE = 15.0


@dataclass(frozen=True, slots=True)
class SampleMail:
    """One message as the server holds it at first."""

    folder: str
    raw: bytes
    date: datetime
    flags: frozenset[str]


class DemoServers:
    """Both servers and the thread they live on. `start()` returns when they listen, `stop()` when they are gone."""

    def __init__(self, address: str, mail: Iterable[SampleMail]) -> None:
        self.address = address
        self.password = secrets.token_urlsafe(12)
        self._mail = tuple(mail)
        self._imap = _loopback()
        self._smtp = _loopback()
        self._ready = threading.Event()
        self._listening = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._done: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._run, name="demo-servers", daemon=True)

    @property
    def imap(self) -> Endpoint:
        """Where to read the mail."""
        return Endpoint("127.0.0.1", self._imap.getsockname()[1], Security.NONE, self.address)

    @property
    def smtp(self) -> Endpoint:
        """Where to send mail."""
        return Endpoint("127.0.0.1", self._smtp.getsockname()[1], Security.NONE, self.address)

    def start(self) -> None:
        """Start both servers; raises OSError when they do not."""
        self._thread.start()
        if not self._ready.wait(START_DEADLINE):
            raise TimeoutError("the demonstration's servers did not start")
        if not self._listening:
            raise OSError("the demonstration's servers did not start")

    def stop(self) -> None:
        """Stop both and wait for their thread."""
        if self._loop is not None and self._done is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._done.set)
            self._thread.join(START_DEADLINE)

    def _run(self) -> None:
        talkative = [logging.getLogger(name) for name in ("pymap", "mail.log", "asyncio")]
        before = [each.level for each in talkative]
        for each in talkative:
            each.setLevel(logging.CRITICAL)
        try:
            asyncio.run(self._serve())
        finally:
            self._ready.set()
            for each, level in zip(talkative, before, strict=True):
                each.setLevel(level)

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._done = asyncio.Event()
        async with AsyncExitStack() as stack:
            mailboxes = await self._start_imap(stack)
            await self._start_smtp(stack, mailboxes)
            self._listening = True
            self._ready.set()
            await self._done.wait()
            for task in asyncio.all_tasks() - {asyncio.current_task()}:
                task.cancel()

    async def _start_imap(self, stack: AsyncExitStack) -> Any:
        from proxyprotocol.reader import ProxyProtocolReader
        from pymap.backend.dict import DictBackend
        from pymap.backend.dict.filter import FilterSet
        from pymap.backend.dict.mailbox import MailboxSet
        from pymap.imap import IMAPServer

        arguments = Namespace(
            host="127.0.0.1", port=0, debug=False, cert=None, key=None, tls=False, passlib_cfg=None,
            proxy_protocol=None, inherited_sockets=None, demo_data=False, demo_user=self.address,
            demo_password=self.password,
        )  # fmt: skip
        backend, config = await DictBackend.init(arguments)
        config.apply_context()
        mailboxes = MailboxSet()
        for folder in ("Archive", "Drafts", "Junk", "Sent", "Trash", *sorted({each.folder for each in self._mail})):
            if folder != "INBOX" and folder not in {entry.name for entry in (await mailboxes.list_mailboxes()).list()}:
                await mailboxes.add_mailbox(folder)
        for each in self._mail:
            await append(mailboxes, each)
        config.set_cache[self.address] = (mailboxes, FilterSet())
        listener = ProxyProtocolReader(config.proxy_protocol).get_callback(IMAPServer(backend.login, config))
        await stack.enter_async_context(await asyncio.start_server(listener, sock=self._imap))
        return mailboxes

    async def _start_smtp(self, stack: AsyncExitStack, mailboxes: Any) -> None:
        from aiosmtpd.smtp import SMTP, AuthResult

        def check(server: Any, session: Any, envelope: Any, mechanism: str, login: Any) -> AuthResult:
            given = (bytes(login.login), bytes(login.password))
            return AuthResult(success=given == (self.address.encode(), self.password.encode()), handled=False)

        def protocol() -> SMTP:
            return SMTP(
                Delivery(self.address, mailboxes),
                hostname="localhost",
                ident="desktopmail demonstration",
                enable_SMTPUTF8=True,
                authenticator=check,
                auth_require_tls=False,
                loop=asyncio.get_running_loop(),
            )

        server = await asyncio.get_running_loop().create_server(protocol, sock=self._smtp)
        await stack.enter_async_context(server)


class Delivery:
    """Files what arrives for the person into the Inbox (aiosmtpd calls the `handle_…` methods)."""

    def __init__(self, address: str, mailboxes: Any) -> None:
        self._address = address.casefold()
        self._mailboxes = mailboxes

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        """Take mail from the person alone."""
        if not session.authenticated:
            return "530 5.7.0 Authentication required"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Accept one message; deliver it when the person is among the recipients."""
        if self._address in (each.casefold() for each in envelope.rcpt_tos):
            mail = SampleMail("INBOX", bytes(envelope.original_content), datetime.now(UTC), frozenset())
            await append(self._mailboxes, mail)
        return "250 2.0.0 accepted"


async def append(mailboxes: Any, mail: SampleMail) -> None:
    """Put one message into a mailbox of the server."""
    from pymap.parsing.message import AppendMessage
    from pymap.parsing.specials.flag import Flag

    mailbox = await mailboxes.get_mailbox(mail.folder)
    flags = frozenset(Flag(flag.encode("ascii")) for flag in mail.flags)
    await mailbox.append(AppendMessage(mail.raw, mail.date, flags))


def _loopback() -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", 0))
    return listener
