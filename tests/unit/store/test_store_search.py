"""Searching: words in every script, conditions, places, and what a person types is never syntax."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

import apsw
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktopmail.domain.address import Address
from desktopmail.domain.folder import Role, Unified
from desktopmail.domain.ids import MessageId
from desktopmail.domain.message import Fetched, Flags
from desktopmail.domain.query import parse
from desktopmail.domain.words import indexed_form, match_phrase
from desktopmail.store import database
from desktopmail.store.migrations import search_0001
from desktopmail.store.text import TextIndex, TextRow
from tests.unit.store.desk import Desk

NOW = datetime(2024, 6, 1, tzinfo=UTC)


def find(desk: Desk, question: str, place: object = None, limit: int = 100) -> list[MessageId]:
    return list(desk.library.search(parse(question, NOW), place, limit))  # type: ignore[arg-type]


@pytest.fixture
def filled(desk: Desk) -> dict[str, MessageId]:
    inbox, trash = desk.folder_of(Role.INBOX), desk.folder_of(Role.TRASH)
    texts = {
        "café": ("Menü im Café", "Wir treffen uns um zwölf. It's a naïve résumé.", ""),
        "japanese": ("会議の予定", "明日は東京都で会議があります。カタカナも。", ""),
        "korean": ("회의 일정", "내일 서울에서 만나요", ""),
        "invoice": ("Invoice 2024-17", "Please find the invoice attached", "invoice-17.pdf"),
        "trashed": ("Invoice old", "An old invoice", ""),
    }
    ids = desk.put(
        *[
            desk.new(
                number,
                trash if name == "trashed" else inbox,
                subject=subject,
                date=1_700_000_000 + number * 86_400,
                attachments=1 if files else 0,
                fetched=Fetched.FULL,
                flags=Flags.SEEN if name == "invoice" else Flags.NONE,
                tags=frozenset({"Work"}) if name == "invoice" else frozenset(),
                sender=(Address("Zoë Müller", f"{name}@sender.example"),),
            )
            for number, (name, (subject, _, files)) in enumerate(texts.items(), 1)
        ]
    )
    rows = [
        TextRow(one, f"Zoë Müller {name}@sender.example Ada Lovelace ada@example.org", subject, text, files)
        for one, (name, (subject, text, files)) in zip(ids, texts.items(), strict=True)
    ]
    desk.run(desk.store.text(lambda index: index.add(rows)))
    return dict(zip(texts, ids, strict=True))


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("cafe", ["café"]),
        ("CAFÉ", ["café"]),
        ("zwolf", ["café"]),
        ("treff", ["café"]),
        ('"treff"', []),
        ('"uns um"', ["café"]),
        ('"um uns"', []),
        ("会議", ["japanese"]),
        ("京都", ["japanese"]),
        ("東京都", ["japanese"]),
        ("東", ["japanese"]),
        ("都東", []),
        ("カタカナ", ["japanese"]),
        ("서울", ["korean"]),
        ("일정", ["korean"]),
        ("subject:invoice", ["invoice"]),
        ("body:invoice", ["invoice"]),
        ("file:pdf", ["invoice"]),
        ("file:treffen", []),
        ("from:muller", ["invoice", "korean", "japanese", "café"]),
        ("from:korean@sender.example", ["korean"]),
        ("from:ada", []),
        ("to:lovelace", ["invoice", "korean", "japanese", "café"]),
        ("has:attachment", ["invoice"]),
        ("is:unread", ["korean", "japanese", "café"]),
        ("tag:work", ["invoice"]),
        ("tag:wor", []),
        ("-invoice", ["korean", "japanese", "café"]),
        ("서울 OR 東京", ["korean", "japanese"]),
        ("in:trash invoice", ["trashed"]),
        ("in:inbox invoice", ["invoice"]),
        ("after:2023-11-17", ["invoice", "korean"]),
        ("larger:1003", ["invoice", "korean"]),
        ("nothing that is there", []),
    ],
)
def test_questions(desk: Desk, filled: dict[str, MessageId], question: str, names: list[str]) -> None:
    by_id = {one: name for name, one in filled.items()}
    assert [by_id[one] for one in find(desk, question)] == names


def test_places_and_limits(desk: Desk, filled: dict[str, MessageId]) -> None:
    assert find(desk, "invoice", desk.folder_of(Role.TRASH)) == [filled["trashed"]]
    assert find(desk, "invoice", Unified.INBOX) == [filled["invoice"]]
    assert find(desk, "invoice", Unified.STARRED) == []
    assert find(desk, "is:unread", limit=1) == [filled["korean"]]


def test_what_is_removed_or_indexed_anew(desk: Desk, filled: dict[str, MessageId]) -> None:
    one = filled["invoice"]
    desk.run(desk.store.text(lambda index: index.add([TextRow(one, "", "Something else", "entirely")])))
    assert find(desk, "subject:invoice") == [] and find(desk, "entirely") == [one]
    desk.run(desk.store.text(lambda index: index.remove([one, MessageId(999)])))
    assert find(desk, "entirely") == []


def test_the_index_knows_what_it_lacks(desk: Desk, filled: dict[str, MessageId]) -> None:
    assert desk.run(desk.store.text(lambda index: index.pending())) == []
    headers, full = desk.put(desk.new(50), desk.new(51, fetched=Fetched.FULL))
    assert desk.run(desk.store.text(lambda index: index.pending())) == [full, headers]
    rows = [TextRow(headers, "a", "b", whole=False), TextRow(full, "a", "b", whole=False)]
    desk.run(desk.store.text(lambda index: index.add(rows)))
    assert desk.run(desk.store.text(lambda index: index.pending())) == [full]
    gone = filled["invoice"]
    desk.write(lambda tx: tx.messages.forget([gone]))
    desk.run(desk.store.text(lambda index: index.pending()))
    db = apsw.Connection(str(desk.folder / "search.db"))
    assert db.execute("SELECT count(*) FROM indexed WHERE message = ?", (gone,)).get == 0
    db.close()


def test_the_index_grows_past_its_log_while_mail_is_attached(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "WAL_PAGES", 10)
    for number in range(30):
        words = " ".join(f"word{number * each}" for each in range(200))
        rows = [TextRow(MessageId(number + 1), "people", "subject", words)]
        desk.run(desk.store.text(lambda index: index.pending()))
        desk.run(desk.store.text(partial(TextIndex.add, rows=rows)))
    assert (desk.folder / "search.db-wal").stat().st_size < 2_000_000


def test_a_removed_index_is_built_anew(desk: Desk, filled: dict[str, MessageId], runner: object) -> None:
    desk.close()
    (desk.folder / "search.db").unlink()
    desk.__init__(desk.folder, runner)  # type: ignore[misc, arg-type]
    assert find(desk, "cafe") == []
    assert len(desk.run(desk.store.text(lambda index: index.pending()))) == len(filled)


def fresh_index() -> tuple[apsw.Connection, TextIndex]:
    db = apsw.Connection(":memory:")
    db.execute(search_0001.SQL)
    return db, TextIndex(db)


@settings(database=None, max_examples=200)
@given(st.text(max_size=30), st.booleans())
def test_nothing_a_person_types_is_an_error(text: str, prefix: bool) -> None:
    db, index = fresh_index()
    index.add([TextRow(MessageId(1), text, text, text, text)])
    phrase = match_phrase(text, prefix=prefix)
    if phrase:
        list(db.execute("SELECT rowid FROM text WHERE text MATCH ?", (phrase,)))
    db.close()


@settings(database=None, max_examples=200)
@given(st.text(alphabet="日本語会議東京カナ서울a ", min_size=1, max_size=12), st.integers(0, 11), st.integers(1, 4))
def test_every_piece_of_a_text_without_blanks_is_found(text: str, start: int, length: int) -> None:
    piece = text[start : start + length].strip()
    db, index = fresh_index()
    index.add([TextRow(MessageId(1), "", "", text)])
    if piece and not any(one in piece for one in "a "):
        found = list(db.execute("SELECT rowid FROM text WHERE text MATCH ?", (match_phrase(piece, prefix=True),)))
        assert found == [(1,)]
    db.close()


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("plain", "plain"),
        ("日", " 日 "),
        ("日本", " 日本  本"),
        ("日本語", " 日本 本語  語"),
        ("mit 日本語x é", "mit  日本 本語 x é 語"),
    ],
)
def test_pairs(text: str, form: str) -> None:
    assert indexed_form(text) == form
