"""Checks of files and packages by the tools of their own kind: desktop file, metainfo, .deb, .rpm, sizes, bundle."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import contents
import needs
import product
import trim
from report import CheckFailed

BUNDLE_LIMIT = 400
DEB_LIMIT = 150
"""Megabytes."""


def megabytes(path: Path) -> float:
    """The size of a file, or of all files below a folder, each counted once."""
    if path.is_file():
        return path.stat().st_size / 1e6
    files = [each for each in path.rglob("*") if each.is_file() and not each.is_symlink()]
    return sum(each.stat().st_size for each in files) / 1e6


def bundle(folder: Path) -> str:
    """The bundle is small enough, holds nothing that had to stay out, and its processes find every library."""
    size = megabytes(folder)
    names = [path.relative_to(folder / "_internal").as_posix() for path in (folder / "_internal").rglob("*")]
    gpl = [name for name in names if re.search(r"Qt6?(?:" + "|".join(trim.GPL_MODULES) + r")\b", name)]
    if size > BUNDLE_LIMIT or gpl or any("/qml/" in name for name in names):
        raise CheckFailed(f"{size:.0f} MB of at most {BUNDLE_LIMIT}; GPL-only: {gpl}")
    shipped = product.ROOT / "resources"
    files = [path.relative_to(shipped).as_posix() for path in shipped.rglob("*") if path.is_file()]
    gone = [name for name in files if trim.wanted(f"resources/{name}", "linux") and f"resources/{name}" not in names]
    if gone:
        raise CheckFailed("resources are missing: " + ", ".join(gone))
    if lost := needs.lost(folder):
        raise CheckFailed("the web engine would not find " + ", ".join(lost))
    return f"{size:.0f} MB in {len([path for path in folder.rglob('*') if path.is_file()])} files"


def explained(folder: Path) -> contents.Contents:
    """What is inside the bundle. Raises CheckFailed when there is a file that nobody answers for."""
    program = next(path for path in (folder / product.NAME, folder / f"{product.NAME}.exe") if path.exists())
    found = contents.survey(folder, contents.modules_of(program))
    if found.unexplained:
        raise CheckFailed("nobody answers for " + ", ".join(found.unexplained[:20]))
    return found


def desktop(share: Path) -> str:
    """The desktop file and the metainfo are valid."""
    _tool("desktop-file-validate", str(share / "applications" / f"{product.APP_ID}.desktop"))
    metainfo = str(share / "metainfo" / f"{product.APP_ID}.metainfo.xml")
    return _tool("appstreamcli", "validate", "--no-net", "--explain", metainfo).strip().splitlines()[-1]


def manual_page(page: Path) -> str:
    """The manual page formats without a complaint."""
    said = subprocess.run(["man", "--warnings", "-l", str(page)], capture_output=True, text=True, check=False)
    if said.returncode or said.stderr.strip():
        raise CheckFailed(said.stderr[-500:])
    return f"{said.stdout.count(chr(10))} lines"


def deb(package: Path, *, quick: bool = False) -> str:
    """The .deb is small enough, and lintian finds nothing beyond the explained list in `linux/overrides`."""
    size = megabytes(package)
    if not quick and size > DEB_LIMIT:
        raise CheckFailed(f"{size:.0f} MB of at most {DEB_LIMIT}")
    done = subprocess.run(
        ["lintian", "--allow-root", "--fail-on", "error,warning", str(package)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CheckFailed(done.stdout[-3000:] + done.stderr[-500:])
    return f"{package.name}: {size:.0f} MB, lintian has nothing to say"


def rpm(package: Path) -> str:
    """The .rpm can be read, and says what it needs and who made it."""
    said = _tool("rpm", "-qip", "--nosignature", str(package))
    needs = _tool("rpm", "-qp", "--nosignature", "--requires", str(package))
    for word in (product.NAME, product.version(), product.LICENCE):
        if word not in said:
            raise CheckFailed(f"{word} is missing in {said}")
    if "libGL.so.1()(64bit)" not in needs:
        raise CheckFailed(needs)
    return f"{package.name}: {megabytes(package):.0f} MB, needs {len(needs.splitlines())} things"


def _tool(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CheckFailed(f"{command[0]}: {done.stdout[-1500:]}{done.stderr[-1500:]}")
    return done.stdout
