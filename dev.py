#!/usr/bin/env python3
"""The one door to the project: runs it, tests it, checks it, on a machine that has nothing but Python.

Standard library only, Python 3.11 or later. Every command sets up what it needs first: the virtual environment in
`.venv`, the packages from PyPI, and on Debian and Ubuntu the system libraries and test servers.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

LIBRARIES = (
    "libgl1 libegl1 libxcb-cursor0 libxkbcommon-x11-0 libxkbcommon0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 "
    "libxcb-render-util0 libxcb-shape0 libxcb-xkb1 libnss3 libasound2|libasound2t64 libdbus-1-3 libfontconfig1 "
    "libxcomposite1 libxdamage1 libxrandr2 libxtst6 libxkbfile1 libglib2.0-0|libglib2.0-0t64 fonts-dejavu-core"
).split()
SERVERS = "dovecot-imapd dovecot-pop3d dovecot-lmtpd postfix gnome-keyring dbus strace".split()
TOOLS = "nsis shellcheck xvfb xauth".split()
"""What tests call besides: they compile the Windows installer, read the scripts, and look at a screen."""
PACKAGING = (
    "binutils lintian rpm desktop-file-utils appstream squashfs-tools debootstrap man-db xdotool flatpak-builder wine64"
).split()
FONTS = "fonts-noto-core fonts-noto-cjk fonts-noto-color-emoji fonts-inter".split()


def main() -> int:
    if sys.version_info < (3, 11):
        print("desktopmail needs Python 3.11 or later; this is " + sys.version.split()[0] + ".", file=sys.stderr)
        return 1
    verb, rest = (sys.argv[1], sys.argv[2:]) if len(sys.argv) > 1 else ("", [])
    if verb not in RUN:
        print((__doc__ or "").splitlines()[0] + "\n\nusage: python3 dev.py VERB …", file=sys.stderr)
        for name, function in RUN.items():
            print(f"  {name:8} {(function.__doc__ or '').splitlines()[0]}", file=sys.stderr)
        return 0 if verb in ("-h", "--help") else 2
    return RUN[verb](rest)


def run(arguments: list[str]) -> int:
    """Start the program; what follows is handed on (`--demo`, `--profile DIR`, any command)."""
    ready("run", LIBRARIES)
    environment = dict(os.environ)
    windowless = "--screenshot" in arguments or any(word in COMMANDS for word in arguments)
    if not windowless and not display(environment):
        print(
            "There is no screen here: start this from a desktop session, or make a picture instead with "
            "`python3 dev.py run --demo --screenshot demo.png`.",
            file=sys.stderr,
        )
        return 1
    if not display(environment):
        environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    allow_root(environment)
    return subprocess.call([str(PYTHON), "-m", "desktopmail", *arguments], env=environment)


def test(arguments: list[str]) -> int:
    """Run the tests; arguments go to pytest."""
    ready("test", [*LIBRARIES, *SERVERS, *FONTS, *TOOLS])
    return subprocess.call([str(PYTHON), "-m", "pytest", *(arguments or ["-m", "not slow and not bench"])], cwd=ROOT)


def check(arguments: list[str]) -> int:
    """Lint, format, types, import contracts, spelling, habits, the lock and what is known about it."""
    ready("dev", [])
    tool = str(PYTHON.parent)
    steps = [
        [str(PYTHON), "-m", "ruff", "check", "."],
        [str(PYTHON), "-m", "ruff", "format", "--check", "."],
        [str(PYTHON), "-m", "mypy"],
        [str(PYTHON), "-m", "mypy", "--explicit-package-bases", "packaging"],
        [f"{tool}/lint-imports"],
        [str(PYTHON), "packaging/release/locking.py", "--check"],
        [str(PYTHON), "packaging/release/advisories.py"],
        [
            f"{tool}/codespell",
            "desktopmail",
            "packaging",
            "dev.py",
            "README.md",
            "CHANGELOG.md",
            "CONTRIBUTING.md",
        ],
        [str(PYTHON), "-m", "pytest", "tests/unit/test_habits.py"],
    ]
    failed = [step for step in steps if subprocess.call(step, cwd=ROOT) != 0]
    for step in failed:
        print("failed: " + " ".join(step), file=sys.stderr)
    return 1 if failed else 0


def fix(arguments: list[str]) -> int:
    """Mend what tools can mend: imports, format, simple lint."""
    ready("dev", [])
    subprocess.call([str(PYTHON), "-m", "ruff", "check", "--fix", "."], cwd=ROOT)
    return subprocess.call([str(PYTHON), "-m", "ruff", "format", "."], cwd=ROOT)


def bench(arguments: list[str]) -> int:
    """Measure and print beside the raw figures; name parts to run only those."""
    ready("test", [*LIBRARIES, *SERVERS])
    environment = dict(os.environ)
    environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    allow_root(environment)
    return subprocess.call([str(PYTHON), "-m", "tests.bench", *arguments], cwd=ROOT, env=environment)


def screens(arguments: list[str]) -> int:
    """Render every screen to build/screens and the README's picture."""
    ready("test", [*LIBRARIES, *FONTS])
    environment = dict(os.environ)
    environment["QT_QPA_PLATFORM"] = "offscreen"
    allow_root(environment)
    return subprocess.call([str(PYTHON), "-m", "tests.screens", *arguments], cwd=ROOT, env=environment)


