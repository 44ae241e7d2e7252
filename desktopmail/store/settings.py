"""Preferences as pairs of a name and a JSON value, and their past, so that a change can be taken back."""

from __future__ import annotations

import json
import time
from typing import Any

import apsw

from desktopmail.domain.errors import NotFound
from desktopmail.domain.saying import phrase
from desktopmail.domain.settings import SettingChange, Settings
from desktopmail.store.notes import Notes

MOST_PAST = 200
"""So many changes are remembered."""


def settings(db: apsw.Connection) -> Settings:
    """All preferences; what was never set, or cannot be read, has its default."""
    pairs: dict[str, Any] = {}
    for name, value in db.execute("SELECT name, value FROM setting"):
        try:
            pairs[name] = json.loads(value)
        except ValueError:
            continue
    return Settings.from_pairs(pairs)


def past_changes(db: apsw.Connection, limit: int = 20) -> tuple[SettingChange, ...]:
    """The newest changes that were not taken back, newest first."""
    rows = db.execute("SELECT id, at, name, old, new FROM setting_past WHERE undone = 0 ORDER BY id DESC LIMIT ?",
                      (limit,))  # fmt: skip
    return tuple(SettingChange(number, at, name, _value(old), _value(new)) for number, at, name, old, new in rows)


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

    def reset(self, name: str) -> None:
        """Let a preference have its default again."""
        self._db.execute("DELETE FROM setting WHERE name = ?", (name,))
        self._notes.settings = True

    def remember(self, name: str, old: Any, new: Any) -> None:
        """Note a change, so that it can be taken back; None stands for the default."""
        self._db.execute(
            "INSERT INTO setting_past (at, name, old, new) VALUES (?, ?, ?, ?)",
            (int(time.time()), name, _json(old), _json(new)),
        )
        self._db.execute("DELETE FROM setting_past WHERE id <= (SELECT max(id) FROM setting_past) - ?", (MOST_PAST,))
        self._notes.settings = True

    def past(self, limit: int = 20) -> tuple[SettingChange, ...]:
        """The newest changes that were not taken back, newest first."""
        return past_changes(self._db, limit)

    def take_back(self, change: int | None = None) -> SettingChange:
        """Mark a change, or the newest, as taken back; whoever asks puts the old value in place. Raises NotFound."""
        found = next((each for each in self.past(MOST_PAST) if change in (None, each.id)), None)
        if found is None:
            raise NotFound(
                phrase("There is nothing to undo"), phrase("No change of the settings is left to be taken back.")
            )
        self._db.execute("UPDATE setting_past SET undone = 1 WHERE id = ?", (found.id,))
        self._notes.settings = True
        return found


def _value(text: str | None) -> Any:
    if text is None:
        return None
    try:
        return json.loads(text)
    except ValueError:
        return None


def _json(value: Any) -> str | None:
    return None if value is None else json.dumps(value)
