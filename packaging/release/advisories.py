"""Compares what is locked with a stored list of known holes: without a network, and with the same answer twice.

    python3 packaging/release/advisories.py [LOCK]

Exit code 1 when something locked is known to have a hole.
"""

from __future__ import annotations

import datetime
import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from locking import LOCK, Pin, normal, read

FILE = Path(__file__).resolve().parents[1] / "advisories.json"


@dataclass(frozen=True, slots=True)
class Advisory:
    """A known hole: in which versions of which package, under which names it is known, and what it is."""

    package: str
    affected: str
    id: str
    what: str
    also: tuple[str, ...] = ()


def known(file: Path = FILE) -> list[Advisory]:
    """The stored list. Raises ValueError, KeyError for one that is not well formed."""
    entries = json.loads(file.read_text(encoding="utf-8"))["advisories"]
    return [
        Advisory(normal(each["package"]), each["affected"], each["id"], each["what"], tuple(each.get("also", ())))
        for each in entries
    ]


def looked_over(file: Path = FILE) -> datetime.date:
    """When somebody last compared a stored list with the world."""
    return datetime.date.fromisoformat(json.loads(file.read_text(encoding="utf-8"))["looked_over"])


def holes(pins: Iterable[Pin], advisories: Iterable[Advisory]) -> list[str]:
    """Every pin that is affected, in words."""
    from packaging.specifiers import SpecifierSet

    listed = list(advisories)
    return [
        f"{pin.name} {pin.version} has a known hole: {each.id}, {each.what} (affected: {each.affected})"
        for pin in pins
        for each in listed
        if each.package == pin.name and SpecifierSet(each.affected).contains(pin.version, prereleases=True)
    ]


def main(arguments: list[str]) -> int:
    """Check a lock; 0 when nothing in it is known to have a hole."""
    lock = Path(arguments[0]) if arguments else LOCK
    found = holes(read(lock.read_text(encoding="utf-8")), known())
    for each in found:
        sys.stderr.write(f"advisories: {each}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
