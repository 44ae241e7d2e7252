"""Replies cut out of the stream: at every boundary alike, unstuffed exactly once, never longer than they may be."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopmail.domain.errors import ConnectionLost, MailError, ProtocolViolation
from desktopmail.protocols.pop3 import line as pop3_line
from desktopmail.protocols.pop3.line import CHUNK, HIGH_BYTES, ROOM, SMALL_LIMIT, STATUS_LIMIT, Form, Line, Reply
from tests.cost import least
from tests.fakes.pop3_script import stuffed

FORMS = [Form.LINE, Form.LINES, Form.LINES, Form.LINES, Form.CHALLENGE, Form.LINES, Form.LINE]
BODIES = [b"", b".dot\r\n..\r\n...\r\n\r\nend\r\n", b"bare\nlf\n.\n\r.\r\n"]
TALK = (
    b"+OK ready\r\n+OK\r\n"
    + b"".join(b"+OK here\r\n" + stuffed(body) for body in BODIES)
    + b"+ Y2hhbGxlbmdl\r\n-ERR [SYS/TEMP] no\r\n-ERR\r\n"
)
REPLIES = [
    Reply(True, b"ready"),
    Reply(True, b""),
    *(Reply(True, b"here", body) for body in BODIES),
    Reply(False, b"Y2hhbGxlbmdl", more=True),
    Reply(False, b"[SYS/TEMP] no"),
    Reply(False, b""),
]


class Deaf(asyncio.Transport):
    """A transport that does nothing and notes what it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def pause_reading(self) -> None:
        self.said.append("pause")

    def resume_reading(self) -> None:
        self.said.append("resume")

    def abort(self) -> None:
        self.said.append("abort")


def heard(pieces: list[bytes], forms: list[Form] = FORMS, limit: int = SMALL_LIMIT) -> list[Reply]:
    """The replies that come out of these pieces, and then what ended the line, if anything."""

    async def work() -> list[Reply]:
        line = Line("server.test")
        line.connection_made(Deaf())
        for form in forms:
            line.expect(form, limit)
        for piece in pieces:
            line.data_received(piece)
        replies = [await line.reply() for _ in range(len(forms) + 1)]
        assert line.failure is None
        return replies

    return asyncio.run(work())


def ended(*pieces: bytes, forms: list[Form] | None = None, limit: int = SMALL_LIMIT) -> MailError:
    """What ended the line."""

    async def work() -> MailError:
        line = Line("server.test")
        deaf = Deaf()
        line.connection_made(deaf)
        for form in forms or []:
            line.expect(form, limit)
        for piece in pieces:
            line.data_received(piece)
        assert line.failure is not None and "abort" in deaf.said
        line.data_received(b"+OK more\r\n")
        return line.failure

    return asyncio.run(work())


def test_whole_and_byte_by_byte() -> None:  # P31
    assert heard([TALK]) == REPLIES
    assert heard([TALK[place : place + 1] for place in range(len(TALK))]) == REPLIES


@pytest.mark.parametrize("cut", range(1, len(TALK)))
def test_cut_anywhere(cut: int) -> None:  # P31
    assert heard([TALK[:cut], TALK[cut:]]) == REPLIES


LINE = st.binary(max_size=12).map(lambda text: text.replace(b"\r\n", b"."))


@given(st.lists(st.one_of(LINE, st.sampled_from([b".", b"..", b"", b".\r", b"\r", b"\n."]))), st.integers(1, 40))
def test_any_message_comes_back_as_it_was(lines: list[bytes], size: int) -> None:  # D43
    raw = b"".join(line + b"\r\n" for line in lines)
    said = b"+OK\r\n+OK\r\n" + stuffed(raw)
    pieces = [said[place : place + size] for place in range(0, len(said), size)]
    assert heard(pieces, [Form.LINES])[1].lines == raw


def in_parts(pieces: list[bytes]) -> list[Reply]:
    """What comes out of these pieces of a greeting, a reply in parts and one more line."""

    async def work() -> list[Reply]:
        line = Line("server.test")
        line.connection_made(Deaf())
        line.expect(Form.PARTS, SMALL_LIMIT)
        line.expect(Form.LINE)
        for piece in pieces:
            line.data_received(piece)
        replies = [await line.reply()]
        while replies[-1].text != b"bye":
            replies.append(await line.reply())
        assert line.failure is None
        return replies[1:-1]

    return asyncio.run(work())


