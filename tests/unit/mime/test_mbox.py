"""Mailbox files and single files: what goes in comes out."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopmail.domain.errors import NotFound, StoreFailed
from desktopmail.formats import eml, mbox

LINES = st.sampled_from(
    [b"From ada@x.org\n", b">From \n", b"From \n", b"\n", b"text\n", b">>From x\n", b"From: a@b\n", b"\xff\0\n"]
)


def written(messages: list[bytes]) -> io.BytesIO:
    stream = io.BytesIO()
    for raw in messages:
        mbox.write(stream, raw, sender="ada@example.org", date=1_700_000_000)
    stream.seek(0)
    return stream


@given(st.lists(st.lists(LINES, min_size=1, max_size=8).map(b"".join), max_size=5))
def test_messages_come_back_as_they_were(messages: list[bytes]) -> None:
    assert list(mbox.read(written(messages))) == messages


def test_line_ends_become_line_feeds_and_the_last_is_added() -> None:
    assert list(mbox.read(written([b"Subject: s\r\n\r\nhello"]))) == [b"Subject: s\n\nhello\n"]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        (b"", 0),
        (b"\n\n", 0),
        (
            b"From a@b Tue Mar 12 09:30 2024\nSubject: 1\n\nx\n\nFrom a@b Tue Mar 12 09:30 2024\nSubject: 2\n\ny\n",
            2,
        ),
        (
            b"From - Mon Jun  3 12:50:27 1996\nSubject: one\n\nx\nFrom - Mon Jun  3 12:50:27 1996\nSubject: two\n\ny\n",
            2,
        ),
        (b"From a@b\nSubject: one\n\nThe words\n\nFrom Russia with love\n\nFrom c@d\nSubject: two\n\ny\n", 2),
        (b"Subject: no separator\n\nx\n", 1),
        (
            b"From a@b Tue Mar 12 09:30 2024\r\nSubject: 1\r\n\r\nx\r\n\r\nFrom a@b Tue Mar 12 09:30 2024\r\n\r\ny\r\n",
            2,
        ),
    ],
)
def test_relatives_of_the_format(text: bytes, count: int) -> None:
    assert len(list(mbox.read(io.BytesIO(text)))) == count


def test_single_files(tmp_path: Path) -> None:
    place = tmp_path / eml.file_name("Lunch / on\r\nFriday", 12)
    assert place.name == "000012 on_ Friday.eml" or place.parent == tmp_path
    eml.write(place, b"\xff\0raw")
    assert eml.read(place) == b"\xff\0raw"
    with pytest.raises(StoreFailed):
        eml.write(place, b"again")
    with pytest.raises(NotFound):
        eml.read(tmp_path / "nothing.eml")
