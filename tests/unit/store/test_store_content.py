"""Raw messages: byte-exact, shared, found damaged when they are, swept when nobody names them."""

from __future__ import annotations

import asyncio
import os
from hashlib import sha256

import apsw
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktopmail.domain.errors import StoreDamaged, StoreFailed
from desktopmail.domain.folder import Role
from desktopmail.domain.message import Fetched
from desktopmail.store.compressing import PIECE
from desktopmail.store.content import Content, name_nameless, read_content
from desktopmail.store.migrations import content_0001
from desktopmail.store.repair import KEEP_ALL
from desktopmail.store.rows import DraftFacts
from tests.unit.store.desk import Desk

RAWS = [
    b"",
    b"x",
    b"Subject: a\r\n\r\n" + b"same line over and over\r\n" * 50_000,
    os.urandom(10_000),
    b"\x00\r\n.\n\r\rFrom \xff\xfe" * 999,
]


def memory() -> apsw.Connection:
    db = apsw.Connection(":memory:")
    db.execute(content_0001.SQL)
    return db


@pytest.mark.parametrize("raw", [*RAWS, b"a" * PIECE, os.urandom(PIECE + 1), os.urandom(300) * (3 * PIECE // 300)])
def test_what_goes_in_comes_out(desk: Desk, raw: bytes) -> None:
    sha = desk.run(desk.store.content(lambda content: content.put(raw)))
    assert sha == sha256(raw).digest()
    assert desk.run(desk.store.raw(sha)) == raw
    assert desk.run(desk.store.content(lambda content: content.get(sha))) == raw


@settings(database=None)
@given(st.lists(st.binary(max_size=400), max_size=6))
def test_many_at_once_in_order(raws: list[bytes]) -> None:
    content = Content(memory())
    shas = content.put_many(raws)
    assert [content.get(sha) for sha in shas] == raws
    assert len(content.shas()) == len(set(raws))


def test_many_of_all_sizes_some_twice_and_some_known() -> None:
    content = Content(memory())
    known = [b"known %d " % number * 50 for number in range(5)]
    content.put_many(known)
    raws = [b"%d " % number * (number * 7) for number in range(40)] + [os.urandom(2 * PIECE + 5), *known, b"1 " * 7]
    names = [sha256(raw).digest() for raw in raws]
    shas = content.put_many(raws, [sha if place % 2 else None for place, sha in enumerate(names)])
    assert [content.get(sha) for sha in shas] == raws
    assert shas == names
    assert len(content.shas()) == len({*raws, *known})


def test_what_is_kept_while_others_are_written_is_stored_whole_once_and_in_order(desk: Desk) -> None:
    known = [b"known %d " % number * 50 for number in range(5)]
    parts = [
        [b"%d " % number * (number * 7) for number in range(40)],
        [os.urandom(2 * PIECE + 5), b"", *known, b"1 " * 7],
        [b"x" * PIECE, *known],
    ]

    async def keep() -> list[list[bytes]]:
        await desk.store.content(lambda content: content.put_many(known))
        return list(await asyncio.gather(*(desk.store.keep(part, [None, sha256(part[1]).digest()]) for part in parts)))

    shas = desk.run(keep())
    assert shas == [[sha256(raw).digest() for raw in part] for part in parts]
    for raw in {raw for part in parts for raw in part}:
        assert desk.run(desk.store.raw(sha256(raw).digest())) == raw
    stored = desk.run(desk.store.content(lambda content: content.shas()))
    order = list(dict.fromkeys(sha256(raw).digest() for part in (known, *parts) for raw in part))
    assert stored == order


def test_a_number_that_a_nameless_piece_still_has_is_not_given_again() -> None:
    db = memory()
    content = Content(db)
    old = content.put(b"old " * 100)
    db.execute("DELETE FROM content; DELETE FROM sqlite_sequence")
    new = content.put(b"new " * 100)
    assert content.get(new) == b"new " * 100
    assert name_nameless(db) == 1
    assert content.get(old) == b"old " * 100


def test_equal_messages_are_stored_once(desk: Desk) -> None:
    raw = RAWS[2]
    for _ in range(3):
        desk.run(desk.store.content(lambda content: content.put(raw)))
    assert desk.run(desk.store.content(lambda content: len(content.shas()))) == 1
    assert (desk.folder / "content.db").stat().st_size < len(raw)


def test_what_is_not_there_is_none(desk: Desk) -> None:
    assert desk.run(desk.store.raw(b"n" * 32)) is None
    assert not desk.run(desk.store.content(lambda content: content.has(b"n" * 32)))
    sha = desk.run(desk.store.content(lambda content: content.put(b"here")))
    assert desk.run(desk.store.content(lambda content: content.missing([sha, b"n" * 32]))) == {b"n" * 32}


def test_damaged_bytes_are_not_passed_on() -> None:
    db = memory()
    content = Content(db)
    packed, cut = content.put(RAWS[2]), content.put(os.urandom(5000))
    db.execute("UPDATE piece SET data = zeroblob(length(data)) WHERE packing = 1")
    db.execute("UPDATE piece SET data = substr(data, 1, 100) WHERE packing = 0")
    for sha in (packed, cut):
        with pytest.raises(StoreDamaged):
            read_content(db, sha)


def test_only_what_nobody_names_is_swept(desk: Desk) -> None:
    shas = desk.run(desk.store.content(lambda content: content.put_many([b"named", b"version", b"nobody's", b"fresh"])))
    (one, two) = desk.put(
        desk.new(1, content=shas[0], fetched=Fetched.FULL), desk.new(2, desk.folder_of(Role.DRAFTS), uid=0)
    )
    desk.write(lambda tx: tx.drafts.put(two, DraftFacts(1, one, "reply"), shas[1]))
    assert desk.run(desk.store.sweep()) == 0, "everything is too fresh to be swept"
    db = apsw.Connection(str(desk.folder / "content.db"))
    db.execute("UPDATE content SET stored_at = 0 WHERE sha <> ?", (shas[3],))
    db.close()
    desk.write(lambda tx: tx.settings.set(KEEP_ALL, True))
    assert desk.run(desk.store.sweep()) == 0
    desk.write(lambda tx: tx.settings.set(KEEP_ALL, False))
    assert desk.run(desk.store.sweep()) == 1
    left = desk.run(desk.store.content(lambda content: content.shas()))
    assert set(left) == {shas[0], shas[1], shas[3]}


def test_a_removed_message_keeps_its_bytes_until_it_is_purged(desk: Desk) -> None:
    (one,) = desk.put(desk.new(1, content=b"s" * 32, fetched=Fetched.FULL, uid=0))
    desk.write(lambda tx: tx.messages.remove([one]))
    assert desk.read(lambda tx: tx.messages.contents()) == {b"s" * 32}
    desk.write(lambda tx: tx.messages.purge(1 << 40))
    assert desk.read(lambda tx: tx.messages.contents()) == set()


def test_a_large_message_is_handed_over_in_pieces(desk: Desk) -> None:  # P14
    """Never more than a piece at a time, and not to its end when it is not what was stored."""
    raw = os.urandom(2 * PIECE + 5)
    cuts = [raw[:PIECE], raw[PIECE : 2 * PIECE], raw[2 * PIECE :]]
    sha = sha256(raw).digest()
    desk.run(desk.store.content(lambda content: content.put_large(sha, len(raw), cuts)))
    desk.run(desk.store.content(lambda content: content.put_large(sha, len(raw), iter(()))))
    came: list[bytes] = []
    assert desk.run(desk.store.pour(sha, came.append)) and came == cuts
    came.clear()
    desk.run(_taken(desk, sha, came))
    assert came == cuts
    assert desk.run(desk.store.raw(sha)) == raw and not desk.run(desk.store.pour(bytes(32), came.append))
    assert desk.run(desk.store.raw_within(sha, PIECE)) == len(raw)
    assert desk.run(desk.store.raw_within(sha, len(raw))) == raw
    desk.run(
        desk.store.content(lambda content: content._db.execute("UPDATE piece SET data = x'00' WHERE id & 1048575 = 1"))
    )
    for attempt in (lambda: desk.store.pour(sha, came.append), lambda: _taken(desk, sha, came)):
        came.clear()
        with pytest.raises(StoreDamaged):
            desk.run(attempt())
        assert len(came) <= 2 and cuts[2] not in came
    with pytest.raises(StoreDamaged):
        desk.run(_taken(desk, bytes(32), came))
    assert desk.run(desk.store.check()).bad == (sha,)


async def _taken(desk: Desk, sha: bytes, into: list[bytes]) -> None:
    async for piece in desk.store.pieces(sha):
        into.append(piece)


def test_what_is_not_what_it_should_be_is_not_stored(desk: Desk) -> None:
    with pytest.raises(StoreFailed):
        desk.run(desk.store.content(lambda content: content.put_large(bytes(32), 3, [b"abc"])))
    assert desk.run(desk.store.content(lambda content: content.shas())) == []
