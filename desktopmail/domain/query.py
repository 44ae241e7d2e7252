"""The search language: what a person types, turned into a tree of conditions. Pure; nothing a person types is an error.

Words must all be found; an unquoted word may be the beginning of a longer one, a "quoted phrase" is meant as it stands.
`from: to: cc: subject: body: file: in: is: has: tag: before: after: on: larger: smaller:` narrow the search, `-` turns
a condition around, `OR` between two conditions accepts either, round brackets group. What looks like an operator and
is none is searched for as plain text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum

from desktopmail.domain.message import Copy, Flags

MOST_CONDITIONS = 64
MOST_CHARACTERS = 4_000
DEEPEST_GROUP = 8


class Where(Enum):
    """Which part of a message words are looked for in."""

    ANYWHERE = "anywhere"
    FROM = "from"
    TO = "to"
    CC = "cc"
    SUBJECT = "subject"
    BODY = "body"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Words:
    """Text to be found, its words side by side in this order. Unless `exact`, the last word may be a beginning."""

    where: Where
    text: str
    exact: bool = False


@dataclass(frozen=True, slots=True)
class HasFlag:
    """One flag is set."""

    flag: Flags


@dataclass(frozen=True, slots=True)
class HasTag:
    """A tag is set, compared without case."""

    tag: str


@dataclass(frozen=True, slots=True)
class HasCopy:
    """It exists there: only on a server, here and there, or only here."""

    copy: Copy


@dataclass(frozen=True, slots=True)
class HasAttachment:
    """At least one part stands beside the text."""


@dataclass(frozen=True, slots=True)
class InFolder:
    """In a folder with this path, this name, or this role ('trash'), compared without case."""

    name: str


@dataclass(frozen=True, slots=True)
class Dated:
    """The date is at least `since` and less than `until`, seconds since 1970 UTC; None: no limit."""

    since: int | None = None
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Sized:
    """The size in bytes is at least `least` and at most `most`; None: no limit."""

    least: int | None = None
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Not:
    """The condition does not hold."""

    of: Query


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every condition holds. Empty: nothing was asked for."""

    of: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one condition holds."""

    of: tuple[Query, ...]


Query = Words | HasFlag | HasTag | HasCopy | HasAttachment | InFolder | Dated | Sized | Not | AllOf | AnyOf

NOTHING = AllOf(())


@dataclass(frozen=True, slots=True)
class _Token:
    """One piece of what was typed. `sign` is '(' , ')' , 'OR' or '' for a condition."""

    sign: str = ""
    negated: bool = False
    operator: str = ""
    value: str = ""
    quoted: bool = False


_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "\0": " "})
_OPERATOR = re.compile(r"([A-Za-z]+):")
_WORD = re.compile(r"\S+")


def parse(text: str, now: datetime) -> Query:
    """The conditions a person typed. `now` gives 'today' and the time zone of dates (naive: this computer's).
    Never fails; `NOTHING` when there is nothing to look for."""
    tokens = list(_scan(text[:MOST_CHARACTERS].translate(_QUOTES)))[:MOST_CONDITIONS]
    return _Parser(tokens, now).group()


def terms(query: Query) -> tuple[str, ...]:
    """The words that were asked for, not those asked away: what a reader marks in the text."""
    match query:
        case Words(where=where, text=text) if where in (Where.ANYWHERE, Where.SUBJECT, Where.BODY, Where.FROM):
            return (text,)
        case AllOf(of=parts) | AnyOf(of=parts):
            return tuple(dict.fromkeys(term for part in parts for term in terms(part)))
        case _:
            return ()


def beginnings(terms: Iterable[str]) -> re.Pattern[str] | None:
    """Finds the words of some terms where they begin a word, as the search does; None when there are none."""
    words = sorted({word for term in terms for word in term.split()}, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})", re.IGNORECASE) if words else None


def _scan(text: str) -> Iterator[_Token]:
    place, depth = 0, 0
    while place < len(text):
        if text[place].isspace():
            place += 1
            continue
        minus = text[place] == "-" and place + 1 < len(text) and not text[place + 1].isspace()
        start = place + minus
        if text[start] == "(" and depth < DEEPEST_GROUP:
            depth += 1
            place = start + 1
            yield _Token("(", negated=minus)
        elif text[start] == ")" and depth:
            depth -= 1
            place = start + 1
            yield _Token(")")
        else:
            token, place = _condition(text, start, minus, depth)
            yield token


def _condition(text: str, start: int, negated: bool, depth: int) -> tuple[_Token, int]:
    found = _OPERATOR.match(text, start)
    operator = found.group(1).lower() if found and found.group(1).lower() in _OPERATORS else ""
    at = found.end() if found and operator else start
    if at < len(text) and text[at] == '"':
        end = text.find('"', at + 1)
        end = len(text) if end < 0 else end
        return _Token("", negated, operator, text[at + 1 : end], quoted=True), end + 1
    word = _WORD.match(text, at)
    value = word.group() if word else ""
    while depth and value.endswith(")") and value.count(")") > value.count("("):
        value = value[:-1]
    sign = "OR" if value in ("OR", "|") and not operator and not negated else ""
    return _Token(sign, negated, operator, value), at + len(value)


class _Parser:
    """Turns tokens into a tree. OR binds two neighbours more tightly than the silent 'and' between conditions."""

    def __init__(self, tokens: list[_Token], now: datetime) -> None:
        self._tokens = tokens
        self._now = now
        self._next = 0

    def group(self) -> Query:
        parts: list[Query] = []
        either = False
        while self._next < len(self._tokens):
            token = self._tokens[self._next]
            self._next += 1
            if token.sign == ")":
                break
            if token.sign == "OR":
                either = bool(parts)
                continue
            part = self._one(token)
            if part == NOTHING:
                continue
            if either:
                before = parts.pop()
                part = AnyOf((*before.of, part)) if isinstance(before, AnyOf) else AnyOf((before, part))
            parts.append(part)
            either = False
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def _one(self, token: _Token) -> Query:
        part = self.group() if token.sign == "(" else self._meaning(token)
        return Not(part) if token.negated and part != NOTHING else part

    def _meaning(self, token: _Token) -> Query:
        if not token.operator:
            return _words(Where.ANYWHERE, token.value, token.quoted)
        if not token.value.strip():
            return NOTHING
        where = _TEXT.get(token.operator)
        if where is not None:
            return _words(where, token.value, token.quoted)
        meaning = _CONDITIONS[token.operator](token.value.strip(), self._now)
        return meaning or _words(Where.ANYWHERE, f"{token.operator}:{token.value}", True)


def _words(where: Where, text: str, quoted: bool) -> Query:
    beginning = text.endswith("*")
    text = " ".join(text.rstrip("*").split())
    if not any(character.isalnum() or ord(character) > 0x2000 for character in text):
        return NOTHING
    return Words(where, text, exact=quoted and not beginning)


def _is(value: str, _now: datetime) -> Query | None:
    return _STATES.get(value.lower())


def _has(value: str, _now: datetime) -> Query | None:
    return HasAttachment() if value.lower() in ("attachment", "attachments", "file") else None


def _in(value: str, _now: datetime) -> Query | None:
    return InFolder(value)


def _tag(value: str, _now: datetime) -> Query | None:
    return HasTag(value)


def _before(value: str, now: datetime) -> Query | None:
    span = _span(value, now)
    return Dated(until=span[0]) if span else None


def _after(value: str, now: datetime) -> Query | None:
    span = _span(value, now)
    return Dated(since=span[0]) if span else None


def _on(value: str, now: datetime) -> Query | None:
    span = _span(value, now)
    return Dated(*span) if span else None


def _larger(value: str, _now: datetime) -> Query | None:
    size = _size(value)
    return None if size is None else Sized(least=size)


def _smaller(value: str, _now: datetime) -> Query | None:
    size = _size(value)
    return None if size is None else Sized(most=size)


_DATE = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?")
_AGO = re.compile(r"(\d{1,4})([dwmy])")
_AGO_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}


def _span(value: str, now: datetime) -> tuple[int, int] | None:
    """The first second of the day, month or year a person named, and the first second after it."""
    days = _days(value.lower(), now.date())
    if days is None:
        return None
    try:
        first, after = (datetime(day.year, day.month, day.day, tzinfo=now.tzinfo).timestamp() for day in days)
    except (OverflowError, ValueError, OSError):
        return None
    return int(first), int(after)


def _days(value: str, today: date) -> tuple[date, date] | None:
    named = {"today": 0, "yesterday": 1}.get(value)
    ago = _AGO.fullmatch(value)
    if ago is not None and value.isascii():
        named = int(ago.group(1)) * _AGO_DAYS[ago.group(2)]
    try:
        if named is not None:
            first = today - timedelta(days=named)
            return first, first + timedelta(days=1)
        written = _DATE.fullmatch(value)
        if written is None:
            return None
        year, month, day = (int(part) if part else 0 for part in written.groups())
        first = date(year, month or 1, day or 1)
        if day:
            return first, first + timedelta(days=1)
        if month:
            return first, date(year + month // 12, month % 12 + 1, 1)
        return first, date(year + 1, 1, 1)
    except (ValueError, OverflowError):
        return None


_SIZE = re.compile(r"(\d{1,12})\s*([kmg]?)b?", re.IGNORECASE)


def _size(value: str) -> int | None:
    written = _SIZE.fullmatch(value)
    if written is None:
        return None
    return int(written.group(1)) * {"": 1, "k": 1_000, "m": 1_000_000, "g": 1_000_000_000}[written.group(2).lower()]


_TEXT = {
    "from": Where.FROM,
    "to": Where.TO,
    "cc": Where.CC,
    "subject": Where.SUBJECT,
    "body": Where.BODY,
    "file": Where.FILE,
    "filename": Where.FILE,
    "attachment": Where.FILE,
}

_CONDITIONS: dict[str, Callable[[str, datetime], Query | None]] = {
    "in": _in,
    "folder": _in,
    "is": _is,
    "has": _has,
    "tag": _tag,
    "before": _before,
    "after": _after,
    "since": _after,
    "on": _on,
    "larger": _larger,
    "smaller": _smaller,
}

_OPERATORS = frozenset(_TEXT) | frozenset(_CONDITIONS)

_STATES: dict[str, Query] = {
    "unread": Not(HasFlag(Flags.SEEN)),
    "read": HasFlag(Flags.SEEN),
    "starred": HasFlag(Flags.STARRED),
    "flagged": HasFlag(Flags.STARRED),
    "unstarred": Not(HasFlag(Flags.STARRED)),
    "answered": HasFlag(Flags.ANSWERED),
    "replied": HasFlag(Flags.ANSWERED),
    "unanswered": Not(HasFlag(Flags.ANSWERED)),
    "forwarded": HasFlag(Flags.FORWARDED),
    "only-on-server": HasCopy(Copy.SERVER),
    "here-and-on-server": HasCopy(Copy.BOTH),
    "only-here": HasCopy(Copy.HERE),
    "draft": AnyOf((HasFlag(Flags.DRAFT), InFolder("drafts"))),
    "junk": AnyOf((HasFlag(Flags.JUNK), InFolder("junk"))),
    "spam": AnyOf((HasFlag(Flags.JUNK), InFolder("junk"))),
}
