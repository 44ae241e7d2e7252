"""The runner as the window uses it: news arrives by itself, changes leave by themselves, the line may come and go."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

from desktopmail.domain.activity import Activity, State
from desktopmail.domain.changes import ChangeSet
from desktopmail.domain.message import Flags
from desktopmail.engine.actions import Actions
from desktopmail.engine.activity import Teller
from desktopmail.engine.imap.remote import ImapRemote
from desktopmail.engine.runner import Runner
from tests.servers.dovecot import Dovecot, User
from tests.servers.process import wait_until
from tests.servers.proxy import CuttingProxy
from tests.servers.two_sides import OtherProgram, Ours, letter

DEADLINE = 20
Story = Callable[["Live", CuttingProxy], Awaitable[None]]


class Live:
    """A running account, the news it made, and another program on the same mailbox."""

    def __init__(self, ours: Ours, other: OtherProgram) -> None:
        self.ours = ours
        self.other = other
        self.news: list[ChangeSet] = []
        self.said: list[Activity] = []
        self._something = asyncio.Event()
        teller = Teller(ours.account.id, self._hear)
        self.remote = ImapRemote(ours.account, ours.store, ours.passwords, teller)
        self.runner = Runner(ours.account, self.remote, ours.store, teller)
        ours.store.subscribe(self._hear)

    def _hear(self, what: Activity | ChangeSet) -> None:
        if isinstance(what, Activity):
            self.said.append(what)
        else:
            self.news.append(what)
        self._something.set()

    async def until(self, done: Callable[[], bool]) -> None:
        async with asyncio.timeout(DEADLINE):
            while not done():
                self._something.clear()
                await self._something.wait()

    async def there(self, done: Callable[[], bool]) -> None:
        """Wait until the other program sees something."""
        assert await asyncio.to_thread(wait_until, done, DEADLINE)

    async def rest(self) -> None:
        await self.until(lambda: self.runner.activity.state is State.IDLE)


def live(server: Dovecot, user: User, folder: Path, story: Story, *, password: str = "") -> None:
    async def inside() -> None:
        async with CuttingProxy(server.ports["imaps"]) as proxy:
            endpoint = replace(server.endpoint("imaps", user), port=proxy.port)
            ours = await Ours.open(folder, endpoint, password or user.password)
            other = OtherProgram(server, user)
            stage = Live(ours, other)
            task = asyncio.ensure_future(stage.runner.run())
            try:
                await story(stage, proxy)
            finally:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
                other.close()
                await ours.store.close()

    asyncio.run(inside())


def test_new_mail_arrives_by_itself_with_a_notice(dovecot: Dovecot, dovecot_user: User, tmp_path: Path) -> None:
    dovecot.seed(dovecot_user, "INBOX", [letter(1)])

    async def story(stage: Live, _: CuttingProxy) -> None:
        await stage.rest()
        assert not any(change.arrivals for change in stage.news), "the first sync is no news"
        stage.other.append("INBOX", letter(2))
        await stage.until(lambda: any(change.arrivals for change in stage.news))
        arrived = [message for change in stage.news for message in change.arrivals]
        rows = await stage.ours.store.read(lambda tx: tx.messages.summaries(arrived))
        assert [row.subject.split()[1] for row in rows] == ["2"]
        stage.other.open("INBOX")
        stage.other.verb("STORE", "1:*", "+FLAGS", "(\\Flagged)")

        def starred() -> bool:
            return any(change.changed for change in stage.news[-3:])

        await stage.until(starred)

    live(dovecot, dovecot_user, tmp_path, story)


def test_changes_leave_by_themselves(dovecot: Dovecot, dovecot_user: User, tmp_path: Path) -> None:
    dovecot.seed(dovecot_user, "INBOX", [letter(1), letter(2)])

    async def story(stage: Live, _: CuttingProxy) -> None:
        await stage.rest()
        inbox = await stage.ours.folder("Inbox")
        ids = await stage.ours.ids(inbox)
        await stage.ours.actions.star(ids[:1], True)
        await stage.there(lambda: any(row[1] & Flags.STARRED for row in stage.other.contents()["INBOX"]))
        patient = Actions(stage.ours.store, grace=1)
        await patient.trash(ids[1:])
        assert sum(stage.other.contents()["INBOX"].values()) == 2, "a grace goes by first"
        await stage.there(lambda: sum(stage.other.contents()["Trash"].values()) == 1)

    live(dovecot, dovecot_user, tmp_path, story)


def test_undo_within_the_grace_costs_no_traffic(dovecot: Dovecot, dovecot_user: User, tmp_path: Path) -> None:
    dovecot.seed(dovecot_user, "INBOX", [letter(1)])

    async def story(stage: Live, _: CuttingProxy) -> None:
        await stage.rest()
        stage.other.open("INBOX")
        patient = Actions(stage.ours.store, grace=60)
        await patient.trash(await stage.ours.ids(await stage.ours.folder("Inbox")))
        await patient.undo()
        assert await stage.ours.waiting() == 0
        assert stage.other.open("INBOX") == ["1"]

    live(dovecot, dovecot_user, tmp_path, story)


def test_a_broken_line_is_made_anew_and_everything_goes_on(
    dovecot: Dovecot, dovecot_user: User, tmp_path: Path
) -> None:
    dovecot.seed(dovecot_user, "INBOX", [letter(1)])

    async def story(stage: Live, proxy: CuttingProxy) -> None:
        await stage.rest()
        proxy.break_all()
        await stage.until(lambda: stage.runner.activity.state is State.OFFLINE)
        ids = await stage.ours.ids(await stage.ours.folder("Inbox"))
        await stage.ours.actions.star(ids, True)
        stage.other.append("INBOX", letter(2))
        stage.runner.wake()
        await stage.rest()
        assert await stage.ours.contents() == stage.other.contents()

    live(dovecot, dovecot_user, tmp_path, story)


def test_one_message_is_fetched_beside_everything_else(dovecot: Dovecot, dovecot_user: User, tmp_path: Path) -> None:
    dovecot.seed(dovecot_user, "INBOX", [letter(number) for number in range(1, 2_001)])

    async def story(stage: Live, _: CuttingProxy) -> None:
        await stage.until(lambda: any(change.added for change in stage.news))
        added = next(change.added for change in stage.news if change.added)
        message = next(iter(added.values()))[0]
        await stage.runner.fetch(message)
        facts = await stage.ours.store.read(lambda tx: tx.messages.facts(message))
        assert facts.content is not None
        await stage.rest()

    live(dovecot, dovecot_user, tmp_path, story)


def test_a_wrong_password_waits_for_the_person(dovecot: Dovecot, dovecot_user: User, tmp_path: Path) -> None:
    async def story(stage: Live, _: CuttingProxy) -> None:
        await stage.until(lambda: stage.runner.activity.state is State.PROBLEM)
        problem = stage.runner.activity.problem
        assert problem is not None
        assert problem.kind == "sign-in-refused"
        await stage.ours.passwords.set(stage.ours.account, "incoming", dovecot_user.password)
        stage.runner.wake()
        await stage.rest()

    live(dovecot, dovecot_user, tmp_path, story, password="wrong")


def test_several_messages_fetched_at_once_keep_their_own_content(
    dovecot: Dovecot, dovecot_user: User, tmp_path: Path
) -> None:
    folders = ("INBOX", "Archive", "Sent")
    for place, folder in enumerate(folders):
        dovecot.seed(dovecot_user, folder, [letter(place * 100 + number) for number in range(1, 6)])

    async def inside() -> None:
        ours = await Ours.open(tmp_path, dovecot.endpoint("imaps", dovecot_user), dovecot_user.password)
        assert (await ours.sync(headers_only=True)).new == 15
        remote, _ = ours.remote()
        wanted = {message: folder for folder in await ours.folders() for message in await ours.ids(folder)}
        await asyncio.gather(*(remote.fetch(message) for message in wanted))
        rows = await ours.store.read(lambda tx: tx.messages.summaries(wanted))
        for row in rows:
            facts = await ours.store.read(lambda tx, one=row.id: tx.messages.facts(one))
            assert facts.content is not None
            assert await ours.store.raw(facts.content) == letter(int(row.subject.split()[1]))
        await remote.close()
        await ours.store.close()

    asyncio.run(inside())
