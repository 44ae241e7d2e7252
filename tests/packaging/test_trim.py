"""What stays in the bundle and what does not, for three systems."""

from pathlib import Path

import pytest
import trim


@pytest.mark.parametrize(
    "name",
    [
        "PySide6/Qt/lib/libQt6WebEngineCore.so.6",
        "PySide6/Qt/lib/libQt6Positioning.so.6",
        "PySide6/Qt/libexec/QtWebEngineProcess",
        "PySide6/Qt/resources/icudtl.dat",
        "PySide6/Qt/translations/qtwebengine_locales/en-US.pak",
        "PySide6/Qt/plugins/platforms/libqxcb.so",
        "PySide6/Qt/plugins/platforms/libqwayland.so",
        "PySide6/Qt/plugins/xcbglintegrations/libqxcb-glx-integration.so",
        "PySide6/Qt/plugins/wayland-shell-integration/libxdg-shell.so",
        "PySide6/Qt/plugins/platforminputcontexts/libibusplatforminputcontextplugin.so",
        "PySide6/Qt/plugins/iconengines/libqsvgicon.so",
        "PySide6/QtWidgets.abi3.so",
        "_cffi_backend.cpython-311-x86_64-linux-gnu.so",
        "libssl.so.3",
        "libcrypto.so.3",
        "resources/icons/app/desktopmail.svg",
        "resources/translations/desktopmail_de.qm",
        "keyring-25.7.0.dist-info/entry_points.txt",
    ],
)
def test_kept_on_linux(name: str) -> None:
    assert trim.wanted(name, "linux")


@pytest.mark.parametrize(
    "name",
    [
        "PySide6/Qt/qml/QtQuick/qmldir",
        "PySide6/Qt/resources/qtwebengine_devtools_resources.pak",
        "PySide6/Qt/translations/qtwebengine_locales/de.pak",
        "PySide6/Qt/translations/qtbase_de.qm",
        "PySide6/Qt/plugins/platformthemes/libqgtk3.so",
        "PySide6/Qt/plugins/platforms/libqeglfs.so",
        "PySide6/Qt/plugins/platforms/libqminimalegl.so",
        "PySide6/Qt/plugins/imageformats/libqpdf.so",
        "PySide6/Qt/plugins/sqldrivers/libqsqlite.so",
        "PySide6/Qt/plugins/platforminputcontexts/libqtvirtualkeyboardplugin.so",
        "PySide6/Qt/lib/libQt6Quick3D.so.6",
        "PySide6/Qt/lib/libQt63DCore.so.6",
        "libQt6VirtualKeyboard.so.6",
        "zstandard/_cffi.cpython-311-x86_64-linux-gnu.so",
        "libstdc++.so.6",
        "libgbm.so.1",
        "libnss3.so",
        "libplc4.so",
        "libfreeblpriv3.so",
        "libX11.so.6",
        "libglib-2.0.so.0",
        "resources/screenshots/main.png",
        "keyring-25.7.0.dist-info/RECORD",
    ],
)
def test_left_out_on_linux(name: str) -> None:
    assert not trim.wanted(name, "linux")


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        (r"PySide6\plugins\platforms\qwindows.dll", True),
        (r"PySide6\plugins\platforms\qdirect2d.dll", False),
        (r"PySide6\plugins\styles\qmodernwindowsstyle.dll", True),
        (r"PySide6\plugins\tls\qschannelbackend.dll", True),
        (r"PySide6\plugins\networkinformation\qnetworklistmanager.dll", True),
        (r"PySide6\plugins\multimedia\ffmpegmediaplugin.dll", False),
        (r"PySide6\resources\v8_context_snapshot.debug.bin", False),
        (r"PySide6\resources\qtwebengine_resources.debug.pak", False),
        (r"PySide6\translations\qtwebengine_locales\en-US.pak", True),
        (r"PySide6\QtWebEngineProcess.exe", True),
        (r"PySide6\Qt6Charts.dll", False),
        (r"PySide6\Qt6Core.dll", True),
        (r"PySide6\qml\QtQuick\qmldir", False),
    ],
)
def test_on_windows(name: str, kept: bool) -> None:
    assert trim.wanted(name, "win32") is kept


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("PySide6/Qt/plugins/platforms/libqcocoa.dylib", True),
        ("PySide6/Qt/plugins/styles/libqmacstyle.dylib", True),
        ("PySide6/Qt/plugins/networkinformation/libqapplenetworkinformation.dylib", True),
        ("PySide6/Qt/plugins/tls/libqsecuretransportbackend.dylib", True),
        ("PySide6/Qt/lib/QtWebEngineCore.framework/Versions/A/QtWebEngineCore", True),
        ("PySide6/Qt/lib/QtCharts.framework/Versions/A/QtCharts", False),
        ("PySide6/Qt/lib/QtQuick3D.framework/Versions/A/QtQuick3D", False),
        ("libz.1.dylib", True),
    ],
)
def test_on_macos(name: str, kept: bool) -> None:
    assert trim.wanted(name, "darwin") is kept


