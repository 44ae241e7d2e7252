"""Every preference a person can choose: its page, its name, the sentence that explains it, and the values there are."""

from __future__ import annotations

from dataclasses import dataclass

from desktopmail.domain.marking import mark
from desktopmail.domain.settings import Value

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
            return mark("settings", "On") if value else mark("settings", "Off")
        return next((text for each, text in self.values if each == value), str(value))


PREFERENCES: tuple[Preference, ...] = (
    Preference(
        "group_conversations",
        "reading",
        mark("settings", "List"),
        mark("settings", "Group conversations"),
        mark(
            "settings",
            "A message and its answers are one row of the list. Switched off, every message has a row of its own.",
        ),
        extra="threads threading",
    ),
    Preference(
        "start_at",
        "reading",
        mark("settings", "List"),
        mark("settings", "When the program starts"),
        mark("settings", "What is shown first."),
        (("last", mark("settings", "What was shown last")), ("inbox", mark("settings", "The Inbox"))),
        "startup open launch",
    ),
    Preference(
        "mark_read_seconds",
        "reading",
        mark("settings", "Messages"),
        mark("settings", "Mark as read"),
        mark("settings", "How long a message has to lie open before it counts as read."),
        (
            (0.0, mark("settings", "At once")),
            (1.0, mark("settings", "After 1 second")),
            (3.0, mark("settings", "After 3 seconds")),
            (10.0, mark("settings", "After 10 seconds")),
            (-1.0, mark("settings", "Only when I say so")),
        ),
        "unread seen",
    ),
    Preference(
        "plain_text",
        "reading",
        mark("settings", "Messages"),
        mark("settings", "Show messages as plain text"),
        mark("settings", "Without design and pictures. A single message can still be shown as it was designed."),
        extra="html format simple",
    ),
    Preference(
        "undo_send_seconds",
        "writing",
        mark("settings", "Sending"),
        mark("settings", "Undo sending for"),
        mark("settings", "A message waits this long before it leaves, so that it can be taken back."),
        (
            (0, mark("settings", "Not at all")),
            (5, mark("settings", "5 seconds")),
            (8, mark("settings", "8 seconds")),
            (15, mark("settings", "15 seconds")),
            (30, mark("settings", "30 seconds")),
        ),
        "delay recall send later",
    ),
    Preference(
        "check_attachment",
        "writing",
        mark("settings", "Sending"),
        mark("settings", "Ask about forgotten files"),
        mark("settings", "When the text speaks of an attachment and none is there, sending asks first."),
        extra="attach attachment reminder warning",
    ),
    Preference(
        "check_subject",
        "writing",
        mark("settings", "Sending"),
        mark("settings", "Ask about an empty subject"),
        mark("settings", "Sending asks first when the message has no subject."),
        extra="reminder warning",
    ),
    Preference(
        "quote_in_replies",
        "writing",
        mark("settings", "Answering"),
        mark("settings", "Quote the message that is answered"),
        mark("settings", "An answer begins with the original text below it."),
        extra="reply quotation original",
    ),
    Preference(
        "sign_answers",
        "writing",
        mark("settings", "Answering"),
        mark("settings", "Signature in answers"),
        mark("settings", "The signature of the identity is also put under answers and forwarded mail."),
        extra="reply forward",
    ),
    Preference(
        "ask_provider_list",
        "privacy",
        mark("settings", "Servers"),
        mark("settings", "Ask Mozilla's list of providers when servers are looked for"),
        mark("settings", "It is told the part of the address behind the @ and nothing else."),
        extra="autoconfig ispdb discovery",
    ),
    Preference(
        "note_hosts",
        "privacy",
        mark("settings", "Servers"),
        mark("settings", "Keep a list of the servers this program speaks to"),
        mark("settings", "The list below. It stays on this computer."),
        extra="hosts log connections network",
    ),
    Preference(
        "look_for_updates",
        "about",
        mark("settings", "New versions"),
        mark("settings", "Look for new versions once a week"),
        mark("settings", "A signed list is fetched. Nothing is sent but the question, and nothing is installed."),
        extra="update upgrade release newer",
    ),
    Preference(
        "theme",
        "appearance",
        mark("settings", "Look"),
        mark("settings", "Colours"),
        mark("settings", "Light, dark, or what the system says, also while it changes."),
        (
            ("system", mark("settings", "As the system")),
            ("light", mark("settings", "Light")),
            ("dark", mark("settings", "Dark")),
        ),
        "theme dark mode night",
    ),
    Preference(
        "density",
        "appearance",
        mark("settings", "List"),
        mark("settings", "Rows"),
        mark("settings", "How much of each message the list shows, and how many fit on the screen."),
        (
            ("roomy", mark("settings", "Roomy")),
            ("normal", mark("settings", "Normal")),
            ("compact", mark("settings", "Compact")),
        ),
        "density compact lines height",
    ),
    Preference(
        "layout",
        "appearance",
        mark("settings", "Reader"),
        mark("settings", "Place of the reader"),
        mark("settings", "Beside the list suits wide screens, below the list suits long subjects."),
        (("right", mark("settings", "Beside the list")), ("below", mark("settings", "Below the list"))),
        "layout pane position vertical",
    ),
    Preference(
        "reader_zoom",
        "appearance",
        mark("settings", "Reader"),
        mark("settings", "Size of text in messages"),
        mark("settings", "Also changed by the zoom keys while reading."),
        (
            (0.8, "80 %"),
            (0.9, "90 %"),
            (1.0, "100 %"),
            (1.1, "110 %"),
            (1.25, "125 %"),
            (1.5, "150 %"),
            (1.75, "175 %"),
            (2.0, "200 %"),
        ),
        "zoom font larger smaller",
    ),
    Preference(
        "letter_set",
        "shortcuts",
        mark("settings", "Keys without Ctrl"),
        mark("settings", "Single keys"),
        mark("settings", "Letters without Ctrl that work in the list and in the reader, never while you write."),
        (
            ("classic", mark("settings", "As in Thunderbird")),
            ("gmail", mark("settings", "As in Gmail")),
            ("none", mark("settings", "None")),
        ),
        "letters vim keyboard",
    ),
    Preference(
        "notify",
        "notifications",
        mark("settings", "New mail"),
        mark("settings", "Say when mail comes"),
        mark("settings", "A notification when mail arrives while you look elsewhere."),
        extra="notification alert popup desktop",
    ),
    Preference(
        "notify_words",
        "notifications",
        mark("settings", "New mail"),
        mark("settings", "Show who wrote and what about"),
        mark("settings", "Switched off, a notification says only that mail came. Others may see your screen."),
        extra="privacy preview sender subject",
        needs="notify",
    ),
    Preference(
        "show_count",
        "notifications",
        mark("settings", "New mail"),
        mark("settings", "Count unread mail on the icon"),
        mark("settings", "The number of unread messages in all Inboxes, where the system shows it."),
        extra="badge tray dock",
    ),
    Preference(
        "quiet_hours",
        "notifications",
        mark("settings", "Quiet hours"),
        mark("settings", "Say nothing during these hours"),
        mark("settings", "Mail comes in all the same, without a notification."),
        extra="do not disturb night sleep",
        needs="notify",
    ),
    Preference(
        "quiet_from",
        "notifications",
        mark("settings", "Quiet hours"),
        mark("settings", "From"),
        mark("settings", "When the quiet hours begin."),
        HOURS,
        "do not disturb",
        "quiet_hours",
    ),
    Preference(
        "quiet_until",
        "notifications",
        mark("settings", "Quiet hours"),
        mark("settings", "Until"),
        mark("settings", "When they end; also on the next day."),
        HOURS,
        "do not disturb",
        "quiet_hours",
    ),
    Preference(
        "backup_reminder_days",
        "storage",
        mark("settings", "Care"),
        mark("settings", "Remind me to back up"),
        mark(
            "settings",
            "A line in the window when mail was only on this computer and in no backup for so long. It can be put off.",
        ),
        (
            (7, mark("settings", "After 7 days")),
            (30, mark("settings", "After 30 days")),
            (90, mark("settings", "After 90 days")),
            (0, mark("settings", "Never")),
        ),
        "backup reminder copy only here",
    ),
    Preference(
        "keep_running",
        "notifications",
        mark("settings", "In the background"),
        mark("settings", "Keep running when the window is closed"),
        mark(
            "settings", "Mail goes on coming and is told of. Quit ends the program; starting it again shows the window."
        ),
        extra="tray close hide minimise background daemon",
    ),
    Preference(
        "start_at_login",
        "notifications",
        mark("settings", "In the background"),
        mark("settings", "Start at login"),
        mark("settings", "With the line above switched on it starts without a window."),
        extra="autostart boot session startup",
    ),
    Preference(
        "keep_removed_days",
        "storage",
        mark("settings", "Removed mail"),
        mark("settings", "Removed mail can be brought back for"),
        mark("settings", "What was removed for ever stays here so long, for undo. Then its space is given back."),
        (
            (7, mark("settings", "7 days")),
            (30, mark("settings", "30 days")),
            (90, mark("settings", "90 days")),
            (365, mark("settings", "1 year")),
        ),
        "trash purge delete recover",
    ),
)


def preference(name: str) -> Preference | None:
    """What is known about a name; None for what has no line of its own."""
    return next((each for each in PREFERENCES if each.name == name), None)
