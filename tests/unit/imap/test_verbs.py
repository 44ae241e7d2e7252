"""What is said for moves, removals, uploads and folders, to rich and to poor servers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest

from desktopmail.domain.errors import (
    ConnectionLost,
    ContentMissing,
    NotFound,
    WrongUsage,
)
from desktopmail.domain.folder import Role
from desktopmail.domain.message import Flags
from desktopmail.protocols.imap.changing import Change
from desktopmail.protocols.imap.request import Refusal
from desktopmail.protocols.imap.session import ImapSession
from desktopmail.protocols.imap.uids import UidSet
from tests.fakes.imap_script import CLOSE, OFFERED, ImapScript, Reply
from tests.unit.imap.lines import POOR, SELECT, broken, ignore, script_of, since, told

# Changing.


def test_store_says_what_the_folder_keeps() -> None:
    limited = SELECT.replace(b"\\Deleted \\*)]", b"\\Deleted)]")
    script = script_of(SELECT=limited)
    change = Change(Flags.SEEN | Flags.FORWARDED, frozenset({"work"}))
    left = told(script, lambda session: session.store([3, 1, 2], change, Change(Flags.STARRED)))
    assert left == Change(Flags.FORWARDED, frozenset({"work"}))
    assert since(script) == [b"UID STORE 1:3 +FLAGS.SILENT (\\Seen)"]
    script = script_of()
    assert not told(
        script, lambda session: session.store([1], Change(Flags.JUNK), Change(Flags.NONE, frozenset({"x y"})))
    )
    assert since(script) == [
        b"UID STORE 1 +FLAGS.SILENT ($Junk)",
        b"UID STORE 1 -FLAGS.SILENT (x&ACA-y $NotJunk NonJunk)",
    ]


def test_move() -> None:
    moved = b"* OK [COPYUID 9 1,3:4 11,14,13] moved\r\n* 1 EXPUNGE\r\n* 1 EXPUNGE\r\n<tag> OK done\r\n"
    script = script_of(UID_MOVE=moved)
    assert told(script, lambda session: session.move([1, 3, 4], 'a "b"')) == {1: 11, 3: 14, 4: 13}
    assert since(script) == [b'UID MOVE 1,3:4 "a \\"b\\""']
    for liar in (b"1:3 11", b"x y", b"1", b"1:4294967295 1:4294967295", b"* *"):
        script = script_of(UID_MOVE=b"<tag> OK [COPYUID 9 " + liar + b"] done\r\n")
        assert told(script, lambda session: session.move([1], "Sent")) == {}


def without_move(*, uidplus: bool, **answers: Reply | list[Reply]) -> ImapScript:
    return script_of(POOR + (" UIDPLUS" if uidplus else ""), **answers)


def test_move_by_copying() -> None:  # D31
    script = without_move(
        uidplus=True,
        UID_SEARCH=b"* SEARCH 1 2 3\r\n<tag> OK done\r\n",
        UID_COPY=b"<tag> OK [COPYUID 9 1:2 11:12] done\r\n",
    )
    assert told(script, lambda session: session.move([1, 2, 3], "Sent")) == {1: 11, 2: 12}
    assert since(script) == [
        b"UID SEARCH UID 1:3",
        b'UID COPY 1:3 "Sent"',
        b"UID STORE 1:2 +FLAGS.SILENT (\\Deleted)",
        b"UID EXPUNGE 1:2",
    ]


@pytest.mark.parametrize(
    "answer", [b"<tag> NO [OVERQUOTA] full\r\n", b"<tag> NO [TRYCREATE] no\r\n", b"<tag> BAD no\r\n"]
)
def test_a_copy_that_fails_leaves_the_source(answer: bytes) -> None:  # D31
    script = without_move(uidplus=True, UID_SEARCH=b"* SEARCH 1\r\n<tag> OK done\r\n", UID_COPY=answer)
    with pytest.raises(Refusal) as caught:
        told(script, lambda session: session.move([1], "Sent"))
    assert since(script)[-1].startswith(b"UID COPY")
    assert f"[{caught.value.code}]" in answer.decode() or not caught.value.code


def test_a_copy_cut_off_leaves_the_source() -> None:  # D31
    script = without_move(uidplus=True, UID_SEARCH=b"* SEARCH 1\r\n<tag> OK done\r\n", UID_COPY=CLOSE)
    assert isinstance(broken(script, lambda session: session.move([1], "Sent")), ConnectionLost)
    assert since(script)[-1].startswith(b"UID COPY")


def test_nothing_there_is_not_a_copy() -> None:  # D29
    script = without_move(uidplus=True, UID_SEARCH=b"* SEARCH\r\n<tag> OK done\r\n")
    assert told(script, lambda session: session.move([1], "Sent")) == {}
    assert since(script) == [b"UID SEARCH UID 1"]


@pytest.mark.parametrize(
    ("marked", "gone", "last"),
    [
        (b"* SEARCH 1 2", [1, 2], b"EXPUNGE"),
        (b"* SEARCH 1", [1, 2], b"EXPUNGE"),
        (b"* SEARCH 1 2 9", [], b"UID SEARCH DELETED"),
        (b"* SEARCH 2 9", [1], b"UID SEARCH DELETED"),
        (b"* SEARCH", [1, 2], b"UID SEARCH DELETED"),
    ],
)
@pytest.mark.parametrize("refused", [False, True])
def test_expunge_without_uidplus(marked: bytes, gone: list[int], last: bytes, refused: bool) -> None:  # D30
    answers: dict[str, Reply] = {"UID_SEARCH": marked + b"\r\n<tag> OK done\r\n"}
    if refused:
        answers["UID_EXPUNGE"] = b"<tag> BAD unknown\r\n"
    script = without_move(uidplus=refused, **answers)
    assert told(script, lambda session: session.expunge([1, 2])) == UidSet.of(gone)
    assert since(script)[-1] == last
    assert since(script)[0] == b"UID STORE 1:2 +FLAGS.SILENT (\\Deleted)"


@pytest.mark.parametrize(
    ("offered", "go_ahead", "said"),
    [
        (OFFERED, False, b"{3+}"),
        (POOR, True, b"{3}"),
        (POOR + " LITERAL-", False, b"{3+}"),
        (OFFERED + " BINARY", False, b"{3+}"),
    ],
)
def test_append(offered: str, go_ahead: bool, said: bytes) -> None:
    script = script_of(offered)
    if go_ahead:
        script.answers["literal"] = b"+ \r\n"
    put = told(script, lambda session: session.append("Entwürfe", b"abc", Flags.SEEN, ["t"], 837571465))
    assert put == (7, 4)
    line = b'APPEND "Entw&APw-rfe" (\\Seen t) "17-Jul-1996 02:44:25 +0000" ' + said + b"\r\nabc"
    assert since(script) == [line]


def test_append_refused() -> None:  # D18
    script = script_of(POOR, literal=b"<tag> NO [OVERQUOTA] full\r\n")

    async def attempt(session: ImapSession) -> str:
        with pytest.raises(Refusal) as caught:
            await session.append("Sent", b"abc")
        assert not session.closed
        return caught.value.code

    assert told(script, attempt) == "OVERQUOTA"


@pytest.mark.parametrize("offered", [OFFERED, POOR])
def test_a_long_message_goes_on_the_line_in_pieces(offered: str) -> None:  # P14
    script = script_of(offered)
    pieces = [b"abc\r\n", b"", b"de", b"f" * 200_000]
    put = told(script, lambda session: session.append("Sent", Film(pieces, 200_007)))
    assert put == (7, 4)
    assert since(script)[0].endswith(b"}\r\n" + b"".join(pieces))


@pytest.mark.parametrize("size", [200_006, 200_008])
def test_a_long_message_that_is_not_as_long_as_it_said_never_arrives(size: int) -> None:
    script = script_of()
    broken(script, lambda session: session.append("Sent", Film([b"abc\r\n", b"de", b"f" * 200_000], size)))
    assert [line for line in since(script) if line.startswith(b"APPEND")] == []


def test_more_than_the_server_takes_is_not_even_begun() -> None:  # RFC 7889
    script = script_of(OFFERED + " APPENDLIMIT=2500000")

    async def attempt(session: ImapSession) -> str:
        await session.append("Sent", b"x" * 2_500_000)
        with pytest.raises(Refusal) as caught:
            await session.append("Sent", b"x" * 3_000_000)
        assert caught.value.code == "TOOBIG" and not session.closed
        return caught.value.detail

    assert told(script, attempt) == "It has 3.0 MB, and the server takes 2.5 MB at most. It stays here."
    assert len(since(script)) == 1


@pytest.mark.parametrize("limit", ["9" * 5_000, "", "-1", "1e3", "²"])
def test_a_limit_that_is_none_keeps_nothing_from_being_sent(limit: str) -> None:
    script = script_of(f"{OFFERED} APPENDLIMIT={limit}")
    assert told(script, lambda session: session.append("Sent", b"x")) == (7, 4)


@dataclass(frozen=True)
class Film:
    """A message that is handed over in pieces."""

    pieces: list[bytes]
    size: int
    binary: bool = False

    async def pour(self, put: Callable[[bytes], Awaitable[None]]) -> None:
        for piece in self.pieces:
            await put(piece)


def test_a_null_goes_as_a_binary_literal() -> None:  # D43
    script = script_of(OFFERED + " BINARY")
    told(script, lambda session: session.append("Sent", b"a\0b"))
    assert since(script)[0].endswith(b"~{3+}\r\na\0b")


@pytest.mark.parametrize("name", ['x" "y', "x\r\nA1 DELETE INBOX", "{5}", "x\0y", "x\\", "ü&", ")("])
def test_names_cannot_become_commands(name: str) -> None:  # P26
    script = script_of()

    async def attempt(session: ImapSession) -> None:
        await session.create(name)
        await session.rename(name, name)
        await session.delete(name)
        await session.subscribe(name)
        await session.move([1], name)
        await session.append(name, b"x")

    told(script, attempt)
    verbs = [line.split()[0] for line in since(script)]
    assert verbs == [b"CREATE", b"RENAME", b"DELETE", b"SUBSCRIBE", b"UID", b"APPEND"]
    assert all(b"\r\n" not in line.removesuffix(b"\r\nx") for line in since(script))


@pytest.mark.parametrize("text", ["a\r\nb", "x\0"])
def test_search_words_cannot_become_commands(text: str) -> None:  # P26
    script = script_of()

    async def attempt(session: ImapSession) -> None:
        with pytest.raises(WrongUsage):
            await session.search("TEXT", text)
        assert not await session.store([1])
        assert not session.closed

    told(script, attempt)
    assert since(script) == []


def test_search_beyond_ascii() -> None:
    script = script_of()
    told(script, lambda session: session.search("SUBJECT", 'ü"'))
    assert since(script) == [b'UID SEARCH RETURN (ALL) CHARSET UTF-8 SUBJECT {3+}\r\n\xc3\xbc"']


# Folders.


def test_folders_of_a_poor_server() -> None:
    script = script_of(
        POOR,
        LIST=b'* LIST () "." INBOX\r\n* LIST () "." INBOX.Sent\r\n* LIST (\\Noselect) "." x\r\n<tag> OK done\r\n',
        LSUB=b'* LSUB () "." INBOX.Sent\r\n<tag> OK done\r\n',
        STATUS=[b"* STATUS INBOX (MESSAGES 2 UIDNEXT 5)\r\n<tag> OK done\r\n", b"<tag> NO denied\r\n"],
    )
    found = told(script, lambda session: session.list_folders(status=True))
    assert [(each.name, each.role, each.subscribed) for each in found] == [
        ("INBOX", Role.INBOX, False),
        ("INBOX.Sent", Role.SENT, True),
        ("x", Role.NONE, False),
    ]
    assert found[0].status is not None and found[0].status.uid_next == 5
    assert found[1].status is None
    assert [line.split()[0] for line in since(script)] == [b"LIST", b"LSUB", b"STATUS", b"STATUS"]


def test_a_folder_that_is_gone() -> None:  # D35
    script = script_of(SELECT=[SELECT, b"<tag> NO [NONEXISTENT] gone\r\n"])

    async def attempt(session: ImapSession) -> None:
        with pytest.raises(NotFound):
            await session.select("Gone")
        assert session.selected is None and not session.closed
        with pytest.raises(WrongUsage):
            await session.fetch_section(1, "")

    told(script, attempt)


def test_a_no_for_an_empty_folder_is_no_harm() -> None:
    empty = SELECT.replace(b"* 3 EXISTS", b"* 0 EXISTS")
    script = script_of(SELECT=empty, UID_FETCH=b"<tag> NO nothing there\r\n")

    async def attempt(session: ImapSession) -> None:
        await session.fetch_headers("1:*", ignore)
        await session.fetch_bodies([1], ignore)
        assert (await session.fetch_flags("1:*", 5)).rows == []
        with pytest.raises(ContentMissing):
            await session.fetch_section(1, "")

    told(script, attempt)
