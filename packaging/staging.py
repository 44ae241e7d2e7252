"""Lays out everything that Linux packages install, once, as the tree that all of them take it from."""

from __future__ import annotations

import gzip
import os
import shutil
import stat
import string
import time
from pathlib import Path
from xml.sax.saxutils import escape

import changes
import drawing
import elf
import manual
import product

LINUX = Path(__file__).resolve().parent / "linux"
PLACE = Path("usr/lib") / product.NAME


def stage(bundle: Path, tree: Path) -> Path:
    """Make `tree` anew from a frozen bundle; gives it back. Times and modes do not depend on who builds, or when."""
    shutil.rmtree(tree, ignore_errors=True)
    shutil.copytree(bundle, tree / PLACE, symlinks=True)
    shutil.copyfile(LINUX / "apparmor", tree / PLACE / "apparmor")
    program = tree / "usr/bin" / product.NAME
    program.parent.mkdir(parents=True)
    program.symlink_to(f"../lib/{product.NAME}/{product.NAME}")
    share = tree / "usr/share"
    desktop_files(share)
    drawing.write_hicolor(share / "icons/hicolor")
    _zipped(share / f"man/man1/{product.NAME}.1.gz", manual.page())
    _zipped(tree / "debian/changelog.Debian.gz", changes.debian())
    for name in ("copyright", "overrides"):
        shutil.copyfile(LINUX / name, tree / "debian" / name)
    shutil.copyfile(product.ROOT / "LICENSE", tree / "LICENSE")
    settle(tree)
    return tree


def desktop_files(share: Path) -> None:
    """The desktop file and the metainfo file, below a `share` folder."""
    name = f"{product.APP_ID}.desktop"
    (share / "applications").mkdir(parents=True, exist_ok=True)
    shutil.copyfile(LINUX / name, share / "applications" / name)
    (share / "metainfo").mkdir(parents=True, exist_ok=True)
    (share / "metainfo" / f"{product.APP_ID}.metainfo.xml").write_text(metainfo(), encoding="utf-8")


def metainfo() -> str:
    """What software centres show, with the releases of the changelog."""
    template = (LINUX / f"{product.APP_ID}.metainfo.xml.in").read_text(encoding="utf-8")
    blocks = []
    for release in changes.releases():
        date = release.date or time.strftime("%Y-%m-%d", product.built_at())
        items = "\n".join(f"          <li>{escape(entry)}</li>" for entry in release.entries[:8])
        described = f"      <description>\n        <ul>\n{items}\n        </ul>\n      </description>"
        blocks.append(f'    <release version="{release.version}" date="{date}">\n{described}\n    </release>')
    return string.Template(template).substitute(
        home=product.HOME_PAGE, pictures=product.PICTURES, releases="\n".join(blocks)
    )


def settle(tree: Path) -> None:
    """Give every file of the tree the same time, and the mode that its kind has: programs may be run, libraries not."""
    moment = time.mktime(product.built_at()) - time.timezone
    for path in sorted(tree.rglob("*"), reverse=True):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or _is_program(path) else 0o644)
        os.utime(path, (moment, moment), follow_symlinks=False)


def _is_program(path: Path) -> bool:
    may_run = bool(path.stat().st_mode & stat.S_IXUSR)
    return may_run and ".so" not in path.name and (elf.is_elf(path) or path.suffix in ("", ".sh"))


def _zipped(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as archive:
        archive.write(text.encode())
