"""The bill of materials and the notices name everything that is inside a bundle, and say what nobody answers for."""

import json
from pathlib import Path

import apsw
import pytest

pytest.importorskip("cyclonedx")
import bill
import contents
import notices
import product

MODULES = ["desktopmail.app.main", "json", "keyring.core", "PySide6", "pyimod01_archive"]


def bundle(folder: Path, *more: str) -> Path:
    names = (
        "desktopmail",
        "_internal/resources/icons/mail.svg",
        "_internal/apsw/" + Path(apsw.__file__).name,
        "_internal/PySide6/Qt/lib/libQt6Core.so.6",
        "_internal/PySide6/Qt/lib/libQt6WebEngineCore.so.6",
        "_internal/PySide6/Qt/libexec/qt.conf",
        "_internal/libpython3.11.so.1.0",
        *more,
    )
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"\x7fELF")
    return folder


def test_an_unknown_library_is_reported(tmp_path: Path) -> None:
    """U02: complete against a scan of the files."""
    assert contents.survey(bundle(tmp_path), MODULES).unexplained == []
    seen = contents.survey(bundle(tmp_path, "_internal/libmystery.so.1", "_internal/odd/x.so"), [*MODULES, "mystery.a"])
    assert seen.unexplained == ["_internal/libmystery.so.1", "_internal/odd/x.so", "module mystery.a"]


def test_files_of_windows_and_macos_are_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contents, "_beside_interpreter", lambda: frozenset({"libcrypto-3.dll", "libffi-8.dll"}))
    monkeypatch.setattr(contents, "debian_package", lambda name: None)
    names = (
        "desktopmail.exe",
        "_internal/libcrypto-3.dll",
        "_internal/libffi-8.dll",
        "_internal/python313.dll",
        "_internal/_ssl.pyd",
        "_internal/VCRUNTIME140_1.dll",
        "_internal/Python.framework/Versions/3.13/Python",
        "_internal/PySide6/Qt6Core.dll",
        "_internal/PySide6/QtWebEngineProcess.exe",
        "_internal/PySide6/Qt/lib/QtCore.framework/Versions/A/QtCore",
    )
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    seen = contents.survey(tmp_path, [])
    assert seen.unexplained == []
    assert {part.name for part in seen.parts} >= {
        "OpenSSL",
        "CPython",
        "Microsoft Visual C++ runtime",
        "Qt",
        "Chromium",
    }
    (tmp_path / "_internal/stranger.dll").write_bytes(b"")
    assert contents.survey(tmp_path, []).unexplained == ["_internal/stranger.dll"]


def test_the_bill_names_packages_and_native_libraries(tmp_path: Path) -> None:
    """U02: Python packages, Qt, Chromium, OpenSSL, SQLite and the interpreter, each with its version."""
    seen = contents.survey(bundle(tmp_path / "b"), [*MODULES, "cryptography.x509", "zstandard"])
    bill.write(seen, tmp_path / "sbom.json")
    document = json.loads((tmp_path / "sbom.json").read_text())
    versions = {each["name"]: each["version"] for each in document["components"]}
    assert {"Qt", "Chromium", "CPython", "apsw", "SQLite", "OpenSSL", "keyring", "PyInstaller bootloader"} <= set(
        versions
    )
    assert versions["SQLite"] == apsw.sqlite_lib_version()
    assert all(version[0].isdigit() for version in versions.values())
    assert document["metadata"]["component"]["version"] == product.version()
    files = {item["value"] for each in document["components"] for item in each.get("properties", ())}
    on_disk = {path.relative_to(tmp_path / "b").as_posix() for path in (tmp_path / "b").rglob("*") if path.is_file()}
    assert on_disk - files == {"desktopmail", "_internal/resources/icons/mail.svg"}  # the product itself


def test_the_same_bundle_makes_the_same_bill(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """U05"""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    texts = []
    for name in ("one", "two"):
        bill.write(contents.survey(bundle(tmp_path / name), MODULES), tmp_path / f"{name}.json")
        texts.append((tmp_path / f"{name}.json").read_text())
    assert texts[0] == texts[1]
    assert json.loads(texts[0])["metadata"]["timestamp"].startswith("2023-11-14")


def test_notices_have_words_for_every_part(tmp_path: Path) -> None:
    text = notices.text(contents.survey(bundle(tmp_path), MODULES))
    for needle in (
        "GNU Lesser General Public License version 3",
        "Chromium Authors",
        "Python Software Foundation",
        "keyring",
    ):
        assert needle in text
    mute = contents.Contents([contents.Part("native", "Riddle", "1", "secret")], [])
    with pytest.raises(ValueError, match="Riddle"):
        notices.text(mute)
