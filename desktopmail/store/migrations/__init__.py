"""Numbered schema migrations; never edited once released. They are modules, so that a frozen program has them too.

A step has a version of major * 1000 + minor. A newer minor only adds what older programs may ignore; a newer major is
refused by older programs.
"""

from __future__ import annotations

from dataclasses import dataclass

from desktopmail.store.migrations import content_0001, mail_0001, mail_0002, mail_0003, search_0001


@dataclass(frozen=True, slots=True)
class Step:
    """One migration: the version it leads to, and the statements that lead there."""

    version: int
    sql: str


MAIL = (Step(1000, mail_0001.SQL), Step(1001, mail_0002.SQL), Step(1002, mail_0003.SQL))
CONTENT = (Step(1000, content_0001.SQL),)
SEARCH = (Step(1000, search_0001.SQL),)
STEPS = {"mail.db": MAIL, "content.db": CONTENT, "search.db": SEARCH}


def major(version: int) -> int:
    """The part of a version that decides whether a program may touch the file."""
    return version // 1000