@pytest.mark.parametrize("module", trim.GPL_MODULES)
def test_no_module_that_is_gpl_only(module: str) -> None:
    for name, platform in (
        (f"PySide6/Qt/lib/libQt6{module}.so.6", "linux"),
        (f"PySide6/Qt{module}.abi3.so", "linux"),
        (f"PySide6\\Qt6{module}.dll", "win32"),
        (f"PySide6/Qt/lib/Qt{module}.framework/Qt{module}", "darwin"),
    ):
        assert not trim.wanted(name, platform), name


def test_links_go_with_what_they_point_to() -> None:
    entries = [
        ("PySide6/Qt/lib/libQt6Core.so.6", "/x", "BINARY"),
        ("PySide6/Qt/lib/libQt6Charts.so.6", "/x", "BINARY"),
        ("libQt6Core.so.6", "PySide6/Qt/lib/libQt6Core.so.6", "SYMLINK"),
        ("libQt6Charts.so.6", "PySide6/Qt/lib/libQt6Charts.so.6", "SYMLINK"),
    ]
    assert [entry[0] for entry in trim.trimmed(entries, "linux")] == [
        "PySide6/Qt/lib/libQt6Core.so.6",
        "libQt6Core.so.6",
    ]


def test_hooks_of_the_freezer_do_not_run_first() -> None:
    names = (
        "pyiboot01_bootstrap",
        "qtparts",
        "pyi_rth_inspect",
        "pyi_rth_multiprocessing",
        "pyi_rth_pyside6",
        "launch",
    )
    scripts = [(name, f"/{name}.py", "PYSOURCE") for name in names]
    assert [entry[0] for entry in trim.started_first(scripts)] == ["pyiboot01_bootstrap", "qtparts", "launch"]


def test_a_library_stays_only_while_something_needs_it() -> None:
    needs = {"/ext": ["liba.so.1", "libc.so.6"], "/a": ["libb.so.1"], "/gtk": ["libpango.so.0"], "/plugin": ["libd.so"]}
    entries = [
        ("module.abi3.so", "/ext", "EXTENSION"),
        ("PySide6/Qt/plugins/platforms/libqxcb.so", "/plugin", "BINARY"),
        ("liba.so.1", "/a", "BINARY"),
        ("PySide6/Qt/lib/libb.so.1", "/b", "BINARY"),
        ("libgtk-3.so.0", "/gtk", "BINARY"),
        ("libpango.so.0", "/pango", "BINARY"),
        ("libd.so", "/d", "BINARY"),
        ("libpython3.11.so.1.0", "/python", "BINARY"),
        ("libb.so.1", "PySide6/Qt/lib/libb.so.1", "SYMLINK"),
        ("libpango-link.so", "libpango.so.0", "SYMLINK"),
    ]
    kept = {entry[0] for entry in trim.reachable(entries, lambda path: needs.get(path, []))}
    assert kept == {
        "module.abi3.so", "PySide6/Qt/plugins/platforms/libqxcb.so", "liba.so.1", "PySide6/Qt/lib/libb.so.1", "libd.so",
        "libpython3.11.so.1.0", "libb.so.1",
    }  # fmt: skip


def test_children_find_libraries_without_a_search_path() -> None:
    entries = [
        ("libxkbfile.so.1", "/xkb", "BINARY"),
        ("libQt6Core.so.6", "PySide6/Qt/lib/libQt6Core.so.6", "SYMLINK"),
        ("PySide6/Qt/lib/libQt6Core.so.6", "/core", "BINARY"),
        ("module.abi3.so", "/ext", "EXTENSION"),
    ]
    added = trim.linked_for_children(entries)[len(entries) :]
    assert added == [("PySide6/Qt/lib/libxkbfile.so.1", "../../../libxkbfile.so.1", "SYMLINK")]
    assert trim.target(added[0]) == "libxkbfile.so.1"


def test_names_in_a_library_are_read() -> None:
    """The interpreter's own extension modules ask for the C library."""
    import _ctypes

    import elf

    path = Path(_ctypes.__file__)
    if not elf.is_elf(path):
        pytest.skip("needs a system with ELF files")
    assert any(name.startswith(("libc.", "libffi")) for name in elf.read(path).needed)
