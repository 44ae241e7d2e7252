"""Typed preferences with their defaults, the sentence that explains each, and the values a person can choose."""

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
    notify: bool = True
    notify_words: bool = True
    show_count: bool = True
    quiet_hours: bool = False
    quiet_from: str = "22:00"
    quiet_until: str = "07:00"
    silent_accounts: str = ""
    shortcut_keys: str = ""
    keep_removed_days: int = 30
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

    @classmethod
    def default(cls, name: str) -> Value:
        """The value a preference has before anybody changed it."""
        found: Value = getattr(cls(), name)
        return found


KEPT = frozenset({"window_geometry", "pane_sizes", "last_place"})
"""What the program remembers by itself. All other names are a person's choice, and a change of them can be undone."""

HOURS = tuple((f"{hour:02}:00", f"{hour:02}:00") for hour in range(24))


@dataclass(frozen=True, slots=True)
class Preference:
    """What a person can choose on one line: `page` and `group` say where it stands. Without `values` it is on or off.
    `extra` are more words it is found by, `needs` the switch that has to be on for it to matter."""

    name: str
    page: str
    group: str
    title: str
    sentence: str
    values: tuple[tuple[Value, str], ...] = ()
    extra: str = ""
    needs: str = ""

    def word(self, value: Value) -> str:
        """A value in words; a value that is not among those offered is given as it is."""
        if not self.values:
            return "On" if value else "Off"
        return next((text for each, text in self.values if each == value), str(value))


PREFERENCES: tuple[Preference, ...] = (
    Preference("group_conversations", "reading", "List", "Group conversations",
               "A message and its answers are one row of the list. Switched off, every message has a row of its own.",
               extra="threads threading"),
    Preference("start_at", "reading", "List", "When the program starts",
               "What is shown first.",
               (("last", "What was shown last"), ("inbox", "The Inbox")), "startup open launch"),
    Preference("mark_read_seconds", "reading", "Messages", "Mark as read",
               "How long a message has to lie open before it counts as read.",
               ((0.0, "At once"), (1.0, "After 1 second"), (3.0, "After 3 seconds"), (10.0, "After 10 seconds"),
                (-1.0, "Only when I say so")), "unread seen"),
    Preference("plain_text", "reading", "Messages", "Show messages as plain text",
               "Without design and pictures. A single message can still be shown as it was designed.",
               extra="html format simple"),
    Preference("undo_send_seconds", "writing", "Sending", "Undo sending for",
               "A message waits this long before it leaves, so that it can be taken back.",
               ((0, "Not at all"), (5, "5 seconds"), (8, "8 seconds"), (15, "15 seconds"), (30, "30 seconds")),
               "delay recall send later"),
    Preference("check_attachment", "writing", "Sending", "Ask about forgotten files",
               "When the text speaks of an attachment and none is there, sending asks first.",
               extra="attach attachment reminder warning"),
    Preference("check_subject", "writing", "Sending", "Ask about an empty subject",
               "Sending asks first when the message has no subject.", extra="reminder warning"),
    Preference("quote_in_replies", "writing", "Answering", "Quote the message that is answered",
               "An answer begins with the original text below it.", extra="reply quotation original"),
    Preference("sign_answers", "writing", "Answering", "Signature in answers",
               "The signature of the identity is also put under answers and forwarded mail.", extra="reply forward"),
    Preference("note_hosts", "privacy", "Servers", "Keep a list of the servers this program speaks to",
               "The list below. It stays on this computer.", extra="hosts log connections network"),
    Preference("theme", "appearance", "Look", "Colours",
               "Light, dark, or what the system says, also while it changes.",
               (("system", "As the system"), ("light", "Light"), ("dark", "Dark")), "theme dark mode night"),
    Preference("density", "appearance", "List", "Rows",
               "How much of each message the list shows, and how many fit on the screen.",
               (("roomy", "Roomy"), ("normal", "Normal"), ("compact", "Compact")), "density compact lines height"),
    Preference("layout", "appearance", "Reader", "Place of the reader",
               "Beside the list suits wide screens, below the list suits long subjects.",
               (("right", "Beside the list"), ("below", "Below the list")), "layout pane position vertical"),
    Preference("reader_zoom", "appearance", "Reader", "Size of text in messages",
               "Also changed by the zoom keys while reading.",
               ((0.8, "80 %"), (0.9, "90 %"), (1.0, "100 %"), (1.1, "110 %"), (1.25, "125 %"), (1.5, "150 %"),
                (1.75, "175 %"), (2.0, "200 %")), "zoom font larger smaller"),
    Preference("letter_set", "shortcuts", "Single keys", "Single keys",
               "Letters without Ctrl that work in the list and in the reader, never while you write.",
               (("classic", "As in Thunderbird"), ("gmail", "As in Gmail"), ("none", "None")), "letters vim keyboard"),
    Preference("notify", "notifications", "New mail", "Say when mail comes",
               "A notification when mail arrives while you look elsewhere.", extra="notification alert popup desktop"),
    Preference("notify_words", "notifications", "New mail", "Show who wrote and what about",
               "Switched off, a notification says only that mail came. Others may see your screen.",
               extra="privacy preview sender subject", needs="notify"),
    Preference("show_count", "notifications", "New mail", "Count unread mail on the icon",
               "The number of unread messages in all Inboxes, where the system shows it.", extra="badge tray dock"),
    Preference("quiet_hours", "notifications", "Quiet hours", "Quiet hours",
               "Between these times nothing is said. Mail comes in all the same.",
               extra="do not disturb night sleep", needs="notify"),
    Preference("quiet_from", "notifications", "Quiet hours", "From", "When the quiet hours begin.", HOURS,
               "do not disturb", "quiet_hours"),
    Preference("quiet_until", "notifications", "Quiet hours", "Until", "When they end; also on the next day.", HOURS,
               "do not disturb", "quiet_hours"),
    Preference("keep_removed_days", "storage", "Removed mail", "Removed mail can be brought back for",
               "What was removed for ever stays here so long, for undo. Then its space is given back.",
               ((7, "7 days"), (30, "30 days"), (90, "90 days"), (365, "1 year")), "trash purge delete recover"),
)  # fmt: skip


def preference(name: str) -> Preference | None:
    """What is known about a name; None for what has no line of its own."""
    return next((each for each in PREFERENCES if each.name == name), None)


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
    """The account numbers in `silent_accounts`."""
    return frozenset(int(word) for word in stored.split() if word.isascii() and word.isdigit())


def is_quiet(now: Settings, clock: str) -> bool:
    """Whether nothing is said at a time of day ('HH:MM'). The hours may reach over midnight; equal times mean the
    whole day."""
    if not now.quiet_hours:
        return False
    begin, end = now.quiet_from, now.quiet_until
    return begin <= clock < end if begin < end else clock >= begin or clock < end
