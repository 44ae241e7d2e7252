"""Names of files that came by mail."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopmail.domain.filename import MAX_BYTES as LONGEST
from desktopmail.domain.filename import ending, safe_name
from desktopmail.gui.files import free_path, icon_name, runs_something, shown_name
from desktopmail.gui.reader.keeping import write


# C38
@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd", "/etc/passwd", "C:\\Windows\\x.txt", "a/b\\c", "x\0y", "a\nb", "CON", "nul.txt", "com1.log",
        "name. ", " name", ".bashrc", "-rf", "~", "...", "", "\ud800x", "a" * 400 + ".pdf", "é" * 300 + ".pdf",
    ],
)  # fmt: skip
def test_names_stay_inside_the_folder(name: str, tmp_path: Path) -> None:
    safe = safe_name(name)
    path = free_path(tmp_path, name)
    assert path.parent == tmp_path
    assert 0 < len(safe.encode()) <= LONGEST + 20
    assert not safe.startswith((".", "-", "~", " "))
    write(path, b"x")
    assert path.read_bytes() == b"x"


@given(st.text(max_size=300))
def test_any_name_becomes_safe(name: str) -> None:
    safe = safe_name(name)
    assert safe == safe_name(safe)
    assert Path(safe).name == safe
    assert 0 < len(safe.encode()) <= 255
    assert not any(ord(each) < 32 or each in '<>:"/\\|?*' for each in safe)


def test_the_ending_survives() -> None:
    assert safe_name("a" * 400 + ".pdf").endswith(".pdf")
    assert safe_name("../x/plan.pdf") == "_.._x_plan.pdf".lstrip(".") or safe_name("../x/plan.pdf").endswith("plan.pdf")


def test_nothing_is_overwritten_silently(tmp_path: Path) -> None:
    (tmp_path / "plan.pdf").write_bytes(b"old")
    assert free_path(tmp_path, "plan.pdf").name == "plan (2).pdf"


# C39
def test_the_true_ending_shows() -> None:
    assert ending("invoice\u202efdp.exe") == "exe"
    assert shown_name("invoice\u202efdp.exe") == "invoice\ufffdfdp.exe"
    assert icon_name("picture.png.exe", "image/png") == "file"
    assert shown_name("a.pdf" + " " * 200 + ".exe") == "a.pdf .exe"


RUNNING = (
    "a.exe a.EXE a.desktop a.AppImage a.py a.jar a.js a.lnk a.url a.iso a.docm a.html a.svg a.bat a.ps1 a.sh a.vbs "
    "a.scr a.msi a.reg a.hta a.chm a.pdf.exe a.xlsm a.webloc a.command a.deb a.rpm a.dmg a.pkg noending"
)


# C40
@pytest.mark.parametrize("name", RUNNING.split())
def test_what_can_run_is_never_opened(name: str) -> None:
    assert runs_something(name)


@pytest.mark.parametrize("name", ["a.pdf", "a.png", "a.jpg", "a.txt", "a.docx", "a.ics", "a.csv", "a.mp3"])
def test_what_cannot_run_opens(name: str) -> None:
    assert not runs_something(name)


def test_the_type_counts_too() -> None:
    assert runs_something("notes.txt", "application/x-msdownload")


def test_files_are_written_without_the_right_to_run(tmp_path: Path) -> None:
    path = tmp_path / "a.sh"
    write(path, b"#!/bin/sh\n")
    assert path.stat().st_mode & 0o111 == 0
