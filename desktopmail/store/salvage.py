"""Brings over what can still be read from a damaged database into a new one, row by row."""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Iterator
from pathlib import Path

import apsw

from desktopmail.store.database import connect, open_database, page_size_of
from desktopmail.store.migrations import Step
from desktopmail.store.pages import Value, leaf_rows

BLOCK = 200
BY_SHAPE = (
    "account",
    "server",
    "identity",
    "folder",
    "imap_folder",
    "message",
    "imap_copy",
    "outbox",
    "draft",
    "journal",
    "history",
    "contact",
    "content",
    "piece",
)
"""Tables whose rows are recognised by their columns alone, when SQLite finds no way to them. Decisions about trust are
not among them: they are made anew rather than guessed."""
KINDS = {"INTEGER": int, "TEXT": str, "BLOB": bytes}
Shape = list[tuple[str, bool, bool]]


def salvage(damaged: Path, path: Path, steps: tuple[Step, ...]) -> int:
    """Fill a new database at `path` from the damaged one, which stays as it is. How many rows came over."""
    new = open_database(path, steps, durable=True)
    try:
        new.pragma("foreign_keys", False)
        new.config(apsw.SQLITE_DBCONFIG_ENABLE_TRIGGER, 0)  # what lost its folder was not let go
        new.execute("BEGIN IMMEDIATE")
        saved, broken = _by_sqlite(damaged, new)
        saved += _by_shape(damaged, page_size_of(path), new, [table for table in BY_SHAPE if table in broken])
        _drop_dangling(new)
        new.execute("COMMIT")
    finally:
        new.close(True)
    return saved


def _by_sqlite(damaged: Path, new: apsw.Connection) -> tuple[int, list[str]]:
    """Copy what SQLite can read; how many rows, and the tables it could not read to the end."""
    tables = _tables(new)
    try:
        old = connect(damaged, read_only=True)
    except apsw.Error:
        return 0, tables
    saved = 0
    broken: list[str] = []
    try:
        for table in tables:
            columns = [name for (name,) in new.execute("SELECT name FROM pragma_table_info(?)", (table,))]
            if table == "sqlite_sequence":
                new.execute("DELETE FROM sqlite_sequence")
            for row in _rows(old, table, ", ".join(f'"{name}"' for name in columns), broken):
                saved += _insert(new, table, columns, row)
    finally:
        old.close(True)
    return saved, broken


def _tables(db: apsw.Connection) -> list[str]:
    rows = db.execute("SELECT name FROM pragma_table_list WHERE type = 'table' AND schema = 'main' ORDER BY name")
    return [name for (name,) in rows if not name.startswith("sqlite_")] + ["sqlite_sequence"]


def _insert(new: apsw.Connection, table: str, columns: list[str], row: tuple[Value, ...]) -> int:
    names = ", ".join(f'"{name}"' for name in columns)
    with contextlib.suppress(apsw.ConstraintError, apsw.MismatchError, UnicodeError):
        new.execute(f'INSERT OR IGNORE INTO "{table}" ({names}) VALUES ({", ".join("?" * len(row))})', row)  # noqa: S608
        return new.changes()
    return 0


def _rows(db: apsw.Connection, table: str, names: str, broken: list[str]) -> Iterator[tuple[Value, ...]]:
    """Every readable row: from the front up to the damage, from the back down to it, then block by block between."""
    whole = yield from _scan(db, f'SELECT {names} FROM "{table}"')  # noqa: S608
    if whole:
        return
    broken.append(table)
    try:
        db.execute(f'SELECT rowid FROM "{table}" LIMIT 0')  # noqa: S608
    except apsw.Error:
        return
    yield from _scan(db, f'SELECT {names} FROM "{table}" ORDER BY rowid DESC')  # noqa: S608
    for start in range(0, _highest(db, table) + 1, BLOCK):
        yield from _scan(db, f'SELECT {names} FROM "{table}" WHERE rowid BETWEEN {start} AND {start + BLOCK - 1}')  # noqa: S608


def _scan(db: apsw.Connection, sql: str) -> Generator[tuple[Value, ...], None, bool]:
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


def _by_shape(damaged: Path, page_size: int, new: apsw.Connection, tables: list[str]) -> int:
    """Copy rows found in the pages themselves into the tables whose columns they have."""
    if not tables or not damaged.exists():
        return 0
    shapes: dict[str, Shape] = {}
    columns: dict[str, list[str]] = {}
    for table in tables:
        info = list(new.execute('SELECT name, type, "notnull", pk FROM pragma_table_info(?)', (table,)))
        columns[table] = [name for name, _, _, _ in info]
        shapes[table] = [(kind, bool(filled), bool(key)) for _, kind, filled, key in info]
    saved = 0
    for rowid, values in leaf_rows(damaged, page_size):
        for table, shape in shapes.items():
            if _fits(values, shape):
                row = tuple(rowid if key else value for value, (_, _, key) in zip(values, shape, strict=True))
                saved += _insert(new, table, columns[table], row)
    return saved


def _fits(values: tuple[Value, ...], shape: Shape) -> bool:
    """Whether these may be the columns of a table; its row number is stored as NULL."""
    if len(values) != len(shape):
        return False
    for value, (kind, filled, key) in zip(values, shape, strict=True):
        if key or value is None:
            if (value is None) != key and (key or filled):
                return False
        elif not isinstance(value, KINDS[kind]):
            return False
    return True


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
