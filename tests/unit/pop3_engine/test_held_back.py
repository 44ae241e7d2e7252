"""Messages above the limit of their account: only the beginning comes, and the person says when the rest does."""

from __future__ import annotations

import ssl
from collections.abc import Callable

import pytest

from desktopmail.domain.body import Body
from desktopmail.domain.errors import ContentMissing, NotFound, TooSoon
from desktopmail.domain.ids import MessageId
from desktopmail.domain.message import Copy
from desktopmail.engine.pictures import Pictures
from desktopmail.engine.pop3.verbs import Pop3Verbs
from desktopmail.engine.reading import Reading
from tests.fakes.pop3_mailbox import OFFERED
from tests.unit.pop3_engine.desk import FOREVER, PopDesk, letter
from tests.unit.pop3_engine.test_going_on import lanes_of
from tests.unit.pop3_engine.test_login_delay import pass_time

Desks = Callable[..., PopDesk]
BIG = [letter(number) + b"y" * 2_000_000 + b"\r\n" for number in (1, 2)]
LIMIT = 1_000_000


def opened(desk: PopDesk, message: MessageId, *, whole: bool = False) -> Body:
    remote = desk.remote()
    return desk.run(Reading(desk.store, remote.fetch, Pictures(ssl.create_default_context)).load(message, whole=whole))


def bring(desk: PopDesk, *messages: MessageId) -> str:
    lanes = lanes_of(desk)
    return desk.run(Pop3Verbs(desk.store, lambda: lanes).bring(messages)).label


def test_opening_it_says_so_and_fetches_nothing(desks: Desks) -> None:
    desk = desks(BIG, max_size=LIMIT)
    desk.clean_sync()
    body = opened(desk, desk.ids()[0])
    warning, held = body.warnings
    assert (warning.kind, held.kind) == ("not-downloaded", "held-back") and body.subject == "letter 2"
    assert warning.detail == (
        "The whole message has 2.0 MB. Above 1.0 MB only the beginning is fetched by itself. It stays on the server"
        " until you fetch it."
    )
    assert desk.box.fetches.total() == 0 and desk.box.sessions == 1
    assert opened(desk, desk.ids()[0], whole=True).text and desk.box.fetches == {"u2": 1}
    assert opened(desk, desk.ids()[0]).text


def test_what_was_not_held_back_for_its_size_comes_when_it_is_opened(desks: Desks) -> None:
    desk = desks([letter(1)])
    desk.sync(headers_only=True)
    assert opened(desk, desk.ids()[0]).text


def test_several_are_brought_in_one_visit(desks: Desks) -> None:
    desk = desks([*BIG, letter(3)], max_size=LIMIT)
    desk.clean_sync()
    third, second, first = desk.ids()
    assert bring(desk, first, second, third, first) == "The rest of 2 messages is on its way"
    assert desk.clean_sync().new == 0
    assert sorted(desk.raws()) == sorted([*BIG, letter(3)]) and desk.box.sessions == 2
    assert {row.copy for row in desk.rows()} == {Copy.BOTH} and set(desk.box.fetches.values()) == {1}
    with pytest.raises(NotFound):
        bring(desk, first)


def test_what_is_gone_there_cannot_be_brought(desks: Desks) -> None:
    desk = desks(BIG, max_size=LIMIT)
    desk.clean_sync()
    desk.box.mails.clear()
    desk.clean_sync()
    with pytest.raises(NotFound):
        bring(desk, *desk.ids())
    with pytest.raises(ContentMissing):
        desk.run(desk.remote().fetch(desk.ids()[0]))


def test_fetched_while_the_server_wants_to_be_left_alone_it_comes_with_the_next_visit(desks: Desks) -> None:
    desk = desks(BIG, FOREVER, LIMIT, offered=(*OFFERED, "LOGIN-DELAY 900"))
    desk.clean_sync()
    with pytest.raises(TooSoon):
        desk.run(desk.remote().fetch(desk.ids()[0]))
    pass_time(desk, 901)
    desk.clean_sync()
    assert desk.raws() == [BIG[1]] and desk.box.sessions == 2
