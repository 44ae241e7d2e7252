"""What goes to a server: lines that end as they must, and long messages that nobody holds."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopmail.domain.message import Flags
from desktopmail.engine.arrival import Arriving, Door, arrive
from desktopmail.engine.imap import sending
from desktopmail.store.transaction import Transaction
from tests.unit.engine_imap.test_dialogues import Desk, play, search, selected

ENDS = st.lists(st.sampled_from([b"\r", b"\n", b"a", b"\r\n", b"\0"]), max_size=12)


@given(ENDS, st.lists(st.integers(0, 24), max_size=4))
def test_every_bare_line_feed_gets_its_return_wherever_the_pieces_end(parts: list[bytes], cuts: list[int]) -> None:
    raw = b"".join(parts)
    places = [0, *sorted(min(cut, len(raw)) for cut in cuts), len(raw)]
    ends = sending.LineEnds()
    got = b"".join(ends.add(raw[start:end]) for start, end in pairwise(places)) + ends.finish()
    expected = bytearray()
    for place, letter in enumerate(raw):
        if letter == 10 and raw[place - 1 : place] != b"\r":
            expected += b"\r"
        expected.append(letter)
    assert got == bytes(expected)


@pytest.mark.parametrize("whole", [True, False])
def test_an_imported_message_reaches_the_server_as_it_must(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, whole: bool
) -> None:
    """Servers refuse bare line feeds, which is how mailbox files end their lines."""
    monkeypatch.setattr(sending, "LARGE", 1 << 30 if whole else 10)
    raw = b"From: a@x\nSubject: from a file\nMessage-ID: <file@x>\n\nhello\r\nworld\n" + b"word\n" * 2_000

    async def story(desk: Desk) -> None:
        sha = await desk.store.content(lambda content: content.put(raw))
        inbox = await desk.folder()

        def put(tx: Transaction) -> None:
            arrive(tx, Door(desk.account, inbox), [Arriving(raw, len(raw), 0, Flags.SEEN, content=sha)])

        await desk.store.write(put)
        assert (await desk.sync()).problems == ()
        (line,) = desk.said(b"APPEND")
        assert line.partition(b"}\r\n")[2] == raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        assert await desk.store.raw(sha) == raw

    answers = {
        "SELECT": [selected(0, 9), selected(1, 10)],
        "UID SEARCH": search(9),
        "UID FETCH": b"* 1 FETCH (UID 9 FLAGS (\\Seen))\r\n<tag> OK done\r\n",
        "APPEND": b"<tag> OK [APPENDUID 7 9] done\r\n",
    }
    play(tmp_path, story, answers)  # type: ignore[arg-type]
