"""The servers an account is going to use, found or entered."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from desktopmail.domain.account import Endpoint, ImapServer, NewAccount, SmtpServer
from desktopmail.domain.found import FoundServers


@dataclass(frozen=True, slots=True)
class Servers:
    """Where mail comes from and, unless the account never sends, where it goes. `outgoing_password` is only set when
    it is another one."""

    incoming: Endpoint
    outgoing: Endpoint | None
    outgoing_password: str | None = field(default=None, repr=False)

    @classmethod
    def best(cls, found: FoundServers) -> Servers | None:
        """The first IMAP and the first outgoing server of what was found; None without IMAP."""
        if not found.imap:
            return None
        return cls(found.imap[0], found.smtp[0] if found.smtp else None)

    def trusting(self, endpoint: Endpoint, fingerprint: str) -> Servers:
        """The same, with this one certificate trusted for exactly this host and port."""

        def pinned(each: Endpoint) -> Endpoint:
            same = (each.host.lower(), each.port) == (endpoint.host.lower(), endpoint.port)
            return replace(each, pins=frozenset({fingerprint})) if same else each

        outgoing = pinned(self.outgoing) if self.outgoing is not None else None
        return replace(self, incoming=pinned(self.incoming), outgoing=outgoing)

    def account(self, address: str, person: str) -> NewAccount:
        """The account that is to be made of them."""
        outgoing = SmtpServer(self.outgoing) if self.outgoing is not None else None
        return NewAccount(address, address, person, ImapServer(self.incoming), outgoing)
