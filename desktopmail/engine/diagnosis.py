"""What a person, or somebody who helps, needs to know about this installation and its accounts. No secret is in it."""

from __future__ import annotations

import asyncio
import importlib.metadata
import platform
import sys
from dataclasses import dataclass

from desktopmail import __version__
from desktopmail.domain.account import Account, Endpoint, Pop3Server, SignIn
from desktopmail.domain.errors import BadCertificate, MailError
from desktopmail.domain.hosts import CHECKING
from desktopmail.engine.hosts import note
from desktopmail.protocols.autoconfig.probe import Heard, Speech, probe
from desktopmail.store.secrets import PasswordSource, What
from desktopmail.store.store import Store

SECONDS = 10.0
PACKAGES = (
    "PySide6",
    "PySide6_WebEngine",
    "PySide6_Addons",
    "qasync",
    "apsw",
    "aioimaplib",
    "aiosmtplib",
    "keyring",
    "nh3",
    "truststore",
)


@dataclass(frozen=True, slots=True)
class ServerFinding:
    """One server: whether it answers, over which TLS, with which certificate; `problem` when it does not."""

    protocol: str
    endpoint: Endpoint
    heard: Heard | None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class AccountFinding:
    """One account: whether its password can be read, and its servers."""

    account: Account
    password: str
    servers: tuple[ServerFinding, ...]


def _kept_as(one: Account) -> What:
    if any(endpoint.sign_in is SignIn.OAUTH2 for _, endpoint in _places(one)):
        return "token"
    return "outgoing" if one.incoming is None else "incoming"


def versions() -> dict[str, str]:
    """Of the program, of Python, of this system, and of the packages that are installed; nothing of them is loaded."""
    found = {
        "desktopmail": __version__,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "frozen": str(bool(getattr(sys, "frozen", False))).lower(),
    }
    for name in PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


class Diagnosis:
    """Looks at the accounts of a profile."""

    def __init__(self, store: Store, passwords: PasswordSource) -> None:
        self._store = store
        self._passwords = passwords

    async def where_passwords_are(self) -> str:
        """Where passwords are kept, in words for a person, or why nowhere."""
        try:
            return await self.password_place()
        except MailError as error:
            return f"{error.title}. {error.detail}".strip()

    async def password_place(self) -> str:
        """Where passwords are kept, in words that fit behind 'kept'. Raises SecretsUnavailable, VaultLocked."""
        return await self._passwords.ready()

    async def accounts(self) -> list[AccountFinding]:
        """For every account: is its password readable, do its servers answer, how long do certificates last?"""
        accounts = await self._store.read(lambda tx: tx.accounts.all())
        return list(await asyncio.gather(*(self._account(each) for each in accounts)))

    async def refused(self, one: Account) -> tuple[Endpoint, BadCertificate] | None:
        """The first server of an account whose certificate is not trusted, and why; None when all are. Nothing secret
        is sent. Raises MailError when a server cannot be looked at."""
        for speech, endpoint in _places(one):
            try:
                note(self._store, endpoint, CHECKING)
                await probe(endpoint, speech, timeout=SECONDS)
            except BadCertificate as error:
                return endpoint, error
        return None

    async def _account(self, one: Account) -> AccountFinding:
        state = "readable"
        try:
            await self._passwords.get(one, _kept_as(one))
        except MailError as error:
            state = error.title
        for _, endpoint in _places(one):
            note(self._store, endpoint, CHECKING)
        servers = await asyncio.gather(*(_server(speech, endpoint) for speech, endpoint in _places(one)))
        return AccountFinding(one, state, tuple(servers))


def _places(one: Account) -> list[tuple[Speech, Endpoint]]:
    places: list[tuple[Speech, Endpoint]] = []
    if one.incoming is not None:
        speech = Speech.POP3 if isinstance(one.incoming, Pop3Server) else Speech.IMAP
        places.append((speech, one.incoming.endpoint))
    if one.outgoing is not None:
        places.append((Speech.SMTP, one.outgoing.endpoint))
    return places


async def _server(speech: Speech, endpoint: Endpoint) -> ServerFinding:
    try:
        heard = await probe(endpoint, speech, timeout=SECONDS)
    except MailError as error:
        return ServerFinding(speech.value, endpoint, None, error.title)
    return ServerFinding(speech.value, endpoint, heard)
