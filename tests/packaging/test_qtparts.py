"""What the frozen program runs before all else: Qt stays unloaded until somebody wants it, and knows its parts then."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import qtparts

PyInstaller = pytest.importorskip("PyInstaller")
FREEZER = Path(PyInstaller.__file__).parent
OWN, USUAL = Path(qtparts.__file__), FREEZER / "hooks/rthooks/pyi_rth_pyside6.py"
SITE = FREEZER.parent

BEGIN = f"""
import runpy, sys
sys.path.insert(0, {str(FREEZER / "fake-modules")!r})
sys._MEIPASS = {str(SITE)!r}
hook, platform = sys.argv[1:]
real, sys.platform = sys.platform, platform
finders = list(sys.meta_path)
runpy.run_path(hook, run_name="__main__")
sys.platform = real
loaded = [name for name in ("shiboken6", "PySide6", "PySide6.QtCore") if name in sys.modules]
"""
CONTROL = "assert loaded == ['shiboken6', 'PySide6', 'PySide6.QtCore'], loaded"
LATER = """
assert not loaded, loaded
import _pyi_rth_utils.qt as helper
told, usual = [], helper.create_embedded_qt_conf
helper.create_embedded_qt_conf = lambda *words: told.append(words) or usual(*words)
from desktopmail.gui import toolkit
toolkit.load()
assert not told
import PySide6.QtWidgets
from PySide6.QtCore import QFile, QLibraryInfo
assert told == [("PySide6", sys._MEIPASS + "/PySide6/Qt")], told
assert sys.meta_path == finders
empty = [name for name in toolkit.LATER if "__getattr__" in vars(sys.modules[name])]
assert len(empty) == len(toolkit.LATER) - 1, empty
assert QFile.exists(":/qt/etc/qt.conf")
assert QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath).startswith(sys._MEIPASS)
"""


def run(program: str, hook: Path, platform: str) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program, str(hook), platform],
        capture_output=True, text=True, check=False, timeout=120, cwd=OWN.parents[1],
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(sys.platform != "linux", reason="plays the other systems on this one")
@pytest.mark.parametrize("platform", ["linux", "win32", "darwin"])
def test_qt_is_loaded_by_the_program_and_knows_its_parts(platform: str) -> None:
    run(BEGIN + LATER, OWN, platform)


@pytest.mark.skipif(sys.platform != "linux", reason="plays the other systems on this one")
def test_the_usual_hook_would_load_it_first() -> None:
    """Why there is another one: with this one every start loads Qt, also one that only hands an address over."""
    run(BEGIN + CONTROL, USUAL, "linux")


def test_where_the_parts_are() -> None:
    assert qtparts.parts("win32", "/b") == "/b/PySide6"
    assert qtparts.parts("darwin", "/b") == qtparts.parts("linux", "/b") == "/b/PySide6/Qt"


def test_windows_finds_libraries_that_lie_beside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "_MEIPASS", "/bundle", raising=False)
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    for platform, wanted in (("win32", os.pathsep.join(["/bundle", "/usr/bin"])), ("darwin", "/usr/bin")):
        environment = {"PATH": "/usr/bin"}
        qtparts.begin(platform, environment)
        assert environment == {"PATH": wanted}
        assert isinstance(sys.meta_path[0], qtparts.Watch)


def test_other_modules_are_none_of_its_business() -> None:
    assert qtparts.Watch().find_spec("PySide6.QtGui") is None
