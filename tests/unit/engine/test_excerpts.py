"""Why a message was found: the piece of its text with the word."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from desktopmail.domain.folder import Role
from desktopmail.domain.ids import MessageId
from desktopmail.domain.query import beginnings
from desktopmail.engine.excerpts import LENGTH, excerpt
from desktopmail.engine.search import Search
from tests.unit.engine.profile import profile


@pytest.mark.parametrize(
    ("text", "terms", "piece"),
    [
        ("Kettle on", ["kettle"], "Kettle on"),
        ("We have\r\none   kettle.", ["kettle"], "… have one kettle."),
        ("The long way round to a Kettle", ["KETT"], "… to a Kettle"),
        ("rekettled", ["kettle"], ""),
        ("nothing", ["kettle"], ""),
        ("an (odd word here", ["(odd word"], "an (odd word here"),
        ("unbroken" * 9 + "§kettle", ["kettle"], "… kettle"),
    ],
)
def test_the_piece_begins_at_a_word_before_the_hit(text: str, terms: list[str], piece: str) -> None:
    wanted = beginnings(terms)
    assert wanted is not None
    assert excerpt(text, wanted) == piece


def test_a_piece_is_short_and_no_terms_find_nothing() -> None:
    wanted = beginnings(["word"])
    assert wanted is not None
    assert len(excerpt("word " * 10_000, wanted)) == LENGTH
    assert beginnings([]) is None
    assert beginnings(["  "]) is None


def test_pieces_of_stored_messages(tmp_path: Path) -> None:
    async def story() -> None:
        async with profile(tmp_path) as opened:
            ids = await opened.insert(Role.INBOX, 2)
            search = Search(opened.store)
            asked = [*ids, MessageId(987)]
            assert await search.excerpts(asked, ["dot"]) == dict.fromkeys(ids, ".dot")
            assert await search.excerpts(asked, ["zebracorn"]) == {}
            assert await search.excerpts(asked, []) == {}

    asyncio.run(story())


def test_a_damaged_message_hides_no_piece_of_another(tmp_path: Path) -> None:
    async def story() -> None:
        async with profile(tmp_path) as opened:
            first, second = await opened.insert(Role.INBOX, 2)
            harm = "UPDATE piece SET packing = 0, data = zeroblob(4) WHERE id = (SELECT min(id) FROM piece)"
            await opened.store.content(lambda content: content._db.execute(harm))
            assert await Search(opened.store).excerpts([first, second], ["dot"]) == {second: ".dot"}

    asyncio.run(story())
