"""mailto: links and wishes of further starts: values with a fixed shape, whatever a stranger writes."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as some

from desktopmail.domain.mailto import LONGEST_BODY, LONGEST_SUBJECT, MOST_PEOPLE, Mailto, parse
from desktopmail.domain.wish import MOST_BYTES, Asked, Wish, decode


def people(found: tuple[object, ...]) -> list[str]:
    return [each.address for each in found]  # type: ignore[attr-defined]


def test_everything_a_link_may_ask_for() -> None:
    """RFC 6068 section 6.1 and around."""
    found = parse(
        "mailto:addr1@an.example,addr2@an.example?to=addr3@an.example&cc=bob@x.example&bcc=eve@x.example"
        "&subject=%C3%BCber%20+1&body=first%0D%0Asecond&In-Reply-To=%3C3469A91.D10AF4C@example.com%3E"
    )
    assert people(found.to) == ["addr1@an.example", "addr2@an.example", "addr3@an.example"]
    assert (people(found.cc), people(found.bcc)) == (["bob@x.example"], ["eve@x.example"])
    assert found.subject == "über +1"
    assert found.body == "first\nsecond"
    assert found.in_reply_to == "<3469A91.D10AF4C@example.com>"


@pytest.mark.parametrize(
    "name", ["attach", "attachment", "insert", "X-Attach", "ATTACH", "from", "reply-to", "%61ttach"]
)
def test_a_link_names_no_file_and_no_sender(name: str) -> None:
    """C49: nothing but its six fields is taken over."""
    assert parse(f"mailto:a@example.org?{name}=/etc/passwd&subject=Hi") == parse("mailto:a@example.org?subject=Hi")


@pytest.mark.parametrize("field", ["to", "cc", "bcc", "subject", "in-reply-to"])
@pytest.mark.parametrize("end", ["%0D%0A", "%0A", "%0d", "%00", "%E2%80%A8", "%C2%85", "\r\n", "\0"])
def test_no_field_ends_its_header(field: str, end: str) -> None:
    """C49: CR, LF, NUL and their relatives reach no header, and make no second one."""
    found = parse(f"mailto:x@example.org?{field}=a@example.org{end}Bcc:%20eve@example.org&subject=Hi")
    texts = [found.subject, found.in_reply_to, *(each.address for each in (*found.to, *found.cc, *found.bcc))]
    assert not any(sign in text for text in texts for sign in "\r\n\0\u2028\x85")
    assert "eve@example.org" not in people((*found.to, *found.cc, *found.bcc))


def test_the_first_of_a_field_counts_and_every_mailbox_once() -> None:
    """C49: one header per field."""
    found = parse("mailto:a@example.org?subject=one&subject=two&body=x&body=y&to=A@example.org&cc=a@EXAMPLE.org")
    assert (found.subject, found.body, people(found.to), found.cc) == ("one", "x", ["a@example.org"], ())


def test_long_links_are_cut() -> None:
    """C49: a body of 1 MB, a subject of 1 MB, 100,000 people."""
    assert len(parse("mailto:?body=" + "x" * 1_000_000).body) <= LONGEST_BODY
    assert len(parse("mailto:?subject=" + "x" * 1_000_000).subject) <= LONGEST_SUBJECT
    assert len(parse("mailto:" + ",".join(f"a{n}@example.org" for n in range(20_000))).to) == MOST_PEOPLE
    assert parse("mailto:" + '",' * 100_000) == Mailto()


@pytest.mark.parametrize(
    "odd",
    ["%22Ada, Countess%22 %3Cada@example.org%3E", "%3Cada@example.org%3E", " ada@example.org ", "ada%40example.org"],
)
def test_names_are_left_out(odd: str) -> None:
    """A stranger's link does not say what an address is called."""
    assert people(parse(f"mailto:{odd}").to) == ["ada@example.org"]


@pytest.mark.parametrize("odd", ["", "nobody", "a@b@c", "a b@c.d", "a@b%E2%80%AEcom", "-@", "@x", "%FF@%FE@x"])
def test_what_is_no_address_is_left_out(odd: str) -> None:
    assert parse(f"mailto:{odd}").to == ()


@given(some.text())
def test_any_text_is_read(text: str) -> None:
    """Never an error, and never a line in a header."""
    found = parse(f"mailto:{text}")
    assert "\n" not in found.subject
    assert "\r" not in found.body


@pytest.mark.parametrize(
    "wish",
    [
        Wish(),
        Wish(Asked.COMPOSE),
        Wish(Asked.QUIT),
        Wish(Asked.CHECK, token="gnome-shell/x-1_TIME42"),
        Wish(Asked.OPEN, "mailto:a@example.org?subject=Hi"),
        Wish(Asked.OPEN, "/home/ada/--profile=x.eml"),
        Wish(Asked.OPEN, "/home/ada/h\udcf6r.eml"),
        Wish(Asked.OPEN, r"C:\Users\Ada\a.eml"),
    ],
)
def test_a_wish_arrives_as_it_was(wish: Wish) -> None:
    assert decode(wish.encode()) == wish


def test_a_token_of_a_strange_kind_is_left_behind() -> None:
    assert decode(Wish(token="x\ny").encode()) == Wish()


@pytest.mark.parametrize(
    "odd",
    [
        {}, [], "show", None, 1, {"show": False}, {"show": 1}, {"show": "yes"}, {"quit": False}, {"leave": True},
        {"open": True},
        {"open": ""}, {"open": "--profile=/tmp"}, {"open": "relative.eml"}, {"open": "http://example.org/"},
        {"open": "file:///etc/passwd"}, {"open": "/a\0b"}, {"open": "/a\ud800"}, {"open": ["/a"]},
        {"show": True, "open": "/a"}, {"show": True, "token": 5}, {"show": True, "token": "a b"},
        {"show": True, "token": "x" * 500}, {"show": True, "profile": "/tmp"}, {"token": "abc"},
    ],
)  # fmt: skip
def test_anything_else_is_refused(odd: object) -> None:
    """Arguments are data, never options (D38)."""
    with pytest.raises(ValueError):
        decode(json.dumps(odd).encode())


@pytest.mark.parametrize("odd", [b"", b"\xff\xfe", b"{", b"[" * 60_000, b'{"show": true}' + b" " * MOST_BYTES])
def test_what_is_no_document_is_refused(odd: bytes) -> None:
    with pytest.raises(ValueError):
        decode(odd)
