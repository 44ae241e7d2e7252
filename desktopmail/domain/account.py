"""Accounts: where mail comes from, where it goes out, and under which names a person writes."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from desktopmail.domain.ids import AccountId, IdentityId


class Security(Enum):
    """How a connection is protected. There is no 'if available': the choice is made before connecting."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


class SignIn(Enum):
    """What proves to a server who is there."""

    WORD = "password"
    OAUTH2 = "oauth2"
    CERTIFICATE = "certificate"


class Keep(Enum):
    """What happens to the server's copy of a POP3 message once it is stored here."""

    FOREVER = "forever"
    DAYS = "days"
    UNTIL_DELETED = "until-deleted"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Leave:
    """The leave-on-server rule; `days` counts only with `Keep.DAYS`."""

    keep: Keep = Keep.FOREVER
    days: int = 0


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One server of an account. `pins` are lower-case hex SHA-256 fingerprints of leaf certificates the person trusts
    for exactly this host and port; empty means the system's store decides. `certificate` is the path of a PEM file
    with a client certificate and its key. `proxy` is `socks5://host:port` or `http://host:port`; empty means none."""

    host: str
    port: int
    security: Security
    user: str
    pins: frozenset[str] = field(default_factory=frozenset)
    sign_in: SignIn = SignIn.WORD
    certificate: str = ""
    proxy: str = ""


@dataclass(frozen=True, slots=True)
class ImapServer:
    """IMAP: mail stays on the server and looks the same everywhere. `offline_days`: how far back messages are brought
    here whole without being asked for; 0 = all of them. What is here stays here."""

    endpoint: Endpoint
    offline_days: int = 0


@dataclass(frozen=True, slots=True)
class Pop3Server:
    """POP3: mail comes to this computer. `max_size` in bytes: larger messages bring headers only; 0 = no limit."""

    endpoint: Endpoint
    leave: Leave = Leave()
    max_size: int = 0


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where outgoing mail is handed over. `files_sent`: the provider files sent mail itself (None: not known yet)."""

    endpoint: Endpoint
    files_sent: bool | None = None


Incoming = ImapServer | Pop3Server | None


@dataclass(frozen=True, slots=True)
class Identity:
    """A name and address to write under."""

    id: IdentityId
    name: str
    address: str
    reply_to: str = ""
    signature: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """One mailbox of the person. Without `incoming` it only sends, without `outgoing` it only receives. `advice` has
    the answers that led to the protocol and the reason given (JSON, `domain/advice.py`); empty when nobody asked."""

    id: AccountId
    name: str
    address: str
    incoming: Incoming
    outgoing: SmtpServer | None
    identities: tuple[Identity, ...]
    colour: int = 0
    paused: bool = False
    advice: str = ""

    @property
    def kind(self) -> str:
        """`imap`, `pop3` or `none`: how mail comes in, for display and for the command line."""
        match self.incoming:
            case ImapServer():
                return "imap"
            case Pop3Server():
                return "pop3"
            case None:
                return "none"


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What the wizard or `account add` hands over to have an account made."""

    address: str
    name: str
    person: str
    incoming: Incoming
    outgoing: SmtpServer | None
    advice: str = ""
