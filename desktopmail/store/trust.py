"""What the person decided to trust: certificates of single servers, and senders whose remote images may be shown."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import apsw

from desktopmail.store.packing import clean

if TYPE_CHECKING:
    from desktopmail.domain.hosts import Pin
    from desktopmail.store.notes import Notes


def images_allowed(db: apsw.Connection, address: str) -> bool:
    """Whether remote images of this address, or of everybody at its domain, may be shown."""
    folded = clean(address).casefold()
    domain = "@" + folded.rpartition("@")[2]
    return bool(db.execute("SELECT EXISTS (SELECT 1 FROM image_sender WHERE sender IN (?, ?))", (folded, domain)).get)


def image_senders(db: apsw.Connection) -> tuple[str, ...]:
    """Everybody whose remote images are shown without asking, in alphabetical order."""
    return tuple(sender for (sender,) in db.execute("SELECT sender FROM image_sender ORDER BY sender"))


def pins(db: apsw.Connection) -> tuple[Pin, ...]:
    """Every certificate trusted by hand."""
    from desktopmail.domain.hosts import Pin

    return tuple(Pin(*row) for row in db.execute("SELECT host, port, fingerprint, at FROM pin ORDER BY host, port, at"))


class Trust:
    """`tx.trust`."""

    def __init__(self, db: apsw.Connection, notes: Notes) -> None:
        self._db = db
        self._notes = notes

    def pin(self, host: str, port: int, fingerprint: str) -> None:
        """Trust a leaf certificate (SHA-256, hex) for exactly this host and port."""
        self._db.execute(
            "INSERT OR IGNORE INTO pin (host, port, fingerprint, at) VALUES (?, ?, ?, ?)",
            (clean(host).lower(), port, fingerprint.replace(":", "").lower(), int(time.time())),
        )

    def unpin(self, host: str, port: int) -> None:
        """Trust no certificate of this host and port any more beyond what the system trusts."""
        self._db.execute("DELETE FROM pin WHERE host = ? AND port = ?", (clean(host).lower(), port))

    def pins(self, host: str, port: int) -> frozenset[str]:
        """The fingerprints trusted for this host and port."""
        rows = self._db.execute("SELECT fingerprint FROM pin WHERE host = ? AND port = ?", (clean(host).lower(), port))
        return frozenset(fingerprint for (fingerprint,) in rows)

    def allow_images(self, sender: str) -> None:
        """Show remote images of an address, or of a whole domain given as '@example.org' or 'example.org'."""
        folded = clean(sender).casefold()
        self._db.execute(
            "INSERT OR IGNORE INTO image_sender (sender, at) VALUES (?, ?)",
            (folded if "@" in folded else "@" + folded, int(time.time())),
        )
        self._notes.settings = True

    def forbid_images(self, sender: str) -> None:
        """Take `allow_images` back."""
        folded = clean(sender).casefold()
        self._db.execute("DELETE FROM image_sender WHERE sender = ?", (folded if "@" in folded else "@" + folded,))
        self._notes.settings = True

    def images_allowed(self, address: str) -> bool:
        """Whether remote images of this address may be shown."""
        return images_allowed(self._db, address)

    def image_senders(self) -> tuple[str, ...]:
        """Everybody `allow_images` was called for."""
        return image_senders(self._db)
