"""U11: started among baits, the frozen program opens none of them.

A folder holds modules with names of the standard library and of ours, plugins for Qt, configuration for Qt and OpenSSL;
the environment points at it from every side; what the program and its children open is traced.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import product
from cleanroot import PERSON, CleanRoot
from report import CheckFailed

TRAP = f"/home/{PERSON}/trap"
MODULES = (
    "ssl", "email", "json", "encodings", "asyncio", "site", "sitecustomize", "usercustomize", "desktopmail", "PySide6",
    "keyring", "apsw",
)  # fmt: skip
VARIABLES = {
    "PYTHONPATH": TRAP,
    "PYTHONHOME": TRAP,
    "PYTHONSTARTUP": f"{TRAP}/site.py",
    "QT_PLUGIN_PATH": TRAP,
    "QT_QPA_PLATFORM_PLUGIN_PATH": f"{TRAP}/platforms",
    "QML2_IMPORT_PATH": TRAP,
    "QTWEBENGINEPROCESS_PATH": f"{TRAP}/process",
    "QTWEBENGINE_RESOURCES_PATH": TRAP,
    "QTWEBENGINE_CHROMIUM_FLAGS": f"--no-sandbox --renderer-cmd-prefix={TRAP}/process",
    "QTWEBENGINE_DISABLE_SANDBOX": "1",
    "OPENSSL_CONF": f"{TRAP}/openssl.cnf",
    "OPENSSL_MODULES": TRAP,
    "SSLKEYLOGFILE": f"{TRAP}/keys",
    "GIO_EXTRA_MODULES": TRAP,
}


def check(root: CleanRoot) -> str:
    """Run the self-test in the trap. Raises CheckFailed with what was opened there."""
    folder = root.root / TRAP.lstrip("/")
    set_trap(folder, root.root / f"usr/lib/{product.NAME}/_internal")
    root.must("chown", "-R", f"{PERSON}:{PERSON}", TRAP)
    trace = product.WORK / "package" / "trace.txt"
    trace.parent.mkdir(parents=True, exist_ok=True)
    given = [f"{name}={value}" for name, value in VARIABLES.items()]
    inside = ["sh", "-c", f'cd {TRAP} && exec env "$@" {product.NAME} --self-test --json', "sh", *given]
    if shutil.which("strace") is None:
        raise CheckFailed("strace is missing")
    before = {path.name for path in folder.rglob("*")}
    done = root.run(
        inside, person=True, before=["strace", "-f", "-qq", "-e", "trace=open,openat,execve", "-o", str(trace)]
    )
    if done.returncode:
        raise CheckFailed(f"it does not run there: {done.stdout[-1000:]}{done.stderr[-1000:]}")
    if "in its sandbox" not in done.stdout:
        raise CheckFailed(f"the web engine was talked out of its sandbox: {done.stdout[-500:]}")
    if new := {path.name for path in folder.rglob("*")} - before:
        raise CheckFailed(f"written into the trap: {', '.join(sorted(new))}")
    return f"{len(MODULES)} modules, {len(VARIABLES)} variables, {judged(trace.read_text(errors='replace'))} opens"


def judged(trace: str) -> int:
    """How many files were opened. Raises CheckFailed when one of them lies in the trap, or has a relative path."""
    opened = re.findall(r'(?:open\(|openat\(AT_FDCWD, |execve\()"([^"]*)"[^\n]*= \d', trace)
    own = opened[opened.index(next(path for path in opened if path.endswith(f"/{product.NAME}"))) :]
    caught = sorted({path for path in own if path.startswith(TRAP) or re.search(r"^(?!/)[^/]*\.(py|so|conf)", path)})
    if caught:
        raise CheckFailed("opened in the trap: " + ", ".join(caught[:10]))
    return len(own)


def set_trap(folder: Path, bundle: Path) -> None:
    """Lay the baits: modules that would leave a file, copies of real plugins, configuration files."""
    folder.mkdir(parents=True)
    for name in MODULES:
        (folder / f"{name}.py").write_text(f'open("{TRAP}/caught-{name}", "w").close()\n')
    for kind in ("platforms", "platformthemes", "imageformats", "iconengines"):
        shutil.copytree(bundle / "PySide6/Qt/plugins" / kind, folder / kind)
    process = folder / "process"
    process.write_text(f'#!/bin/sh\n: > {TRAP}/caught-process\nexec "$@"\n')
    process.chmod(0o755)
    (folder / "qt.conf").write_text(f"[Paths]\nPlugins = {TRAP}\n")
    (folder / "openssl.cnf").write_text("openssl_conf = broken\n[broken]\nproviders = none\n")
