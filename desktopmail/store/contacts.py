"""People seen in mail, ranked by how often and how recently they were written to or heard from."""

from __future__ import annotations

from collections.abc import Iterable

import apsw

from desktopmail.domain.address import Address
from desktopmail.domain.words import folded
from desktopmail.store.bulk import in_groups
from desktopmail.store.packing import clean

WORDS_PER_CONTACT = 12
_RANK = "ORDER BY sent * 8 + min(seen, 40) DESC, max(last_sent, last_seen) DESC, folded LIMIT ?"
_KNOWN = "SELECT c.folded, c.id, c.name FROM carray(?) AS v CROSS JOIN contact AS c ON c.folded = v.value"
_FRESH = "INSERT INTO contact (id, folded, address, name, {kind}, last_{kind}) VALUES (?, ?, ?, ?, ?, ?)"
_AGAIN = """
UPDATE contact SET {kind} = {kind} + v.column1, last_{kind} = max(last_{kind}, v.column2)
FROM (VALUES (?, ?, ?)) AS v WHERE id = v.column3
"""
_NAMED = "UPDATE contact SET name = v.column1 FROM (VALUES (?, ?)) AS v WHERE id = v.column2"


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
        key = ""
        last: Address | None = None
        for one in addresses:
            if one is last:
                times[key] += 1
                continue
            found = clean(one.address).casefold()
            if "@" not in found or len(found) > 320:
                continue
            key, last = found, one
            times[key] = times.get(key, 0) + 1
            if key not in people or one.name:
                people[key] = one
        if people:
            self._put(people, times, "sent" if sent else "seen", when)

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

    def _put(self, people: dict[str, Address], times: dict[str, int], kind: str, when: int) -> None:
        """People by folded address, each seen so many times; with few statements, for a folder brings thousands."""
        known = {
            folded: (number, name) for folded, number, name in self._db.execute(_KNOWN, (apsw.carray(tuple(people)),))
        }
        free = int(self._db.execute("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'contact'").get) + 1
        fresh: list[tuple[apsw.SQLiteValue, ...]] = []
        again: list[tuple[apsw.SQLiteValue, ...]] = []
        named: list[tuple[apsw.SQLiteValue, ...]] = []
        words: list[tuple[apsw.SQLiteValue, ...]] = []
        for key, one in people.items():
            name = clean(one.name)[:200]
            number, old = known.get(key, (0, ""))
            if not number:
                number = free + len(fresh)
                fresh.append((number, key, clean(one.address), name, times[key], when))
                words += _words(number, f"{name} {key}")
                continue
            again.append((times[key], when, number))
            if name and not old:
                named.append((name, number))
                words += _words(number, name)
        in_groups(self._db, _FRESH.format(kind=kind), fresh)
        in_groups(self._db, _AGAIN.format(kind=kind), again)
        in_groups(self._db, _NAMED, named)
        in_groups(self._db, "INSERT OR IGNORE INTO contact_word (word, contact) VALUES (?, ?)", words)


def _words(contact: int, text: str) -> list[tuple[apsw.SQLiteValue, ...]]:
    words = dict.fromkeys(folded_words(text))
    return [(word[:80], contact) for word in list(words)[:WORDS_PER_CONTACT]]
