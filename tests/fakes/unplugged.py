"""A discovery that asks nobody: for tests of what stands around it."""

from __future__ import annotations

from desktopmail.engine.discovery import Discovery
from desktopmail.engine.finding.search import Limits
from desktopmail.protocols.autoconfig.records import Names
from desktopmail.protocols.autoconfig.sources import Places

CLOSED = 9
"""The port of the discard service, where nobody listens."""
NOWHERE = f"http://127.0.0.1:{CLOSED}/"


def unplugged() -> Discovery:
    """Knows the bundled facts and nothing else."""
    places = Places(NOWHERE, NOWHERE, NOWHERE, NOWHERE, NOWHERE)
    return Discovery({}, places, Names(("127.0.0.1",), CLOSED, 0.05), Limits(0.2, 0.0, 1.0, 0.0))
