"""Searching: what is found, and the words that say how complete it was."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

from desktopmail.domain.address import Address
from desktopmail.domain.folder import Role, Unified
from desktopmail.domain.ids import FolderId, MessageId, ThreadId
from desktopmail.domain.message import Copy, Fetched, Flags, Summary
from desktopmail.engine.housekeeping import index_piece
from desktopmail.engine.notices import notice
from desktopmail.engine.search import Search
from tests.unit.engine.profile import Profile, profile

ROW = Summary(
    MessageId(1),
    FolderId(1),
    ThreadId(1),
    100,
    (Address("Ada", "ada@x"),),
    (),
    "Plans",
    "",
    Flags.NONE,
    frozenset(),
    1,
    0,
    Fetched.FULL,
    Copy.BOTH,
)


def run(folder: Path, test: Callable[[Profile, Search], Awaitable[None]]) -> None:
    async def inside() -> None:
        async with profile(folder) as opened:
            await test(opened, Search(opened.store))

    asyncio.run(inside())


def test_words_are_found_with_their_terms_and_completeness(tmp_path: Path) -> None:
    async def test(opened: Profile, search: Search) -> None:
        ids = await opened.insert(Role.INBOX, 3)
        while await index_piece(opened.store):
            pass
        found = await search.find('"letter 1"')
        assert found.ids == (ids[1],)
        assert (found.complete, found.words) == (True, "1 found. Searched all 3 messages.")
        assert found.terms == ("letter 1",)
        assert (await search.find("letter is:unread")).ids == tuple(reversed(ids))
        assert (await search.find("from:ada -subject:2")).ids == (ids[1], ids[0])
        assert (await search.find("nothing")).words == "Nothing found. Searched all 3 messages."
        assert (await search.find("")).ids == ()

    run(tmp_path, test)


def test_what_is_not_downloaded_is_said(tmp_path: Path) -> None:
    async def test(opened: Profile, search: Search) -> None:
        await opened.insert(Role.INBOX, 2)
        await opened.insert(Role.ARCHIVE, 3, content=None, fetched=Fetched.HEADERS)
        while await index_piece(opened.store):
            pass
        found = await search.find("letter")
        assert (len(found.ids), found.complete) == (5, False)
        assert found.words == "5 found. Searched 2 of 5 messages; the rest is not downloaded yet."
        inbox = await search.find("letter", await opened.folder(Role.INBOX))
        assert (len(inbox.ids), inbox.complete) == (2, True)
        assert (await search.find("letter", Unified.INBOX)).complete is True

    run(tmp_path, test)


def test_what_waits_for_the_index_is_read_into_it_first(tmp_path: Path) -> None:
    async def test(opened: Profile, search: Search) -> None:
        ids = await opened.insert(Role.INBOX, 2)
        assert set((await search.find("letter")).ids) == set(ids)

    run(tmp_path, test)


def test_trash_and_junk_only_when_they_are_named(tmp_path: Path) -> None:
    async def test(opened: Profile, search: Search) -> None:
        (trashed,) = await opened.insert(Role.TRASH)
        assert (await search.find("letter")).ids == ()
        assert (await search.find("letter in:trash")).ids == (trashed,)

    run(tmp_path, test)


def test_a_notice_names_who_wrote() -> None:
    assert notice([]) is None
    one = notice([ROW])
    assert one is not None
    assert (one.title, one.text, one.opens) == ("Ada", "Plans", 1)
    names = ["Ada", "Bob", "Ada", "Eve", "Zoe"]
    rows = [
        replace(ROW, id=MessageId(n), date=n, sender=(Address(name, "x@x"),), subject="a\nb\x1b[31m")
        for n, name in enumerate(names)
    ]
    many = notice(rows)
    assert many is not None
    assert (many.title, many.text, many.opens) == ("5 new messages", "From Ada, Bob, Eve and 1 more", 4)
    single = notice(rows[:1])
    assert single is not None
    assert single.text == "a b [31m"
