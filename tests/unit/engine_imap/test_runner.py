"""The account runner against a far side that does as it is told: order, words, errors, waking."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection
from pathlib import Path

import pytest

from desktopmail.domain.account import NewAccount
from desktopmail.domain.activity import Activity, Remedy, State
from desktopmail.domain.errors import MailError, SignInRefused, Unreachable
from desktopmail.domain.ids import FolderId, MessageId
from desktopmail.engine import runner
from desktopmail.engine.activity import Tally, Teller, offline_words
from desktopmail.engine.remote import FILL, LONGEST_FILL, Awaited, Going, nobody
from desktopmail.engine.runner import Runner
from desktopmail.store.store import Store
from desktopmail.store.transaction import Transaction

DEADLINE = 10
LOCAL = NewAccount("me@example.org", "Me", "Me", None, None)


class ScriptedRemote:
    """Notes what it is asked for. `failures` are raised by the next pulls, one each; `news` ends a `watch`."""

    def __init__(self) -> None:
        self.tally = Tally()
        self.put_off = 0.0
        self.calls: list[str] = []
        self.failures: list[BaseException] = []
        self.pieces = 0
        self.again = 0
        self.news: asyncio.Queue[Collection[FolderId] | None] = asyncio.Queue()
        self.called = asyncio.Event()

    def _note(self, call: str) -> None:
        self.calls.append(call)
        self.called.set()

    async def pull(self, folders: Collection[FolderId] | None = None) -> None:
        self._note("pull" if folders is None else f"pull {sorted(folders)}")
        if self.failures:
            raise self.failures.pop(0)

    async def list_new(self) -> None:
        self._note("list")

    async def push(self, *, force: bool = False) -> bool:
        self._note("push!" if force else "push")
        self.again -= 1
        return self.again >= 0

    async def fill(self, folders: Collection[FolderId] | None = None, awaited: Awaited = nobody) -> bool:
        self.pieces -= 1
        if self.pieces >= 0:
            self._note("fill")
        return self.pieces >= 0

    async def watch(self) -> Collection[FolderId] | None:
        return await self.news.get()

    async def fetch(self, message: MessageId) -> None:
        self._note(f"fetch {message}")

    async def close(self) -> None:
        self._note("close")


class Stage:
    """A runner on a real store with everything it said."""

    def __init__(self, store: Store, runner: Runner, remote: ScriptedRemote, said: list[Activity]) -> None:
        self.store = store
        self.runner = runner
        self.remote = remote
        self.said = said
        self.spoken = asyncio.Event()

    async def until(self, done: Callable[[], bool]) -> None:
        """Wait for a condition that a call or a word brings about."""
        async with asyncio.timeout(DEADLINE):
            while not done():
                self.remote.called.clear()
                self.spoken.clear()
                waits = [asyncio.ensure_future(each.wait()) for each in (self.remote.called, self.spoken)]
                await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
                for wait in waits:
                    wait.cancel()

    def state(self) -> State:
        return self.runner.activity.state


def play(
    folder: Path,
    story: Callable[[Stage], Awaitable[None]],
    *,
    running: bool = True,
    new: NewAccount = LOCAL,
) -> None:
    async def inside() -> None:
        store = Store.open(folder)
        number = await store.write(lambda tx: tx.accounts.add(new))
        account = await store.read(lambda tx: tx.accounts.get(number))
        said: list[Activity] = []
        remote = ScriptedRemote()

        def say(activity: Activity) -> None:
            said.append(activity)
            stage.spoken.set()

        stage = Stage(store, Runner(account, remote, store, Teller(number, say)), remote, said)
        task = asyncio.ensure_future(stage.runner.run()) if running else None
        try:
            await story(stage)
        finally:
            if task is not None:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
            await store.close()

    asyncio.run(inside())


def test_a_round_pulls_pushes_and_fills_until_everything_is_here(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        stage.remote.pieces = 2
        await stage.until(lambda: stage.state() is State.IDLE)
        assert stage.remote.calls == ["pull", "push", "fill", "fill"]
        assert stage.said[0].words == "Connecting"
        assert stage.runner.activity.words == "Up to date"

    play(tmp_path, story)


def test_the_index_is_seen_to_after_a_pull_and_at_the_end_not_between_pieces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(stage: Stage) -> None:
        left = [1, 1]

        async def index_piece(_store: Store) -> bool:
            stage.remote.calls.append("index")
            return bool(left and left.pop())

        monkeypatch.setattr(runner, "index_piece", index_piece)
        stage.remote.pieces = 3
        await stage.until(lambda: stage.state() is State.IDLE)
        asked = [call for call in stage.remote.calls if call in ("index", "fill")]
        assert asked == ["index", "index", "index", "fill", "fill", "fill", "index"]

    play(tmp_path, story)


def test_content_is_brought_for_long_unless_somebody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    now, waits = [100.0], [False]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    going = Going(lambda: waits[0])

    def after(seconds: float, *, waiting: bool) -> bool:
        now[0], waits[0] = 100.0 + seconds, waiting
        return going.on()

    assert after(0, waiting=True) and after(FILL - 0.1, waiting=True) and not after(FILL, waiting=True)
    assert after(FILL, waiting=False) and after(LONGEST_FILL - 1, waiting=False)
    assert not after(LONGEST_FILL, waiting=False)


def test_news_of_one_folder_pulls_that_folder(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        await stage.until(lambda: stage.state() is State.IDLE)
        stage.remote.calls.clear()
        stage.remote.news.put_nowait({FolderId(7)})
        await stage.until(lambda: stage.remote.calls == ["pull [7]"])
        stage.remote.news.put_nowait(None)
        await stage.until(lambda: stage.remote.calls[1:] == ["pull", "push"])

    play(tmp_path, story)


def test_an_uncertain_push_is_followed_by_a_pull(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        stage.remote.again = 1
        await stage.until(lambda: stage.state() is State.IDLE)
        assert stage.remote.calls[:3] == ["pull", "push", "pull"]

    play(tmp_path, story)


def test_a_change_of_the_person_is_pushed_at_once(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        await stage.until(lambda: stage.state() is State.IDLE)
        stage.remote.calls.clear()

        def change(tx: Transaction) -> None:
            tx.notes.work = True

        await stage.store.write(change)
        await stage.until(lambda: stage.remote.calls == ["push"])

    play(tmp_path, story)


def test_without_a_line_the_account_is_offline_and_says_what_waits(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        stage.remote.failures = [Unreachable("No way there")]
        await stage.until(lambda: stage.state() is State.OFFLINE)
        assert stage.runner.activity.words == "Offline"
        assert stage.runner.activity.problem is not None
        assert stage.runner.activity.problem.remedy is Remedy.RETRY
        stage.runner.wake()
        await stage.until(lambda: stage.state() is State.IDLE)

    play(tmp_path, story)


def test_a_refused_password_is_not_tried_again_without_the_person(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        stage.remote.failures = [SignInRefused("Wrong password")] * 2
        await stage.until(lambda: stage.state() is State.PROBLEM)
        assert stage.remote.calls.count("pull") == 1
        assert stage.runner.activity.problem is not None
        assert stage.runner.activity.problem.remedy is Remedy.SIGN_IN
        stage.runner.wake()
        await stage.until(lambda: stage.remote.calls.count("pull") == 2)
        await stage.until(lambda: stage.state() is State.PROBLEM)
        stage.runner.wake()
        await stage.until(lambda: stage.state() is State.IDLE)

    play(tmp_path, story)


def test_a_fault_of_the_program_is_said_and_does_not_end_the_account(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        stage.remote.failures = [ZeroDivisionError("oh")]
        await stage.until(lambda: stage.state() is State.PROBLEM)
        problem = stage.runner.activity.problem
        assert problem is not None
        assert (problem.kind, problem.remedy) == ("fault", Remedy.RETRY)
        assert "ZeroDivisionError" in problem.log
        stage.runner.wake()
        await stage.until(lambda: stage.state() is State.IDLE)

    play(tmp_path, story)


def test_a_forced_wake_offers_refused_changes_again(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        await stage.until(lambda: stage.state() is State.IDLE)
        stage.remote.calls.clear()
        stage.runner.wake(force=True)
        await stage.until(lambda: stage.remote.calls == ["pull", "push!"])

    play(tmp_path, story)


def test_fetching_never_waits_for_the_lanes(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        await stage.runner.fetch(MessageId(5))
        assert "fetch 5" in stage.remote.calls

    play(tmp_path, story, running=False)


def test_one_round_for_the_command_line_reports_its_problem(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        error: MailError = Unreachable("No way there")
        stage.remote.failures = [error]
        report = await stage.runner.sync_once()
        assert [problem.kind for problem in report.problems] == ["unreachable"]
        report = await stage.runner.sync_once()
        assert report.problems == ()
        assert stage.remote.calls[-3:] == ["pull", "push!", "close"]

    play(tmp_path, story, running=False)


def test_what_waits_is_counted_in_words() -> None:
    assert offline_words(0) == "Offline"
    assert offline_words(1) == "Offline: 1 change waiting"
    assert offline_words(2_310) == "Offline: 2,310 changes waiting"


def test_counting_is_said_once_per_percent() -> None:
    said: list[Activity] = []
    teller = Teller(MessageId(1), said.append)  # type: ignore[arg-type]
    for number in range(2_311):
        teller.counting("Listing Inbox", number, 2_310)
    assert len(said) <= 102
    assert said[-1].words == "Listing Inbox: 2,310 of 2,310"


def test_an_end_that_meets_a_failure_is_an_end(tmp_path: Path) -> None:
    """A task group that fails forgets that it was cancelled meanwhile; the program would wait for ever."""

    async def story(stage: Stage) -> None:
        running = asyncio.ensure_future(stage.runner.run())
        pull = stage.remote.pull

        async def failing(folders: Collection[FolderId] | None = None) -> None:
            await pull(folders)
            asyncio.get_running_loop().call_soon(running.cancel)
            raise SignInRefused("no")

        stage.remote.pull = failing  # type: ignore[method-assign]
        done, _ = await asyncio.wait([running], timeout=DEADLINE)
        assert done and running.cancelled()

    play(tmp_path, story, running=False)
