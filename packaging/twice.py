"""U05: compares two builds of one state, made at different times, in different places; what differs must be allowed."""

from __future__ import annotations

import hashlib
import re
import shutil
from pathlib import Path

import freezing
import product
from report import CheckFailed

ALLOWED: dict[str, str] = {}
"""Patterns of file names that may differ between two builds, and why."""


def differences(one: Path, two: Path) -> list[str]:
    """The names of files and links that are not the same below both folders, or only below one."""
    return sorted(name for name, _ in _digests(one).items() ^ _digests(two).items())


def judged(names: list[str]) -> str:
    """What is left after the allowed ones. Raises CheckFailed when that is anything."""
    left = sorted({name for name in names if not any(re.search(pattern, name) for pattern in ALLOWED)})
    if left:
        raise CheckFailed(f"{len(left)} files differ: " + ", ".join(left[:20]))
    return f"the same, but for {len(set(names))} allowed differences" if names else "the same, byte for byte"


def check(work: Path) -> str:
    """Build one state of the sources in two places, as people with other habits would, and compare."""
    place = work / "twice"
    shutil.rmtree(place, ignore_errors=True)
    for name in ("desktopmail", "packaging", "resources"):
        shutil.copytree(product.ROOT / name, place / "a" / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(place / "a", place / "another place/b")
    one = _build(place / "a", 0o022, "UTC")
    two = _build(place / "another place/b", 0o077, "Asia/Tokyo")
    said = judged(differences(one, two))
    shutil.rmtree(place)
    return said


def _build(copy: Path, umask: int, zone: str) -> Path:
    freezing.freeze(copy, copy / "dist", copy / "freeze", {"TZ": zone}, umask)
    return copy / "dist" / product.NAME


def _digests(folder: Path) -> dict[str, str]:
    found = {}
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            found[name] = f"link to {path.readlink()}"
        elif path.is_file():
            found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found
