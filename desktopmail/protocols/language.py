"""The languages a person reads, as servers want to hear them (RFC 5646), from what the system says."""

from __future__ import annotations

import locale
import os
import re
import sys

VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
"""In the order of POSIX; `LANGUAGE` stands before them where it is set (GNU gettext)."""

_TAG = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8}){0,2}", re.ASCII | re.IGNORECASE)


def preferred() -> tuple[str, ...]:
    """Language tags to ask for, best first: the language with its country, then without. Empty when nothing is known,
    or the system speaks no language at all ('C')."""
    named = next((value for name in VARIABLES if (value := os.environ.get(name))), "") or _system()
    if named.partition(".")[0] in ("", "C", "POSIX"):
        return ()
    wished = os.environ.get("LANGUAGE", "").partition(":")[0] or named
    tag = wished.partition(".")[0].partition("@")[0].replace("_", "-")
    if not _TAG.fullmatch(tag):
        return ()
    plain = tag.partition("-")[0]
    return (tag,) if plain == tag else (tag, plain)


def _system() -> str:
    """What systems without those variables say."""
    if sys.platform == "win32":
        import ctypes

        return locale.windows_locale.get(ctypes.windll.kernel32.GetUserDefaultUILanguage(), "")
    return locale.getlocale()[0] or ""
