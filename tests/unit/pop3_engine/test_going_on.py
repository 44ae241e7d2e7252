"""A POP3 account while the program runs: waiting, being asked, servers that want to be left alone, and verbs."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import pytest

from desktopmail.domain.account import Keep, Leave, Pop3Server
from desktopmail.domain.errors import ContentMissing, DiskFull, MailError, NeedsPerson, NotFound, WrongUsage
from desktopmail.domain.folder import Role
from desktopmail.domain.ids import MessageId
from desktopmail.domain.message import Copy
from desktopmail.engine.ears import Ears
from desktopmail.engine.lanes import Lanes
from desktopmail.engine.outbox import Outbox
from desktopmail.engine.pop3 import remote as pop3_remote
from desktopmail.engine.pop3.trial import try_out
from desktopmail.engine.pop3.verbs import Pop3Verbs
from desktopmail.store.store import Store
from tests.fakes.pop3_mailbox import Mail, MailboxLine
from tests.unit.pop3_engine.desk import ENDPOINT, PopDesk, letter, letters

Desks = Callable[..., PopDesk]
NO, DAYS = Leave(Keep.NO), Leave(Keep.DAYS, 14)


async def until(desk: PopDesk, done: Callable[[], Awaitable[bool]]) -> None:
    """Wait for something to be true after a commit."""
    news = asyncio.Event()
    end = desk.store.subscribe(lambda _: news.set())
    try:
        while not await done():
            news.clear()
            await news.wait()
    finally:
        end()


async def until_said(lanes: Lanes, done: Callable[[], bool]) -> None:
    """Wait for what an account is doing to become something else."""
    news = asyncio.Event()
    lanes._ears.on_activity.append(lambda _: news.set())
    while not done():
        news.clear()
        await news.wait()


async def shown(desk: PopDesk) -> int:
    inbox = await desk.store.read(lambda tx: tx.folders.by_role(desk.account.id, Role.INBOX))
    return inbox.total if inbox else 0


def lanes_of(desk: PopDesk, *, offline: bool = False) -> Lanes:
    ears = Ears()
    ears.on_activity.append(desk.said.append)
    return Lanes(desk.store, desk.passwords, Outbox(desk.store, desk.passwords), ears, offline=offline)


def verbs_of(desk: PopDesk, *, offline: bool = False) -> Pop3Verbs:
    lanes = lanes_of(desk, offline=offline)
    return Pop3Verbs(desk.store, lambda: lanes)


def test_mail_comes_by_itself_and_at_once_when_asked(desks: Desks, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = desks(letters(3))

    async def live() -> None:
        lanes = lanes_of(desk)
        lanes.start()
        await until(desk, lambda: has(3))
        runner = lanes.runner(desk.account)
        assert runner is not None
        desk.box.mails.append(Mail("u4", letter(4)))
        await until_said(lanes, lambda: runner.activity.words == "Up to date")
        lanes.wake()
        await until(desk, lambda: has(4))
        monkeypatch.setattr(pop3_remote, "LOOK_SECONDS", 0.01)
        desk.box.mails.append(Mail("u5", letter(5)))
        lanes.wake()
        await until(desk, lambda: has(5))
        desk.box.mails.append(Mail("u6", letter(6)))
        await until(desk, lambda: has(6))
        await lanes.close()

    async def has(count: int) -> bool:
        return await shown(desk) == count

    desk.run(live())
    assert set(desk.box.fetches.values()) == {1}


def test_a_mailbox_that_moved_stops_the_account_until_the_person_says_so(desks: Desks) -> None:
    """D05"""
    desk = desks(letters(5))
    desk.clean_sync()
    desk.box.rename()

    async def live() -> int:
        lanes = lanes_of(desk)
        verbs = Pop3Verbs(desk.store, lambda: lanes)
        lanes.start()
        runner = lanes.runner(desk.account)
        assert runner is not None
        await until_said(lanes, lambda: runner.activity.problem is not None)
        assert runner.activity.problem is not None and runner.activity.problem.kind == "renamed"
        desk.box.mails.append(Mail("u9", letter(9)))
        done = await verbs.relink(desk.account.id)
        await until(desk, has_new)
        await lanes.close()
        return done.linked

    async def has_new() -> bool:
        return await shown(desk) == 6

    assert desk.run(live()) == 5
    assert desk.box.fetches.total() == 6


def test_what_the_person_wants_gone_goes_at_the_next_visit(desks: Desks) -> None:
    desk = desks(letters(4))
    desk.clean_sync()
    verbs = verbs_of(desk)
    first, second, *_ = desk.ids()
    receipt = desk.run(verbs.remove_now([first, second, first]))
    assert receipt.label == "2 messages will be removed from the server"
    assert desk.run(verbs.outlook(desk.account.id)).count == 2
    receipt = desk.run(verbs.keep_there(desk.ids()[1:]))
    assert (receipt.label, receipt.messages) == ("1 message stays on the server", (second,))
    with pytest.raises(NotFound):
        desk.run(verbs.keep_there([second]))
    assert desk.clean_sync().pushed == 1
    assert desk.box.left == letters(3) and len(desk.rows()) == 4
    counts = desk.run(verbs.copies(desk.account.id))
    assert (counts.server, counts.both, counts.here) == (0, 3, 1)
    assert {each.decided_by for each in desk.entries().values()} == {"person", ""}
    with pytest.raises(NotFound):
        desk.run(verbs.remove_now([first]))


def test_what_is_here_in_part_is_not_removed_without_a_word(desks: Desks) -> None:
    big = letter(1) + b"z" * 9_000 + b"\r\n"
    desk = desks([big], max_size=1_000)
    desk.clean_sync()
    verbs = verbs_of(desk)
    with pytest.raises(NeedsPerson):
        desk.run(verbs.remove_now(desk.ids()))
    desk.clean_sync()
    assert desk.box.left == [big]
    desk.run(verbs.remove_now(desk.ids(), unread_too=True))
    desk.clean_sync()
    assert desk.box.left == [] and desk.rows()[0].copy is Copy.HERE
    with pytest.raises(ContentMissing):
        desk.run(desk.remote().fetch(desk.ids()[0]))


def test_the_outlook_of_an_account_and_of_another_rule(desks: Desks) -> None:
    desk = desks(letters(3))
    desk.clean_sync()
    desk.age(15)
    verbs = verbs_of(desk)
    assert desk.run(verbs.outlook(desk.account.id)).count == 0
    assert desk.run(verbs.outlook(desk.account.id, DAYS)).count == 3
    assert desk.run(verbs.set_leave(desk.account.id, DAYS)).words.startswith("3 messages that came here 14 days ago")


def test_verbs_are_for_pop3_alone_and_need_a_line(desks: Desks) -> None:
    desk = desks(letters(1))
    with pytest.raises(MailError):
        desk.run(verbs_of(desk, offline=True).relink(desk.account.id))
    desk.write(lambda tx: tx.accounts.remove(desk.account.id, keep_mail=True))
    with pytest.raises(WrongUsage):
        desk.run(verbs_of(desk).outlook(desk.account.id))


def test_one_message_does_not_wait_for_a_long_download(desks: Desks) -> None:
    big = letter(1) + b"z" * 9_000 + b"\r\n"
    desk = desks([big, *letters(3)[1:]], max_size=1_000)
    desk.clean_sync()
    wanted = next(row.id for row in desk.rows() if row.copy is Copy.SERVER)
    desk.box.mails += [Mail(f"n{number}", letter(number)) for number in range(50, 90)]

    async def both(message: MessageId) -> None:
        remote = desk.remote()
        await remote.pull()
        await remote.fetch(message)
        while await remote.fill():
            pass
        await remote.close()

    sessions = desk.box.sessions
    desk.run(both(wanted))
    assert desk.box.sessions == sessions + 1
    assert big in desk.raws() and len(desk.rows()) == 43


def test_a_message_that_the_server_cannot_give_stops_nothing(desks: Desks) -> None:
    desk = desks(letters(5), NO)

    def before(line: str) -> None:
        desk.box.answers.pop("RETR", None)
        if line == "RETR 3":
            desk.box.answers["RETR"] = b"-ERR cannot read it\r\n"

    desk.box.before = before
    assert desk.clean_sync().new == 4
    assert desk.box.left == [letter(3)]
    assert desk.folder().problem == "1 message could not be downloaded and stayed on the server"
    desk.box.before = lambda _: None
    desk.box.answers.clear()
    assert desk.clean_sync().new == 1
    assert desk.box.left == [] and desk.folder().problem == ""


@pytest.mark.parametrize("where", ["content", "write"])
def test_a_store_that_fails_removes_nothing_and_leaves_without_quit(
    desks: Desks, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:  # D07 D08
    desk = desks(letters(6), NO)
    real = getattr(Store, where)
    left = 1

    async def full(self: Store, *arguments: object, **more: object) -> object:
        nonlocal left
        left -= where == "content" or bool(more.get("durable"))
        if left < 1:
            raise DiskFull("There is no room for more")
        return await real(self, *arguments, **more)

    monkeypatch.setattr(Store, where, full)
    report = desk.sync()
    assert report.problems[0].kind == "disk-full"
    assert "QUIT" not in desk.box.commands and desk.box.asked_gone == []


def test_a_mailbox_that_is_in_use_is_no_wrong_password(desks: Desks) -> None:
    busy = b"-ERR [IN-USE] somebody else reads this mailbox\r\n"
    desk = desks(letters(2), answers={"PASS": busy, "AUTH": busy})
    problem = desk.sync().problems[0]
    assert problem.kind != "sign-in-refused"
    desk.box.answers.clear()
    assert desk.clean_sync().new == 2


def test_cancelled_wherever_the_server_goes_silent_nothing_is_left_over(desks: Desks) -> None:  # P30
    desk = desks(letters(8), NO)

    async def attempt(down: int) -> bool:
        """Whether the server went silent before the visit was over."""
        line = desk.box.line(down=down, stall=True)
        desk.line = lambda: line
        visit = asyncio.ensure_future(desk.runner(desk.remote()).sync_once())
        silence = asyncio.ensure_future(line.silent.wait())
        await asyncio.wait([visit, silence], return_when=asyncio.FIRST_COMPLETED)
        cut = silence.done()
        for task in (visit, silence):
            task.cancel()
        await asyncio.gather(visit, silence, return_exceptions=True)
        assert line.is_closing() and asyncio.all_tasks() == {asyncio.current_task()}
        return cut

    rounds = 0
    while desk.run(attempt(40 * rounds)):
        rounds += 1
        assert set(desk.raws()) | set(desk.box.left) == set(letters(8))
    assert rounds > 20


def test_a_message_at_which_the_line_breaks_holds_up_no_other(desks: Desks) -> None:
    desk = desks(letters(6))

    async def visits() -> list[int]:
        remote, here = desk.remote(), []
        for _ in range(5):
            with contextlib.suppress(MailError):
                await remote.pull()
                while await remote.fill():
                    pass
            await remote.close()
            here.append(await shown(desk))
        desk.box.before = lambda _: None
        remote.suspect()
        await remote.pull()
        while await remote.fill():
            pass
        await remote.close()
        return [*here, await shown(desk)]

    def before(line: str) -> None:
        if line == "RETR 4":
            lines[-1].abort()

    lines: list[MailboxLine] = []

    def connect() -> MailboxLine:
        lines.append(desk.box.line())
        return lines[-1]

    desk.line = connect
    desk.box.before = before
    counts = desk.run(visits())
    assert counts[-2:] == [5, 6] and counts == sorted(counts)


@pytest.mark.parametrize(
    ("quirks", "leave", "refused"),
    [
        ({}, Leave(), False),
        ({"uidl": False, "offered": ("USER", "TOP")}, Leave(), False),
        ({"uidl": False, "top": False, "offered": ("USER",)}, Leave(), True),
        ({"uidl": False, "top": False, "offered": ("USER",)}, DAYS, True),
        ({"uidl": False, "top": False, "offered": ("USER",)}, NO, False),
    ],
)
def test_a_server_where_mail_cannot_stay_is_found_out_before(
    desks: Desks, quirks: dict[str, object], leave: Leave, refused: bool
) -> None:
    desk = desks(letters(2), **quirks)
    told: list[bool] = []

    async def attempt() -> None:
        await try_out(Pop3Server(ENDPOINT, leave), "secret", lambda: told.append(True), 5)

    with pytest.raises(NeedsPerson) if refused else contextlib.nullcontext():
        desk.run(attempt())
    assert desk.box.fetches.total() == 0 and ("QUIT" in desk.box.commands) is not refused
