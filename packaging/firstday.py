"""The installed program as a person has it: on a screen with a window manager, found and worked through what it tells
assistive technology, from the wizard to the answered letter. Screen and tools are inside the clean system, too, in a
layer of their own, so that the other checks keep meeting a bare one."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import installed
import product
from cleanroot import PERSON, CleanRoot
from mailservers import servers
from report import CheckFailed, Report

DESK = (
    "xvfb", "openbox", "dbus", "dbus-daemon", "at-spi2-core", "python3-gi", "gir1.2-atspi-2.0", "xdotool",
)  # fmt: skip
PLAYERS = ("stage.py", "person.py", "eyes.py")
PLACE = f"{installed.HOME}/play"


def check(package: Path, work: Path, report: Report) -> None:
    """Install the .deb beside a desk, and let a person use it; `work` is the folder of the clean system."""
    with CleanRoot(work / "base", work / "desk") as root:
        with report.first("a desk in a clean system, and the .deb"):
            installed.prepare(root, package, DESK)
            installed.put(root, package)
        with report.step("driven from outside: from the wizard to the answered letter"):
            report.say(first_day(root))


def first_day(root: CleanRoot) -> str:
    """Play `tests/outside` in there, as a person, with real servers. Raises CheckFailed with what was not seen."""
    with servers() as (dovecot, postfix):
        from tests.outside import stage, story

        played = story.begin(dovecot, postfix)
        _lay_out(root, dovecot.certificates.authority, played.facts())
        done = root.run(
            ["python3", f"{PLACE}/stage.py", f"{PLACE}/profile", f"{PLACE}/facts.json", product.NAME],
            person=True,
            variables={"SSL_CERT_FILE": f"{PLACE}/authority.pem"},
            seconds=stage.LONGEST + 60,
        )
        said = done.stdout.splitlines()
        if done.returncode or said != [*story.ACTS, "sandboxed"]:
            raise CheckFailed(f"{done.returncode} {said} {done.stderr[-3000:]}")
        if lack := played.lacks():
            raise CheckFailed(lack)
    return ", ".join([*said, "the answer arrived"])


def _lay_out(root: CleanRoot, authority: Path, facts: dict[str, str]) -> None:
    """Put the players in, and leave nobody to answer about names: the servers are entered by hand."""
    folder = root.root / PLACE.lstrip("/")
    folder.mkdir()
    for name in PLAYERS:
        shutil.copyfile(product.ROOT / "tests/outside" / name, folder / name)
    shutil.copyfile(authority, folder / "authority.pem")
    (folder / "facts.json").write_text(json.dumps(facts), encoding="utf-8")
    root.must("chown", "-R", f"{PERSON}:{PERSON}", PLACE)
    (root.root / "etc/resolv.conf").write_text("nameserver 127.0.0.1\n")
