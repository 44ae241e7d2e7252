"""A clean system to install into: a minimal Debian, made once, under a throw-away layer for every use.

Commands run in a root of their own (`pivot_root`, not `chroot`, in which no user namespace can be made and the web
engine would have no sandbox). Needs root on Linux; the network is shared, so servers on loopback are reached.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

PERSON = "person"
UBUNTU = ("jammy", "noble")
TOOLS = ("debootstrap", "unshare", "pivot_root", "mount")
_ENTER = """
set -e
root=$1; shift
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount -t tmpfs tmpfs "$root/tmp"
chmod 1777 "$root/tmp"
cd "$root"
mkdir -p .outside
pivot_root . .outside
umount -l /.outside
cd /
exec "$@"
"""
_PASSING = (
    "/var/cache",
    "/var/lib/apt",
    "/var/lib/dpkg",
    "/var/log",
    "/tmp",
    "/proc",
    "/dev",
    "/sys",
    "/root",
    "/home",
)


class CleanRoot:
    """A layer over the base system, mounted while the block lasts. `base` is made when it is not there: of the release
    that this computer has, or of the one that `release` names, such as `noble`, proven by the keys in `keyring`."""

    def __init__(self, base: Path, layer: Path, release: str = "", keyring: Path | None = None) -> None:
        self.base, self.layer, self.release, self.keyring = base, layer, release, keyring
        self.root = layer / "root"

    @staticmethod
    def missing() -> str:
        """Why it cannot be made here; empty when it can."""
        if not hasattr(os, "geteuid") or os.geteuid() != 0:
            return "a clean root needs Linux and root"
        gone = [tool for tool in TOOLS if shutil.which(tool) is None]
        return "missing: " + ", ".join(gone) if gone else ""

    def __enter__(self) -> Self:
        self._make_base()
        shutil.rmtree(self.layer, ignore_errors=True)
        for name in ("upper", "work", "root"):
            (self.layer / name).mkdir(parents=True)
        layers = f"lowerdir={self.base},upperdir={self.layer / 'upper'},workdir={self.layer / 'work'}"
        subprocess.check_call(["mount", "-t", "overlay", "overlay", "-o", layers, str(self.root)])
        shutil.copyfile("/etc/resolv.conf", self.root / "etc/resolv.conf")
        return self

    def __exit__(self, *error: object) -> None:
        subprocess.call(["umount", "-l", str(self.root)])
        shutil.rmtree(self.layer, ignore_errors=True)

    def run(
        self,
        command: Sequence[str],
        *,
        person: bool = False,
        variables: Mapping[str, str] | None = None,
        before: Sequence[str] = (),
        seconds: float = 600,
    ) -> subprocess.CompletedProcess[str]:
        """Run a command inside, as root or as a person who owns nothing but a home; its output and code. `before` is a
        command of the outside that runs all of it, a tracer for one."""
        environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}
        if person:
            home = {"HOME": f"/home/{PERSON}", "XDG_RUNTIME_DIR": f"/home/{PERSON}/.run", **(variables or {})}
            given = [f"{name}={value}" for name, value in (environment | home).items()]
            command = [
                "setpriv",
                f"--reuid={PERSON}",
                f"--regid={PERSON}",
                "--init-groups",
                "env",
                "-i",
                *given,
                *command,
            ]
        enter = ["unshare", "--mount", "--propagation", "private", "sh", "-c", _ENTER, "sh", str(self.root)]
        return subprocess.run(
            [*before, *enter, *command], capture_output=True, text=True, timeout=seconds, env=environment, check=False
        )

    def must(self, *command: str) -> str:
        """Run a command inside as root; what it printed. Raises RuntimeError with its output when it fails."""
        done = self.run(command)
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
        return done.stdout

    def files(self) -> set[str]:
        """The paths of everything inside, without what package tools and people change in passing."""
        found = set()
        for folder, names, others in os.walk(self.root):
            inside = "/" + os.path.relpath(folder, self.root) if folder != str(self.root) else ""
            if inside.startswith(_PASSING):
                names.clear()
                continue
            found |= {f"{inside}/{name}" for name in (*names, *others)}
        return found

    def _make_base(self) -> None:
        if (self.base / "etc/debian_version").exists():
            return
        release, ubuntu = (self.release, self.release in UBUNTU) if self.release else _here()
        mirror = "http://archive.ubuntu.com/ubuntu" if ubuntu else "http://deb.debian.org/debian"
        new = self.base.with_name(self.base.name + ".new")
        shutil.rmtree(new, ignore_errors=True)
        new.parent.mkdir(parents=True, exist_ok=True)
        components = ["--components=main,universe"] if ubuntu else []
        # An older debootstrap knows no newer releases by name; all of one maker are made alike.
        known = Path("/usr/share/debootstrap/scripts") / release
        alike = [] if known.exists() else [str(known.with_name("gutsy" if ubuntu else "sid"))]
        proven = [f"--keyring={self.keyring}", "--force-check-gpg"] if self.keyring else []
        command = ["debootstrap", "--variant=minbase", *proven, *components, release, str(new), mirror, *alike]
        subprocess.check_call(command, stdout=subprocess.DEVNULL)
        new.rename(self.base)


def _here() -> tuple[str, bool]:
    """The release of this computer, and whether it is one of Ubuntu's."""
    lines = Path("/etc/os-release").read_text(encoding="utf-8").splitlines()
    said = dict(line.split("=", 1) for line in lines if "=" in line)
    return said.get("VERSION_CODENAME", "stable").strip('"'), "ubuntu" in said.get("ID", "")
