"""A whole life of the program in one process, told what to do by a line of JSON on standard input: sign in everywhere,
fetch, send, be refused, meet a fault, crash. Every logger there is writes everything it has to say."""

from __future__ import annotations

import asyncio
import contextlib
import faulthandler
import json
import logging
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from desktopmail.app import logs
from desktopmail.domain.account import (
    Endpoint,
    ImapServer,
    Incoming,
    NewAccount,
    Pop3Server,
    Security,
    SignIn,
    SmtpServer,
)
from desktopmail.domain.address import Address
from desktopmail.domain.errors import MailError
from desktopmail.engine.engine import Engine
from desktopmail.protocols.imap.session import ImapSession
from desktopmail.protocols.pop3.session import Pop3Session
from desktopmail.protocols.smtp import session as smtp
from desktopmail.protocols.smtp.envelope import Envelope
from desktopmail.store.secrets import Memory


class Everything(logging.Handler):
    """Somebody else's log, with nothing held back."""

    def __init__(self, path: Path) -> None:
        super().__init__(logging.DEBUG)
        self._file = path.open("a", encoding="utf-8")
        self.setFormatter(logging.Formatter("%(name)s %(levelname)s %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        self._file.write(self.format(record) + "\n")
        self._file.flush()


LOUD = ("", "desktopmail", "aioimaplib", "aiosmtplib", "asyncio", "keyring", "qasync", "mail.log", "concurrent.futures")


class Faulty(Memory):
    """Meets an error nobody foresaw while it holds a secret."""

    faulty = False

    async def get(self, account: Any, what: Any) -> str:
        secret = await super().get(account, what)
        if self.faulty:
            raise ZeroDivisionError(len(secret))
        return secret


def endpoint(told: dict[str, Any], kind: str) -> Endpoint:
    return Endpoint("localhost", told["ports"][kind], Security(told["security"]), "alice")


async def everywhere(told: dict[str, Any], secret: str, sign_in: SignIn) -> None:
    """One session with each server, in words of the protocols alone."""
    for kind in ("imap", "smtp", "pop3"):
        place = replace(endpoint(told, kind), sign_in=sign_in)
        with contextlib.suppress(MailError):
            if kind == "imap":
                await (await ImapSession.open(place, secret, timeout=5)).logout()
            elif kind == "smtp":
                raw = f"From: alice@example.org\r\nSubject: hi\r\n\r\n{told['body']}\r\n".encode()
                await smtp.submit(place, secret, Envelope("alice@example.org", ("bob@example.org",), raw), timeout=5)
            else:
                await (await Pop3Session.open(place, secret, timeout=5)).quit()


async def live(told: dict[str, Any], profile: Path) -> None:
    passwords = Faulty()
    engine = await Engine.open(profile, passwords=passwords)
    outgoing = SmtpServer(endpoint(told, "smtp"))
    sources: list[Incoming] = [ImapServer(endpoint(told, "imap")), Pop3Server(endpoint(told, "pop3"))]
    for number, incoming in enumerate(sources):
        new = NewAccount(f"alice{number}@example.org", "Alice", "Alice", incoming, outgoing)
        with contextlib.suppress(MailError):
            await engine.accounts.check(new, told["password"])
        await engine.accounts.add(new, told["password"])
    await engine.sync()
    with contextlib.suppress(MailError):
        draft = await engine.composing.new()
        await engine.composing.send(replace(draft, to=(Address("", "bob@example.org"),), html=told["body"]))
        await engine.sync()
    await everywhere(told, told["password"], SignIn.WORD)
    await everywhere(told, told["token"], SignIn.OAUTH2)
    if told["story"] == "fault":
        passwords.faulty = True
        await engine.sync()
        logging.getLogger("desktopmail").error("trouble", exc_info=await _trouble(told["password"]))
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    if told["story"] == "crash":
        os.abort()
    await engine.close()


async def _trouble(secret: str) -> BaseException:
    """An error from deep inside, with a secret in the frames of its traceback."""
    try:
        await Pop3Session.open(Endpoint("localhost", -1, Security.TLS, "alice"), secret)
    except (MailError, OverflowError) as error:
        return error
    return ValueError()


def main() -> None:
    told = json.loads(sys.stdin.readline())
    profile = Path(told["profile"])
    logs.start(profile, logging.DEBUG)
    for name in LOUD:
        logging.getLogger(name).setLevel(logging.DEBUG)
    logging.getLogger().addHandler(Everything(profile.parent / "everything.log"))
    faulthandler.enable((profile.parent / "crash.log").open("w"))
    if told["loop"] == "qasync":
        from desktopmail.gui.loop import run

        async def window() -> int:
            await live(told, profile)
            return 0

        sys.exit(run(window))
    asyncio.run(live(told, profile), debug=True)


if __name__ == "__main__":
    main()
