"""The Windows installer: its script compiles without a warning, and what it writes it takes away again."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import drawing
import product
import pytest

from tests.release.load import module

installer = module("windows/installer.py")
SCRIPT = installer.SCRIPT.read_text(encoding="utf-8")
INSTALL, REMOVE = SCRIPT.split('Section "un.', 1)


def test_numbers_of_a_version() -> None:
    assert [installer.numbers(each) for each in ("1.2.3", "0.1", "2.0.1rc2")] == ["1.2.3.0", "0.1.0.0", "2.0.1.0"]


@pytest.fixture(scope="module")
def setup(tmp_path_factory: pytest.TempPathFactory, qapp: object) -> Path:
    """The installer of a stand-in: a program of a few bytes and one library."""
    if shutil.which("makensis") is None:
        pytest.skip("makensis is not installed")
    folder = tmp_path_factory.mktemp("windows")
    payload = folder / "payload"
    (payload / "_internal" / "PySide6").mkdir(parents=True)
    (payload / "desktopmail.exe").write_bytes(b"MZ a stand-in")
    (payload / "_internal" / "PySide6" / "Qt6Core.dll").write_bytes(b"MZ a library")
    icon = drawing.write_ico(folder / "a.ico")
    out = folder / "desktopmail-setup.exe"
    done = subprocess.run(
        installer.command(payload, out, icon, {}, quick=True), capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return out


def test_the_script_compiles_to_a_program_for_windows(setup: Path) -> None:
    whole = setup.read_bytes()
    assert whole[:2] == b"MZ"
    assert whole[int.from_bytes(whole[0x3C:0x40], "little") :][:4] == b"PE\0\0"
    for words in ("ProductVersion", product.version(), product.PUBLISHER, "Desktopmail installer"):
        assert words.encode("utf-16-le") in whole


def test_it_asks_for_no_rights_and_knows_sharp_screens(setup: Path) -> None:
    whole = setup.read_bytes()
    assert b'requestedExecutionLevel level="asInvoker"' in whole
    assert b"dpiAware" in whole


def test_the_script_is_read_as_what_it_is(setup: Path) -> None:
    """UTF-8, also on a Windows of another language."""
    command = installer.command(setup, setup, setup, {})
    assert command[command.index("-INPUTCHARSET") + 1] == "UTF8"
    assert not SCRIPT.isascii()


def test_a_broken_script_does_not_pass(tmp_path: Path, setup: Path) -> None:
    """Warnings are errors: a misspelled variable is one."""
    folder = setup.parent
    command = installer.command(folder / "payload", tmp_path / "x.exe", folder / "a.ico", {}, quick=True)
    broken = tmp_path / "broken.nsi"
    broken.write_text(SCRIPT.replace('"$INSTDIR\\uninstall.exe"', '"$INSTDRI\\uninstall.exe"', 1))
    done = subprocess.run([*command[:-1], str(broken)], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode != 0


def plain(text: str) -> str:
    """The script's words for keys and values, with what its names stand for."""
    for _ in range(4):
        for name, stands in re.findall(r'^!define (\w+) "([^"]*)"', SCRIPT, re.MULTILINE):
            text = text.replace(f"${{{name}}}", stands)
    return text


def written() -> set[tuple[str, str]]:
    """The registry values the installer writes: key and name."""
    return set(re.findall(r'WriteReg\w+ HKCU "([^"]+)" "([^"]*)"', plain(INSTALL)))


def test_every_value_that_is_written_is_taken_away() -> None:
    """With its key, or alone where the key is not the program's; and nothing is taken that was not written, but the
    start with the session, which the program itself writes."""
    keys = re.findall(r'DeleteRegKey HKCU "([^"]+)"', plain(REMOVE))
    values = set(re.findall(r'DeleteRegValue HKCU "([^"]+)" "([^"]*)"', plain(REMOVE)))
    inside = {each for each in written() if any(f"{each[0]}\\".startswith(f"{key}\\") for key in keys)}
    assert written() - inside == values - {(r"Software\Microsoft\Windows\CurrentVersion\Run", "Desktopmail")}
    assert len(written()) > 30
    assert all(any(f"{key}\\".startswith(f"{each}\\") for key, _ in written()) for each in keys)


def test_the_start_with_the_session_has_one_name() -> None:
    """The program writes it, the uninstaller takes it away."""
    source = (product.ROOT / "desktopmail/gui/desktop/login.py").read_text(encoding="utf-8")
    key, name = re.search(r'_KEY = r"([^"]+)"', source), re.search(r'_NAME = "([^"]+)"', source)
    assert key is not None
    assert name is not None
    assert f'DeleteRegValue HKCU "{key[1]}" "{name[1]}"' in plain(REMOVE)


