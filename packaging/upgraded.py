"""A new .deb over an older one, in whose profile there is mail: everything has to be there afterwards, and nothing of
the old program but the profile."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import product
from cleanroot import PERSON, CleanRoot
from mailservers import servers
from report import CheckFailed

OLDER = "0.0.1"
HOME = f"/home/{PERSON}"
PROFILE = f"{HOME}/upgraded"
LEFT = f"usr/lib/{product.NAME}/only-in-the-older-one"
SUBJECTS = [f"Kept over the upgrade, {number}" for number in ("one", "two", "three")]
BODY = "These words have to be found again."


def older(package: Path, work: Path) -> Path:
    """The same package with a lower version and a file that the new one does not have; gives back its file."""
    tree, made = work / "older", work / f"{product.NAME}_{OLDER}.deb"
    shutil.rmtree(tree, ignore_errors=True)
    subprocess.check_call(["dpkg-deb", "--raw-extract", str(package), str(tree)])
    control = tree / "DEBIAN/control"
    control.write_text(re.sub(r"(?m)^Version: .*$", f"Version: {OLDER}-1", control.read_text()))
    (tree / LEFT).write_text("old\n")
    subprocess.check_call(["dpkg-deb", "--root-owner-group", "-Znone", "--build", str(tree), str(made)])
    shutil.rmtree(tree)
    return made


def fill(root: CleanRoot) -> str:
    """With the older program: an account on real servers, and its mail brought into the profile."""
    with servers() as (dovecot, postfix):
        user = dovecot.add_user()
        dovecot.seed(user, "INBOX", [_letter(subject, user.address) for subject in SUBJECTS])
        shutil.copyfile(dovecot.certificates.authority, root.root / HOME.lstrip("/") / "authority.pem")
        secret = {"SECRET": user.password}
        _ask(
            root, "account", "add", user.address, "--imap", dovecot.url("imaps", user), "--smtp",
            postfix.url("smtps", user), secret=secret,
        )  # fmt: skip
        _ask(root, "sync", secret=secret)
    return f"{_found(root)} messages"


def kept(root: CleanRoot) -> str:
    """With the new program, and no server any more: the version, the mail, the words in it, the window. Raises
    CheckFailed."""
    if (root.root / LEFT).exists():
        raise CheckFailed("a file of the older program stayed")
    version = root.must(product.NAME, "--version").strip()
    if product.version() not in version:
        raise CheckFailed(version)
    if (found := _found(root)) != len(SUBJECTS):
        raise CheckFailed(f"{found} messages of {len(SUBJECTS)}")
    picture = f"{PROFILE}.png"
    done = root.run([product.NAME, "--profile", PROFILE, "--screenshot", picture], person=True, variables=_own({}))
    if done.returncode or not (root.root / picture.lstrip("/")).exists():
        raise CheckFailed(f"the window does not open: {done.returncode} {done.stderr[-1000:]}")
    return f"{version}, {found} messages, the window opens"


def _found(root: CleanRoot) -> int:
    """How many messages of the profile have the words, as its own search says."""
    answer = _ask(root, "search", f'"{BODY}" in:inbox')
    if not isinstance(answer, list):
        raise CheckFailed(f"{answer!r}")
    return len(answer)


def _letter(subject: str, address: str) -> bytes:
    head = f"From: {address}\r\nTo: {address}\r\nSubject: {subject}\r\nMessage-ID: <{subject[-3:]}@kept.test>"
    return f"{head}\r\nDate: Wed, 25 Nov 2026 10:00:00 +0000\r\n\r\n{BODY}\r\n".encode()


def _ask(root: CleanRoot, *words: str, secret: dict[str, str] | None = None) -> object:
    done = root.run([product.NAME, *words, "--json"], person=True, variables=_own(secret or {}))
    if done.returncode:
        raise CheckFailed(f"{words[0]}: {done.returncode} {done.stdout[-800:]}{done.stderr[-800:]}")
    return json.loads(done.stdout)


def _own(secret: dict[str, str]) -> dict[str, str]:
    variables = {"DESKTOPMAIL_PROFILE": PROFILE, "DESKTOPMAIL_SECRETS": "env:SECRET", "SECRET": "gone", **secret}
    return {**variables, "SSL_CERT_FILE": f"{HOME}/authority.pem"}
