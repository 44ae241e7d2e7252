"""Raw messages by SHA-256: immutable, compressed, each stored once however many rows share it."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Sequence
from hashlib import sha256

import apsw
import zstandard

from desktopmail.store.failures import damaged

PIECE = 4 << 20
"""Bytes of a message that are compressed and written at once."""
PLAIN, ZSTD = 0, 1
SMALLEST_PACKED = 128
GRACE = 3600
"""Seconds a content is safe from being swept, for the row that will name it may not be committed yet."""


def read_content(db: apsw.Connection, sha: bytes) -> bytes | None:
    """The bytes with this SHA-256, or None. Raises StoreDamaged when they are not what was stored."""
    row = db.execute("SELECT id, pieces FROM content WHERE sha = ?", (sha,)).fetchone()
    if row is None:
        return None
    raw = _unpacked(db, *row)
    if raw is None or sha256(raw).digest() != sha:
        raise damaged("content.db", f"content {sha.hex()} is not what was stored")
    return raw


def read_damaged(db: apsw.Connection, sha: bytes) -> bytes | None:
    """What is left of a damaged content, if it can be unpacked at all."""
    row = db.execute("SELECT id, pieces FROM content WHERE sha = ?", (sha,)).fetchone()
    return _unpacked(db, *row) if row else None


def name_nameless(db: apsw.Connection) -> int:
    """Find out to which content pieces without an entry belong, for they say it themselves. How many were named."""
    rows: dict[int, int] = dict(
        db.execute("SELECT id >> 20, count(*) FROM piece WHERE id >> 20 NOT IN (SELECT id FROM content) GROUP BY 1")
    )
    named = 0
    for content, pieces in rows.items():
        raw = _unpacked(db, content, pieces)
        if raw is not None:
            db.execute(
                "INSERT OR IGNORE INTO content (id, sha, size, pieces, stored_at) VALUES (?, ?, ?, ?, ?)",
                (content, sha256(raw).digest(), len(raw), pieces, int(time.time())),
            )
            named += db.changes()
    return named


def _unpacked(db: apsw.Connection, content: int, pieces: int) -> bytes | None:
    """The pieces of a content one after the other; None when one cannot be unpacked."""
    first = content << 20
    unpack = zstandard.ZstdDecompressor()
    parts = []
    for packing, data in db.execute(
        "SELECT packing, data FROM piece WHERE id BETWEEN ? AND ? ORDER BY id", (first, first + pieces - 1)
    ):
        try:
            parts.append(unpack.decompress(data, max_output_size=PIECE) if packing == ZSTD else data)
        except zstandard.ZstdError:
            return None
    return parts[0] if len(parts) == 1 else b"".join(parts)


class Content:
    """The table of raw messages, as a function given to `Store.content` sees it. Every commit of it is synced."""

    def __init__(self, db: apsw.Connection) -> None:
        self._db = db
        self._packer = zstandard.ZstdCompressor(level=1)

    def put(self, raw: bytes) -> bytes:
        """Store one message and return its SHA-256."""
        return self.put_many([raw])[0]

    def put_many(self, raws: Sequence[bytes]) -> list[bytes]:
        """Store many messages; their SHA-256s in the same order."""
        now = int(time.time())
        shas = [sha256(raw).digest() for raw in raws]
        for sha, raw in zip(shas, raws, strict=True):
            self._db.execute(
                "INSERT OR IGNORE INTO content (sha, size, pieces, stored_at) VALUES (?, ?, ?, ?)",
                (sha, len(raw), max(1, -(-len(raw) // PIECE)), now),
            )
            if self._db.changes():
                self._put_pieces(self._db.last_insert_rowid(), raw)
            else:
                self._db.execute("UPDATE content SET stored_at = ? WHERE sha = ?", (now, sha))
        return shas

    def _put_pieces(self, content: int, raw: bytes) -> None:
        first = content << 20
        whole = memoryview(raw)
        for number, start in enumerate(range(0, max(len(raw), 1), PIECE)):
            data: bytes | memoryview = whole[start : start + PIECE] if len(raw) > PIECE else raw
            packing = PLAIN
            if len(data) >= SMALLEST_PACKED:
                packed = self._packer.compress(data)
                if len(packed) < len(data):
                    packing, data = ZSTD, packed
            self._db.execute("INSERT INTO piece (id, packing, data) VALUES (?, ?, ?)", (first + number, packing, data))

    def get(self, sha: bytes) -> bytes | None:
        """The bytes with this SHA-256, or None. Raises StoreDamaged when they are not what was stored."""
        return read_content(self._db, sha)

    def has(self, sha: bytes) -> bool:
        """Whether a content is stored."""
        return bool(self._db.execute("SELECT EXISTS (SELECT 1 FROM content WHERE sha = ?)", (sha,)).get)

    def missing(self, shas: Iterable[bytes]) -> set[bytes]:
        """Those of these that are not stored."""
        return {sha for sha in shas if not self.has(sha)}

    def sweep(self, keep: Collection[bytes], grace: int = GRACE) -> int:
        """Delete what nobody names any more and was stored more than `grace` seconds ago. How many went."""
        wanted = keep if isinstance(keep, set | frozenset) else set(keep)
        old = int(time.time()) - grace
        gone = [
            (one, pieces)
            for one, sha, pieces in self._db.execute("SELECT id, sha, pieces FROM content WHERE stored_at <= ?", (old,))
            if sha not in wanted
        ]
        for one, pieces in gone:
            self._db.execute("DELETE FROM piece WHERE id BETWEEN ? AND ?", (one << 20, (one << 20) + pieces - 1))
        self._db.executemany("DELETE FROM content WHERE id = ?", [(one,) for one, _ in gone])
        return len(gone)

    def shas(self) -> list[bytes]:
        """Every content there is."""
        return [sha for (sha,) in self._db.execute("SELECT sha FROM content ORDER BY id")]
