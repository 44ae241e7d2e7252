"""Typed preferences with their defaults and a sentence that explains each."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class Settings:
    """All preferences. Nothing here changes by an update: a new default is a new name."""

    theme: str = "system"
    density: str = "normal"
    group_conversations: bool = True
    undo_send_seconds: int = 8
    letter_keys: bool = True
    letter_set: str = "classic"
    layout: str = "right"
    mark_read_seconds: float = 1.0
    reader_zoom: float = 1.0
    window_geometry: str = ""
    pane_sizes: str = ""
    last_place: str = ""

    @classmethod
    def from_pairs(cls, pairs: dict[str, Any]) -> Settings:
        """Settings from stored values; unknown names and values of a wrong type are left at the default."""
        known: dict[str, Any] = {}
        for item in fields(cls):
            value = pairs.get(item.name)
            if type(value) is type(item.default):
                known[item.name] = value
        return cls(**known)
