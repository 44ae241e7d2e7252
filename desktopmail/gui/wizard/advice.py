"""What to say, and what to offer, when something stands in the way of a new account."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QCoreApplication

from desktopmail.domain.account import Endpoint
from desktopmail.domain.errors import (
    BadCertificate,
    InsecureServer,
    MailboxBusy,
    MailError,
    ProtocolViolation,
    SecretsUnavailable,
    SignInRefused,
    Stalled,
    TooSoon,
    UnknownHost,
    Unreachable,
    VaultLocked,
    WrongUsage,
)

translate = QCoreApplication.translate


class Way(Enum):
    """What the person can do next."""

    AGAIN = "again"
    SERVERS = "servers"
    PASSWORD = "password"  # noqa: S105 - a way to go, not a secret
    TRUST = "trust"
    UNKEPT = "unkept"
    FILE = "file"
    OPEN = "open"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True)
class Advice:
    """What happened, what to do, and the ways on: the first is the main button. `log` holds foreign words."""

    title: str
    detail: str
    ways: tuple[Way, ...]
    log: str = ""
    certificate: BadCertificate | None = None
    endpoint: Endpoint | None = None


def advise(error: MailError, endpoint: Endpoint | None, *, sending: bool = False) -> Advice:
    """The words and ways for an error at a server; `sending` when it is the outgoing one and incoming mail worked."""
    if isinstance(error, BadCertificate):
        return _certificate(error, endpoint)
    if isinstance(error, SignInRefused):
        return Advice(error.title, _refused(sending), (Way.SERVERS, Way.PASSWORD), error.log)
    if isinstance(error, UnknownHost):
        detail = translate("Advice", "Look at the name for typing mistakes, and whether this computer is connected.")
        return Advice(error.title, detail, (Way.SERVERS, Way.AGAIN), error.log)
    if isinstance(error, Unreachable | Stalled):
        detail = translate("Advice", "Nothing was stored. The port may be another one, or this network may block it.")
        return Advice(error.title, detail, (Way.AGAIN, Way.SERVERS), error.log)
    if isinstance(error, MailboxBusy | TooSoon):
        return Advice(error.title, _later(error), (Way.AGAIN, Way.SERVERS), error.log)
    if isinstance(error, InsecureServer):
        return Advice(error.title, _no_encryption(), (Way.SERVERS, Way.AGAIN), error.log)
    if isinstance(error, ProtocolViolation):
        detail = translate("Advice", "Nothing was stored. Another service may answer at this port.")
        return Advice(error.title, detail, (Way.SERVERS, Way.AGAIN), error.log)
    if isinstance(error, SecretsUnavailable):
        return _nowhere_to_keep(error)
    if isinstance(error, WrongUsage):
        return Advice(error.title, error.detail, (Way.LEAVE, Way.SERVERS), error.log)
    return Advice(error.title, translate("Advice", "Nothing was stored."), (Way.AGAIN, Way.SERVERS), error.log)


def at_page(error: SignInRefused) -> Advice:
    """What to do when the provider's page, or a server after it, said no."""
    detail = translate("Advice", "Nothing was stored. You can sign in at the page again, or use other servers.")
    return Advice(error.title, error.detail or detail, (Way.AGAIN, Way.SERVERS), error.log)


def password_refused(error: SignInRefused) -> str:
    """What stands beside the password field."""
    words = f"{error.title}. " + translate("Advice", "Nothing was stored; some providers want an app password.")
    return words + ("\n" + translate("Advice", "The server said: {0}").format(error.log) if error.log else "")


def word(way: Way) -> str:
    """What the button of a way says."""
    return {
        Way.AGAIN: translate("Advice", "Try again"),
        Way.SERVERS: translate("Advice", "Change servers"),
        Way.PASSWORD: translate("Advice", "Type the password again"),
        Way.TRUST: translate("Advice", "Trust this certificate for this server"),
        Way.UNKEPT: translate("Advice", "Keep it until the program ends"),
        Way.FILE: translate("Advice", "Keep passwords in a file…"),
        Way.OPEN: translate("Advice", "Enter passphrase…"),
        Way.LEAVE: translate("Advice", "Close"),
    }[way]


def _nowhere_to_keep(error: SecretsUnavailable) -> Advice:
    if isinstance(error, VaultLocked):
        return Advice(error.title, error.detail, (Way.OPEN, Way.UNKEPT), error.log)
    detail = translate(
        "Advice",
        "Passwords are written nowhere else. Without a key store, the password can be kept until the program "
        "ends (you type it again at the next start), or in an encrypted file with a passphrase.",
    )
    return Advice(error.title, detail, (Way.UNKEPT, Way.FILE, Way.AGAIN), error.log)


def _certificate(error: BadCertificate, endpoint: Endpoint | None) -> Advice:
    ways = (Way.AGAIN, Way.SERVERS, Way.TRUST) if error.fingerprint else (Way.AGAIN, Way.SERVERS)
    detail = translate(
        "Advice", "Your password was not sent. Somebody may be in between, or the server is not set up well."
    )
    return Advice(error.title, detail, ways, error.log, error, endpoint)


def _refused(sending: bool) -> str:
    if sending:
        return translate(
            "Advice", "Incoming mail works. For sending, the server may want another user name or another password."
        )
    return translate("Advice", "Nothing was stored. The user name may be another one.")


def _later(error: MailboxBusy | TooSoon) -> str:
    if isinstance(error, TooSoon):
        return translate("Advice", "Nothing was stored. Try again in {0} seconds or later.").format(error.seconds)
    return translate(
        "Advice", "Nothing was stored. POP3 lets in one program at a time; try again when the other one is done."
    )


def _no_encryption() -> str:
    return translate(
        "Advice",
        "Your password was not sent. Look at port and encryption; without encryption this program does not sign in.",
    )
