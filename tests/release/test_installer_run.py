"""The Windows installer is run, in Wine: what it puts where, over an older version, while the program runs, and what it
leaves when it is removed. Slow: a Windows is made first."""

from __future__ import annotations

import platform
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.release.windows import LONGEST, WINE, Windows, setup

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("makensis") is None, reason="makensis is not installed"),
    pytest.mark.skipif(not WINE.exists() or platform.machine() != "x86_64", reason="wine64 is not installed"),
]
PARTS = {"desktopmail.exe", "LICENSE.txt", "THIRD-PARTY-NOTICES.txt", "sbom.cdx.json", "uninstall.exe"}


def parts(version: str) -> set[str]:
    return {*PARTS, f"_internal/PySide6/only-in-{version}.dll"}


@pytest.fixture(scope="module")
def setups(tmp_path_factory: pytest.TempPathFactory, qapp: object) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("setups")
    return {version: setup(folder, version) for version in ("1.0", "2.0")}


@pytest.fixture(scope="module")
def computer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Windows]:
    made = Windows(tmp_path_factory.mktemp("computer"))
    yield made
    made.end()


@pytest.fixture
def windows(computer: Windows) -> Iterator[Windows]:
    """The computer, without the program."""
    yield computer
    for name in ("quit", "holds"):
        (computer.local / name).write_text("")
    if (computer.place / "uninstall.exe").exists():
        assert remove(computer) == 0
    shutil.rmtree(computer.place, ignore_errors=True)
    for name in ("quit", "holds", "asked.txt"):
        (computer.local / name).unlink(missing_ok=True)


def remove(windows: Windows, *more: str) -> int:
    """Removed in silence; told where it lies it does not copy itself away first, and there is an end to wait for."""
    code = windows.run(windows.place / "uninstall.exe", "/S", *more, rf"_?={drive(windows)}")
    (windows.place / "uninstall.exe").unlink(missing_ok=True)  # a running program cannot remove its own file
    if windows.place.exists() and not any(windows.place.iterdir()):
        windows.place.rmdir()
    return code


def drive(windows: Windows) -> str:
    """The program's folder as Windows names it."""
    inside = windows.place.parts[windows.place.parts.index("drive_c") + 1 :]
    return "C:\\" + "\\".join(inside)


def until(windows: Windows, name: str) -> None:
    """Until the stand-in has done something."""
    end = time.monotonic() + LONGEST
    while not (windows.local / name).exists():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_it_comes_whole_and_goes_whole(windows: Windows, setups: dict[str, Path]) -> None:
    """Files, shortcut and registry; then all of that is gone but mail, which stays unless somebody ticks the box."""
    before = windows.registry()
    mail = windows.local / "desktopmail/mail.db"
    mail.parent.mkdir(exist_ok=True)
    mail.write_text("mail")
    assert windows.run(setups["1.0"], "/S") == 0
    assert windows.files() == parts("1.0")
    assert (windows.place / "THIRD-PARTY-NOTICES.txt").read_text() == "1.0"
    shortcut = next(windows.local.parent.rglob("Desktopmail.lnk"))
    now = windows.registry()
    program = drive(windows) + r"\desktopmail.exe"
    for kind in ("mailto", "eml", "mbox"):
        assert now[rf"Software\Classes\Desktopmail.{kind}\shell\open\command" + "\\"] == f'"{program}" -- "%1"'
    for ending in (".eml", ".mbox"):
        assert rf"Software\Classes\{ending}\OpenWithProgids\Desktopmail{ending}" in now
        assert (
            now[rf"Software\Clients\Mail\Desktopmail\Capabilities\FileAssociations\{ending}"] == f"Desktopmail{ending}"
        )
    assert now[r"Software\Clients\Mail\Desktopmail\Capabilities\URLAssociations\mailto"] == "Desktopmail.mailto"
    assert now[r"Software\RegisteredApplications\Desktopmail"] == r"Software\Clients\Mail\Desktopmail\Capabilities"
    listed = r"Software\Microsoft\Windows\CurrentVersion\Uninstall\Desktopmail"
    assert now[rf"{listed}\DisplayVersion"] == "1.0"
    assert now[rf"{listed}\QuietUninstallString"] == rf'"{drive(windows)}\uninstall.exe" /S'
    assert remove(windows) == 0
    assert windows.registry() == before
    assert not windows.place.exists()
    assert not shortcut.exists()
    assert mail.read_text() == "mail"


