"""Which program mail links open, as desktops are told: read, changed, and nothing else with it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from desktopmail.domain.errors import StoreFailed
from desktopmail.gui.desktop import maillinks
from desktopmail.gui.desktop.maillinks import OWN, Standing, standing, take, usual
from tests.gui.settings.conftest import Stage, row

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="files of Linux desktops")
OTHERS = (
    "[Added Associations]\nx-scheme-handler/mailto=geary.desktop;\n\n[Default Applications]\ntext/html=web.desktop\n"
)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A person's configuration; this program and another one are installed."""
    monkeypatch.setattr(maillinks.sys, "platform", "linux")
    for name in ("FLATPAK_ID", "SNAP"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(tmp_path / "system"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_DATA_DIRS", str(tmp_path / "share"))
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", "ubuntu:GNOME")
    for name in (OWN, "other.desktop"):
        file = tmp_path / "share/applications" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("[Desktop Entry]\n")
    (tmp_path / "config").mkdir()
    return tmp_path


def said(file: Path, *programs: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"[Default Applications]\nX-Scheme-Handler/MAILTO = {';'.join(programs)}\n")


def test_the_weightiest_file_that_names_an_installed_program_counts(home: Path) -> None:
    assert (usual(), standing()) == ("", Standing.THEIRS)
    said(home / "share/applications/mimeapps.list", OWN)
    assert standing() is Standing.OURS
    said(home / "system/mimeapps.list", "gone.desktop", "other.desktop")
    assert usual() == "other.desktop"
    said(home / "config/mimeapps.list", OWN)
    assert standing() is Standing.OURS
    said(home / "config/gnome-mimeapps.list", "gone.desktop", "../../other.desktop")
    assert standing() is Standing.OURS
    said(home / "config/ubuntu-mimeapps.list", "other.desktop")
    assert standing() is Standing.THEIRS


def test_taking_changes_that_line_and_no_other(home: Path) -> None:
    file = home / "config/mimeapps.list"
    file.write_text(OTHERS)
    take()
    assert standing() is Standing.OURS
    assert file.read_text() == OTHERS.replace("text/html", f"x-scheme-handler/mailto={OWN};\ntext/html")
    take()
    assert file.read_text().count(OWN) == 1
    assert [each.name for each in (home / "config").iterdir()] == ["mimeapps.list"]


def test_a_file_is_made_and_a_weightier_one_is_changed(home: Path) -> None:
    take()
    assert (home / "config/mimeapps.list").read_text() == f"[Default Applications]\nx-scheme-handler/mailto={OWN};\n"
    said(home / "config/gnome-mimeapps.list", "other.desktop")
    assert standing() is Standing.THEIRS
    take()
    assert standing() is Standing.OURS


def test_a_link_to_the_file_stays_one(home: Path) -> None:
    """Many keep their configuration elsewhere."""
    kept = home / "kept.list"
    kept.write_text(OTHERS)
    (home / "config/mimeapps.list").symlink_to(kept)
    take()
    assert (home / "config/mimeapps.list").is_symlink()
    assert OWN in kept.read_text()


def test_what_cannot_be_written_is_said(home: Path) -> None:
    (home / "config").rmdir()
    (home / "config").write_text("a file")
    with pytest.raises(StoreFailed):
        take()


@pytest.mark.parametrize("why", ["not installed", "in a sandbox", "on a Mac"])
def test_where_only_the_system_can_say_it(home: Path, monkeypatch: pytest.MonkeyPatch, why: str) -> None:
    if why == "not installed":
        (home / "share/applications" / OWN).unlink()
    elif why == "in a sandbox":
        monkeypatch.setenv("FLATPAK_ID", "org.desktopmail.Desktopmail")
    else:
        monkeypatch.setattr(maillinks.sys, "platform", "darwin")
    assert standing() is Standing.ELSEWHERE


def test_the_page_about_writing_tells_and_changes_it(home: Path, stage: Stage) -> None:
    """And hears of it when something else changed it meanwhile; when it cannot be written it says so."""
    page = stage.page("writing")
    line = row(page, "Links to mail addresses")
    assert "do not open" in line.sentence.text()
    assert page.take.isVisibleTo(page)
    page.take.click()
    assert usual() == OWN
    assert "open a new message here" in line.sentence.text()
    assert not page.take.isVisibleTo(page)
    said(home / "config/mimeapps.list", "other.desktop")
    page.came()
    assert page.take.isVisibleTo(page)
    (home / "config/mimeapps.list").unlink()
    (home / "config").rmdir()
    (home / "config").write_text("a file")
    page.take.click()
    assert "could not be changed" in line.sentence.text()
