"""Knows what would be lost with this computer, and when a backup is due. Making one is `keeping.backup`."""

from __future__ import annotations

import asyncio
import time

from desktopmail.domain.backup import DAY, OnlyHere
from desktopmail.domain.ids import AccountId
from desktopmail.engine.settings import SettingsVerbs
from desktopmail.store.alone import alone
from desktopmail.store.backup import last_backup
from desktopmail.store.store import Store

MONTH = 30


class Backups:
    """`engine.backups`. Counting looks at every message that lives here, on a thread of its own."""

    def __init__(self, store: Store, settings: SettingsVerbs) -> None:
        self._store = store
        self._settings = settings

    async def only_here(self, account: AccountId | None = None) -> OnlyHere:
        """What is only here, of one account or of all."""
        return await asyncio.to_thread(self._count, account)

    async def reminder(self) -> OnlyHere | None:
        """What to remind of; None while nothing is due or the person wants no reminder."""
        now = await self._store.read(lambda tx: tx.settings.all())
        if not now.backup_reminder_days or time.time() < now.backup_put_off_until:
            return None
        found = await self.only_here()
        return found if found.due(now.backup_reminder_days, now.backup_put_off_until, int(time.time())) else None

    async def put_off(self, days: int = MONTH) -> None:
        """Do not remind for so many days."""
        await self._settings.change(backup_put_off_until=int(time.time()) + days * DAY)

    async def made(self) -> None:
        """A backup was made just now: nothing is put off any more, and whoever shows a reminder looks again."""
        await self._settings.change(backup_put_off_until=0)

    def _count(self, account: AccountId | None) -> OnlyHere:
        last = last_backup(self._store.folder)
        return OnlyHere(*alone(self._store.folder, account, last.at if last is not None else 0), last)
