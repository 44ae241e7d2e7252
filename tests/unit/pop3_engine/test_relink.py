"""What counts as the same message under a new name: the whole header and a body of the same length; of a message of
which only the top is here, its Message-ID and size, where each is the only one of its kind. Everything else is brought
and known by its bytes, so that no rule removes what never came here. D05"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from desktopmail.domain.account import Keep, Leave
from desktopmail.domain.message import Copy
from desktopmail.engine.pop3.relink import Relinked
from tests.fakes.pop3_mailbox import Mail
from tests.unit.pop3_engine.desk import FOREVER, PopDesk, letter, letters

Desks = Callable[..., PopDesk]
NO = Leave(Keep.NO)
BIG = letter(7) + b"y" * 5_000 + b"\r\n"


def relinked(desk: PopDesk) -> Relinked:
    return desk.run(desk.remote().relink())


def bare(raw: bytes) -> int:
    """The size as servers say it that count a line end as one byte."""
    return len(raw) - raw.count(b"\n")


def test_another_body_under_the_same_header_is_another_message(desks: Desks) -> None:
    desk = desks(letters(4))
    desk.clean_sync()
    other = letter(2).replace(b".begins with a dot", b"something else, and longer")
    desk.box.mails = [Mail(f"n{number}", raw) for number, raw in enumerate([letter(1), other, letter(3), letter(4)])]
    assert relinked(desk) == Relinked(3, 1, 1)
    assert "QUIT" not in desk.box.commands[desk.box.commands.index("QUIT") + 1 :], "nothing was to be removed"
    desk.leave(NO)
    desk.clean_sync()
    assert desk.box.left == [] and sorted(desk.raws()) == sorted([*letters(4), other])
    assert desk.box.fetches == {"u1": 1, "u2": 1, "u3": 1, "u4": 1, "n1": 1}


@pytest.mark.parametrize("size", [len, bare, lambda raw: bare(raw) + 17])
def test_a_server_that_counts_in_another_way(desks: Desks, size: Callable[[bytes], int]) -> None:
    """Nothing is brought again where the length of the body can be worked out; elsewhere it is known by its bytes."""
    desk = desks(letters(4))
    desk.clean_sync()
    desk.box.mails = [Mail(f"n{number}", raw, size(raw)) for number, raw in enumerate(letters(4))]
    proven = size(letter(1)) in (len(letter(1)), bare(letter(1)))
    assert relinked(desk) == (Relinked(4, 0, 0) if proven else Relinked(0, 4, 4))
    assert desk.clean_sync().new == 0
    assert desk.box.fetches.total() == (4 if proven else 8)
    assert len(desk.rows()) == 4 and {row.copy for row in desk.rows()} == {Copy.BOTH}


def test_fields_that_servers_add_by_themselves(desks: Desks) -> None:
    desk = desks(letters(4))
    desk.clean_sync()
    desk.box.mails = [Mail(f"n{number}", b"Status: RO\r\nX-UIDL: a\r\n" + raw) for number, raw in enumerate(letters(4))]
    assert relinked(desk) == Relinked(4, 0, 0)
    assert desk.clean_sync().new == 0 and desk.box.fetches.total() == 4


def test_a_message_id_is_no_proof_where_the_header_is_another(desks: Desks) -> None:
    desk = desks(letters(4))
    desk.clean_sync()
    other = letter(2).replace(b"Subject: letter 2", b"Subject: writer 2")
    assert len(other) == len(letter(2))
    desk.box.mails = [Mail(f"n{number}", raw) for number, raw in enumerate([letter(1), other, letter(3), letter(4)])]
    assert relinked(desk) == Relinked(3, 1, 1)
    desk.leave(NO)
    desk.clean_sync()
    assert desk.box.left == [] and sorted(desk.raws()) == sorted([*letters(4), other])


def test_a_top_is_known_by_message_id_and_size(desks: Desks) -> None:
    desk = desks([letter(1), BIG], max_size=2_000)
    desk.clean_sync()
    desk.box.rename()
    assert relinked(desk) == Relinked(2, 0, 0)
    assert desk.clean_sync().new == 0 and desk.box.fetches == {"u1": 1}
    assert len(desk.rows()) == 2


@pytest.mark.parametrize(
    "there",
    [
        [BIG + b"more\r\n"],
        [BIG.replace(b"<7@", b"<8@")],
        [BIG, b"X" + BIG[1:]],
    ],
)
def test_a_top_that_is_not_certain_is_not_linked(desks: Desks, there: list[bytes]) -> None:
    """Another size, another name, or two of them there."""
    desk = desks([letter(1), BIG], max_size=2_000)
    desk.clean_sync()
    desk.box.mails = [Mail("n0", letter(1)), *(Mail(f"n{number}", raw) for number, raw in enumerate(there, 1))]
    assert relinked(desk) == Relinked(1, len(there), 1)


def test_two_tops_of_one_message_id_here_are_not_linked(desks: Desks) -> None:
    desk = desks([letter(1), BIG, b"X" + BIG[1:]], max_size=2_000)
    desk.clean_sync()
    desk.box.mails = [Mail("n0", letter(1)), Mail("n1", BIG)]
    assert relinked(desk) == Relinked(1, 1, 2)


def test_several_that_are_alike_are_linked_one_to_one(desks: Desks) -> None:
    same = [letter(1), letter(1), letter(2), letter(3)]
    desk = desks(same)
    desk.clean_sync()
    desk.box.rename()
    assert relinked(desk) == Relinked(4, 0, 0)
    desk.leave(FOREVER)
    assert desk.clean_sync().new == 0 and desk.box.fetches.total() == 4


def test_what_cannot_be_read_any_more_is_brought_again(desks: Desks, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its bytes are not proven to be here, so its old name is not proof of anything either."""
    desk = desks(letters(4))
    desk.clean_sync()
    desk.box.rename()

    async def lost(*_: object) -> None:
        return None

    monkeypatch.setattr("desktopmail.engine.pop3.proof.read_back", lost)
    assert relinked(desk) == Relinked(0, 4, 4)
