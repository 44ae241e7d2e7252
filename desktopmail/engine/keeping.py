"""Looks after a profile as a whole: checks it, repairs it, copies it, brings a copy back."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from desktopmail.domain.errors import NotFound
from desktopmail.store.backup import backup_profile, restore_profile
from desktopmail.store.check import check_profile
from desktopmail.store.database import MAIL
from desktopmail.store.repair import repair_profile


@dataclass(frozen=True, slots=True)
class Health:
    """What a check found, in words; empty `findings`: everything is whole. `lost` and `aside` come from a repair:
    what cannot be brought back, and where the damaged files are kept."""

    messages: int
    contents: int
    findings: tuple[str, ...]
    repaired: bool = False
    lost: tuple[str, ...] = ()
    aside: tuple[str, ...] = ()
    refetch: int = 0


async def check(profile: Path) -> Health:
    """Check databases, content hashes and counts; also while the profile is in use. Raises NotFound, StoreFailed."""
    _present(profile)
    found = await asyncio.to_thread(check_profile, profile)
    return Health(found.messages, found.contents, found.findings)


async def repair(profile: Path) -> Health:
    """Check, and mend what can be mended; damaged files are kept aside. Raises ProfileInUse, NotFound, DiskFull."""
    _present(profile)
    done = await asyncio.to_thread(repair_profile, profile)
    aside = tuple(str(path) for path in done.aside)
    found = done.found
    return Health(found.messages, found.contents, found.findings, True, done.lost, aside, done.refetch)


async def backup(profile: Path, target: Path) -> Path:
    """Copy a profile, also while it is in use, into a new or empty folder. No secret is in it. Raises WrongUsage,
    DiskFull, StoreFailed, NotFound."""
    _present(profile)
    return await asyncio.to_thread(backup_profile, profile, target)


async def restore(source: Path, profile: Path) -> None:
    """Make a profile out of a backup where there is none. Raises NotFound, WrongUsage, StoreDamaged, StoreFailed."""
    await asyncio.to_thread(restore_profile, source, profile)


def _present(profile: Path) -> None:
    if not (profile / MAIL).exists():
        raise NotFound("There is no profile", f"{profile} holds no mail.")