def test_over_an_older_version(windows: Windows, setups: dict[str, Path]) -> None:
    """In silence and in place: the new files and none of the old; what a person set or put there stays."""
    assert windows.run(setups["1.0"], "/S") == 0
    for name in ("old", "new", "notes"):
        (windows.place / name).mkdir()
        (windows.place / name / "mine.txt").write_text("mine")
    run = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Run"
    assert windows.run("reg", "add", run, "/v", "Desktopmail", "/d", "as the person wants", "/f") == 0
    assert windows.run(setups["2.0"], "/S") == 0
    mine = {f"{name}/mine.txt" for name in ("old", "new", "notes")}
    assert windows.files() == parts("2.0") | mine
    now = windows.registry()
    assert now[r"Software\Microsoft\Windows\CurrentVersion\Uninstall\Desktopmail\DisplayVersion"] == "2.0"
    assert now[rf"{run[5:]}\Desktopmail"] == "as the person wants"
    assert remove(windows) == 0
    assert windows.files() == mine
    assert rf"{run[5:]}\Desktopmail" not in windows.registry()


def test_a_running_program_is_asked_to_quit(windows: Windows, setups: dict[str, Path]) -> None:
    assert windows.run(setups["1.0"], "/S") == 0
    running = windows.start(windows.place / "desktopmail.exe", "--run")
    until(windows, "asked.txt")
    assert windows.run(setups["2.0"], "/S") == 0
    assert running.wait(LONGEST) == 0
    assert windows.asked() == ["1.0 --run", "1.0 --quit"]
    assert windows.files() == parts("2.0")


def test_when_it_does_not_close_nothing_is_changed(windows: Windows, setups: dict[str, Path]) -> None:
    """Not when it only holds one of its files, either: what was moved already goes back."""
    assert windows.run(setups["1.0"], "/S") == 0
    shutil.copy2(windows.place / "desktopmail.exe", windows.place / "other.exe")
    holding = windows.start(windows.place / "other.exe", "--hold")
    until(windows, "holds")
    before = windows.registry()
    assert windows.run(setups["2.0"], "/S") == 2
    assert windows.files() == parts("1.0") | {"other.exe"}
    assert windows.registry() == before
    assert windows.asked() == ["1.0 --hold"]
    (windows.local / "quit").write_text("")
    holding.wait(LONGEST)
    (windows.place / "other.exe").unlink()


def test_mail_and_passwords_go_where_that_is_asked_for(windows: Windows, setups: dict[str, Path]) -> None:
    """The program's own; what others have under names like it stays. Without a word nothing of it goes."""
    mail = windows.local / "desktopmail/mail.db"
    mail.parent.mkdir(exist_ok=True)
    mail.write_text("mail")
    assert windows.run(setups["1.0"], "/S") == 0
    assert windows.run(windows.place / "desktopmail.exe", "--secrets") == 0
    others = {"desktopmail.example", "desktopmail@elsewhere"}
    kept = {"desktopmail", "1 incoming ada@desktopmail", *others}
    assert windows.secrets() == kept
    assert remove(windows) == 0
    assert mail.exists()
    assert windows.secrets() == kept
    assert windows.run(setups["1.0"], "/S") == 0
    assert remove(windows, "/MAIL") == 0
    assert not mail.parent.exists()
    assert windows.secrets() == others


def test_the_folder_of_another_program_is_left_alone(windows: Windows, setups: dict[str, Path]) -> None:
    other = windows.place / "_internal/other.dll"
    other.parent.mkdir(parents=True)
    other.write_text("theirs")
    assert windows.run(setups["1.0"], "/S") == 5
    assert windows.files() == {"_internal/other.dll"}


def test_what_a_broken_installation_left_is_taken_over(windows: Windows, setups: dict[str, Path]) -> None:
    """The power went while old and new changed places."""
    assert windows.run(setups["1.0"], "/S") == 0
    old = windows.place / "desktopmail.old"
    old.mkdir()
    (windows.place / "desktopmail.exe").rename(old / "desktopmail.exe")
    assert windows.run(setups["2.0"], "/S") == 0
    assert windows.files() == parts("2.0")
