"""After sleep and when the network changes everything is looked at, once for all that is said."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from desktopmail.engine import connectivity
from desktopmail.engine.connectivity import JUMP_SECONDS, LOOK_SECONDS, Connectivity, slept


@pytest.mark.parametrize(
    ("wall", "running", "told"),
    [
        (LOOK_SECONDS, LOOK_SECONDS, False),
        (LOOK_SECONDS + 5, LOOK_SECONDS + 5, False),
        (3_600, LOOK_SECONDS, True),
        (3_600, 3_600, True),
        (-7_200, LOOK_SECONDS, True),
        (LOOK_SECONDS + JUMP_SECONDS - 1, LOOK_SECONDS, False),
    ],
)
def test_sleep_is_seen_on_both_kinds_of_clocks(wall: float, running: float, told: bool) -> None:
    """A running clock that stands still in sleep, and one that goes on."""
    assert slept(wall, running) is told


async def _until(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not holds():  # noqa: ASYNC110 - a plain value
            await asyncio.sleep(0.001)


def test_a_hundred_changes_are_one_waking(monkeypatch: pytest.MonkeyPatch) -> None:
    """No storm: what is said together counts once, what comes right after it waits its time."""
    monkeypatch.setattr(connectivity, "SETTLE_SECONDS", 0.01)
    monkeypatch.setattr(connectivity, "APART_SECONDS", 0.2)
    times: list[float] = []

    async def story() -> None:
        loop = asyncio.get_running_loop()
        watch = Connectivity(lambda: times.append(loop.time()))
        for _ in range(100):
            watch.changed()
        await _until(lambda: times)
        for _ in range(100):
            watch.changed()
            await asyncio.sleep(0)
        await _until(lambda: len(times) == 2)

    asyncio.run(story())
    assert len(times) == 2
    assert times[1] - times[0] >= 0.19


def test_the_clocks_tell_and_nothing_comes_after_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """A jump of the wall clock wakes; a look that is cancelled wakes nobody later."""
    monkeypatch.setattr(connectivity, "LOOK_SECONDS", 0.005)
    monkeypatch.setattr(connectivity, "SETTLE_SECONDS", 0.01)
    woken: list[int] = []
    leap = 0.0
    real = connectivity.time.time
    monkeypatch.setattr(connectivity.time, "time", lambda: real() + leap)

    async def story() -> None:
        nonlocal leap
        watch = Connectivity(lambda: woken.append(1))
        looking = asyncio.create_task(watch.run())
        await asyncio.sleep(0.02)
        assert woken == []
        leap = 3_600.0
        await _until(lambda: woken)
        watch.changed()
        looking.cancel()
        await asyncio.wait([looking])
        await asyncio.sleep(0.05)
        assert woken == [1]

    asyncio.run(story())
