"""Gmail's own ways over POP3, played by a script: each message to one program only or the last 30 days to all, removals
that its settings decide about, and some hundred messages at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from desktopmail.domain.account import Keep, Leave, Pop3Server
from desktopmail.domain.message import Copy
from desktopmail.engine.pop3.peculiar import mailbox, ways
from desktopmail.engine.pop3.verbs import Pop3Verbs
from desktopmail.engine.worries import worries
from tests.fakes.pop3_mailbox import OFFERED, Mail, Pop3Mailbox
from tests.unit.pop3_engine.desk import ENDPOINT, FOREVER, PopDesk, letter, letters
from tests.unit.pop3_engine.test_going_on import lanes_of

Desks = Callable[..., PopDesk]
NO = Leave(Keep.NO)
GMAIL = replace(ENDPOINT, host="pop.gmail.com", user="ada@gmail.com")
CAPA = (*OFFERED, "EXPIRE 0", "X-GOOGLE-RICO")


class Gmail:
    """All Mail, of which a session lists at most `batch`: what no program fetched yet, or with `recent` the last `days`
    of it whoever fetched it. A removal does what `settings` say: `keep`, `archive` or `trash`."""

    def __init__(self, *, batch: int = 250, recent: int = 0, settings: str = "keep") -> None:
        self.all: list[Mail] = []
        self.fetched: set[str] = set()
        self.batch, self.recent, self.settings = batch, recent, settings
        self.box = Pop3Mailbox(offered=CAPA, deaf=True, before=self._before)

    def receive(self, *numbers: int) -> None:
        self.all += [Mail(f"GmailId{number}", letter(number)) for number in numbers]
        self._list()

    def _list(self) -> None:
        if self.recent:
            self.box.mails = self.all[-self.recent :]
        else:
            self.box.mails = [each for each in self.all if each.uidl not in self.fetched][: self.batch]

    def _before(self, line: str) -> None:
        if line == "QUIT":
            self.fetched |= set(self.box.fetches)
            if self.settings == "trash":
                self.all = [each for each in self.all if each.raw not in self.box.asked_gone]
            self._list()


def at_gmail(desks: Desks, gmail: Gmail, leave: Leave = FOREVER) -> PopDesk:
    desk = desks(gmail.box)
    user = f"recent:{GMAIL.user}" if gmail.recent else GMAIL.user
    desk.account = replace(desk.account, incoming=Pop3Server(replace(GMAIL, user=user), leave))
    desk.write(lambda tx: tx.accounts.update(desk.account))
    return desk


def others(desk: PopDesk) -> int:
    return desk.read(lambda tx: tx.sightings.health(desk.account.id)).others.removed


@pytest.mark.parametrize(("batch", "visits"), [(250, 4), (90, 8), (1_000, 2)])
def test_visits_go_on_until_one_brings_nothing_new(desks: Desks, batch: int, visits: int) -> None:
    gmail = Gmail(batch=batch)
    gmail.receive(*range(1, 621))
    desk = at_gmail(desks, gmail)
    assert desk.clean_sync().new == 620
    assert len(desk.rows()) == 620 and set(gmail.box.fetches.values()) == {1} and gmail.box.sessions == visits
    gmail.receive(621)
    assert desk.clean_sync().new == 1
    assert desk.clean_sync().new == 0 and set(gmail.box.fetches.values()) == {1}


@pytest.mark.parametrize("leave", [FOREVER, NO, Leave(Keep.DAYS, 14), Leave(Keep.UNTIL_DELETED)])
@pytest.mark.parametrize("settings", ["keep", "archive", "trash"])
def test_what_is_not_listed_any_more_stays_here_and_nobody_is_blamed(desks: Desks, leave: Leave, settings: str) -> None:
    gmail = Gmail(settings=settings)
    gmail.receive(*range(1, 31))
    desk = at_gmail(desks, gmail, leave)
    desk.clean_sync()
    gmail.receive(31, 32)
    desk.clean_sync()
    assert sorted(desk.raws()) == sorted(letters(32)) and {row.copy for row in desk.rows()} == {Copy.HERE}
    assert others(desk) == 0 and desk.box.fetches.total() == 32
    assert len(desk.box.asked_gone) == (32 if leave is NO else 0)
    assert len(gmail.all) == (0 if leave is NO and settings == "trash" else 32)


def test_with_recent_a_removal_that_is_ignored_is_counted_said_once_and_not_repeated(desks: Desks) -> None:
    gmail = Gmail(recent=100)
    gmail.receive(*range(1, 11))
    desk = at_gmail(desks, gmail, NO)
    for _ in range(4):
        desk.clean_sync()
    assert len(desk.box.asked_gone) == 10 and set(desk.box.fetches.values()) == {1}
    assert {row.copy for row in desk.rows()} == {Copy.BOTH} and len(gmail.all) == 10
    lanes = lanes_of(desk)
    seen = desk.run(Pop3Verbs(desk.store, lambda: lanes).outlook(desk.account.id))
    assert (seen.ignored, seen.count) == (10, 0) and "its own settings decide" in seen.words
    health = desk.read(lambda tx: tx.sightings.health(desk.account.id))
    ((key, problem),) = worries(health, 0).items()
    assert problem.title == "The server kept 10 messages that it had said were removed"
    assert desk.write(lambda tx: tx.sightings.warn(desk.account.id, [key])) == {key}
    gmail.receive(11)
    for _ in range(3):
        desk.clean_sync()
    health = desk.read(lambda tx: tx.sightings.health(desk.account.id))
    assert health.ignored == 11 and len(desk.box.asked_gone) == 11
    assert desk.write(lambda tx: tx.sightings.warn(desk.account.id, worries(health, 0))) == set()


def test_with_recent_where_the_settings_obey_a_removal_is_one(desks: Desks) -> None:
    gmail = Gmail(recent=100, settings="trash")
    gmail.receive(*range(1, 11))
    desk = at_gmail(desks, gmail, NO)
    desk.clean_sync()
    assert gmail.all == [] and {row.copy for row in desk.rows()} == {Copy.HERE}
    assert desk.clean_sync().new == 0 and len(desk.box.asked_gone) == 10


def test_with_recent_several_programs_get_everything_and_what_grows_old_stays_here(desks: Desks) -> None:
    gmail = Gmail(recent=20)
    gmail.receive(*range(1, 21))
    gmail.fetched = {each.uidl for each in gmail.all}
    desk = at_gmail(desks, gmail)
    assert desk.clean_sync().new == 20
    gmail.receive(*range(21, 31))
    assert desk.clean_sync().new == 10
    assert len(desk.rows()) == 30 and others(desk) == 0
    assert sum(row.copy is Copy.HERE for row in desk.rows()) == 10
    gmail.recent = 30
    gmail.receive()
    desk.clean_sync()
    assert {row.copy for row in desk.rows()} == {Copy.BOTH} and set(desk.box.fetches.values()) == {1}


def test_recent_is_another_view_of_the_same_mailbox(desks: Desks) -> None:
    gmail = Gmail()
    gmail.receive(*range(1, 31))
    desk = at_gmail(desks, gmail)
    desk.clean_sync()
    gmail.recent = 30
    gmail.receive(31)
    desk.account = replace(desk.account, incoming=Pop3Server(replace(GMAIL, user=f"recent:{GMAIL.user}")))
    desk.write(lambda tx: tx.accounts.update(desk.account))
    assert desk.account.incoming is not None
    assert mailbox(desk.account.incoming.endpoint) == mailbox(GMAIL) == "ada@gmail.com@pop.gmail.com"
    assert desk.clean_sync().new == 1
    assert {row.copy for row in desk.rows()} == {Copy.BOTH, Copy.HERE} and set(desk.box.fetches.values()) == {1}


def test_the_time_between_visits_holds_between_batches_too(desks: Desks) -> None:
    gmail = Gmail(batch=10)
    gmail.box.offered = (*CAPA, "LOGIN-DELAY 300")
    gmail.receive(*range(1, 31))
    desk = at_gmail(desks, gmail)
    assert desk.clean_sync().new == 10 and gmail.box.sessions == 1


def test_it_is_explained(desks: Desks) -> None:
    plain, recent = ways(GMAIL), ways(replace(GMAIL, user="Recent:ada@gmail.com", host="POP.gmail.com"))
    assert "put 'recent:' in front of the user name" in plain.words[0]
    assert "the last 30 days to every program" in recent.words[0]
    assert plain.words[1:] == recent.words[1:] and "Gmail's own POP settings decide" in plain.words[1]
    assert ways(ENDPOINT).words == () and not ways(ENDPOINT).batches
    desk = at_gmail(desks, Gmail())
    lanes = lanes_of(desk)
    assert desk.run(Pop3Verbs(desk.store, lambda: lanes).outlook(desk.account.id)).provider == plain.words
