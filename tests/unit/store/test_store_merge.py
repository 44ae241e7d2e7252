"""The three-way merge of flags, as a table and as rules."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktopmail.domain.merge import merge_bits, merge_flags, merge_tags
from desktopmail.domain.message import Flags

NO, YES = Flags.NONE, Flags.STARRED
FLAGS = st.integers(0, 63).map(Flags)
TAGS = st.frozensets(st.sampled_from(["a", "b", "c"]))


@pytest.mark.parametrize(
    ("base", "here", "server", "merged"),
    [
        (NO, NO, NO, NO),
        (NO, NO, YES, YES),
        (NO, YES, NO, YES),
        (NO, YES, YES, YES),
        (YES, NO, NO, NO),
        (YES, NO, YES, NO),
        (YES, YES, NO, NO),
        (YES, YES, YES, YES),
    ],
)
def test_each_flag_by_itself(base: Flags, here: Flags, server: Flags, merged: Flags) -> None:
    assert merge_flags(base, here, server) == merged
    assert merge_tags(*(frozenset({"x"} if one else ()) for one in (base, here, server))) == (
        {"x"} if merged else frozenset()
    )


@settings(database=None)
@given(FLAGS, FLAGS, FLAGS)
def test_rules_of_merging(base: Flags, here: Flags, server: Flags) -> None:
    merged = merge_flags(base, here, server)
    assert merged == merge_flags(base, server, here), "the sides are equal"
    assert merge_flags(base, base, server) == server, "nothing changed here: the server's flags"
    assert merge_flags(base, here, base) == here, "nothing changed there: ours"
    assert merge_flags(server, merged, server) == merged, "merged again after the server was seen: no change"
    for flag in Flags:
        if (flag in here) == (flag in server):
            assert (flag in merged) == (flag in here), "where both agree, that is it"
    assert merge_bits(base.value, here.value, server.value) == merged.value


@settings(database=None)
@given(TAGS, TAGS, TAGS)
def test_tags_follow_the_same_rules(base: frozenset[str], here: frozenset[str], server: frozenset[str]) -> None:
    def bits(tags: frozenset[str]) -> int:
        return sum(1 << "abc".index(one) for one in tags)

    assert bits(merge_tags(base, here, server)) == merge_bits(bits(base), bits(here), bits(server))
