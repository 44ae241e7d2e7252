"""Many rows with few statements: each statement gives the interpreter lock away and has to get it back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import chain

import apsw

GROUP = 16
"""Rows written by one statement."""
_VALUES = re.compile(r"VALUES (\([?, ]+\))")


def in_groups(db: apsw.Connection, sql: str, rows: Sequence[tuple[apsw.SQLiteValue, ...]]) -> None:
    """Insert rows with a statement that says `VALUES (?, …)`, several per statement."""
    whole = len(rows) // GROUP * GROUP
    if whole:
        head, places, tail = _VALUES.split(sql)
        many = f"{head}VALUES {', '.join([places] * GROUP)}{tail}"
        groups = range(0, whole, GROUP)
        db.executemany(many, (tuple(chain.from_iterable(rows[start : start + GROUP])) for start in groups))
    if whole < len(rows):
        db.executemany(sql, rows[whole:])
