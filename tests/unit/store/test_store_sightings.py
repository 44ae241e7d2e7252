"""What was seen of an account's servers, and what is made of it."""

from __future__ import annotations

from desktopmail.domain.health import DAY, Encryption, Health, Line, Others, Retention, Room, RoomOn, Side
from desktopmail.domain.ids import AccountId
from desktopmail.store.transaction import Transaction
from tests.unit.store.desk import Desk

NOW = 20_000 * DAY + 100
SHOWN = Encryption("TLSv1.3", "TLS_AES_256_GCM_SHA384", NOW + 20 * DAY, "Good CA", "ab" * 32)


def at(desk: Desk, moment: int) -> Health:
    def read(tx: Transaction) -> Health:
        tx.now = moment
        return tx.sightings.health(desk.account)

    return desk.read(read)


def note(desk: Desk, moment: int, **seen: object) -> None:
    def write(tx: Transaction) -> None:
        tx.now = moment
        for name, value in seen.items():
            getattr(tx.sightings, name)(desk.account, *([] if value is None else [value]))

    desk.write(write)


def test_nothing_is_known_of_a_new_account_or_of_none(desk: Desk) -> None:
    assert desk.library.health(desk.account) == Health(desk.account)
    assert desk.library.health(AccountId(99)) == Health(AccountId(99))


def test_everything_comes_back_and_is_no_news(desk: Desk) -> None:
    line = Line(Side.INCOMING, "mail.example.org", 993, SHOWN, "SCRAM-SHA-256", NOW)
    out = Line(Side.OUTGOING, "smtp.example.org", 465, Encryption(), "", NOW)
    note(desk, NOW, line=line, full_sync=None, retention=Retention(30, 600), room=Room(10, 100), others=Others(2, 3))
    note(desk, NOW, line=out)
    found = at(desk, NOW)
    assert (found.line(Side.INCOMING), found.line(Side.OUTGOING)) == (line, out)
    assert (found.full_sync, found.retention, found.others) == (NOW, Retention(30, 600), Others(2, 3))
    assert (found.room, found.trend) == (Room(10, 100), (RoomOn(20_000, Room(10, 100)),))
    assert desk.news == []


def test_an_account_that_is_gone_is_written_about_no_more(desk: Desk) -> None:
    note(desk, NOW, room=Room(10, 100), others=Others(1, 1))
    desk.write(lambda tx: tx.accounts.remove(desk.account))
    note(desk, NOW, room=Room(10, 100), others=Others(1, 1), full_sync=None)
    assert at(desk, NOW) == Health(desk.account)


def test_one_entry_per_day_and_a_year_of_them(desk: Desk) -> None:
    for day in range(3):
        note(desk, NOW + day * DAY, room=Room(5, 1_000))
        note(desk, NOW + day * DAY, room=Room(100 * (day + 1), 1_000))
    found = at(desk, NOW + 2 * DAY)
    assert [each.room.used for each in found.trend] == [100, 200, 300]
    assert found.growth() == 100 and found.days_until_full() == 7
    note(desk, NOW + 500 * DAY, room=Room(7, 1_000))
    assert [each.room.used for each in at(desk, NOW).trend] == [7]
    note(desk, NOW, no_room=None)
    assert at(desk, NOW).room is None


def test_others_are_counted_for_a_week(desk: Desk) -> None:
    note(desk, NOW, others=Others(1, 0))
    note(desk, NOW + 60, others=Others(1, 4))
    note(desk, NOW + 3 * DAY, others=Others(0, 5))
    assert at(desk, NOW + 3 * DAY).others == Others(2, 9)
    assert at(desk, NOW + 8 * DAY).others == Others(0, 5)
    assert not at(desk, NOW + 30 * DAY).others


def test_what_deserves_a_warning() -> None:
    line = Line(Side.INCOMING, "mail.example.org", 993, SHOWN, "PLAIN", NOW)
    assert not line.ends_soon(NOW)
    assert line.ends_soon(NOW + 7 * DAY) and line.ends_soon(NOW + 30 * DAY)
    assert SHOWN.days_left(NOW + 21 * DAY) == -1
    assert Encryption("TLSv1.2", "x").days_left(NOW) is None and not Encryption().there
    assert Room(95, 100).tight and not Room(5, 0).tight
    flat = Health(AccountId(1), room=Room(1, 2), trend=(RoomOn(1, Room(1, 2)), RoomOn(9, Room(1, 2))))
    assert (flat.growth(), flat.days_until_full()) == (0, None)