@given(
    st.lists(st.one_of(LINE, st.sampled_from([b".", b"..", b"", b".\r", b"\r", b"\n.", b"x" * 50]))),
    st.integers(1, 40),
    st.integers(8, 30),
    st.integers(8, 20),
)
def test_what_comes_in_parts_is_the_same_message(lines: list[bytes], size: int, whole: int, part: int) -> None:  # P14
    raw = b"".join(line + b"\r\n" for line in lines)
    said = b"+OK\r\n+OK here\r\n" + stuffed(raw) + b"+OK bye\r\n"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("desktopmail.protocols.pop3.line.WHOLE", whole)
        patch.setattr("desktopmail.protocols.pop3.line.PART", part)
        replies = in_parts([said[place : place + size] for place in range(0, len(said), size)])
    assert b"".join(reply.lines for reply in replies) == raw
    assert [reply.part for reply in replies] == [True] * (len(replies) - 1) + [False]
    assert all(len(reply.lines) <= max(whole, part) + 2 * size for reply in replies[:-1])


def test_a_reply_in_parts_is_no_longer_than_it_may_be(monkeypatch: pytest.MonkeyPatch) -> None:  # P21 P29
    monkeypatch.setattr("desktopmail.protocols.pop3.line.WHOLE", 2_000)
    monkeypatch.setattr("desktopmail.protocols.pop3.line.PART", 500)
    for piece in (b"x" * 1_000, b"line\r\n" * 200):
        pieces = [b"+OK\r\n+OK\r\n", *([piece] * 11)]
        assert isinstance(ended(*pieces, forms=[Form.PARTS], limit=10_000), ProtocolViolation)


@pytest.mark.parametrize(
    "said",
    [
        b"OK\r\n",
        b"+OKAY\r\n",
        b"+ok\r\n",
        b" +OK\r\n",
        b"+OK\n",
        b"+OK\0\r\n",
        b"+OK a\rb\r\n",
        b"+OK\r\r\n",
        b"+ go\r\n",
        b"\r\n",
        b"+OK ready\r\n+OK again\r\n",
        b"+OK ready\r\nx",
    ],
)
def test_no_reply(said: bytes) -> None:  # T07 T20
    assert isinstance(ended(said), ProtocolViolation)


@pytest.mark.parametrize(
    "said", [b"x" * STATUS_LIMIT, b"+OK " + b"x" * 1_000_000, b"+OK " + b"x" * STATUS_LIMIT + b"\r\n"]
)
def test_a_status_line_without_end(said: bytes) -> None:  # P21
    assert isinstance(ended(said), ProtocolViolation)
    assert isinstance(ended(*(said[place : place + 1000] for place in range(0, len(said), 1000))), ProtocolViolation)


def test_a_reply_longer_than_it_may_be() -> None:  # P21 P29
    endless = [b"+OK\r\n+OK\r\n", *([b"x" * 1000] * 11)]
    assert isinstance(ended(*endless, forms=[Form.LINES], limit=10_000), ProtocolViolation)
    whole = b"+OK\r\n+OK\r\n" + b"x" * 10_001 + b"\r\n.\r\n"
    assert isinstance(ended(whole, forms=[Form.LINES], limit=10_000), ProtocolViolation)


