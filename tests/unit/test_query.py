"""The search language: tables of what is typed and what is meant, and proof that nothing typed is an error."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopmail.domain.message import Flags
from desktopmail.domain.query import (
    NOTHING,
    AllOf,
    AnyOf,
    Dated,
    HasAttachment,
    HasFlag,
    HasTag,
    InFolder,
    Not,
    Query,
    Sized,
    Where,
    Words,
    parse,
    terms,
)

NOW = datetime(2026, 11, 25, 15, 30, tzinfo=UTC)


def at(year: int, month: int, day: int) -> int:
    return int(datetime(year, month, day, tzinfo=UTC).timestamp())


def word(text: str, where: Where = Where.ANYWHERE, exact: bool = False) -> Words:
    return Words(where, text, exact)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("", NOTHING),
        ("   ", NOTHING),
        ('""', NOTHING),
        ("- ! &", NOTHING),
        ("budget", word("budget")),
        ("budg*", word("budg")),
        ("budget plan", AllOf((word("budget"), word("plan")))),
        ('"budget plan"', word("budget plan", exact=True)),
        ('"budget pl*"', word("budget pl")),
        ('"never closed', word("never closed", exact=True)),
        ("“curly quotes”", word("curly quotes", exact=True)),
        ("ada@example.org", word("ada@example.org")),
        ("from:ada", word("ada", Where.FROM)),
        ("FROM:Ada", word("Ada", Where.FROM)),
        ('from:"Ada Lovelace"', word("Ada Lovelace", Where.FROM, exact=True)),
        ("to:bob cc:eve", AllOf((word("bob", Where.TO), word("eve", Where.CC)))),
        ("subject:invoice", word("invoice", Where.SUBJECT)),
        ("file:report.pdf", word("report.pdf", Where.FILE)),
        ("in:Inbox", InFolder("Inbox")),
        ('in:"Work/Old stuff"', InFolder("Work/Old stuff")),
        ("is:unread", Not(HasFlag(Flags.SEEN))),
        ("is:read", HasFlag(Flags.SEEN)),
        ("is:starred", HasFlag(Flags.STARRED)),
        ("is:answered", HasFlag(Flags.ANSWERED)),
        ("is:draft", AnyOf((HasFlag(Flags.DRAFT), InFolder("drafts")))),
        ("is:junk", AnyOf((HasFlag(Flags.JUNK), InFolder("junk")))),
        ("-is:starred", Not(HasFlag(Flags.STARRED))),
        ("has:attachment", HasAttachment()),
        ("tag:work", HasTag("work")),
        ("before:2026-11-25", Dated(until=at(2026, 11, 25))),
        ("after:2026-11-25", Dated(since=at(2026, 11, 25))),
        ("after:2026-11", Dated(since=at(2026, 11, 1))),
        ("before:2026", Dated(until=at(2026, 1, 1))),
        ("after:today", Dated(since=at(2026, 11, 25))),
        ("before:yesterday", Dated(until=at(2026, 11, 24))),
        ("after:7d", Dated(since=at(2026, 11, 18))),
        ("after:2w", Dated(since=at(2026, 11, 11))),
        ("on:2026-12", Dated(at(2026, 12, 1), at(2027, 1, 1))),
        ("on:2026", Dated(at(2026, 1, 1), at(2027, 1, 1))),
        ("on:yesterday", Dated(at(2026, 11, 24), at(2026, 11, 25))),
        ("larger:5M", Sized(least=5_000_000)),
        ("smaller:20kb", Sized(most=20_000)),
        ("-spam", Not(word("spam"))),
        ('-"two words"', Not(word("two words", exact=True))),
        ("a OR b", AnyOf((word("a"), word("b")))),
        ("a OR b OR c", AnyOf((word("a"), word("b"), word("c")))),
        ("a OR b c", AllOf((AnyOf((word("a"), word("b"))), word("c")))),
        ("a or b", AllOf((word("a"), word("or"), word("b")))),
        ("OR a", word("a")),
        ("a OR", word("a")),
        ("(a b) OR c", AnyOf((AllOf((word("a"), word("b"))), word("c")))),
        ("-(a OR b)", Not(AnyOf((word("a"), word("b"))))),
        ("(a", word("a")),
        ("a)", word("a)")),
        ("f(x)", word("f(x)")),
        ("(f(x))", word("f(x)")),
        ("from:", NOTHING),
        ("budget from:", word("budget")),
    ],
)
def test_meaning(typed: str, meant: Query) -> None:
    assert parse(typed, NOW) == meant


@pytest.mark.parametrize(
    "typed",
    ["foo:bar", "is:purple", "has:wings", "before:soon", "after:2026-13", "after:2026-02-30", "larger:big", "on:0000"],
)
def test_unknown_operators_are_plain_words(typed: str) -> None:
    found = parse(typed, NOW)
    assert isinstance(found, Words)
    assert (found.where, found.text) == (Where.ANYWHERE, typed)


def test_marks_what_was_asked_for_only() -> None:
    assert terms(parse('budget "two words" -spam from:ada in:inbox (x OR budget)', NOW)) == (
        "budget",
        "two words",
        "ada",
        "x",
    )


def test_a_pasted_letter_stays_within_limits() -> None:
    found = parse("word " * 50_000, NOW)
    assert isinstance(found, AllOf)
    assert len(found.of) <= 64


@given(st.text(alphabet='ab "()-:ORfromisinbeforeafter0123456789*“”\t é漢🎉|', max_size=80))
def test_nothing_typed_is_an_error(typed: str) -> None:
    parse(typed, NOW)


@given(st.text())
def test_nothing_at_all_is_an_error(typed: str) -> None:
    terms(parse(typed, NOW))


@given(st.sampled_from(["before", "after", "on"]), st.text(alphabet="0123456789-/.dwmy", max_size=12))
def test_dates_never_fail(operator: str, typed: str) -> None:
    parse(f"{operator}:{typed}", NOW)
    parse(f"{operator}:{typed}", NOW.replace(tzinfo=None))
