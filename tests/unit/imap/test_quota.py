"""How full the mailbox is, as servers say it and as they should not."""

from __future__ import annotations

import pytest

from desktopmail.domain.health import Room
from desktopmail.protocols.imap.quota import MOST, UNIT, tightest
from desktopmail.protocols.imap.request import Refusal
from tests.fakes.imap_script import OFFERED
from tests.unit.imap.lines import script_of, since, told

WITH_QUOTA = f"{OFFERED} QUOTA"


def test_the_room_is_asked_for_by_folder() -> None:
    said = b'* QUOTAROOT INBOX "User quota"\r\n* QUOTA "User quota" (STORAGE 10 512 MESSAGE 3 20)\r\n<tag> OK done\r\n'
    script = script_of(WITH_QUOTA, GETQUOTAROOT=said)
    assert told(script, lambda session: session.room()) == Room(10 * 1024, 512 * 1024)
    assert since(script) == [b'GETQUOTAROOT "INBOX"']


def test_who_does_not_offer_it_is_not_asked() -> None:
    script = script_of()
    assert told(script, lambda session: session.room()) is None
    assert since(script) == []


def test_a_no_is_a_refusal_and_the_line_lives() -> None:
    async def ask_twice(session: object) -> None:
        for _ in range(2):
            with pytest.raises(Refusal):
                await session.room()  # type: ignore[attr-defined]

    told(script_of(WITH_QUOTA, GETQUOTAROOT=b"<tag> NO not for you\r\n"), ask_twice)


@pytest.mark.parametrize(
    ("lines", "room"),
    [
        ([], None),
        ([b'QUOTAROOT INBOX ""', b'QUOTA "" ()'], None),
        ([b'QUOTA "" (MESSAGE 1 10)'], None),
        ([b'QUOTA "" (storage 1 2)'], Room(UNIT, 2 * UNIT)),
        ([b"QUOTA {3}\r\na b (STORAGE 1 2)"], Room(UNIT, 2 * UNIT)),
        ([b'QUOTA "wide" (STORAGE 1 100)', b'QUOTA "tight" (STORAGE 1 10)'], Room(UNIT, 10 * UNIT)),
        ([b'QUOTA "over" (STORAGE 30 10)'], Room(30 * UNIT, 10 * UNIT)),
        ([b'QUOTA "none" (STORAGE 30 0)'], None),
        (
            [b'QUOTA "" (STORAGE -1 10)', b'QUOTA "" (STORAGE x 10)', b'QUOTA "" (STORAGE 1)', b"QUOTA", b"QUOTA x"],
            None,
        ),
        ([b'QUOTA "" (STORAGE 99999999999999999999 99999999999999999999)'], Room(MOST * UNIT, MOST * UNIT)),
        ([b'QUOTA "" (((STORAGE 1 2', b'QUOTA "open'], None),
        ([b'QUOTA "" (' + b"STORAGE 1 2 " * 500 + b")"], None),
    ],
)
def test_what_servers_say(lines: list[bytes], room: Room | None) -> None:
    assert tightest(lines) == room
    assert room is None or room.allowed < 1 << 63
