"""Which hosts this program spoke to, and why: gathered in memory, written along with whatever is written next."""

from __future__ import annotations

import time
from threading import Lock
from typing import TYPE_CHECKING

import apsw

from desktopmail.domain.hosts import HostSeen
from desktopmail.store.packing import clean

if TYPE_CHECKING:
    from desktopmail.store.transaction import Transaction

MOST = 1000
"""So many are kept, the ones spoken to last."""
MOST_WAITING = 500


def hosts(db: apsw.Connection) -> tuple[HostSeen, ...]:
    """All hosts by purpose, the ones spoken to last first."""
    rows = db.execute(
        "SELECT host, port, purpose, first, last, times FROM host ORDER BY last DESC, host, port, purpose"
    )
    return tuple(HostSeen(*row) for row in rows)


class HostNotes:
    """What was not written yet. `note` costs a dictionary entry and may be called from any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._waiting: dict[tuple[str, int, str], tuple[int, int, int]] = {}

    def note(self, host: str, port: int, purpose: str) -> None:
        """This program connects to a host now."""
        now = int(time.time())
        key = (host.lower(), port, purpose)
        with self._lock:
            if key in self._waiting or len(self._waiting) < MOST_WAITING:
                first, _, times = self._waiting.get(key, (now, now, 0))
                self._waiting[key] = (first, now, times + 1)

    @property
    def waiting(self) -> bool:
        """Whether there is anything to write."""
        return bool(self._waiting)

    def write(self, tx: Transaction) -> None:
        """Write what waits, unless the person wants no such list."""
        found = self.drop()
        if tx.settings.all().note_hosts:
            tx.hosts.saw(found)

    def drop(self) -> list[HostSeen]:
        """What waited; it waits no more."""
        with self._lock:
            found, self._waiting = self._waiting, {}
        return [HostSeen(*key, *times) for key, times in found.items()]


class Hosts:
    """`tx.hosts`. Nothing here is news for anybody."""

    def __init__(self, db: apsw.Connection) -> None:
        self._db = db

    def saw(self, seen: list[HostSeen]) -> None:
        """Add to what is known; the oldest beyond the limit go."""
        self._db.executemany(
            "INSERT INTO host (host, port, purpose, first, last, times) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET last = max(last, excluded.last), times = times + excluded.times",
            [(clean(one.host), one.port, one.purpose, one.first, one.last, one.times) for one in seen],
        )
        self._db.execute(
            "DELETE FROM host WHERE (host, port, purpose) IN"
            " (SELECT host, port, purpose FROM host ORDER BY last DESC LIMIT -1 OFFSET ?)",
            (MOST,),
        )

    def all(self) -> tuple[HostSeen, ...]:
        """All hosts by purpose, the ones spoken to last first."""
        return hosts(self._db)

    def forget(self) -> None:
        """Empty the list."""
        self._db.execute("DELETE FROM host")
