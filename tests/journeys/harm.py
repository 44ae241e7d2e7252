"""What trouble tests share: profiles damaged or outdated on purpose, a log at its most talkative, a search in it."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from pathlib import Path

import apsw

from desktopmail.app import logs
from tests.journeys.watch import spellings

BODY = "Kallisto-Pfefferkuchen-2209"
"""Stands in every message; must not stand in any log."""


@contextlib.contextmanager
def written(profile: Path) -> Iterator[Path]:
    """The program's log, at its most talkative; checked for secrets by who asks."""
    before = logging.getLogger().handlers[:]
    levels = logging.getLogger().level, logging.getLogger("desktopmail").level
    logs.start(profile, logging.DEBUG)
    try:
        yield profile / logs.LOG_NAME
    finally:
        for each in logging.getLogger().handlers[:]:
            if each not in before:
                logging.getLogger().removeHandler(each)
                each.close()
        logging.getLogger().setLevel(levels[0])
        logging.getLogger("desktopmail").setLevel(levels[1])
        logging.raiseExceptions = True


def clean(text: str, *secrets: str) -> None:
    """No secret in any spelling, and nothing that only a programmer would read."""
    for secret in secrets:
        assert not [form for form in spellings(secret) if form in text]
    assert "Traceback" not in text


def harm(profile: Path) -> None:
    """Overwrite the middle of the mail database."""
    path = profile / "mail.db"
    data = bytearray(path.read_bytes())
    for page in range(len(data) // 2 // 4096, len(data) // 4096):
        data[page * 4096 : page * 4096 + 64] = b"\xff" * 64
    path.write_bytes(data)


def outdate(profile: Path) -> None:
    """Make the profile one of a version to come."""
    db = apsw.Connection(str(profile / "mail.db"))
    db.pragma("user_version", 99_000)
    db.close()
