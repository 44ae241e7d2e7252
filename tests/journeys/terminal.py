"""A person at a terminal: runs the real program in processes of its own, on a profile of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command left behind."""

    code: int
    out: bytes
    err: str

    @property
    def json(self) -> Any:
        """The one document on stdout."""
        return json.loads(self.out)

    @property
    def text(self) -> str:
        """Stdout as text."""
        return self.out.decode()


@dataclass
class Terminal:
    """Runs commands on `profile`. `variables` are added to the environment of each."""

    profile: Path
    variables: dict[str, str] = field(default_factory=dict)

    def environment(self) -> dict[str, str]:
        """What a command sees."""
        return {**os.environ, "DESKTOPMAIL_PROFILE": str(self.profile), **self.variables}

    def start(self, *words: object, given: int = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
        """Start a command and do not wait for it; `given` is where its input comes from."""
        return subprocess.Popen(
            [sys.executable, "-W", "error", "-m", "desktopmail", *map(str, words)],
            env=self.environment(),
            stdin=given,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            preexec_fn=_interruptible,
        )

    def try_(self, *words: object, given: bytes = b"") -> Answer:
        """Run a command, whatever comes of it."""
        done = subprocess.run(
            [sys.executable, "-W", "error", "-m", "desktopmail", *map(str, words)],
            env=self.environment(),
            input=given,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
        return Answer(done.returncode, done.stdout, done.stderr.decode("utf-8", "replace"))

    def run(self, *words: object, given: bytes = b"", codes: Sequence[int] = (0,)) -> Answer:
        """Run a command that has to end with one of `codes`."""
        answer = self.try_(*words, given=given)
        assert answer.code in codes, f"{words}: {answer.code}\n{answer.text[-2000:]}\n{answer.err}"
        return answer

    def ask(self, *words: object) -> Any:
        """The JSON document of a command that succeeds."""
        return self.run("--json", *words).json


def _interruptible() -> None:
    """A shell that starts tests in the background has them ignore the keyboard, and what they start, too."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
