"""Preferences as pairs of a name and a JSON value."""

from __future__ import annotations

import json
from typing import Any

import apsw

from desktopmail.domain.settings import Settings
from desktopmail.store.notes import Notes


def settings(db: apsw.Connection) -> Settings:
    """All preferences; what was never set, or cannot be read, has its default."""
    pairs: dict[str, Any] = {}
    for name, value in db.execute("SELECT name, value FROM setting"):
        try:
            pairs[name] = json.loads(value)
        except ValueError:
            continue
    return Settings.from_pairs(pairs)


class SettingsTable:
    """`tx.settings`."""

    def __init__(self, db: apsw.Connection, notes: Notes) -> None:
        self._db = db
        self._notes = notes

    def all(self) -> Settings:
        """All preferences."""
        return settings(self._db)

    def get(self, name: str, default: Any = None) -> Any:
        """One stored value, of any name; `default` when it was never set."""
        value = self._db.execute("SELECT value FROM setting WHERE name = ?", (name,)).get
        return default if value is None else json.loads(value)

    def set(self, name: str, value: Any) -> None:
        """Store one value; anything JSON can hold."""
        self._db.execute("INSERT OR REPLACE INTO setting (name, value) VALUES (?, ?)", (name, json.dumps(value)))
        self._notes.settings = True
