"""Typed preferences with their defaults, their past, and what some of them mean. Their words are in `preferences`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

Value = str | bool | int | float


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
    start_at: str = "last"
    plain_text: bool = False
    quote_in_replies: bool = True
    sign_answers: bool = True
    check_attachment: bool = True
    check_subject: bool = True
    note_hosts: bool = True
    ask_provider_list: bool = True
    look_for_updates: bool = False
    notify: bool = True
    notify_words: bool = True
    show_count: bool = True
    quiet_hours: bool = False
    quiet_from: str = "22:00"
    quiet_until: str = "07:00"
    silent_accounts: str = ""
    keep_running: bool = False
    start_at_login: bool = False
    shortcut_keys: str = ""
    keep_removed_days: int = 30
    backup_reminder_days: int = 30
    backup_put_off_until: int = 0
    sent_offered: str = ""
    window_geometry: str = ""
    message_geometry: str = ""
    told_background: bool = False
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

    @classmethod
    def default(cls, name: str) -> Value:
        """The value a preference has before anybody changed it."""
        found: Value = getattr(cls(), name)
        return found


KEPT = frozenset(
    {
        "window_geometry",
        "message_geometry",
        "told_background",
        "pane_sizes",
        "last_place",
        "backup_put_off_until",
        "sent_offered",
    }
)
"""What the program remembers by itself. All other names are a person's choice, and a change of them can be undone."""


@dataclass(frozen=True, slots=True)
class SettingChange:
    """One change of a preference that can be taken back. `at` in seconds since 1970 UTC. A value of None was, or is,
    the default."""

    id: int
    at: int
    name: str
    old: Value | None
    new: Value | None


def keys_by_command(stored: str) -> dict[str, tuple[str, ...]]:
    """The keys a person gave to commands, from `shortcut_keys`: whole lists by command; anything odd is left out."""
    try:
        found = json.loads(stored) if stored else {}
    except ValueError:
        return {}
    if not isinstance(found, dict):
        return {}
    return {
        str(command): tuple(keys)
        for command, keys in found.items()
        if isinstance(keys, list) and all(isinstance(key, str) for key in keys)
    }


def stored_keys(keys: Mapping[str, tuple[str, ...]]) -> str:
    """The value of `shortcut_keys` for these; empty when nothing differs from the defaults."""
    return json.dumps({command: list(keys[command]) for command in sorted(keys)}) if keys else ""


def accounts_in(stored: str) -> frozenset[int]:
    """The account numbers in `silent_accounts` or `sent_offered`."""
    return frozenset(int(word) for word in stored.split() if word.isascii() and word.isdigit())


def is_quiet(now: Settings, clock: str) -> bool:
    """Whether nothing is said at a time of day ('HH:MM'). The hours may reach over midnight; equal times mean the
    whole day."""
    if not now.quiet_hours:
        return False
    begin, end = now.quiet_from, now.quiet_until
    return begin <= clock < end if begin < end else clock >= begin or clock < end
