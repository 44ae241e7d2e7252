"""The .deb on a newer system, Ubuntu 24.04: libraries have other package names there, and user namespaces, which the
web engine's sandbox is made of, belong to programs with an AppArmor profile."""

from __future__ import annotations

import hashlib
import subprocess
import urllib.request
from pathlib import Path

import installed
import product
from cleanroot import CleanRoot
from report import CheckFailed, Report

RELEASE = "noble"
PROFILE = f"/etc/apparmor.d/{product.NAME}"
KERNEL = Path("/sys/kernel/security/apparmor")
KEYRING = Path("usr/share/keyrings/ubuntu-archive-keyring.gpg")
KEYS = "http://archive.ubuntu.com/ubuntu/pool/main/u/ubuntu-keyring/ubuntu-keyring_2023.11.28.1_all.deb"
KEYS_HASH = "36de43b15853ccae0028e9a767613770c704833f82586f28eb262f0311adb8a8"
"""The keys of Ubuntu's archive (F6EC B376 2474 EDA9 D21B 7022 8719 20D1 991B C93C), for systems that have no package of
them."""


def check(package: Path, work: Path, report: Report) -> None:
    """Install, try, remove; `work` is the folder of clean systems."""
    with CleanRoot(work / RELEASE, work / f"{RELEASE}.layer", RELEASE, keys(work)) as root:
        with report.first("install the .deb in a clean Ubuntu 24.04"):
            before = installed.prepare(root, package, ["apparmor"])
            installed.put(root, package)
        with report.step("the AppArmor profile is there, and valid"):
            report.say(profile(root))
        with report.step("self-test as a person there"):
            report.say(installed.self_test(root))
        with report.step("remove it there, with its profile"):
            report.say(installed.remove(root, before))
    if not KERNEL.exists():
        report.skip("loading the AppArmor profile", "this kernel has no AppArmor; it was compiled only")


def keys(work: Path) -> Path:
    """The file with the keys of the archive. Raises CheckFailed when what was fetched is not what it was."""
    own, fetched = Path("/") / KEYRING, work / "keys" / KEYRING
    if own.exists() or fetched.exists():
        return own if own.exists() else fetched
    with urllib.request.urlopen(KEYS, timeout=60) as answer:
        data = answer.read(1 << 20)
    if hashlib.sha256(data).hexdigest() != KEYS_HASH:
        raise CheckFailed(f"{KEYS} is not the file it was")
    package = work / "keys.deb"
    package.parent.mkdir(parents=True, exist_ok=True)
    package.write_bytes(data)
    subprocess.check_call(["dpkg-deb", "--extract", str(package), str(work / "keys")])
    return fetched


def profile(root: CleanRoot) -> str:
    """What the package put in place compiles, names the program, and lets it make user namespaces."""
    root.must("apparmor_parser", "--skip-kernel-load", "--skip-cache", PROFILE)
    names = root.must("apparmor_parser", "--names", PROFILE).split()
    rules = root.must("apparmor_parser", "--debug", "--skip-kernel-load", "--skip-cache", PROFILE)
    if names != [product.NAME]:
        raise CheckFailed(f"it names {names}")
    return f"{PROFILE} compiles: {', '.join(names)}, {len(rules.splitlines())} lines of rules"
