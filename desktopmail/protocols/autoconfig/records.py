"""Looks up the few kinds of DNS records that say where mail is: SRV, MX and TXT.

Nothing in DNS is proven: what is found here has to be proven by TLS or agreed to by the person. The library is loaded
at the first look-up.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from desktopmail.domain.errors import UnknownHost
from desktopmail.domain.hostname import host_name
from desktopmail.domain.saying import phrase
from desktopmail.protocols.transport import inert

if TYPE_CHECKING:
    from dns.asyncresolver import Resolver

SECONDS = 3.0
MOST_RECORDS = 20


@dataclass(frozen=True, slots=True)
class Target:
    """Where a service is (RFC 2782). An empty `host` says that it is not offered."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Names:
    """A resolver: the system's own, or the servers named. `seconds` bounds each look-up."""

    servers: tuple[str, ...] = ()
    port: int = 53
    seconds: float = SECONDS

    async def services(self, name: str) -> tuple[Target, ...]:
        """The targets of an SRV record, the preferred first. UnknownHost when nobody answers."""
        records = sorted(await self._ask(name, "SRV"), key=lambda each: (each.priority, -each.weight, each.port))
        targets: list[Target] = []
        for each in records:
            if str(each.target) == ".":
                targets.append(Target("", 0))
            elif each.port and (host := host_name(str(each.target))):
                targets.append(Target(host, each.port))
        return tuple(targets)

    async def exchanges(self, domain: str) -> tuple[str, ...]:
        """The hosts that take mail for a domain, the preferred first."""
        found = sorted((each.preference, str(each.exchange)) for each in await self._ask(domain, "MX"))
        return tuple(name for name in (host_name(host) for _, host in found) if name)

    async def texts(self, name: str) -> tuple[str, ...]:
        """The TXT records of a name, the pieces of each put together."""
        return tuple(b"".join(each.strings).decode("ascii", "replace") for each in await self._ask(name, "TXT"))

    async def _ask(self, name: str, kind: str) -> list[Any]:
        """At most MOST_RECORDS of the answer."""
        resolver = await asyncio.get_running_loop().run_in_executor(None, self._resolver)
        from dns import resolver as answers
        from dns.exception import DNSException

        try:
            answer = await resolver.resolve(f"{name}.", kind, search=False, lifetime=self.seconds)
        except (answers.NXDOMAIN, answers.NoAnswer):
            return []
        except (DNSException, OSError, ValueError) as error:
            raise UnknownHost(
                phrase("Nothing could be looked up about {0}", inert(name, 100)),
                phrase("Nothing was sent."),
                inert(str(error)),
            ) from error
        return list(answer)[:MOST_RECORDS]

    def _resolver(self) -> Resolver:
        from dns.asyncresolver import Resolver
        from dns.exception import DNSException

        try:
            made = Resolver(configure=not self.servers)
        except (DNSException, OSError) as error:
            raise UnknownHost(
                phrase("No names can be looked up on this computer"), phrase("Nothing was sent."), str(error)
            ) from error
        if self.servers:
            made.nameservers = list(self.servers)
            made.port = self.port
        return made
