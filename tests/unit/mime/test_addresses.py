"""Address fields: every known trick of spoofing, and linear time."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopmail.mime import addresses
from tests.cost import least

PLAIN = [
    (b"Ada <ada@x.org>", [("Ada", "ada@x.org")]),
    (b"ada@x.org", [("", "ada@x.org")]),
    (b'"Lovelace, Ada" <ada@x.org>, bob@y.org', [("Lovelace, Ada", "ada@x.org"), ("", "bob@y.org")]),
    (b"=?utf-8?q?=C3=89mile?= <e@x.org>", [("Émile", "e@x.org")]),
    (b'"=?utf-8?q?=C3=89mile?=" <e@x.org>', [("Émile", "e@x.org")]),
    (b"friends: a@x, B <b@y>;, c@z", [("", "a@x"), ("B", "b@y"), ("", "c@z")]),
    (b"undisclosed-recipients:;", []),
    (b"ada@x.org (Ada (the) Lovelace)", [("Ada (the) Lovelace", "ada@x.org")]),
    (b'"a\\"b" <"q q"@x.org>', [('a"b', '"q q"@x.org')]),
    (b"a@x; b@y", [("", "a@x"), ("", "b@y")]),
    (b"root", [("", "root")]),
    (b"Ada M. Lovelace, esq.", [("Ada M. Lovelace", ""), ("", "esq.")]),
    (b"\xe9 <e@x.org>", [("é", "e@x.org")]),
    (b"", []),
    (b" , ,, a@b", [("", "a@b")]),
    (b'"x" "y" <a@b>', [("x y", "a@b")]),
    ("jö <jö@mächine.example>".encode(), [("jö", "jö@mächine.example")]),
]

ODD = [
    (b"<@evil.com,@b.org:user@c.org>", [("", "user@c.org")], "route"),
    (b"<a@x.com\\,v@y.org>", [("", "a@x.com\\,v@y.org")], "several parts"),
    (b"<a@x.com> b@y.com", [("", "a@x.com")], "after the address"),
    (b"a@x.com <b@y.com>", [("a@x.com", "b@y.com")], ""),
    (b"<a@x.com> <b@y.com>", [("", "a@x.com"), ("", "b@y.com")], "without a comma"),
    (b"ada(c)@x.org", [("c", "ada@x.org")], "comment"),
    (b"<ada(c)@x.org>", [("", "ada@x.org")], "comment"),
    (b"boss@bank.com: real@evil.com;", [("", "real@evil.com")], "group name"),
    (b"=?utf-8?b?YUB4LmNvbQ==?=@evil.com", [("", "=?utf-8?b?YUB4LmNvbQ==?=@evil.com")], "encoded word"),
    (b"<=?utf-8?q?a=40x.com=00?=@evil.com>", [("", "=?utf-8?q?a=40x.com=00?=@evil.com")], "encoded word"),
    (b"=?utf-8?b?QWRhIDxhZGFAeC5jb20+?=", [("Ada <ada@x.com>", "")], "encoded word"),
    (b'"unterminated <a@b.org>', [("unterminated", "a@b.org")], ""),
    (b"Ada <ada@x.org", [("Ada", "ada@x.org")], "unclosed"),
    (b"Ada ada@x.org", [("Ada", "ada@x.org")], "without angle brackets"),
    (b"a@x.org b@y.org", [("", "a@x.org"), ("", "b@y.org")], "without angle brackets"),
    (b"A\x00dmin <a@\x00x>", [("A\ufffddmin", "a@\ufffdx")], ""),
    (b"=?utf-8?q?Ada=0Aline?= <a@x>", [("Ada line", "a@x")], ""),
    (b"=?utf-8?b?4oCuYWRh?= <a@x>", [("\ufffdada", "a@x")], "control"),
]


@pytest.mark.parametrize(("raw", "expected"), PLAIN)
def test_plain_fields(raw: bytes, expected: list[tuple[str, str]]) -> None:
    found = addresses.parse_list(raw)
    assert [(one.name, one.address) for one in found.addresses] == expected


@pytest.mark.parametrize(("raw", "expected", "oddity"), ODD)
def test_odd_fields_show_what_a_reply_would_use(raw: bytes, expected: list[tuple[str, str]], oddity: str) -> None:
    # S04 S05 S06
    found = addresses.parse_list(raw)
    assert [(one.name, one.address) for one in found.addresses] == expected
    assert oddity in "; ".join(found.oddities)


FRAGMENTS = st.sampled_from(
    [
        b'"',
        b"<",
        b">",
        b"(",
        b")",
        b",",
        b";",
        b":",
        b"\\",
        b"@",
        b" ",
        b"a",
        b"b.org",
        b"=?utf-8?q?x?=",
        b"\0",
        b"\xff",
    ]
)


@given(st.lists(FRAGMENTS, max_size=30).map(b"".join))
def test_any_field_parses(raw: bytes) -> None:  # S18
    found = addresses.parse_list(raw)
    assert addresses.parse(raw) == found.addresses
    for one in found.addresses:
        assert "\0" not in one.name + one.address
        assert not set(one.address) & set("\r\n")


PLAIN = [b"Ada", b" ", b'"', b"<a@b.org>", b",", b"c@d.org", b".", b"-", b"=", b"=?", b"?="]
ENCODED = [b"=?utf-8?q?Zo=C3=AB?=", b"=?utf-8?b?w6k=?=", b"=?utf-8?q?=E2=80=AE?=", b"=?utf-8?q?=3Cx=40y=3E?="]


@given(st.lists(st.sampled_from([*PLAIN, *ENCODED]), max_size=12).map(b"".join))
def test_short_cut_agrees_with_the_full_parser(raw: bytes) -> None:
    quick = addresses._simple(raw)
    if quick is not None:
        full = addresses._Parser(raw.decode()).result()
        assert not full.oddities
        assert [(one.name.strip(), one.address) for one in full.addresses] == [(one.name, one.address) for one in quick]


HOSTILE = [
    *(unit * 100_000 for unit in (b"<", b">", b'"', b'"\\', b"(", b"()", b"<a>", b'"a" ', b'<"', b"a,", b"(\\", b"<,")),
    *(unit * 100_000 for unit in (b"a@b(c) ", b"a@ ", b"\\", b"=?utf-8?q?a?= ", b" \t", b"a:", b'<"<', b"@", b". ")),
]


@pytest.mark.parametrize("raw", HOSTILE, ids=lambda raw: repr(raw[:6]))
def test_hostile_fields_take_linear_time(raw: bytes) -> None:  # P15
    assert least(lambda: addresses.parse_list(b"x" + raw + b"y"), 1.5) < 1.5


def test_twenty_thousand_addresses() -> None:  # P15
    def cost(count: int) -> float:
        raw = b", ".join(b'"P\xc3\xa9rson %d" <p%d@example.org>' % (n, n) for n in range(count))
        best = 9.0
        for _ in range(3):
            began = time.process_time()
            assert len(addresses.parse_list(raw).addresses) == count
            best = min(best, time.process_time() - began)
        return best

    small, large = cost(5_000), cost(20_000)
    assert large < 1.0
    assert large / small < 7.0
