"""Header blocks: whole and damaged, quick and full, and that both readings agree."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopmail.domain.address import Address
from desktopmail.mime import headers, params
from desktopmail.mime.headers import Headers, quick
from tests.cost import least

WHOLE = (
    b"Date: Tue, 12 Mar 2024 09:30:00 +0100\r\n"
    b'From: "Lovelace, Ada" <ada@example.org>\r\n'
    b"To: bob@example.net, Carol <carol@example.com>\r\n"
    b"Cc: friends: dan@example.net;\r\n"
    b"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?= and\r\n more\r\n"
    b"Message-ID: <1@example.org>\r\n"
    b"References: <a@x> <b@x>\r\n"
    b"In-Reply-To: <b@x>\r\n"
    b"List-Id: People <People.example.org>\r\n"
    b"Content-Type: multipart/mixed; boundary=b\r\n\r\nbody"
)

DAMAGED = {
    "mbox line": b"From ada@example.org Tue Mar 12 09:30:00 2024\r\nFrom: a@b.org\r\nSubject: s\r\n\r\nbody",
    "byte order mark": b"\xef\xbb\xbfFrom: a@b.org\r\nSubject: s\r\n\r\nbody",
    "empty line first": b"\r\nFrom: a@b.org\r\nSubject: s\r\n\r\nbody",
    "space first": b" From: a@b.org\r\nSubject: s\r\n\r\nbody",
    "space before colon": b"From : a@b.org\r\nSubject\t: s\r\n\r\nbody",
    "folded after name": b"From\r\n : a@b.org\r\nSubject: s\r\n\r\nbody",
    "folded name": b"Fr\r\n om: a@b.org\r\nSubject: s\r\n\r\nbody",
    "junk line": b"From: a@b.org\r\nno field at all\r\nSubject: s\r\n\r\nbody",
    "junk first": b"\x00\x01junk\r\nFrom: a@b.org\r\nSubject: s\r\n\r\nbody",
    "1 MB of junk": b"x" * 1_000_000 + b"\r\nFrom: a@b.org\r\nSubject: s\r\n\r\nbody",
    "junk with an empty line": b"junk\r\n\r\nmore\r\nFrom: a@b.org\r\nSubject: s\r\n\r\nbody",
    "bare line feeds": b"From: a@b.org\nSubject: s\n\nbody",
    "carriage returns": b"From: a@b.org\rSubject: s\r\rbody",
}


@pytest.mark.parametrize("raw", DAMAGED.values(), ids=DAMAGED.keys())
def test_later_fields_are_found_behind_damage(raw: bytes) -> None:  # P04 S02
    found = Headers.read(raw)
    assert found.people("from") == (Address("", "a@b.org"),)
    assert found.text("subject") == "s"
    assert raw[found.end :] == b"body"
    row = quick(raw)
    assert (row.sender, row.subject) == (found.people("from"), "s")


@pytest.mark.parametrize("kind", ["byte order mark", "space first", "folded name", "junk line", "space before colon"])
def test_damage_is_reported(kind: str) -> None:
    assert Headers.read(DAMAGED[kind]).damaged


def test_whole_block_is_not_damaged() -> None:
    assert not Headers.read(WHOLE).damaged


def test_quick_reads_everything_a_row_needs() -> None:
    row = quick(WHOLE)
    assert row.date == 1710232200
    assert row.sender == (Address("Lovelace, Ada", "ada@example.org"),)
    assert row.to == (Address("", "bob@example.net"), Address("Carol", "carol@example.com"))
    assert row.cc == (Address("", "dan@example.net"),)
    assert row.subject == "Grüße and more"
    assert row.message_id == "<1@example.org>"
    assert row.references == ("<a@x>", "<b@x>")
    assert row.list_id == "people.example.org"
    assert row.attachments == 1


def test_body_without_empty_line_is_not_taken_for_fields() -> None:
    raw = b"Subject: s\nThis is the text\nand more\n\nlast: line"
    found = Headers.read(raw)
    assert raw[found.end :].startswith(b"This is the text")


def test_text_without_header_is_all_body() -> None:
    assert Headers.read(b"just words\nand more").end == 0


def test_duplicates_stay_visible_whatever_their_case() -> None:  # S01 S02
    found = Headers.read(b"From: a@x\r\nFROM: b@x\r\n\r\n")
    assert [field.name for field in found] == ["From", "FROM"]
    assert [one.address for one in found.people("from")] == ["a@x", "b@x"]
    assert quick(b"From: a@x\r\nFROM: b@x\r\n\r\n").sender == found.people("from")


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"<a@b>", "<a@b>"),
        (b"  <a@b> (comment)", "<a@b>"),
        (b"a@b", "<a@b>"),
        (b"", ""),
        (b"<>", ""),
        (b"\xff\x00", "<ÿ\ufffd>"),
    ],
)
def test_message_ids(raw: bytes, expected: str) -> None:
    assert headers.message_id(raw) == expected


def test_references_keep_the_root_and_the_newest() -> None:
    found = headers.message_ids(b" ".join(b"<%d@x>" % number for number in range(1_000)))
    assert len(found) == 100
    assert (found[0], found[-1]) == ("<0@x>", "<999@x>")


def test_in_reply_to_completes_references() -> None:
    assert headers.ancestors(b"<a@x>", b"<b@x> from Ada") == ("<a@x>", "<b@x>")
    assert headers.ancestors(b"", b"Ada's message of <c@x>") == ("<c@x>",)


@given(st.binary(max_size=400))
def test_any_bytes_are_a_header(raw: bytes) -> None:  # P03
    row = quick(raw)
    found = Headers.read(raw)
    assert row.sender == found.people("from")
    assert row.subject == found.text("subject")
    assert row.message_id == found.message_id
    for text in (row.subject, row.message_id, row.list_id, *(one.name + one.address for one in row.sender)):
        assert text.isascii() or not any(letter == "\0" or "\ud800" <= letter <= "\udfff" for letter in text)
        text.encode("utf-8")


ODD = st.binary(max_size=60).map(lambda value: value.replace(b"\n", b" ").replace(b"\r", b" "))


@given(st.lists(st.tuples(st.sampled_from([b"From", b"Sender", b"Reply-To", b"from", b"To"]), ODD), max_size=6))
def test_list_and_header_show_the_same_addresses(fields: list[tuple[bytes, bytes]]) -> None:  # S18
    raw = b"".join(name + b": " + value + b"\r\n" for name, value in fields) + b"\r\n"
    found = Headers.read(raw)
    row = quick(raw)
    assert (row.sender, row.to) == (found.people("from"), found.people("to"))


def test_a_million_headers_do_not_take_long() -> None:  # P13
    raw = b"".join(b"X-%d: y\r\n" % number for number in range(1_000_000)) + b"\r\nx"
    assert least(lambda: (quick(raw), Headers.read(raw)), 2) < 2


def test_a_typical_row_is_cheap() -> None:
    raw = WHOLE.replace(b"=?utf-8?q?Gr=C3=BC=C3=9Fe?= and\r\n more", b"Greetings")
    quick(raw)
    began = time.process_time()
    for _ in range(2_000):
        quick(raw)
    assert (time.process_time() - began) / 2_000 < 60e-6


_PIECES = (
    b"A: b",
    b"Content-Type: text/plain",
    b" folded",
    b"\r\n",
    b"\n",
    b"\r",
    b"no field",
    b":",
    b"x" * 150,
    b"\0",
)


@given(
    st.lists(st.sampled_from(_PIECES), max_size=12).map(b"".join), st.sampled_from((b"", b"\n", b"--b\r\n", b"--b\n"))
)
def test_a_part_is_read_the_same_wherever_its_header_was_seen_before(block: bytes, before: bytes) -> None:
    for raw in (before + block, before + block + b"\r\n\r\ntext", before + block + b"\n\nmore text"):
        for _ in range(2):
            found = Headers.of_part(raw, len(before), len(raw))
            plain = Headers.read(raw, len(before), len(raw))
            assert (list(found), found.end, found.damaged) == (list(plain), plain.end, plain.damaged)
            assert found.value("content-type").value == params.parse(plain.raw("content-type")).value
