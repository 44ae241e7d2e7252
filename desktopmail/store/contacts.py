"""People seen in mail, ranked by how often and how recently they were written to or heard from."""

from __future__ import annotations

from collections.abc import Iterable

import apsw

from desktopmail.domain.address import Address
from desktopmail.domain.words import folded
from desktopmail.store.packing import clean

WORDS_PER_CONTACT = 12
_RANK = "ORDER BY sent * 8 + min(seen, 40) DESC, max(last_sent, last_seen) DESC, folded LIMIT ?"


def folded_words(text: str) -> list[str]:
    """The words of a name or address for prefix look-up: without case and accents."""
    plain = folded(clean(text))
    for gap in ".-_@+,;<>()\"'":
        plain = plain.replace(gap, " ")
    return plain.split()


def complete(db: apsw.Connection, prefix: str, limit: int = 10) -> tuple[Address, ...]:
    """People whose names or addresses have words beginning with the words of `prefix`, best first."""
    words = folded_words(prefix)
    if not words:
        return ()
    inside = " INTERSECT ".join(["SELECT contact FROM contact_word WHERE word >= ? AND word < ?"] * len(words[:6]))
    bounds = [bound for word in words[:6] for bound in (word, word + "\U0010ffff")]
    rows = db.execute(f"SELECT name, address FROM contact WHERE id IN ({inside}) {_RANK}", (*bounds, limit))  # noqa: S608
    return tuple(Address(name, address) for name, address in rows)


class Contacts:
    """`tx.contacts`."""

    def __init__(self, db: apsw.Connection) -> None:
        self._db = db

    def seen(self, addresses: Iterable[Address], when: int, *, sent: bool = False) -> None:
        """Mail came from these people at `when`, or with `sent` went to them. An address may be given several times."""
        times: dict[str, int] = {}
        people: dict[str, Address] = {}
        for one in addresses:
            key = clean(one.address).casefold()
            if "@" not in key or len(key) > 320:
                continue
            times[key] = times.get(key, 0) + 1
            if key not in people or one.name:
                people[key] = one
        kind = "sent" if sent else "seen"
        for key, one in people.items():
            self._put(key, one, kind, times[key], when)

    def complete(self, prefix: str, limit: int = 10) -> tuple[Address, ...]:
        """People whose names or addresses begin with these words, best first."""
        return complete(self._db, prefix, limit)

    def known(self, address: str) -> Address | None:
        """The person with this address as last seen, or None."""
        row = self._db.execute(
            "SELECT name, address FROM contact WHERE folded = ?", (clean(address).casefold(),)
        ).fetchone()
        return Address(row[0], row[1]) if row else None

    def forget(self, address: str) -> None:
        """Do not propose this address any more."""
        self._db.execute("DELETE FROM contact WHERE folded = ?", (clean(address).casefold(),))

    def _put(self, key: str, one: Address, kind: str, times: int, when: int) -> None:
        name = clean(one.name)[:200]
        old = self._db.execute("SELECT id, name FROM contact WHERE folded = ?", (key,)).fetchone()
        if old is None:
            self._db.execute(
                f"INSERT INTO contact (folded, address, name, {kind}, last_{kind}) VALUES (?, ?, ?, ?, ?)",  # noqa: S608
                (key, clean(one.address), name, times, when),
            )
            self._put_words(self._db.last_insert_rowid(), f"{name} {key}")
            return
        self._db.execute(
            f"UPDATE contact SET {kind} = {kind} + ?, last_{kind} = max(last_{kind}, ?) WHERE id = ?",  # noqa: S608
            (times, when, old[0]),
        )
        if name and not old[1]:
            self._db.execute("UPDATE contact SET name = ? WHERE id = ?", (name, old[0]))
            self._put_words(old[0], name)

    def _put_words(self, contact: int, text: str) -> None:
        words = dict.fromkeys(folded_words(text))
        self._db.executemany(
            "INSERT OR IGNORE INTO contact_word (word, contact) VALUES (?, ?)",
            [(word[:80], contact) for word in list(words)[:WORDS_PER_CONTACT]],
        )
