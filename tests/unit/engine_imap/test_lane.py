"""A lane keeps order, holds back whoever runs ahead, and tells what failed."""

from __future__ import annotations

import asyncio

import pytest

from desktopmail.engine.lane import SLICE_SECONDS, Breath, Lane


def test_it_holds_back_and_finishes_everything() -> None:
    async def story() -> None:
        gate = asyncio.Event()
        done: list[int] = []

        async def job(number: int) -> None:
            await gate.wait()
            done.append(number)

        async def fill() -> None:
            async with Lane(ahead=2) as lane:
                for number in range(5):
                    await lane.put(job(number))

        filling = asyncio.ensure_future(fill())
        for _ in range(20):
            await asyncio.sleep(0)
        assert done == []
        assert not filling.done()
        gate.set()
        await filling
        assert done == [0, 1, 2, 3, 4]

    asyncio.run(story())


def test_a_failure_is_raised_and_nothing_is_left_running() -> None:
    async def story() -> None:
        finished: list[int] = []

        async def job(number: int) -> None:
            if number == 1:
                raise ValueError(number)
            await asyncio.sleep(0)
            finished.append(number)

        with pytest.raises(ValueError, match="1"):
            async with Lane(ahead=10) as lane:
                for number in range(4):
                    await lane.put(job(number))
                await lane.finish()
        assert finished == [0, 2, 3]

    asyncio.run(story())


def test_many_small_steps_give_way_at_the_first_and_after_each_slice(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    breath = Breath()

    def after(seconds: float) -> bool:
        now[0] += seconds
        return breath.due()

    steps = [0.0, SLICE_SECONDS / 2, SLICE_SECONDS / 3, SLICE_SECONDS, 0.0]
    assert [after(each) for each in steps] == [True, False, False, True, False]
