"""Tells step by step what was made and checked, remembers what failed, and writes it all down at the end."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import product


class CheckFailed(Exception):
    """A check found what it looked for; the text says what."""


class Stopped(Exception):
    """A step failed that all others of its kind stand on."""


class Report:
    """Every line is printed at once. `failed` and `skipped` hold the names of steps for the end."""

    def __init__(self) -> None:
        self.failed: list[str] = []
        self.skipped: list[str] = []
        self._lines: list[str] = []

    def say(self, text: str) -> None:
        """A line of result below the present step."""
        self._tell(f"    {text}")

    def skip(self, name: str, why: str) -> None:
        """A step that cannot be done on this machine, and what it would need."""
        self.skipped.append(f"{name}: {why}")
        self._tell(f"  - {name}: not here ({why})")

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time a step; a failed check, command or lookup inside it is told and counted, and the next step comes."""
        print(f"  · {name} …", flush=True)
        start = time.monotonic()
        try:
            yield
        except (CheckFailed, OSError, RuntimeError, ValueError, subprocess.SubprocessError) as error:
            self.failed.append(name)
            self._tell(f"  ✗ {name}: {error}", sys.stderr)
        else:
            self._tell(f"  ✓ {name} ({time.monotonic() - start:.0f} s)")

    @contextmanager
    def first(self, name: str) -> Iterator[None]:
        """A step without which the later ones make no sense. Raises Stopped when it failed, after telling it."""
        failed = len(self.failed)
        with self.step(name):
            yield
        if len(self.failed) > failed:
            raise Stopped(name)

    def end(self, file: Path) -> None:
        """Tell what is missing, and write everything to a file. The result of a step stands before its name."""
        for text in self.skipped:
            self._tell(f"left out: {text}")
        for name in self.failed:
            self._tell(f"failed: {name}", sys.stderr)
        head = f"{product.NAME} {product.version()}, {_state()}, {time.strftime('%Y-%m-%d %H:%M')}, {sys.platform}"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("\n".join([head, *self._lines, ""]), encoding="utf-8")

    def _tell(self, text: str, out: TextIO | None = None) -> None:
        self._lines.append(text)
        print(text, file=out, flush=True)


def _state() -> str:
    """The commit of this checkout, where there is a history."""
    command = ["git", "describe", "--always", "--dirty"]
    try:
        done = subprocess.run(command, cwd=product.ROOT, capture_output=True, text=True, check=False)
    except OSError:
        return "no history"
    return done.stdout.strip() or "no history"
