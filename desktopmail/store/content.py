"""Raw messages by SHA-256: immutable, compressed, each stored once however many rows share it."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from hashlib import sha256
from itertools import zip_longest

import apsw
import zstandard

from desktopmail.domain.errors import StoreFailed
from desktopmail.domain.saying import phrase
from desktopmail.store.bulk import in_groups
from desktopmail.store.compressing import PIECE, ZSTD, Compressed, Data, compress
from desktopmail.store.failures import damaged

LARGE_ROOM = -2_048
"""The page cache while a large message is stored, as SQLite counts: its pages are not wanted again."""
_LAST = """
SELECT max(coalesce((SELECT max(seq) FROM sqlite_sequence WHERE name = 'content'), 0),
    coalesce((SELECT max(id) FROM content), 0), coalesce((SELECT max(id) >> 20 FROM piece), 0))
"""
GRACE = 3600
"""Seconds a content is safe from being swept, for the row that will name it may not be committed yet."""
ORPHAN_GRACE = 30 * 86_400
"""The same for what nobody named and nobody let go: perhaps its row was lost, and a repair can give it a place."""


def read_content(db: apsw.Connection, sha: bytes) -> bytes | None:
    """The bytes with this SHA-256, or None. Raises StoreDamaged when they are not what was stored."""
    row = db.execute("SELECT id, pieces FROM content WHERE sha = ?", (sha,)).fetchone()
    if row is None:
        return None
    raw = _unpacked(db, *row)
    if raw is None or sha256(raw).digest() != sha:
        raise damaged("content.db", f"content {sha.hex()} is not what was stored")
    return raw


def pour_content(db: apsw.Connection, sha: bytes, into: Callable[[bytes], object]) -> bool:
    """Hand the bytes with this SHA-256 to `into`, a piece at a time. False when they are not here. Raises StoreDamaged
    before the last piece is handed over when they are not what was stored."""
    row = db.execute("SELECT id, pieces FROM content WHERE sha = ?", (sha,)).fetchone()
    if row is None:
        return False
    found = sha256()
    last: bytes | None = None
    for piece in _pieces(db, *row):
        if piece is None:
            break
        found.update(piece)
        if last is not None:
            into(last)
        last = piece
    if last is None or found.digest() != sha:
        raise damaged("content.db", f"content {sha.hex()} is not what was stored")
    into(last)
    return True


def place_of(db: apsw.Connection, sha: bytes) -> tuple[int, int]:
    """The number of a content and how many pieces it has; none when it is not here."""
    found = db.execute("SELECT id, pieces FROM content WHERE sha = ?", (sha,)).fetchone()
    return found or (0, 0)


def read_piece(db: apsw.Connection, content: int, number: int, seen: Callable[[bytes], object]) -> bytes:
    """A piece of a content, shown to `seen` as well. Raises StoreDamaged when it cannot be unpacked."""
    for piece in _pieces(db, content, 1, number):
        if piece is not None:
            seen(piece)
            return piece
    raise damaged("content.db", f"piece {number} of content {content} cannot be read")


def size_of(db: apsw.Connection, sha: bytes) -> int:
    """How many bytes a content has; 0 when it is not here."""
    return int(db.execute("SELECT coalesce(max(size), 0) FROM content WHERE sha = ?", (sha,)).get)


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
    """The pieces of a content as one; None when one cannot be unpacked."""
    parts: list[bytes] = []
    for piece in _pieces(db, content, pieces):
        if piece is None:
            return None
        parts.append(piece)
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _pieces(db: apsw.Connection, content: int, pieces: int, start: int = 0) -> Iterator[bytes | None]:
    """Pieces of a content one after the other; None for one that cannot be unpacked."""
    first = (content << 20) + start
    unpack = zstandard.ZstdDecompressor()
    for packing, data in db.execute(
        "SELECT packing, data FROM piece WHERE id BETWEEN ? AND ? ORDER BY id", (first, first + pieces - 1)
    ):
        try:
            yield unpack.decompress(data, max_output_size=PIECE) if packing == ZSTD else data
        except zstandard.ZstdError:
            yield None


class Content:
    """The table of raw messages, as a function given to `Store.content` sees it. Every commit of it is synced."""

    def __init__(self, db: apsw.Connection) -> None:
        self._db = db

    def put(self, raw: bytes) -> bytes:
        """Store one message and return its SHA-256."""
        return self.put_many([raw])[0]

    def put_many(
        self, raws: Sequence[bytes], known: Sequence[bytes | None] = (), compressed: Sequence[Compressed | None] = ()
    ) -> list[bytes]:
        """Store many messages; their SHA-256s in the same order. What is `known` of these already, or `compressed`, is
        not computed."""
        found = [sha or sha256(raw).digest() for raw, sha in zip_longest(raws, known)]
        if not found:
            return found
        now = int(time.time())
        new = dict(zip(found, zip_longest(raws, compressed), strict=True))
        there: Iterable[tuple[bytes]] = self._db.execute(
            "UPDATE content SET stored_at = ? WHERE sha IN (SELECT value FROM carray(?)) RETURNING sha",
            (now, apsw.carray(tuple(new))),
        )
        for (sha,) in there:
            del new[sha]
        first = int(self._db.execute(_LAST).get) + 1
        in_groups(
            self._db,
            "INSERT INTO content (id, sha, size, pieces, stored_at) VALUES (?, ?, ?, ?, ?)",
            [
                (first + place, sha, len(raw), max(1, -(-len(raw) // PIECE)), now)
                for place, (sha, (raw, _)) in enumerate(new.items())
            ],
        )
        self._put_pieces(first, list(new.values()))
        return found

    def put_large(self, sha: bytes, size: int, pieces: Iterable[bytes]) -> None:
        """Store one message that comes in pieces of PIECE bytes, the last one with what is left. Raises StoreFailed
        when they are not what they should be."""
        now = int(time.time())
        if self._db.execute("UPDATE content SET stored_at = ? WHERE sha = ? RETURNING id", (now, sha)).fetchone():
            return
        content = int(self._db.execute(_LAST).get) + 1
        self._db.execute(
            "INSERT INTO content (id, sha, size, pieces, stored_at) VALUES (?, ?, ?, ?, ?)",
            (content, sha, size, max(1, -(-size // PIECE)), now),
        )
        found, count = sha256(), 0
        room = self._db.pragma("cache_size")
        self._db.pragma("cache_size", LARGE_ROOM)
        try:
            for number, piece in enumerate(pieces):
                found.update(piece)
                count += len(piece)
                self._put_small([((content << 20) + number, piece)])
        finally:
            self._db.pragma("cache_size", room)
        if (found.digest(), count) != (sha, size):
            raise StoreFailed(
                phrase("The message was not stored"),
                phrase("The disk gave back something else than was written."),
            )

    def _put_pieces(self, first: int, raws: Sequence[tuple[bytes, Compressed | None]]) -> None:
        """Pieces of messages whose entries are numbered from `first`; those of a large one go one by one."""
        small: list[tuple[int, Data]] = []
        ready: list[tuple[int, Compressed]] = []
        for content, (raw, compressed) in enumerate(raws, first):
            if compressed is not None:
                ready.append((content << 20, compressed))
            elif len(raw) <= PIECE:
                small.append((content << 20, raw))
            else:
                whole = memoryview(raw)
                for number, start in enumerate(range(0, len(raw), PIECE)):
                    self._put_small([((content << 20) + number, whole[start : start + PIECE])])
        self._put_small(small)
        self._write(ready)

    def _put_small(self, pieces: Sequence[tuple[int, Data]]) -> None:
        self._write(list(zip((number for number, _ in pieces), compress([data for _, data in pieces]), strict=True)))

    def _write(self, pieces: Sequence[tuple[int, Compressed]]) -> None:
        rows: list[tuple[apsw.SQLiteValue, ...]] = [(number, *piece) for number, piece in pieces]
        in_groups(self._db, "INSERT INTO piece (id, packing, data) VALUES (?, ?, ?)", rows)

    def get(self, sha: bytes) -> bytes | None:
        """The bytes with this SHA-256, or None. Raises StoreDamaged when they are not what was stored."""
        return read_content(self._db, sha)

    def has(self, sha: bytes) -> bool:
        """Whether a content is stored."""
        return bool(self._db.execute("SELECT EXISTS (SELECT 1 FROM content WHERE sha = ?)", (sha,)).get)

    def missing(self, shas: Iterable[bytes]) -> set[bytes]:
        """Those of these that are not stored."""
        return {sha for sha in shas if not self.has(sha)}

    def sweep(self, keep: Collection[bytes], let_go: Collection[bytes], grace: int = GRACE) -> set[bytes]:
        """Delete what is not to be kept and was stored more than `grace` seconds ago: what was let go, and after much
        longer also what nobody ever named. What went."""
        now = int(time.time())
        gone = {
            sha: (one, pieces)
            for one, sha, pieces, at in self._db.execute("SELECT id, sha, pieces, stored_at FROM content")
            if sha not in keep and at <= now - (grace if sha in let_go else max(grace, ORPHAN_GRACE))
        }
        for one, pieces in gone.values():
            self._db.execute("DELETE FROM piece WHERE id BETWEEN ? AND ?", (one << 20, (one << 20) + pieces - 1))
        self._db.executemany("DELETE FROM content WHERE id = ?", [(one,) for one, _ in gone.values()])
        return set(gone)

    def shas(self) -> list[bytes]:
        """Every content there is."""
        return [sha for (sha,) in self._db.execute("SELECT sha FROM content ORDER BY id")]
