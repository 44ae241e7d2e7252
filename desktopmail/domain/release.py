"""A released version of this program, as a signed notice describes it."""

from __future__ import annotations

import re
from dataclasses import dataclass

_VERSION = re.compile(r"(0|[1-9][0-9]{0,3})(\.(0|[1-9][0-9]{0,3})){1,3}\Z")


@dataclass(frozen=True, slots=True)
class ReleaseFile:
    """A file to download: its plain name, the SHA-256 of its bytes in hex, and their number."""

    name: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Release:
    """`sequence` grows with every notice that is signed. `issued` and `expires` in seconds since 1970 UTC; `page` is an
    https address that a person reads."""

    version: str
    sequence: int
    issued: int
    expires: int
    page: str
    files: tuple[ReleaseFile, ...] = ()


def version_key(text: str) -> tuple[int, ...]:
    """A version as numbers that compare; empty for what is no version, which is older than any."""
    if not _VERSION.match(text):
        return ()
    numbers = [int(part) for part in text.split(".")]
    return tuple(numbers + [0] * (4 - len(numbers)))


def is_newer(offered: str, present: str) -> bool:
    """Whether a version comes after another."""
    return version_key(offered) > version_key(present)
