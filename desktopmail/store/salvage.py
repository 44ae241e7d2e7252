"""Brings over what can still be read from a damaged database into a new one, row by row."""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Iterator
from pathlib import Path

import apsw

from desktopmail.store.database import connect, open_database
from desktopmail.store.migrations import Step

BLOCK = 200
SQLiteRow = tuple[object, ...]


def salvage(damaged: Path, path: Path, steps: tuple[Step, ...]) -> int:
    """Fill a new database at `path` from the damaged one, which stays as it is. How many rows came over."""
    new = open_database(path, steps, durable=True)
    saved = 0
    try:
        old = connect(damaged, read_only=True)
    except apsw.Error:
        new.close(True)
        return 0
    try:
        new.pragma("foreign_keys", False)
        new.execute("BEGIN IMMEDIATE")
        for table in _tables(new):
            saved += _table(old, new, table)
        _drop_dangling(new)
        new.execute("COMMIT")
    finally:
        old.close(True)
        new.close(True)
    return saved


def _tables(db: apsw.Connection) -> list[str]:
    rows = db.execute("SELECT name FROM pragma_table_list WHERE type = 'table' AND schema = 'main' ORDER BY name")
    return [name for (name,) in rows if not name.startswith("sqlite_")] + ["sqlite_sequence"]


def _table(old: apsw.Connection, new: apsw.Connection, table: str) -> int:
    columns = [name for (name,) in new.execute("SELECT name FROM pragma_table_info(?)", (table,))]
    names = ", ".join(f'"{name}"' for name in columns)
    if table == "sqlite_sequence":
        new.execute("DELETE FROM sqlite_sequence")
    saved = 0
    insert = f'INSERT OR IGNORE INTO "{table}" ({names}) VALUES ({", ".join("?" * len(columns))})'  # noqa: S608
    for row in _rows(old, table, names):
        with contextlib.suppress(apsw.ConstraintError, apsw.MismatchError, UnicodeError):
            new.execute(insert, row)
            saved += new.changes()
    return saved


def _rows(db: apsw.Connection, table: str, names: str) -> Iterator[SQLiteRow]:
    """Every readable row: from the front up to the damage, from the back down to it, then block by block between."""
    whole = yield from _scan(db, f'SELECT {names} FROM "{table}"')  # noqa: S608
    if whole:
        return
    try:
        db.execute(f'SELECT rowid FROM "{table}" LIMIT 0')  # noqa: S608
    except apsw.Error:
        return
    yield from _scan(db, f'SELECT {names} FROM "{table}" ORDER BY rowid DESC')  # noqa: S608
    for start in range(0, _highest(db, table) + 1, BLOCK):
        yield from _scan(db, f'SELECT {names} FROM "{table}" WHERE rowid BETWEEN {start} AND {start + BLOCK - 1}')  # noqa: S608


def _scan(db: apsw.Connection, sql: str) -> Generator[SQLiteRow, None, bool]:
    """The rows of a query up to the first damage; the generator's value says whether it came to the end."""
    try:
        yield from db.execute(sql)
    except (apsw.Error, UnicodeError):
        return False
    return True


def _highest(db: apsw.Connection, table: str) -> int:
    try:
        known = db.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", (table,)).get
        return min(int(known or 0), 50_000_000)
    except apsw.Error:
        return 0


def _drop_dangling(db: apsw.Connection) -> None:
    """Delete rows that belong to something that could not be saved."""
    for _ in range(10):
        broken = list(db.execute("PRAGMA foreign_key_check"))
        if not broken:
            return
        for table, row, _parent, _number in broken:
            if row is not None:
                db.execute(f'DELETE FROM "{table}" WHERE rowid = ?', (row,))  # noqa: S608
            else:
                _drop_unnumbered(db, table)


def _drop_unnumbered(db: apsw.Connection, table: str) -> None:
    """The same for tables without row numbers: every reference is compared."""
    for parent, column, to in list(
        db.execute('SELECT "table", "from", "to" FROM pragma_foreign_key_list(?)', (table,))
    ):
        db.execute(
            f'DELETE FROM "{table}" WHERE "{column}" IS NOT NULL AND "{column}" NOT IN (SELECT "{to}" FROM "{parent}")'  # noqa: S608
        )
