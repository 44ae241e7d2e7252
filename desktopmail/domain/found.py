"""What was learned about the servers of an address before anybody signed in there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from desktopmail.domain.account import Endpoint, SignIn


@dataclass(frozen=True, slots=True)
class Offer:
    """What a server said it can do, over TLS and before a sign-in. `protocol` is 'imap', 'pop3' or 'smtp';
    `capabilities` are the first words of what it named, in capitals; `mechanisms` the SASL ways to sign in.

    `size_limit` is the largest message in bytes (RFC 1870, 0 when unsaid); `expire` in days (RFC 2449 section 6.7:
    -1 never, None unsaid) and `login_delay` in seconds are of POP3. `tls` is the version agreed on."""

    endpoint: Endpoint
    protocol: str
    capabilities: frozenset[str] = frozenset()
    mechanisms: frozenset[str] = frozenset()
    size_limit: int = 0
    expire: int | None = None
    login_delay: int = 0
    tls: str = ""


@dataclass(frozen=True, slots=True)
class FoundServers:
    """What discovery learned for an address, the best server of each kind first. `source` says where from, for people
    ('bundled facts', 'entered').

    `confirm` are sentences the person has to agree to before a password goes to these servers; empty means trusted.
    `cleartext` are servers that speak in clear only; they are never among the others. `sign_in` are the kinds of
    sign-in the provider names, the preferred first; empty when unsaid. `oauth` is the key of a known token issuer,
    or empty. `documentation` is an https address of the provider. `seen` has an Offer for each server that answered
    and proved its name; a server without one did not, or was not asked. `unasked` says why nobody could be asked; it is
    empty when somebody was, so that nothing found means that nothing is known."""

    address: str
    provider: str
    source: str
    imap: tuple[Endpoint, ...] = ()
    pop3: tuple[Endpoint, ...] = ()
    smtp: tuple[Endpoint, ...] = ()
    password_help: str = ""
    confirm: tuple[str, ...] = ()
    cleartext: tuple[Endpoint, ...] = ()
    sign_in: tuple[SignIn, ...] = ()
    oauth: str = ""
    documentation: str = ""
    unasked: str = ""
    seen: Mapping[Endpoint, Offer] = field(default_factory=dict, hash=False)

    @property
    def empty(self) -> bool:
        """Whether there is no server to be used."""
        return not (self.imap or self.pop3 or self.smtp)
