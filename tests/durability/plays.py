"""Has a scene played on a profile under the recorder, and looks at what a power cut may have left of it."""

from __future__ import annotations

import hashlib
import random
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import apsw

from desktopmail.domain.errors import MailError
from desktopmail.store.check import check_profile
from desktopmail.store.store import Store
from tests.durability.disk import Disk, State, states
from tests.durability.trace import Event, record

Look = Callable[[Path, Sequence[Event]], None]
EVERY = 10
"""The program goes on from every so many-th state; all others are only opened and looked at."""


@dataclass(frozen=True, slots=True)
class Play:
    """A recorded scene. `look` says what must be true of a profile after the events that had begun; `go_on` has the
    program do what it does at its next start, and looks again."""

    name: str
    disk: Disk
    look: Look
    go_on: Look

    def events(self, state: State) -> Sequence[Event]:
        """What had begun when the power went."""
        return self.disk.events[: state.events]


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many different states were looked at, from how many of them the program went on, and what was wrong."""

    states: int
    gone_on: int
    wrong: tuple[str, ...]


def play(scene: str, profile: Path, *words: str, base: bool = True, environment: dict[str, str] | None = None) -> Disk:
    """Record one scene on a profile; without `base` there is none before it."""
    files = {each.name: each.read_bytes() for each in profile.iterdir() if each.is_file()} if base else None
    note = profile.parent / "said"
    arguments = ["-m", "tests.durability.scenes", scene, str(profile), str(note), *words]
    return Disk(profile, files, record(arguments, profile, environment or {}, note))


def said(events: Sequence[Event]) -> list[str]:
    """What the program held to be safe by then."""
    return [each.data.decode().strip() for each in events if each.kind == "say"]


def sent(events: Sequence[Event]) -> bytes:
    """Everything that had begun to leave for the network."""
    return b"".join(each.data for each in events if each.kind == "send")


def sound(folder: Path) -> None:
    """Every structure, hash, count and reference is right."""
    report = check_profile(folder)
    assert report.sound, report.findings


def cut(play: Play, place: Path, count: int = 0, seed: int = 9) -> Verdict:
    """Look at so many of the states that a power cut may leave (0: at all of them), each kind of loss among them."""
    chance = random.Random(seed)
    possible = list(states(play.disk, range(len(play.disk.events) + 1), chance))
    chosen = chance.sample(possible, count) if 0 < count < len(possible) else possible
    seen: set[bytes] = set()
    wrong = []
    gone_on = 0
    for state in sorted(chosen, key=lambda each: each.events):
        files = play.disk.after(state)
        if (mark := _digest(play, state, files)) in seen:
            continue
        seen.add(mark)
        whole = len(seen) % EVERY == 1
        gone_on += whole
        folder = place / "after"
        _lay_out(folder, files)
        try:
            Store.open(folder).close_now()
            sound(folder)
            play.look(folder, play.events(state))
            if whole:
                play.go_on(folder, play.events(state))
        except (AssertionError, MailError, apsw.Error, OSError) as error:
            wrong.append(f"{play.name} after {state.events} events, {state.why}: {type(error).__name__} {error}"[:600])
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    return Verdict(len(seen), gone_on, tuple(wrong))


def _digest(play: Play, state: State, files: dict[str, bytes] | None) -> bytes:
    """The same for states that nobody could tell apart, and after which the same has to be true."""
    events = play.events(state)
    mark = hashlib.blake2b(f"{len(said(events))} {len(sent(events))}".encode())
    for name, raw in sorted((files or {"": b""}).items()):
        mark.update(f"\0{name}\0{len(raw)}\0".encode() + raw)
    return mark.digest()


def _lay_out(folder: Path, files: dict[str, bytes] | None) -> None:
    """Make a folder what the disk held."""
    if files is not None:
        folder.mkdir(mode=0o700)
        for name, raw in files.items():
            (folder / name).write_bytes(raw)
