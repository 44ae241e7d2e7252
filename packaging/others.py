"""The Linux packages beside the .deb, each really used in a clean system: tar.xz and AppImage by a person who unpacks
them at home, the .rpm installed by rpm itself."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import installed
import product
from cleanroot import PERSON, CleanRoot
from report import CheckFailed, Report

HOME = f"/home/{PERSON}"
GENERATOR = "/usr/lib/rpm/elfdeps"
"""What names the libraries of a package on every system with .rpm packages; whatever it says of a library, that is how
a package asks for it."""
SHARED = {f"/usr/share/{name}" for name in ("applications", "icons", "licenses", "metainfo")}
"""Folders that belong to the system where there are .rpm packages, and were not there before on this one."""
OWN_RPM = ["rpm", "--dbpath", "/var/cache/rpm"]


def check(package: Path, work: Path, report: Report) -> None:
    """Use what lies beside the .deb, which says what the system has to have. `work` is the folder of the clean
    system."""
    with CleanRoot(work / "base", work / "others") as root:
        with report.first("a clean system for the other packages"):
            before = installed.prepare(root, package, ["xz-utils", "rpm"])
        for kind, function in KINDS.items():
            found = sorted(package.parent.glob(f"*.{kind}"))
            if not found:
                report.skip(kind, f"there is no .{kind} beside {package.name}")
                continue
            with report.step(f"{kind}, as a person who has only that"):
                report.say(function(root, found[-1]))
        with report.step("nothing of them is left"):
            if left := {path for path in root.files() - before if path not in SHARED}:
                raise CheckFailed(", ".join(sorted(left)[:20]))


def archive(root: CleanRoot, file: Path) -> str:
    """Unpacked at home, and started from there."""
    place = _hand_over(root, file)
    unpack = root.run(["tar", "--extract", "--file", place, "--directory", HOME], person=True)
    if unpack.returncode:
        raise CheckFailed(unpack.stderr[-1000:])
    folder = file.name.removesuffix(".tar.xz")
    said = installed.self_test(root, f"{HOME}/{folder}/{product.NAME}")
    shutil.rmtree(root.root / HOME.lstrip("/") / folder)
    return said


def image(root: CleanRoot, file: Path) -> str:
    """Started where it lies, on a system without FUSE."""
    return installed.self_test(root, _hand_over(root, file), "--appimage-extract-and-run")


def rpm(root: CleanRoot, file: Path) -> str:
    """What it asks for is there under the names that rpm gives to libraries; it installs, works, and goes."""
    place = f"/root/{file.name}"
    shutil.copyfile(file, root.root / place.lstrip("/"))
    asked = needs(root, place)
    # The libraries came by Debian's packages, of which rpm's own list knows nothing.
    root.must(*OWN_RPM, "--force-debian", "--install", "--nodeps", "--nosignature", place)
    said = installed.self_test(root)
    if changed := root.run([*OWN_RPM, "--verify", "--nodeps", product.NAME]).stdout:
        raise CheckFailed(f"rpm finds its files changed: {changed[-1000:]}")
    root.must(*OWN_RPM, "--force-debian", "--erase", product.NAME)
    return f"{asked} needs met; {said}"


def needs(root: CleanRoot, place: str) -> int:
    """How many things the .rpm asks for. Raises CheckFailed when rpm's own generator does not give one of these names
    to a library that is there."""
    asked = set(root.must("rpm", "-qp", "--nosignature", "--requires", place).splitlines())
    libraries = "find /usr/lib /lib -name '*.so*' -type f"
    offered = set(root.must("sh", "-c", f"{libraries} | {GENERATOR} --provides").splitlines())
    beside = {each for each in asked if re.match(r"rpmlib\(|/bin/sh$", each)}
    if gone := asked - beside - offered:
        raise CheckFailed("no library has the name " + ", ".join(sorted(gone)))
    return len(asked)


def _hand_over(root: CleanRoot, file: Path) -> str:
    """Give the person the file; where it lies inside."""
    place = f"{HOME}/{file.name}"
    shutil.copyfile(file, root.root / place.lstrip("/"))
    root.must("chown", f"{PERSON}:{PERSON}", place)
    root.must("chmod", "755", place)
    return place


KINDS = {"tar.xz": archive, "AppImage": image, "rpm": rpm}
