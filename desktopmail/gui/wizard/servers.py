"""The servers an account is going to use, found or entered, and how mail comes in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from desktopmail.domain.account import (
    Endpoint,
    ImapServer,
    Incoming,
    Leave,
    NewAccount,
    Pop3Server,
    Security,
    SignIn,
    SmtpServer,
)
from desktopmail.domain.found import FoundServers

IMAP, POP3 = "imap", "pop3"


@dataclass(frozen=True, slots=True)
class Servers:
    """Where mail comes from and where it goes; None where the account only sends or only receives. `protocol` is
    `imap` or `pop3` and says how mail comes in; `leave` and `max_size` count only with POP3. `outgoing_password` is
    only set when it is another one. `advice` is kept with the account as it is."""

    incoming: Endpoint | None
    outgoing: Endpoint | None
    outgoing_password: str | None = field(default=None, repr=False)
    protocol: str = IMAP
    leave: Leave = field(default_factory=Leave)
    max_size: int = 0
    advice: str = ""

    @classmethod
    def best(cls, found: FoundServers, protocol: str = "") -> Servers | None:
        """The first server for each way of what was found, by a protocol if one is named; None when there is none."""
        protocol = protocol or (IMAP if found.imap or not found.pop3 else POP3)
        incoming = found.imap if protocol == IMAP else found.pop3
        if not incoming and not found.smtp:
            return None
        return cls(incoming[0] if incoming else None, found.smtp[0] if found.smtp else None, protocol=protocol)

    @classmethod
    def in_clear(cls, found: FoundServers) -> Servers:
        """The servers that only speak without encryption, told apart by their ports."""
        by_port = {each.port: each for each in reversed(found.cleartext)}
        imap, pop3 = by_port.get(143), by_port.get(110)
        outgoing = next((by_port[port] for port in (587, 25) if port in by_port), None)
        return cls(imap or pop3, outgoing, protocol=IMAP if imap or not pop3 else POP3)

    @property
    def ends(self) -> tuple[Endpoint, ...]:
        """The servers in the order in which they are tried."""
        return tuple(each for each in (self.incoming, self.outgoing) if each is not None)

    @property
    def readable(self) -> tuple[Endpoint, ...]:
        """Those that are spoken to without encryption."""
        return tuple(each for each in self.ends if each.security is Security.NONE)

    @property
    def by_page(self) -> bool:
        """Whether the provider's page takes the place of a password."""
        return any(each.sign_in is SignIn.OAUTH2 for each in self.ends)

    def at_page(self) -> Servers:
        """The same, signed in to with what the provider's page gives."""
        return self._each(lambda each: replace(each, sign_in=SignIn.OAUTH2))

    def trusting(self, endpoint: Endpoint, fingerprint: str) -> Servers:
        """The same, with this one certificate trusted for exactly this host and port."""

        def pinned(each: Endpoint) -> Endpoint:
            same = (each.host.lower(), each.port) == (endpoint.host.lower(), endpoint.port)
            return replace(each, pins=frozenset({fingerprint})) if same else each

        return self._each(pinned)

    def _each(self, change: Callable[[Endpoint], Endpoint]) -> Servers:
        incoming = change(self.incoming) if self.incoming is not None else None
        outgoing = change(self.outgoing) if self.outgoing is not None else None
        return replace(self, incoming=incoming, outgoing=outgoing)

    def account(self, address: str, person: str) -> NewAccount:
        """The account that is to be made of them."""
        outgoing = SmtpServer(self.outgoing) if self.outgoing is not None else None
        return NewAccount(address, address, person, self._incoming(), outgoing, self.advice)

    def _incoming(self) -> Incoming:
        if self.incoming is None:
            return None
        if self.protocol == POP3:
            return Pop3Server(self.incoming, self.leave, self.max_size)
        return ImapServer(self.incoming)