def package(arguments: list[str]) -> int:
    """Build the packages this machine can build, and verify them; see packaging/package.py for steps."""
    ready("package", [*LIBRARIES, *SERVERS, *TOOLS, *PACKAGING])
    return subprocess.call([str(PYTHON), str(ROOT / "packaging" / "package.py"), *arguments], cwd=ROOT)


def display(environment: dict[str, str]) -> bool:
    """Whether a window can be shown."""
    if sys.platform in ("win32", "darwin"):
        return True
    return any(environment.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def allow_root(environment: dict[str, str]) -> None:
    """Chromium does not start its sandbox as root; on a developer's machine that is accepted, and said."""
    if hasattr(os, "geteuid") and os.geteuid() == 0 and "QTWEBENGINE_DISABLE_SANDBOX" not in environment:
        environment["QTWEBENGINE_DISABLE_SANDBOX"] = "1"
        print("running as root: the web view's sandbox is off", file=sys.stderr)


def ready(level: str, packages: list[str]) -> None:
    """Set up what a command needs, once; a stamp per level remembers for which pyproject.toml it was done."""
    system_packages(packages)
    stamp = VENV / f".{level}"
    wanted = hashlib.sha256((ROOT / "pyproject.toml").read_bytes() + sys.version.encode()).hexdigest()
    if PYTHON.exists() and stamp.exists() and stamp.read_text() == wanted:
        return
    if not PYTHON.exists():
        print("making .venv …", file=sys.stderr)
        make_venv()
    print("installing packages …", file=sys.stderr)
    extras = {"run": "", "test": "[test]", "dev": "[test,dev]", "package": "[test,dev,package]"}[level]
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.check_call([*pip, "--editable", f".{extras}"], cwd=ROOT)
    stamp.write_text(wanted)


def make_venv() -> None:
    """Create the environment; Debian keeps ensurepip in a package of its own."""
    try:
        venv.create(VENV, with_pip=True)
    except subprocess.CalledProcessError:
        shutil.rmtree(VENV, ignore_errors=True)
        system_packages(["python3-venv"])
        venv.create(VENV, with_pip=True)


def system_packages(wanted: list[str]) -> None:
    """On Debian and its kin, see that packages are there: installed when root, otherwise the command is printed."""
    if not wanted or shutil.which("dpkg-query") is None or shutil.which("apt-get") is None:
        return
    missing = [choose(name) for name in wanted if not any(installed(each) for each in name.split("|"))]
    if not missing:
        return
    if os.geteuid() != 0:
        print("system packages are missing; install them with:\n  sudo apt-get install " + " ".join(missing))
        sys.exit(1)
    print("installing " + " ".join(missing) + " …", file=sys.stderr)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.call(["apt-get", "update", "-qq"], env=environment, stdout=subprocess.DEVNULL)
    missing = [choose(name) for name in wanted if not any(installed(each) for each in name.split("|"))]
    command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing]
    subprocess.check_call(command, env=environment, stdout=subprocess.DEVNULL)


def installed(name: str) -> bool:
    """Whether dpkg knows the package as installed."""
    query = ["dpkg-query", "-W", "-f", "${Status}", name]
    answer = subprocess.run(query, capture_output=True, text=True, check=False)
    return answer.stdout == "install ok installed"


def choose(name: str) -> str:
    """Of alternative package names the one this release has."""
    names = name.split("|")
    for each in names[:-1]:
        answer = subprocess.run(["apt-cache", "policy", each], capture_output=True, text=True, check=False)
        if "Candidate:" in answer.stdout and "Candidate: (none)" not in answer.stdout:
            return each
    return names[-1]


COMMANDS = frozenset(
    "account sync folders list show search send outbox compose mark tag move copy archive trash delete undo journal "
    "history folder filter contact import export backup restore check inspect doctor log discover --help -h --version "
    "--self-test".split()
)
RUN = {
    "run": run,
    "test": test,
    "check": check,
    "fix": fix,
    "bench": bench,
    "screens": screens,
    "package": package,
}

if __name__ == "__main__":
    sys.exit(main())
