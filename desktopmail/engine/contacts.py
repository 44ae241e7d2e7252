"""Completes the names of people while somebody types them."""

from __future__ import annotations

from desktopmail.domain.address import Address
from desktopmail.engine.library import Library
from desktopmail.store.store import Store


class Contacts:
    """Everybody who wrote or was written to, best first."""

    def __init__(self, store: Store, library: Library) -> None:
        self._store = store
        self._library = library

    def complete(self, typed: str, limit: int = 8) -> tuple[Address, ...]:
        """People whose names or addresses begin with the words typed. Quick: may be called for every key."""
        return self._library.complete(typed.strip(), limit)

    async def forget(self, address: str) -> None:
        """Do not propose this address any more."""
        await self._store.write(lambda tx: tx.contacts.forget(address))
