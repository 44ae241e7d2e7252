"""When a grace ends: the change goes to the server then, whatever else is under way or was left over."""

from __future__ import annotations

import time
from collections.abc import Collection
from pathlib import Path
from types import SimpleNamespace

import pytest

from desktopmail.domain.activity import Remedy, State
from desktopmail.domain.folder import Role
from desktopmail.domain.ids import FolderId, MessageId
from desktopmail.domain.message import Flags
from desktopmail.engine import runner
from desktopmail.engine.remote import Awaited, nobody
from desktopmail.store.rows import NewMessage
from desktopmail.store.transaction import Transaction
from tests.unit.engine_imap.test_runner import Stage, play
from tests.unit.store.desk import IMAP

NOW = 2_000_000_000.0


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What the runner takes for the time."""
    now = [NOW]
    monkeypatch.setattr(runner, "time", SimpleNamespace(time=lambda: now[0], monotonic=time.monotonic))
    return now


def moved(*dues: float) -> list[int]:
    return [int(NOW + due) for due in dues]


async def change(stage: Stage, due: int) -> MessageId:
    """A message that the server has, and that the person moved; it may be pushed from `due` on."""

    def work(tx: Transaction) -> MessageId:
        (account,) = tx.accounts.all()
        inbox = next(each.id for each in tx.folders.all(account.id) if each.role is Role.INBOX)
        tx.folders.adopt(account.id, "INBOX", "INBOX", Role.INBOX, "/", ())
        row = NewMessage(
            account=account.id, folder=inbox, key=f"key-{due}".encode(), message_id=f"<{due}@example.org>",
            date=1, received=1, sender=(), to=(), subject="x", preview="", size=1, uid=due, flags=Flags.NONE,
        )  # fmt: skip
        (message,) = tx.messages.insert([row])
        tx.messages.remove([message], settle_at=due)
        return message

    return await stage.store.write(work)


def test_a_clock_that_is_put_back_holds_nothing_up(tmp_path: Path, clock: list[float]) -> None:
    async def story(stage: Stage) -> None:
        await stage.until(lambda: pushes(stage) == 1)
        await change(stage, moved(5)[0])
        await stage.until(lambda: pushes(stage) == 2)
        clock[0] -= 86_400
        stage.remote.calls.clear()
        await change(stage, int(clock[0]) + 1)
        await stage.until(lambda: "push!" in stage.remote.calls)
        clock[0] += 0.99
        stage.remote.calls.clear()
        stage.remote.news.put_nowait({FolderId(7)})  # the rest begins anew at this time
        await stage.until(lambda: "push" in stage.remote.calls)

    play(tmp_path, story, new=IMAP)


def test_what_the_server_refuses_is_said_until_it_is_taken(tmp_path: Path, clock: list[float]) -> None:
    """ "Up to date" alone would be wrong, and what to do is offered."""

    async def story(stage: Stage) -> None:
        (due,) = moved(-100)
        message = await change(stage, due)
        await stage.store.write(lambda tx: tx.difference.fail([message], "No room", 1))
        stage.runner.wake()
        await stage.until(lambda: stage.state() is State.IDLE and stage.runner.activity.problem is not None)
        problem = stage.runner.activity.problem
        assert problem is not None
        assert (problem.kind, problem.remedy) == ("not-taken", Remedy.RETRY)
        assert problem.title == "The server did not take 1 change"
        assert problem.detail == "No room. What is here is safe, and it is tried again by itself."
        await stage.store.write(lambda tx: tx.difference.give_up([message]))
        stage.runner.wake()
        await stage.until(lambda: stage.state() is State.IDLE and stage.runner.activity.problem is None)

    play(tmp_path, story, new=IMAP)


def pushes(stage: Stage) -> int:
    return stage.remote.calls.count("push")


def test_it_is_not_hidden_by_a_change_that_the_server_refused(tmp_path: Path, clock: list[float]) -> None:
    """What is left over is offered again from time to time; what comes due is not made to wait for that."""

    async def story(stage: Stage) -> None:
        left, fresh = moved(-100, 1)
        await change(stage, left)
        await stage.until(lambda: pushes(stage) >= 2)
        await change(stage, fresh)
        await stage.until(lambda: pushes(stage) >= 3)
        clock[0] = fresh - 0.01
        stage.remote.news.put_nowait({FolderId(7)})  # the rest begins anew at this time
        await stage.until(lambda: pushes(stage) >= 4)

    play(tmp_path, story, new=IMAP)


def test_it_ends_a_long_download(tmp_path: Path, clock: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    """And the push follows at once."""

    async def story(stage: Stage) -> None:
        (due,) = moved(5)

        async def fill(folders: Collection[FolderId] | None = None, awaited: Awaited = nobody) -> bool:
            if clock[0] < due and "push" in stage.remote.calls and not awaited():
                clock[0] = due
                stage.remote.calls.append("filled" if awaited() else "unheard")
            return False

        await stage.until(lambda: pushes(stage) == 1)
        stage.remote.calls.clear()
        monkeypatch.setattr(stage.remote, "fill", fill)
        await change(stage, due)
        await stage.until(lambda: stage.remote.calls == ["push", "filled", "push"])

    play(tmp_path, story, new=IMAP)