def test_a_long_line_takes_linear_time() -> None:  # P21
    """A message of one line: what was looked at is not looked at again. Both are too long for memory that was in use
    before, which costs a fraction of new memory."""

    def pieces(size: int) -> list[bytes]:
        return [b"+OK\r\n+OK\r\n", *([b"x" * 4096] * (size // 4096)), b"\r\n.\r\n"]

    small = max(0.01, least(lambda: heard(pieces(1 << 25), [Form.LINES], 1 << 30), 0.01))
    assert least(lambda: heard(pieces(1 << 27), [Form.LINES], 1 << 30), 10 * small) < 10 * small


@pytest.mark.parametrize("size", [1, CHUNK - 5, CHUNK, ROOM - 3, 3 * ROOM + 1])
@pytest.mark.parametrize("dotted", [b"", b"\r\n.\r\n..\r\n.x\r\n"])
def test_replies_of_any_size_come_whole_and_the_room_shrinks_again(size: int, dotted: bytes) -> None:
    bodies = [b"x" * size + dotted + b"y" * size + b"\r\n", b"", b".z\r\n" + b"small\r\n" * 3]
    said = b"+OK\r\n" + b"".join(b"+OK\r\n" + stuffed(body) for body in bodies)

    async def work() -> None:
        line = Line("server.test")
        for _ in bodies:
            line.expect(Form.LINES, 8 * ROOM)
        for place in range(0, len(said), 100_000):
            line.data_received(said[place : place + 100_000])
        await line.reply()
        assert [(await line.reply()).lines for _ in bodies] == bodies
        assert line.failure is None and memoryview(line.get_buffer(1).obj).nbytes == ROOM

    asyncio.run(work())


def test_a_flood_waits_for_whoever_stores_it() -> None:  # P22
    async def work() -> list[str]:
        line, deaf = Line("server.test"), Deaf()
        line.connection_made(deaf)
        line.data_received(b"+OK\r\n")
        await line.reply()
        mail = b"+OK\r\n" + b"x" * 1_000_000 + b"\r\n.\r\n"
        count = HIGH_BYTES // 1_000_000 + 2
        for _ in range(count):
            line.expect(Form.LINES, 2_000_000)
        for _ in range(count):
            line.data_received(mail)
        assert deaf.said == ["pause"]
        for _ in range(count):
            await line.reply()
        return deaf.said

    assert asyncio.run(work()) == ["pause", "resume"]


def test_what_had_arrived_counts_when_the_line_breaks() -> None:
    async def work() -> None:
        line = Line("server.test")
        line.connection_made(Deaf())
        line.expect(Form.LINES)
        line.expect(Form.LINES)
        line.data_received(b"+OK\r\n+OK\r\nwhole\r\n.\r\n+OK\r\nhalf\r\n")
        line.connection_lost(None)
        assert (await line.reply()).ok and (await line.reply()).lines == b"whole\r\n"
        with pytest.raises(ConnectionLost):
            await line.reply()
        with pytest.raises(ConnectionLost):
            line.write(b"NOOP\r\n")

    asyncio.run(work())


BYTES = st.one_of(
    st.binary(max_size=40),
    st.sampled_from([b"+OK x\r\n", b"-ERR\r\n", b"+ \r\n", b".\r\n", b"\r\n.\r\n", b"..\r\n", b"+OK"]),
)


@given(st.lists(st.sampled_from(list(Form)), max_size=5), st.lists(BYTES, max_size=12))
def test_whatever_is_said_ends_in_replies_or_a_violation(forms: list[Form], pieces: list[bytes]) -> None:  # P21
    """Cut differently, it is the same."""

    async def work(pieces: list[bytes]) -> tuple[list[Reply], bool]:
        line = Line("server.test")
        line.connection_made(Deaf())
        for form in forms:
            line.expect(form, 60)
        for piece in pieces:
            line.data_received(piece)
        assert line.failure is None or isinstance(line.failure, ProtocolViolation)
        failed = line.failure is not None
        line.fail(line.failure or ConnectionLost("over"))
        replies = []
        with pytest.raises(MailError):
            while True:
                replies.append(await line.reply())
        return replies, failed

    said = b"".join(pieces)
    alone = asyncio.run(work([said[place : place + 1] for place in range(len(said))]))
    assert asyncio.run(work(pieces)) == alone


@pytest.mark.parametrize("behind", [b"+OK forged\r\n", b"x", b"\r\n"])
def test_behind_the_agreement_to_encrypt(behind: bytes) -> None:  # T27
    """Even if more had been asked for already."""
    forms = [Form.AGREEMENT, Form.LINE]
    assert isinstance(ended(b"+OK ready\r\n+OK begin\r\n" + behind, forms=forms), ProtocolViolation)
    assert isinstance(ended(b"+OK ready\r\n+OK begin\r\n", behind, forms=forms), ProtocolViolation)


@given(st.lists(st.sampled_from(b"\r\n.x"), max_size=60).map(bytes), st.integers(0, 20), st.integers(3, 9))
def test_lines_that_begin_with_a_dot_are_found_wherever_they_are(said: bytes, begin: int, near: int) -> None:  # P31
    room = bytearray(said + b".\r\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pop3_line, "NEAR", near)
        for wanted in (pop3_line.DOT, pop3_line.END):
            assert pop3_line._find(room, wanted, begin, len(said)) == room.find(wanted, begin, len(said))
