"""What a program that died may leave in a profile besides its databases."""

from __future__ import annotations

import contextlib
from pathlib import Path

INCOMING = "incoming"
"""The folder of messages that were on their way."""


def sweep(profile: Path) -> int:
    """Remove what was on its way when the last program died. How many files went; what cannot be removed stays."""
    gone = 0
    with contextlib.suppress(OSError):
        for path in list((profile / INCOMING).iterdir()):
            with contextlib.suppress(OSError):
                path.unlink()
                gone += 1
    return gone
