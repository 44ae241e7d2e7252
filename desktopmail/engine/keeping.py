"""Looks after a profile as a whole: checks it, repairs it, copies it, brings a copy back."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from dataclasses import dataclass
from pathlib import Path

from desktopmail.domain.errors import NotFound
from desktopmail.domain.progress import Progress
from desktopmail.domain.saying import phrase
from desktopmail.store.backup import backup_profile, restore_profile
from desktopmail.store.check import check_profile
from desktopmail.store.database import CONTENT, MAIL, SEARCH
from desktopmail.store.repair import repair_profile


@dataclass(frozen=True, slots=True)
class Health:
    """What a check found, in words; empty `findings`: everything is whole. `lost` and `aside` come from a repair:
    what cannot be brought back, and where the damaged files are kept; `orphans` messages are
    without a place, which a repair gives them; `recovered` of them are in a folder of their own now."""

    messages: int
    contents: int
    findings: tuple[str, ...]
    repaired: bool = False
    lost: tuple[str, ...] = ()
    aside: tuple[str, ...] = ()
    refetch: int = 0
    recovered: int = 0
    orphans: int = 0


@dataclass(frozen=True, slots=True)
class Sizes:
    """Bytes on the disk: `mail` (lists, folders, settings), `content` (the messages themselves), `search` (the index),
    and what is `free` on the disk they lie on."""

    mail: int
    content: int
    search: int
    free: int

    @property
    def all(self) -> int:
        """Everything together."""
        return self.mail + self.content + self.search


def sizes(profile: Path) -> Sizes:
    """How much room a profile takes; asks the file system alone. Raises NotFound."""
    _present(profile)

    def size(name: str) -> int:
        found = 0
        for path in (profile / name, profile / f"{name}-wal"):
            with contextlib.suppress(OSError):
                found += path.stat().st_size
        return found

    return Sizes(size(MAIL), size(CONTENT), size(SEARCH), shutil.disk_usage(profile).free)


async def check(profile: Path, progress: Progress | None = None) -> Health:
    """Check databases, content hashes and counts; also while the profile is in use. Raises NotFound, StoreFailed,
    Stopped."""
    _present(profile)
    found = await asyncio.to_thread(check_profile, profile, progress)
    return Health(found.messages, found.contents, found.findings, orphans=found.orphans)


async def repair(profile: Path) -> Health:
    """Check, and mend what can be mended; damaged files are kept aside. Raises ProfileInUse, NotFound, DiskFull."""
    _present(profile)
    done = await asyncio.to_thread(repair_profile, profile)
    aside = tuple(str(path) for path in done.aside)
    found = done.found
    recovered = await _gathered(profile) if MAIL in found.damaged or found.orphans else 0
    return Health(found.messages, found.contents, found.findings, True, done.lost, aside, done.refetch, recovered)


async def _gathered(profile: Path) -> int:
    """Messages that lost their place; how many were given another."""
    from desktopmail.engine.recovered import gather
    from desktopmail.store.store import Store

    store = await asyncio.to_thread(Store.open, profile)
    try:
        return await gather(store)
    finally:
        await store.close()


async def backup(profile: Path, target: Path, progress: Progress | None = None) -> Path:
    """Copy a profile, also while it is in use, into a new or empty folder. No secret is in it. Raises WrongUsage,
    DiskFull, StoreFailed, NotFound, Stopped."""
    _present(profile)
    return await asyncio.to_thread(backup_profile, profile, target, progress)


async def restore(source: Path, profile: Path) -> None:
    """Make a profile out of a backup where there is none. Raises NotFound, WrongUsage, StoreDamaged, StoreFailed."""
    await asyncio.to_thread(restore_profile, source, profile)


def _present(profile: Path) -> None:
    if not any((profile / name).exists() for name in (MAIL, CONTENT)):
        raise NotFound(phrase("There is no profile"), phrase("{0} holds no mail.", profile))
