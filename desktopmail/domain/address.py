"""A mailbox address as people see it: a display name and an addr-spec (RFC 5322 section 3.4)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Address:
    """One mailbox. `address` is the addr-spec as parsed, never guessed from `name`; either may be empty."""

    name: str
    address: str

    @property
    def domain(self) -> str:
        """The part after the last @, in lower case; empty when there is none."""
        _, at, domain = self.address.rpartition("@")
        return domain.lower() if at else ""

    @property
    def shown(self) -> str:
        """What a row calls this person: the name, or else the address."""
        return self.name or self.address

    @property
    def full(self) -> str:
        """Name and address, for a header line on screen (not for the wire)."""
        return f"{self.name} <{self.address}>" if self.name else self.address

    def same_mailbox(self, other: Address) -> bool:
        """Whether both name the same mailbox: addr-specs compared without case."""
        return self.address.casefold() == other.address.casefold()


def initials(address: Address) -> str:
    """One or two letters for an avatar; '?' when there is nothing to take them from."""
    words = [word for word in address.shown.replace(".", " ").split() if word[0].isalnum()]
    if not words:
        return "?"
    letters = words[0][0] if len(words) == 1 else words[0][0] + words[-1][0]
    return letters.upper()


def people(addresses: tuple[Address, ...]) -> str:
    """A list of people for one line: 'Ada Lovelace, bob@example.org'."""
    return ", ".join(address.shown for address in addresses)
