"""What mail may hold and columns may not."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from desktopmail.domain.address import Address
from desktopmail.domain.folder import Role
from desktopmail.domain.ids import MessageId
from desktopmail.store.packing import (
    FLAGS,
    clean,
    pack_addresses,
    pack_tags,
    unpack_addresses,
    unpack_tags,
)
from desktopmail.store.text import TextRow
from tests.unit.store.desk import Desk

ANY_TEXT = st.text(st.characters(), max_size=20)
BROKEN = "a\x00b\ud800c\udcffd\U0001f600"


@settings(database=None)
@given(ANY_TEXT)
def test_clean_text_can_be_stored_and_good_text_is_left_alone(text: str) -> None:
    cleaned = clean(text)
    cleaned.encode()
    assert "\x00" not in cleaned
    assert clean(cleaned) == cleaned
    if "\x00" not in text and not any("\ud800" <= one <= "\udfff" for one in text):
        assert cleaned == text


@settings(database=None)
@given(st.lists(st.tuples(ANY_TEXT, ANY_TEXT), max_size=5))
def test_addresses_come_back_as_many_as_went_in(pairs: list[tuple[str, str]]) -> None:
    addresses = tuple(Address(name, address) for name, address in pairs)
    back = unpack_addresses(pack_addresses(addresses))
    assert len(back) == len(addresses)
    for before, after in zip(addresses, back, strict=True):
        if before.name.isprintable() and before.address.isprintable():
            assert after == before


@settings(database=None)
@given(st.frozensets(ANY_TEXT, max_size=5))
def test_tags_come_back(tags: frozenset[str]) -> None:
    back = unpack_tags(pack_tags(tags))
    assert unpack_tags(pack_tags(back)) == back
    assert {one for one in tags if one and one.isascii() and one.isprintable() and " " not in one} <= back


def test_a_message_full_of_rubbish_is_stored(desk: Desk) -> None:
    row = desk.new(
        1,
        subject=BROKEN,
        preview=BROKEN,
        message_id=BROKEN,
        references=(BROKEN,),
        list_id=BROKEN,
        sender=(Address(BROKEN + "\t\n", BROKEN + "\r\n\t@x"),),
        tags=frozenset({BROKEN}),
        size=1 << 40,
    )
    (one,) = desk.put(row)
    (two,) = desk.put(desk.new(2, references=(BROKEN,)))
    found = desk.library.summary(one)
    assert found.subject == "a\ufffdb\ufffdc\ufffdd\U0001f600"
    assert "\t" not in found.sender[0].name + found.sender[0].address
    assert found.thread == desk.library.summary(two).thread
    assert desk.read(lambda tx: tx.messages.find_by_message_id(None, BROKEN)) == (one,)
    desk.write(lambda tx: tx.history.add([one], "moved", BROKEN))
    desk.write(lambda tx: tx.contacts.seen([Address(BROKEN, f"{BROKEN}@x")], 1))
    desk.write(lambda tx: tx.folders.create(desk.account, None, BROKEN))
    desk.write(lambda tx: tx.journal.add(BROKEN, []))
    desk.run(desk.store.text(lambda index: index.add([TextRow(MessageId(1), BROKEN, BROKEN, BROKEN, BROKEN)])))
    assert desk.library.complete(BROKEN)


def test_flags_by_value() -> None:
    assert [one.value for one in FLAGS] == list(range(64))


def test_dates_order_the_list_but_not_those_from_the_future(desk: Desk) -> None:
    inbox = desk.folder_of(Role.INBOX)
    none, past, future = desk.put(
        desk.new(1, date=0, received=1_600_000_000),
        desk.new(2, date=1_500_000_000),
        desk.new(3, date=4_000_000_000, received=1_550_000_000),
    )
    assert list(desk.library.ids(inbox)) == [none, future, past]
    assert desk.library.summary(none).date == 0
