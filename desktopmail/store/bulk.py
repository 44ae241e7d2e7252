"""Many rows with few statements: each statement gives the interpreter lock away and has to get it back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import chain

import apsw

GROUPS = (64, 16, 4, 1)
"""Rows written by one statement; the more the better, and what is left over goes in smaller groups."""
_VALUES = re.compile(r"VALUES (\([?, ]+\))")


def in_groups(db: apsw.Connection, sql: str, rows: Sequence[tuple[apsw.SQLiteValue, ...]]) -> None:
    """Write rows with a statement that says `VALUES (?, …)`, several per statement."""
    head, places, tail = _VALUES.split(sql)
    start = 0
    for size in GROUPS:
        end = start + (len(rows) - start) // size * size
        if end > start:
            many = f"{head}VALUES {', '.join([places] * size)}{tail}"
            groups = range(start, end, size)
            db.executemany(many, (tuple(chain.from_iterable(rows[one : one + size])) for one in groups))
        start = end
