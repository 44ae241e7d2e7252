"""Mailbox files and single files: what goes in comes out."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopmail.domain.errors import DiskFull, NotFound
from desktopmail.domain.message import Flags
from desktopmail.formats import eml, maildir, mbox

LINES = st.sampled_from(
    [b"From ada@x.org\n", b">From \n", b"From \n", b"\n", b"text\n", b">>From x\n", b"From: a@b\n", b"\xff\0\n"]
)


def written(messages: list[bytes], cut: int = 1 << 20) -> io.BytesIO:
    stream = io.BytesIO()
    for raw in messages:
        writing = mbox.Writing(stream, Path("a.mbox"), sender="ada@example.org", date=1_700_000_000)
        for start in range(0, len(raw), cut):
            writing.add(raw[start : start + cut])
        assert writing.finish()
    stream.seek(0)
    return stream


@given(st.lists(st.lists(LINES, min_size=1, max_size=8).map(b"".join), max_size=5), st.integers(1, 30))
def test_messages_come_back_as_they_were(messages: list[bytes], cut: int) -> None:
    assert list(mbox.read(written(messages, cut))) == messages
    as_sent = [raw.replace(b"\n", b"\r\n") for raw in messages]
    assert written(as_sent, cut).getvalue() == written(messages).getvalue()


def test_a_message_that_is_broken_off_leaves_the_others() -> None:
    stream = written([b"Subject: kept\n\nFrom me\n"])
    before = stream.getvalue()
    stream.seek(0, io.SEEK_END)
    writing = mbox.Writing(stream, Path("a.mbox"))
    writing.add(b"Subject: half\r\n")
    writing.discard()
    assert stream.getvalue() == before


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


def put(place: Path, raw: bytes) -> bool:
    writing = eml.Writing(place)
    writing.add(raw)
    return writing.finish()


def test_single_files(tmp_path: Path) -> None:
    """Nothing is written over: the same is there already, and something else gets a second name."""
    place = tmp_path / eml.file_name("Lunch / on\r\nFriday", 12)
    assert place.parent == tmp_path
    assert put(place, b"\xff\0raw")
    assert eml.read(place) == b"\xff\0raw"
    assert not put(place, b"\xff\0raw")
    assert put(place, b"\xff\0war") and not put(place, b"\xff\0war")
    assert sorted(each.read_bytes() for each in tmp_path.iterdir()) == [b"\xff\0raw", b"\xff\0war"]
    with pytest.raises(NotFound):
        eml.read(tmp_path / "nothing.eml")


@pytest.mark.parametrize("kind", ["eml", "maildir"])
def test_a_file_that_is_broken_off_is_removed(tmp_path: Path, kind: str) -> None:
    maildir.create(tmp_path)
    writing = eml.Writing(tmp_path / "a.eml") if kind == "eml" else maildir.Writing(tmp_path, "1.2.x", Flags.SEEN)
    writing.add(b"half")
    writing.discard()
    assert [each for each in tmp_path.rglob("*") if each.is_file()] == []


def test_a_full_disk_is_said() -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no disk that is always full")
    with full.open("r+b", buffering=0) as stream, pytest.raises(DiskFull):
        stream.tell = lambda: 0  # type: ignore[method-assign]
        mbox.Writing(stream, full)  # type: ignore[arg-type]


def test_a_folder_of_files_takes_each_message_once(tmp_path: Path) -> None:
    maildir.create(tmp_path)
    writing = maildir.Writing(tmp_path, "1.2.x", Flags.SEEN | Flags.STARRED)
    writing.add(b"Subject: a\r\n")
    writing.add(b"\r\nb")
    assert writing.finish()
    assert maildir.create(tmp_path) == {"1.2.x"}
    ((file, flags),) = maildir.read(tmp_path)
    assert (file.read_bytes(), flags) == (b"Subject: a\r\n\r\nb", Flags.SEEN | Flags.STARRED)
