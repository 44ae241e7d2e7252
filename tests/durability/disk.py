"""What a disk may hold after a power cut, made from a record of what a program asked of it.

The rules are those of POSIX and no kinder: bytes are safe once their file was synced, a name once its folder was; of
all else any part may be there, in any order, torn at the borders of sectors.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.durability.trace import NEVER, Event

SECTOR = 512
NOWHERE = -1
MADE_ANEW = ("-shm", "/lock")
"""Files whose bytes nobody relies on: the one is made anew from the log, the other is empty."""
NAMES = ("make", "folder", "rename", "unlink")
BYTES = ("write", "cut")


@dataclass(frozen=True, slots=True)
class Step:
    """One change of the disk. `file` tells files apart whatever they are called; `safe`: how many events have to have
    begun before the change is there in any case."""

    number: int
    event: Event
    file: int
    safe: int


@dataclass(frozen=True, slots=True)
class State:
    """A power cut after so many events: which of the unsafe steps are `lost`, and which are torn: of those, only the
    sectors from the first to before the second number are there."""

    events: int
    lost: frozenset[int]
    torn: tuple[tuple[int, int, int], ...] = ()
    why: str = field(default="", compare=False)


class Disk:
    """The files of one folder, as they were before (`base`) and through a record."""

    def __init__(self, folder: Path, base: dict[str, bytes] | None, events: Sequence[Event]) -> None:
        """`base`: bytes by name, all safe; None: there was no such folder."""
        self.events = events
        self._folder = str(folder)
        self._known = base is not None
        self._first = {str(folder / name): number for number, name in enumerate(base or {})}
        self._bytes = dict(enumerate((base or {}).values()))
        self.steps = list(self._steps())

    def _steps(self) -> Iterator[Step]:
        names, files = dict(self._first), len(self._first)
        for number, event in enumerate(self.events):
            if event.path.endswith(MADE_ANEW):
                continue
            if event.kind == "make":
                if event.path in names:
                    continue
                names[event.path] = files = files + 1
            elif event.kind not in NAMES + BYTES:
                continue
            file = names.get(event.path, NOWHERE)
            if event.kind == "unlink":
                names.pop(event.path, None)
            elif event.kind == "rename":
                names.pop(event.path, None)
                names[event.to] = file
            yield Step(number, event, file, self._safe_from(number, event))

    def _safe_from(self, number: int, event: Event) -> int:
        """When the next sync of the file, or of the folder that the name is in, was over."""
        place = event.path if event.kind in BYTES else str(Path(event.path).parent)
        later = (each for each in self.events[number:] if each.kind == "sync" and each.path == place)
        return min((each.until for each in later), default=NEVER)

    def unsafe(self, events: int) -> list[Step]:
        """Steps that had begun after so many events and that nothing has made safe."""
        return [step for step in self.steps if step.number < events < step.safe]

    def after(self, state: State) -> dict[str, bytes] | None:
        """Bytes by name; None when the folder is not there."""
        torn = {number: (first, end) for number, first, end in state.torn}
        names, there = dict(self._first), self._known
        contents = {file: bytearray(raw) for file, raw in self._bytes.items()}
        for step in self.steps:
            if step.number >= state.events:
                break
            if step.number in state.lost:
                continue
            if step.event.kind == "folder":
                there = True
            elif step.event.kind in NAMES:
                _rename(names, step)
            else:
                _change(contents.setdefault(step.file, bytearray()), step.event, torn.get(step.number))
        if not there:
            return None
        return {Path(name).name: bytes(contents.get(file, b"")) for name, file in names.items()}


def _rename(names: dict[str, int], step: Step) -> None:
    event = step.event
    if event.kind == "make":
        names[event.path] = step.file
        return
    if names.get(event.path) == step.file:
        del names[event.path]
    if event.kind == "rename":
        names[event.to] = step.file


def _change(content: bytearray, event: Event, part: tuple[int, int] | None) -> None:
    if event.kind == "cut":
        del content[event.offset :]
        content.extend(bytes(event.offset - len(content)))
        return
    data, offset = event.data, event.offset
    if part is not None:
        data = data[part[0] * SECTOR : part[1] * SECTOR]
        offset += part[0] * SECTOR
    content.extend(bytes(max(0, offset + len(data) - len(content))))
    content[offset : offset + len(data)] = data


def states(disk: Disk, points: Collection[int], chance: random.Random, shuffles: int = 4) -> Iterator[State]:
    """After each number of events: everything kept, everything unsafe lost, each single step lost or torn, names lost
    with their bytes kept and the other way round, and some random parts."""
    for point in points:
        unsafe = disk.unsafe(point)
        numbers = [step.number for step in unsafe]
        named = frozenset(step.number for step in unsafe if step.event.kind in NAMES)
        yield State(point, frozenset(), why="all kept")
        if not unsafe:
            continue
        yield State(point, frozenset(numbers), why="all lost")
        if named:
            yield State(point, named, why="names lost")
            yield State(point, frozenset(numbers) - named, why="bytes lost")
        for step in unsafe:
            yield State(point, frozenset({step.number}), why=f"lost {step.event.kind} {step.number}")
            sectors = -(-len(step.event.data) // SECTOR)
            if sectors > 1:
                end = chance.randrange(1, sectors)
                yield State(point, frozenset(), ((step.number, 0, end),), f"torn {step.number} after {end}")
                yield State(point, frozenset(), ((step.number, end, sectors),), f"torn {step.number} before {end}")
        for _ in range(shuffles):
            share = chance.random()
            some = frozenset(each for each in numbers if chance.random() < share)
            yield State(point, some, why=f"{len(some)} of {len(numbers)} lost at random")
