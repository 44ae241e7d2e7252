"""The one spec, evaluated as if on each of the three systems."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("PyInstaller")
import product

SPEC = Path(product.__file__).parent / "desktopmail.spec"
pytestmark = pytest.mark.usefixtures("qapp")  # icons are drawn, and the drawing would make an application of its own


class Freezer:
    """Plays PyInstaller's part: gives tables and remembers what was asked for."""

    def __init__(self, binaries: list[tuple[str, str, str]]) -> None:
        names = ("pyiboot01_bootstrap", "qtparts", "pyi_rth_inspect", "pyi_rth_pyside6", "launch")
        self.binaries, self.pure = binaries, ["pure"]
        self.scripts = [(name, f"/{name}.py", "PYSOURCE") for name in names]
        self.datas = [("resources/reader/message.css", "/x", "DATA"), ("resources/screenshots/main.png", "/x", "DATA")]
        self.asked: dict[str, dict[str, Any]] = {}
        self.collected: list[str] = []
        self.started: list[str] = []

    def step(self, name: str) -> Callable[..., Any]:
        def run(*given: Any, **options: Any) -> Any:
            self.asked[name] = options
            if name == "EXE":
                self.started = [entry[0] for entry in given[1]]
            if name == "COLLECT":
                self.collected = [entry[0] for table in given[1:] for entry in table]
            return self

        return run


def evaluate(platform: str, binaries: list[tuple[str, str, str]], folder: Path, patch: pytest.MonkeyPatch) -> Freezer:
    import PyInstaller.utils.hooks as hooks

    patch.setattr(hooks, "collect_submodules", lambda name: [name])
    patch.setattr(hooks, "copy_metadata", lambda name: [(f"/{name}", f"{name}.dist-info")])
    patch.setattr(product, "WORK", folder)
    patch.setattr(sys, "path", list(sys.path))
    patch.setattr(sys, "platform", platform)
    freezer = Freezer(binaries)
    names = ("Analysis", "PYZ", "EXE", "COLLECT", "BUNDLE")
    space = {"SPECPATH": str(SPEC.parent), **{name: freezer.step(name) for name in names}}
    exec(compile(SPEC.read_text(encoding="utf-8"), str(SPEC), "exec"), space)
    return freezer


@pytest.mark.parametrize("platform", ["linux", "win32", "darwin"])
def test_nothing_of_qt_is_loaded_before_the_program_wants_it(
    platform: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Our own hook runs first, and those of the freezer, which would load it, not at all."""
    freezer = evaluate(platform, [], tmp_path, monkeypatch)
    assert freezer.asked["Analysis"]["runtime_hooks"] == [str(SPEC.parent / "qtparts.py")]
    assert Path(freezer.asked["Analysis"]["runtime_hooks"][0]).is_file()
    assert freezer.started == ["pyiboot01_bootstrap", "qtparts", "launch"]


def test_linux(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = next(Path(path) for path in ("/bin/true", sys.executable) if Path(path).exists())
    binaries = [
        ("PySide6/Qt/libexec/QtWebEngineProcess", str(real), "BINARY"),
        ("libgtk-3.so.0", str(real), "BINARY"),
        ("PySide6/Qt/plugins/platformthemes/libqgtk3.so", str(real), "BINARY"),
    ]
    if sys.platform != "linux":
        pytest.skip("reads ELF files")
    freezer = evaluate("linux", binaries, tmp_path, monkeypatch)
    assert freezer.collected == ["PySide6/Qt/libexec/QtWebEngineProcess", "resources/reader/message.css"]
    assert freezer.asked["EXE"]["strip"] is True
    assert freezer.asked["EXE"]["upx"] is False
    assert "BUNDLE" not in freezer.asked


def test_windows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    binaries = [(r"PySide6\plugins\platforms\qwindows.dll", "C:/x", "BINARY"), (r"PySide6\Qt6Charts.dll", "", "BINARY")]
    freezer = evaluate("win32", binaries, tmp_path, monkeypatch)
    assert freezer.collected[0] == r"PySide6\plugins\platforms\qwindows.dll"
    assert not any("Charts" in name for name in freezer.collected)
    asked = freezer.asked["EXE"]
    assert (asked["strip"], asked["console"]) == (False, False)
    assert Path(asked["icon"]).read_bytes()[:4] == b"\0\0\1\0"
    assert f"StringStruct('ProductVersion', '{product.version()}')" in Path(asked["version"]).read_text()
    assert "BUNDLE" not in freezer.asked


def test_macos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    binaries = [("PySide6/Qt/plugins/platforms/libqcocoa.dylib", "/x", "BINARY")]
    freezer = evaluate("darwin", binaries, tmp_path, monkeypatch)
    assert freezer.collected[0] == binaries[0][0]
    asked = freezer.asked["BUNDLE"]
    assert Path(asked["icon"]).read_bytes()[:4] == b"icns"
    assert asked["bundle_identifier"] == product.APP_ID
    plist = asked["info_plist"]
    assert plist["LSMinimumSystemVersion"]
    schemes = [scheme for each in plist["CFBundleURLTypes"] for scheme in each["CFBundleURLSchemes"]]
    assert "mailto" in schemes
    assert plist["CFBundleDocumentTypes"]
