"""Makes the Linux packages from the staged tree: .deb and .rpm by nfpm from one description, and a tar.xz."""

from __future__ import annotations

import calendar
import json
import platform
import string
import subprocess
import sys
import time
from pathlib import Path

import needs
import product
import staging

ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
NFPM = Path(sys.executable).parent / "nfpm"


def describe(tree: Path, *, quick: bool = False) -> Path:
    """Write nfpm's description of the packages beside the tree; gives back the file. Quick ones are larger."""
    bundle = tree / staging.PLACE
    values = {
        "name": product.NAME,
        "arch": ARCHITECTURES[platform.machine()],
        "version": product.version(),
        "contact": product.CONTACT,
        "publisher": product.PUBLISHER,
        "home": product.HOME_PAGE,
        "licence": product.LICENCE,
        "summary": product.SUMMARY,
        "moment": time.strftime("%Y-%m-%dT%H:%M:%SZ", product.built_at()),
        "deb_compression": "gzip" if quick else "xz",
        "rpm_compression": "zstd:1" if quick else "zstd:19",
        "stage": str(tree),
        "linux": str(staging.LINUX),
        "debian_needs": json.dumps(needs.debian(bundle)),
        "rpm_needs": json.dumps(needs.rpm(bundle)),
    }
    text = (staging.LINUX / "nfpm.yaml.in").read_text(encoding="utf-8")
    path = tree.parent / "nfpm.yaml"
    path.write_text(string.Template(text).substitute(values), encoding="utf-8")
    return path


def make(kind: str, description: Path, out: Path) -> Path:
    """Make one package, `deb` or `rpm`; gives back its file."""
    out.mkdir(parents=True, exist_ok=True)
    for old in out.glob(f"*.{kind}"):
        old.unlink()
    subprocess.check_call([str(NFPM), "package", "-f", str(description), "-p", kind, "-t", str(out)])
    return next(out.glob(f"*.{kind}"))


def make_tar(tree: Path, out: Path, *, quick: bool = False) -> Path:
    """Make the archive to unpack anywhere: one folder with the program and, below `share`, what a desktop wants."""
    out.mkdir(parents=True, exist_ok=True)
    name = f"{product.NAME}-{product.version()}-linux-{platform.machine()}"
    path = out / f"{name}.tar.xz"
    moment = calendar.timegm(product.built_at())
    command = [
        "tar", "--create", "--xz", f"--file={path}", "--sort=name", "--owner=0", "--group=0", "--numeric-owner",
        f"--mtime=@{moment}", f"--directory={tree / 'usr'}",
        f"--transform=flags=r;s,^lib/{product.NAME},{name},", f"--transform=flags=r;s,^share,{name}/share,",
        f"lib/{product.NAME}", "share",
    ]  # fmt: skip
    subprocess.check_call(command, env={"PATH": "/usr/bin:/bin", "XZ_OPT": "-1 -T2" if quick else "-6 -T2"})
    return path
