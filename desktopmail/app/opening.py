"""Wires an engine: the profile, where passwords are, the log."""

from __future__ import annotations

import os
from pathlib import Path

from desktopmail.app import logs, passphrase
from desktopmail.engine.engine import Engine
from desktopmail.store.secrets import open_secrets

LOCAL_PICTURES = "DESKTOPMAIL_LOCAL_PICTURES"


async def open_engine(profile: Path, *, offline: bool = False) -> Engine:
    """The engine on a profile, with a log beside its databases; beside a window that is open, for reading only. Raises
    what `Engine.open` raises."""
    engine = await Engine.open(
        profile,
        passwords=open_secrets(os.environ, profile, passphrase.asking(os.environ, prompt=True)),
        offline=offline,
        local_pictures=os.environ.get(LOCAL_PICTURES) == "1",
        visit=True,
    )
    if not engine.visiting:
        logs.start(profile)
    return engine
