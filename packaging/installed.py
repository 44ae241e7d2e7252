"""Checks of the installed package, each as a person would meet it: in a clean system, without rights."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import product
from cleanroot import PERSON, CleanRoot
from mailservers import servers
from report import CheckFailed, Report

if TYPE_CHECKING:
    from tests.servers.dovecot import Dovecot
    from tests.servers.postfix import Postfix

HOME = f"/home/{PERSON}"
BASIC = ["ca-certificates", "fonts-dejavu-core", "xkb-data"]
PROGRAM = product.NAME


def check(package: Path, work: Path, report: Report) -> None:
    """Install the .deb over an older one, use it, remove it; `work` is a folder for the clean system."""
    import upgraded

    with CleanRoot(work / "base", work / "layer") as root:
        with report.first("an older .deb in a clean system, and mail in its profile"):
            before = prepare(root, package)
            old = upgraded.older(package, work)
            put(root, old)
            old.unlink()
            report.say(upgraded.fill(root))
        with report.first("install the .deb over it"):
            put(root, package)
        for name, function in {"the mail is still there": upgraded.kept, **CHECKS}.items():
            with report.step(name):
                report.say(function(root))
        with report.step("remove it: no file left, the profile untouched"):
            report.say(remove(root, before))


def prepare(root: CleanRoot, package: Path, also: Sequence[str] = ()) -> set[str]:
    """Make the person, and install what the .deb depends on and what there is to be `also`; gives back the files that
    are there then."""
    shutil.copyfile("/etc/hosts", root.root / "etc/hosts")
    root.must("useradd", "--create-home", "--shell", "/bin/sh", PERSON)
    root.must("apt-get", "update", "-qq")
    root.must("apt-get", "install", "-y", "-qq", "--no-install-recommends", *BASIC, *also)
    needs = subprocess.check_output(["dpkg-deb", "-f", str(package), "Depends"], text=True).strip()
    root.must("apt-get", "satisfy", "-y", "-qq", "--no-install-recommends", needs)
    return root.files()


def put(root: CleanRoot, package: Path) -> None:
    """Install a .deb whose needs are there."""
    shutil.copyfile(package, root.root / "root" / package.name)
    root.must("dpkg", "-i", f"/root/{package.name}")


def no_library_missing(root: CleanRoot) -> str:
    """Every library of the bundle finds all others, without any search path in the environment."""
    found = root.must(
        "sh",
        "-c",
        f"find /usr/lib/{PROGRAM} -type f -name '*.so*' -o -name QtWebEngineProcess -type f | xargs ldd 2>/dev/null",
    )
    bundle = {path.name for path in (root.root / f"usr/lib/{PROGRAM}").rglob("*.so*")}
    optional = {"libcups.so.2"}
    gone = {line.split()[0] for line in found.splitlines() if "not found" in line} - bundle - optional
    if gone:
        raise CheckFailed("missing in a clean system: " + ", ".join(sorted(gone)))
    return f"{found.count('=>')} references resolved"


def self_test(root: CleanRoot, *command: str) -> str:
    """`--self-test` as a person, with the web engine's sandbox; of another program where `command` says how to start
    it."""
    done = root.run([*(command or (PROGRAM,)), "--self-test", "--json"], person=True)
    try:
        answer = json.loads(done.stdout)
    except ValueError as error:
        raise CheckFailed(f"no answer: {done.stdout[-500:]}{done.stderr[-1500:]}") from error
    if done.returncode or not answer["ok"]:
        raise CheckFailed(json.dumps(answer))
    if "in its sandbox" not in answer["checks"]["web page"]:
        raise CheckFailed(answer["checks"]["web page"])
    return f"{answer['version']}: {', '.join(answer['checks'])}; the web page {answer['checks']['web page']}"


def picture(root: CleanRoot) -> str:
    """A picture of the window with sample mail."""
    path = f"{HOME}/main.png"
    done = root.run([PROGRAM, "--demo", "--screenshot", path, "--size", "1280x800"], person=True)
    file = root.root / path.lstrip("/")
    if done.returncode or not file.exists():
        raise CheckFailed(f"no picture: {done.stderr[-1500:]}")
    kept = product.WORK / "package" / "installed.png"
    kept.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file, kept)
    from PySide6.QtGui import QImage

    image = QImage(str(kept))
    if (image.width(), image.height()) != (1280, 800):
        raise CheckFailed(f"the picture is {image.width()} × {image.height()}")
    colours = {image.pixel(x, y) for x in range(640, 1260, 3) for y in range(260, 790, 3)}
    if len(colours) < 100:
        raise CheckFailed(f"the message in it is not painted: {len(colours)} colours")
    return f"{kept} ({len(colours)} colours)"


def private_profile(root: CleanRoot) -> str:
    """U12: with umask 000 the profile is 0700 and its files 0600."""
    profile = f"{HOME}/open"
    script = f"umask 000; exec {PROGRAM} --profile {profile} account list"
    done = root.run(["sh", "-c", script], person=True)
    if done.returncode not in (0, 3):
        raise CheckFailed(done.stderr[-1000:])
    place = root.root / profile.lstrip("/")
    wrong = [f"{path.name} {path.stat().st_mode & 0o777:o}" for path in place.rglob("*") if path.stat().st_mode & 0o077]
    if place.stat().st_mode & 0o777 != 0o700 or wrong:
        raise CheckFailed(f"{place.stat().st_mode & 0o777:o} {wrong}")
    return f"0700, {sum(1 for _ in place.iterdir())} files 0600"


def not_for_root(root: CleanRoot) -> str:
    """The window refuses to open for root, whatever the environment says."""
    done = root.run(["env", "QTWEBENGINE_DISABLE_SANDBOX=1", PROGRAM, "--demo", "--screenshot", "/tmp/x.png"])
    if done.returncode != 1 or "root" not in done.stderr:
        raise CheckFailed(f"{done.returncode} {done.stderr[-500:]}")
    return "refused"


def real_servers(root: CleanRoot) -> str:
    """An account over IMAP and one over POP3 on real Dovecot and Postfix: set up, send, receive."""
    with servers() as (dovecot, postfix):
        return ", ".join(_correspond(root, dovecot, postfix, kind) for kind in ("imaps", "pop3s"))


def _correspond(root: CleanRoot, dovecot: Dovecot, postfix: Postfix, kind: str) -> str:
    user = dovecot.add_user()
    home = root.root / HOME.lstrip("/")
    shutil.copyfile(dovecot.certificates.authority, home / "authority.pem")
    subject = f"From the installed program over {kind}"
    head = f"From: {user.address}\r\nTo: {user.address}\r\nSubject: {subject}\r\nMessage-ID: <{kind}@x.test>"
    (home / "mail.eml").write_text(f"{head}\r\n\r\nHello\r\n", newline="")
    variables = {
        "SSL_CERT_FILE": f"{HOME}/authority.pem",
        "SECRET": user.password,
        "DESKTOPMAIL_SECRETS": "env:SECRET",
        "DESKTOPMAIL_PROFILE": f"{HOME}/{kind}",
    }

    def ask(*words: str) -> object:
        done = root.run([PROGRAM, *words, "--json"], person=True, variables=variables)
        if done.returncode:
            raise CheckFailed(f"{' '.join(words)}: {done.returncode} {done.stdout[-800:]}{done.stderr[-800:]}")
        return json.loads(done.stdout)

    way = "--imap" if kind == "imaps" else "--pop3"
    ask("account", "add", user.address, way, dovecot.url(kind, user), "--smtp", postfix.url("smtps", user))
    ask("send", f"{HOME}/mail.eml", "--wait")
    postfix.delivered(user)
    ask("sync")
    found = ask("search", f'subject:"{subject}" in:inbox')
    if not found:
        raise CheckFailed(f"the message did not arrive over {kind}")
    return f"{kind} and back"


def remove(root: CleanRoot, before: set[str]) -> str:
    """Remove the package: the files of before are there and no others, and nothing of the person's changed."""
    mine = _digest(root.root / HOME.lstrip("/"))
    root.must("dpkg", "--remove", PROGRAM)
    if left := {path for path in root.files() - before if "__pycache__" not in path and not path.endswith(".cache")}:
        raise CheckFailed("left behind: " + ", ".join(sorted(left)[:20]))
    root.must("dpkg", "--purge", PROGRAM)
    if _digest(root.root / HOME.lstrip("/")) != mine:
        raise CheckFailed("files of the person changed")
    return "clean"


def _digest(folder: Path) -> str:
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        total.update(str(path).encode())
        if path.is_file() and not path.is_symlink():
            total.update(path.read_bytes())
    return total.hexdigest()


def nothing_foreign(root: CleanRoot) -> str:
    """U11, see `hijack`."""
    import hijack

    return hijack.check(root)


CHECKS = {
    "every library finds the others": no_library_missing,
    "self-test as a person": self_test,
    "picture of the window": picture,
    "the profile is private": private_profile,
    "no window for root": not_for_root,
    "code from elsewhere is not loaded": nothing_foreign,
    "an account with real servers": real_servers,
}
