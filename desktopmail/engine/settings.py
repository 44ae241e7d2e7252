"""Verbs on preferences and on what the person decided to trust: each takes effect at once and can be taken back."""

from __future__ import annotations

from typing import Any

from desktopmail.domain.hosts import HostSeen
from desktopmail.domain.settings import KEPT, SettingChange, Settings
from desktopmail.engine import accountpast, arrangements
from desktopmail.store.store import Store
from desktopmail.store.transaction import Transaction

IMAGES, CERTIFICATE = "images:", "certificate:"
"""What names of the past begin with when they are not preferences: a sender, or a host and port."""


class SettingsVerbs:
    """`engine.settings`. Values are checked by type alone: what cannot be is left out."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def change(self, **values: Any) -> Settings:
        """Store preferences by name; all of them as they are then. A person's choices are remembered for `undo`."""
        defaults = Settings()
        known = {name: value for name, value in values.items() if name in Settings.__slots__}
        known = {name: value for name, value in known.items() if type(value) is type(getattr(defaults, name))}

        def work(tx: Transaction) -> Settings:
            before = tx.settings.all()
            for name, value in known.items():
                old, usual = getattr(before, name), getattr(defaults, name)
                if name not in KEPT and old != value:
                    tx.settings.remember(name, _unless(old, usual), _unless(value, usual))
                if name not in KEPT and value == usual:
                    tx.settings.reset(name)
                else:
                    tx.settings.set(name, value)
            return tx.settings.all()

        return await self._store.write(work)

    async def undo(self, change: int | None = None) -> SettingChange:
        """Take back a change, or the newest one. Raises NotFound when there is none."""

        def work(tx: Transaction) -> SettingChange:
            done = tx.settings.take_back(change)
            if done.name.startswith(IMAGES):
                _put_images(tx, done.name.removeprefix(IMAGES), bool(done.old))
            elif done.name.startswith(CERTIFICATE):
                host, _, port = done.name.removeprefix(CERTIFICATE).rpartition(":")
                _trust(tx, host, int(port), [*tx.trust.pins(host, int(port)), *str(done.old or "").split()])
            elif done.name.startswith((accountpast.ACCOUNT, accountpast.ORDER)):
                accountpast.put_back(tx, done)
            elif done.name.startswith(arrangements.ARRANGED):
                arrangements.put_back(tx, done)
            elif done.old is None:
                tx.settings.reset(done.name)
            else:
                tx.settings.set(done.name, done.old)
            return done

        return await self._store.write(work)

    async def forbid_images(self, sender: str) -> None:
        """Show remote pictures of an address or '@domain' no longer without asking."""

        def work(tx: Transaction) -> None:
            tx.trust.forbid_images(sender)
            tx.settings.remember(IMAGES + sender, True, None)

        await self._store.write(work)

    async def distrust(self, host: str, port: int) -> None:
        """Trust the certificates accepted by hand for this host and port no longer; its accounts connect anew and are
        refused if the system does not trust the server."""

        def work(tx: Transaction) -> None:
            pins = sorted(tx.trust.pins(host, port))
            if pins:
                _trust(tx, host, port, [])
                tx.settings.remember(f"{CERTIFICATE}{host}:{port}", " ".join(pins), None)

        await self._store.write(work, durable=True)

    async def hosts(self) -> tuple[HostSeen, ...]:
        """The hosts this program spoke to until now, by purpose, the latest first."""
        if self._store.hosts.waiting and not self._store.visiting:
            await self._store.write(lambda tx: None)
        return await self._store.read(lambda tx: tx.hosts.all())

    async def forget_hosts(self) -> None:
        """Empty the list of servers this program spoke to."""
        self._store.hosts.drop()
        await self._store.write(lambda tx: tx.hosts.forget())


def _unless(value: Any, usual: Any) -> Any:
    return None if value == usual else value


def _put_images(tx: Transaction, sender: str, allowed: bool) -> None:
    if allowed:
        tx.trust.allow_images(sender)
    else:
        tx.trust.forbid_images(sender)


def _trust(tx: Transaction, host: str, port: int, pins: list[str]) -> None:
    """Trust exactly these certificates there; accounts with a server at that place are news."""
    tx.trust.unpin(host, port)
    for each in pins:
        tx.trust.pin(host, port, each)
    for account in tx.accounts.all():
        servers = [server.endpoint for server in (account.incoming, account.outgoing) if server is not None]
        if any((each.host.lower(), each.port) == (host.lower(), port) for each in servers):
            tx.notes.account(account.id)
