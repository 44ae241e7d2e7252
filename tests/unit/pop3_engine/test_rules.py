"""What may be removed from a POP3 server and when; what is said about it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopmail.domain.account import Keep, Leave
from desktopmail.domain.ids import MessageId
from desktopmail.engine.pop3.outlook import what_would_go
from desktopmail.engine.pop3.rules import DAY, decision, due, pieces, renamed, stored_before, too_big
from desktopmail.store.ledger_rows import Entry

NOW = 20_000 * DAY
FOREVER, DAYS, UNTIL, NO = Leave(), Leave(Keep.DAYS, 14), Leave(Keep.UNTIL_DELETED), Leave(Keep.NO)
HERE = Entry("u", MessageId(1), 10, b"sha", stored_at=NOW - 20 * DAY)
YOUNG = HERE._replace(stored_at=NOW - 3 * DAY)
TOP = HERE._replace(partly=True, sha=b"")
REMOVED = HERE._replace(removed=True)
RULES = (FOREVER, DAYS, UNTIL, NO)


@pytest.mark.parametrize(
    ("entry", "goes"),
    [
        (HERE, (None, "rule", None, "rule")),
        (YOUNG, (None, None, None, "rule")),
        (HERE._replace(stored_at=NOW - 14 * DAY), (None, "rule", None, "rule")),
        (HERE._replace(stored_at=NOW - 14 * DAY + 1, first_seen=NOW - 20 * DAY), (None, None, None, "rule")),
        (TOP, (None, None, None, None)),
        (REMOVED, (None, "rule", "rule", "rule")),
        (REMOVED._replace(elsewhere=True), (None, "rule", None, "rule")),
        (REMOVED._replace(settled=False), (None, "rule", None, "rule")),
        (TOP._replace(removed=True), (None, None, "rule", None)),
        (HERE._replace(ignored=True), (None, None, None, None)),
        (HERE._replace(ignored=True, wanted_gone=True), ("person",) * 4),
        (YOUNG._replace(wanted_gone=True), ("person",) * 4),
        (HERE._replace(stored_at=0, wanted_gone=True), (None,) * 4),
        (HERE._replace(gone_at=5, wanted_gone=True), (None,) * 4),
        (HERE._replace(dele_confirmed=5), (None,) * 4),
    ],
)
def test_who_has_a_message_removed(entry: Entry, goes: tuple[str | None, ...]) -> None:
    assert tuple(decision(entry, rule, NOW) for rule in RULES) == goes


FLAG = st.booleans()
ENTRIES = st.builds(
    Entry,
    uidl=st.just("u"),
    stored_at=st.sampled_from([0, NOW - 20 * DAY, NOW - DAY, NOW]),
    partly=FLAG,
    wanted_gone=FLAG,
    gone_at=st.sampled_from([0, 9]),
    dele_confirmed=st.sampled_from([0, 9]),
    ignored=FLAG,
    removed=FLAG,
    settled=FLAG,
    elsewhere=FLAG,
)


@given(ENTRIES, st.sampled_from(RULES))
def test_nothing_goes_that_is_not_stored_or_not_among_the_candidates(entry: Entry, rule: Leave) -> None:
    if decision(entry, rule, NOW) is None:
        return
    assert entry.stored_at and entry.on_server
    assert entry.wanted_gone or (rule.keep is not Keep.FOREVER and not entry.ignored)
    assert entry.wanted_gone or entry.stored_at <= stored_before(rule, NOW)
    assert not entry.partly or entry.wanted_gone or entry.removed


@pytest.mark.parametrize(("rule", "until"), [*zip(RULES, (-1, NOW - 14 * DAY, NOW, NOW), strict=True)])
def test_what_is_old_enough_to_be_looked_at(rule: Leave, until: int) -> None:
    assert stored_before(rule, NOW) == until


def test_only_what_the_server_lists_in_this_session_goes() -> None:
    entries = [HERE._replace(uidl=name) for name in ("a", "b")]
    assert due(entries, NO, NOW, {"b", "c"}) == {"b": "rule"}
    assert due(entries, FOREVER, NOW, {"a", "b"}) == {}


@pytest.mark.parametrize(
    ("known", "listed", "alike"),
    [
        ({"a": 1, "b": 2, "c": 3}, {"x": 1, "y": 2, "z": 3}, 3),
        ({"a": 1, "b": 2, "c": 3}, {"x": 1, "y": 2, "z": 3, "new": 77}, 3),
        ({"a": 1, "b": 2, "c": 3}, {"a": 1, "b": 2, "c": 3, "new": 4}, 0),
        ({"a": 1, "b": 2}, {"x": 1, "y": 2}, 0),
        ({"a": 1, "b": 2, "c": 3}, {}, 0),
        ({"a": 1, "b": 2, "c": 3}, {"x": 11, "y": 12, "z": 13}, 0),
        ({str(number): number for number in range(100)}, {str(number): number for number in range(60)}, 0),
        ({f"{n}": n for n in range(100)}, {f"x{n}": n for n in range(80)}, 80),
        ({f"{n}": n for n in range(100)}, {f"{n}" if n >= 40 else f"x{n}": n for n in range(100)}, 0),
        ({f"{n}": n for n in range(100)}, {f"{n}" if n >= 50 else f"x{n}": n for n in range(100)}, 50),
    ],
)
def test_a_server_that_renamed_its_messages_is_recognised(
    known: dict[str, int], listed: dict[str, int], alike: int
) -> None:
    assert renamed(known, listed) == alike


def test_big_messages_bring_their_top_unless_the_server_keeps_nothing() -> None:
    assert not too_big(10_000, 0, None)
    assert not too_big(10_000, 10_000, None)
    assert too_big(10_001, 10_000, None) and too_big(10_001, 10_000, 30)
    assert not too_big(10_001, 10_000, 0)


@given(st.lists(st.integers(0, 12_000_000), max_size=600))
def test_pieces_are_bounded_and_complete(sizes: list[int]) -> None:
    by_number = dict(enumerate(sizes, 1))
    numbers = list(reversed(by_number))
    groups = list(pieces(numbers, by_number))
    assert [number for group in groups for number in group] == numbers
    for group in groups:
        assert len(group) <= 250
        assert len(group) == 1 or sum(by_number[number] for number in group) <= 8_000_000


def test_the_outlook_counts_and_says_it() -> None:
    rows = [HERE, HERE._replace(stored_at=NOW - 15 * DAY), YOUNG, TOP, HERE._replace(gone_at=1)]
    seen = what_would_go(rows, DAYS, NOW)
    assert (seen.count, seen.oldest, seen.next_at, seen.kept) == (2, NOW - 20 * DAY, NOW + 11 * DAY, 2)
    assert seen.words == (
        "2 messages that came here 14 days ago or earlier would be removed from the server at the next visit. 1 large"
        " message stays there, because only the beginning is here."
    )
    in_force = what_would_go(rows, DAYS, NOW, in_force=True).words
    assert in_force.startswith("2 messages that came here 14 days ago or earlier will be removed")
    assert what_would_go([YOUNG], DAYS, NOW).words.endswith("the first message would go in 11 days.")
    assert what_would_go([], DAYS, NOW).words.endswith("new mail would go 14 days after it came here.")
    assert what_would_go(rows, FOREVER, NOW).words == "Nothing is removed from the server."
    assert what_would_go(rows, NO, NOW).count == 3
    assert "because you removed it here" in what_would_go([REMOVED], UNTIL, NOW).words
    assert what_would_go([HERE._replace(wanted_gone=True)], FOREVER, NOW).count == 1
    assert "kept 1 message although" in what_would_go([HERE._replace(ignored=True)], NO, NOW).words
