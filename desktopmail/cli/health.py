"""How an account is, as a document for programs and as rows for people."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from desktopmail.cli.output import Document, moment
from desktopmail.cli.shapes import when
from desktopmail.domain.health import DAY, OTHERS_DAYS, Health, Line, Retention, Room

TREND_DAYS = 30
MEGABYTE = 1_000_000


def document(health: Health) -> Document:
    """Everything known, with null for what is not. Sizes are bytes, `trend` has one entry per day."""
    room = health.room
    return {
        "servers": [_line(each) for each in health.lines],
        "quota": {"used": room.used, "allowed": room.allowed, "per_day": health.growth()} if room else None,
        "trend": [
            {"day": _day(each.day), "used": each.room.used, "allowed": each.room.allowed}
            for each in health.trend[-TREND_DAYS:]
        ],
        "full_sync": when(health.full_sync),
        "retention": _retention(health.retention),
        "next_visit": when(health.next_visit),
        "others": {"days": OTHERS_DAYS, "removed": health.others.removed, "marked": health.others.marked},
    }


def rows(health: Health) -> list[tuple[str, str]]:
    """The same in words; nothing about what is not known."""
    now = int(time.time())
    found = [(f"{each.side.value} line", _words(each, now)) for each in health.lines]
    if health.room is not None:
        found.append(("quota", _room(health.room)))
    if health.full_sync:
        found.append(("last full sync", moment(health.full_sync)))
    if health.retention is not None and health.retention.expire is not None:
        found.append(("kept there", _kept(health.retention.expire)))
    if health.retention is not None and health.retention.login_delay:
        found.append(("visits", _visits(health)))
    if health.others:
        words = f"{health.others.removed:,} removed, {health.others.marked:,} marked by others in {OTHERS_DAYS} days"
        found.append(("other programs", words))
    return found


def _day(day: int) -> str:
    """A day counted since 1970 as ISO 8601 has it."""
    return datetime.fromtimestamp(day * DAY, UTC).date().isoformat()


def _line(line: Line) -> Document:
    made = line.encryption
    return {
        "side": line.side.value,
        "host": line.host,
        "port": line.port,
        "tls": made.version or None,
        "cipher": made.cipher or None,
        "certificate_ends": when(made.ends),
        "certificate_issuer": made.issuer or None,
        "certificate_sha256": made.fingerprint or None,
        "sign_in": line.mechanism or None,
        "seen": when(line.at),
    }


def _retention(said: Retention | None) -> Document | None:
    return None if said is None else {"expire_days": said.expire, "login_delay": said.login_delay}


def _words(line: Line, now: int) -> str:
    made = line.encryption
    if not made.there:
        return "not encrypted" + (f", {line.mechanism}" if line.mechanism else "")
    left = made.days_left(now)
    ends = f", certificate until {moment(made.ends)[:10]}" if made.ends else ""
    if left is not None and line.ends_soon(now):
        ends += " (it has ended)" if left < 0 else f" (in {left} days)"
    return f"{made.version} {made.cipher}{ends}" + (f", {line.mechanism}" if line.mechanism else "")


def _room(room: Room) -> str:
    return f"{room.used / MEGABYTE:,.1f} MB of {room.allowed / MEGABYTE:,.1f} MB used ({room.share:.0%})"


def _visits(health: Health) -> str:
    assert health.retention is not None
    said = f"at most one in {health.retention.login_delay:,} seconds"
    return said + (f", the next after {moment(health.next_visit)}" if health.next_visit else "")


def _kept(days: int) -> str:
    if days < 0:
        return "the server removes nothing by itself"
    return f"the server may remove messages after {days} days" if days else "the server may remove what was fetched"
