"""What a notification of new mail says. Pure; whether and how it is shown is the face's business."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from desktopmail.domain.ids import MessageId
from desktopmail.domain.message import Summary
from desktopmail.domain.saying import phrase

MOST_NAMED = 3
LONGEST_LINE = 120


@dataclass(frozen=True, slots=True)
class Notice:
    """One notification for everything that came at once. `opens` is the message a click leads to."""

    title: str
    text: str
    opens: MessageId
    messages: tuple[MessageId, ...]


def notice(rows: Sequence[Summary]) -> Notice | None:
    """One message is named by sender and subject, several by who wrote. None when nothing came. All text is inert:
    one line each, without control characters."""
    if not rows:
        return None
    newest = max(rows, key=lambda row: (row.date, row.id))
    ids = tuple(row.id for row in rows)
    if len(rows) == 1:
        return Notice(_who(newest), _line(newest.subject or newest.preview), newest.id, ids)
    names = list(dict.fromkeys(_who(row) for row in rows))
    title = phrase("{0:,} new messages", len(rows))
    return Notice(title, _from(", ".join(names[:MOST_NAMED]), len(names) - MOST_NAMED), newest.id, ids)


def _from(named: str, more: int) -> str:
    return phrase("From {0} and {1} more", named, more) if more > 0 else phrase("From {0}", named)


def _who(row: Summary) -> str:
    return _line(row.sender[0].shown if row.sender else "") or phrase("Somebody")


def _line(text: str) -> str:
    plain = "".join(each if each.isprintable() else " " for each in text[: LONGEST_LINE * 4])
    short = " ".join(plain.split())
    return short if len(short) <= LONGEST_LINE else short[: LONGEST_LINE - 1] + "…"