def test_everything_in_the_bundle_is_installed(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The notices that licences ask for, too: what nobody has decided on stops the build."""
    source = (product.ROOT / "packaging/package.py").read_text(encoding="utf-8")
    beside = set(re.findall(r'BUNDLE / "([^"]+)"', source))
    assert {"THIRD-PARTY-NOTICES.txt", "LICENSE.txt"} <= beside
    assert installer.parts() == {"_internal", "desktopmail.exe", *beside}
    payload = tmp_path / "payload"
    payload.mkdir()
    for name in ("desktopmail.exe", "surprise.dll"):
        (payload / name).write_bytes(b"MZ")
    assert installer.main([str(payload), str(tmp_path / "x.exe")]) == 1
    assert "surprise.dll" in capfd.readouterr().err


def test_default_programs_of_windows_list_what_can_be_opened() -> None:
    """Registered as a client for mail, with each kind that Capabilities name leading to a command (MSDN, Default
    Programs)."""
    found = dict(re.findall(r'Capabilities\\(?:File|URL)Associations" "([^"]+)" "([^"]+)"', plain(INSTALL)))
    assert found == {".eml": "Desktopmail.eml", ".mbox": "Desktopmail.mbox", "mailto": "Desktopmail.mailto"}
    keys = {key for key, _ in written()}
    for kind in found.values():
        assert rf"Software\Classes\{kind}\shell\open\command" in keys
    assert (r"Software\Classes\Desktopmail.mailto", "URL Protocol") in written()
    assert (r"Software\RegisteredApplications", "Desktopmail") in written()


def test_only_this_persons_part_of_the_system_is_touched() -> None:
    assert "HKLM" not in SCRIPT
    assert "RequestExecutionLevel user" in SCRIPT
    assert "SetShellVarContext all" not in SCRIPT


def test_keys_are_never_taken_away_with_others_in_them() -> None:
    """Only keys that carry the program's name go whole."""
    for key in re.findall(r'DeleteRegKey HKCU "([^"]+)"', plain(REMOVE)):
        assert re.search(r"desktopmail(\.\w+)*$", key.lower()), key


def test_folders_are_never_emptied_with_others_things_in_them() -> None:
    """A person may choose any folder: only names of the program's own go whole, and its profile where that was asked
    for."""
    gone = set(re.findall(r'RMDir /r "([^"]+)"', plain(SCRIPT)))
    own = {r"$INSTDIR\desktopmail.new", r"$INSTDIR\desktopmail.old", r"$LOCALAPPDATA\desktopmail"}
    assert gone - {r"$INSTDIR\${name}"} == own


def test_mail_stays_unless_somebody_ticks_the_box() -> None:
    """`Section /o` is off until ticked, and a silent removal ticks nothing."""
    sections = re.findall(r'^Section (/o )?"(un\.[^"]+)"', SCRIPT, re.MULTILINE)
    assert sections == [("", "un.${TITLE}"), ("/o ", "un.Delete mail and settings")]
    program, mail = REMOVE.split("Section /o", 1)
    assert "$LOCALAPPDATA\\desktopmail" not in program
    assert "$LOCALAPPDATA\\desktopmail" in mail


def test_an_address_is_never_taken_for_an_option() -> None:
    """What a web page puts into a link stands behind `--`, in quotes."""
    commands = re.findall(r"shell\\open\\command\" \"\" '([^']+)'", INSTALL)
    assert set(commands) == {"${OPEN}", '"$INSTDIR\\${EXE}"'}
    assert """!define OPEN '"$INSTDIR\\${EXE}" -- "%1"'""" in SCRIPT


def test_silent_needs_nobody() -> None:
    """Every question has an answer for a silent run, and a running program is never killed."""
    for line in SCRIPT.splitlines():
        if "MessageBox" in line:
            assert "/SD ID" in line, line
    assert "/F" not in SCRIPT.split("taskkill", 1)[1].split("\n", 1)[0]


def test_the_name_for_the_task_bar_is_the_programs_own() -> None:
    assert f'!define APP_ID "{product.APP_ID}"' in SCRIPT


def test_signing_happens_only_where_there_is_something_to_sign_with(tmp_path: Path) -> None:
    place = (tmp_path, tmp_path / "x.exe", tmp_path / "a.ico")
    assert not any("SIGN" in each for each in installer.command(*place, {}))
    command = installer.command(*place, {"DESKTOPMAIL_SIGN_COMMAND": "signtool sign /a"})
    assert "-DSIGN=signtool sign /a" in command
