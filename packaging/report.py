"""Tells step by step what was made and checked, and remembers what failed."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class CheckFailed(Exception):
    """A check found what it looked for; the text says what."""


class Stopped(Exception):
    """A step failed that all others of its kind stand on."""


class Report:
    """Every line is printed at once. `failed` and `skipped` hold the names of steps for the end."""

    def __init__(self) -> None:
        self.failed: list[str] = []
        self.skipped: list[str] = []

    def say(self, text: str) -> None:
        """A line of result below the present step."""
        print(f"    {text}", flush=True)

    def skip(self, name: str, why: str) -> None:
        """A step that cannot be done on this machine, and what it would need."""
        self.skipped.append(f"{name}: {why}")
        print(f"  - {name}: not here ({why})", flush=True)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time a step; a failed check, command or lookup inside it is told and counted, and the next step comes."""
        print(f"  · {name} …", flush=True)
        start = time.monotonic()
        try:
            yield
        except (CheckFailed, OSError, RuntimeError, ValueError, subprocess.SubprocessError) as error:
            self.failed.append(name)
            print(f"  ✗ {name}: {error}", file=sys.stderr, flush=True)
        else:
            print(f"  ✓ {name} ({time.monotonic() - start:.0f} s)", flush=True)

    @contextmanager
    def first(self, name: str) -> Iterator[None]:
        """A step without which the later ones make no sense. Raises Stopped when it failed, after telling it."""
        failed = len(self.failed)
        with self.step(name):
            yield
        if len(self.failed) > failed:
            raise Stopped(name)
