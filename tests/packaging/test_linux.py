"""What Linux desktops and package tools are told: desktop file, metainfo, manual page, histories, needs."""

import configparser
import gzip
import re
import tomllib
import xml.etree.ElementTree as ElementTree
from argparse import ArgumentParser, _SubParsersAction
from collections.abc import Iterator
from pathlib import Path

import changes
import elf
import hijack
import manual
import needs
import product
import pytest
import report
import share
import staging
import yaml

from desktopmail.app.commandline import make_parser
from desktopmail.app.options import WindowOptions, parse
from desktopmail.domain.product import APP_ID
from desktopmail.domain.wish import Asked

LINUX = Path(product.__file__).parent / "linux"


def desktop_file() -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(LINUX / f"{product.APP_ID}.desktop", encoding="utf-8")
    return parser


def test_every_command_of_the_desktop_file_is_understood() -> None:
    entries = desktop_file()
    asked = {}
    for section in entries.sections():
        program, *words = entries[section]["Exec"].replace("%u", "mailto:a@example.org").split()
        assert program == product.NAME
        wanted = parse(words)
        assert isinstance(wanted, WindowOptions)
        asked[section] = wanted.wish()
    assert asked["Desktop Entry"].target == "mailto:a@example.org"
    assert asked["Desktop Action compose"].asked is Asked.COMPOSE
    assert asked["Desktop Action check-mail"].asked is Asked.CHECK
    assert entries["Desktop Entry"]["Actions"] == "compose;check-mail;"
    kinds = entries["Desktop Entry"]["MimeType"].split(";")
    assert {"x-scheme-handler/mailto", "message/rfc822", "application/mbox"} <= set(kinds)


def test_one_identity_everywhere() -> None:
    root = ElementTree.fromstring(staging.metainfo())
    names = {
        product.APP_ID,
        APP_ID,
        root.findtext("id"),
        str(root.findtext("launchable")).removesuffix(".desktop"),
        desktop_file()["Desktop Entry"]["Icon"],
    }
    assert names == {product.APP_ID}
    assert desktop_file()["Desktop Entry"]["StartupWMClass"] == product.NAME  # what X servers are told of a window


def test_metainfo_shows_pictures_that_exist_and_the_releases() -> None:
    root = ElementTree.fromstring(staging.metainfo())
    pictures = [str(each.text) for each in root.iter("image")]
    assert len(pictures) >= 3
    for address in pictures:
        assert address.startswith(f"{product.PICTURES}/")
        assert (product.ROOT / "resources" / "screenshots" / address.rpartition("/")[2]).exists()
    newest = root.find("releases/release")
    assert newest is not None
    assert newest.get("version") == product.version()
    assert newest.find("description/ul/li") is not None


def parsers(parser: ArgumentParser) -> Iterator[ArgumentParser]:
    yield parser
    for action in parser._actions:
        if isinstance(action, _SubParsersAction):
            for each in action.choices.values():
                yield from parsers(each)


def test_the_manual_page_knows_every_command_and_option() -> None:
    page = manual.page().replace("\\-", "-")
    root, names = make_parser()
    for name in names:
        assert re.search(rf"\\fB{name}\\fR| {name}\\fR", page), name
    for parser in parsers(root):
        for action in parser._actions:
            for flag in action.option_strings:
                assert flag in page, flag
    assert product.version() in page


def test_histories_come_from_the_changelog() -> None:
    text = "# Changelog\n\n## [Unreleased]\n\n- **New**: a `thing`\n  of two lines.\n\n### Not yet\n\n- Later.\n"
    text += "\n## [0.0.9] - 2026-01-02\n\n- Old.\n"
    found = changes.releases(text)
    assert [(each.version, each.date, each.entries) for each in found] == [
        (product.version(), "", ("New: a thing of two lines.",)),
        ("0.0.9", "2026-01-02", ("Old.",)),
    ]
    debian = changes.debian(text)
    assert debian.startswith(f"{product.NAME} ({product.version()}) ")
    assert "Fri, 02 Jan 2026 00:00:00 +0000" in debian
    assert changes.releases()


def test_the_flatpak_manifest_names_all_that_the_base_does_not_bring() -> None:
    folder = LINUX.parent / "flatpak"
    manifest = yaml.safe_load((folder / f"{product.APP_ID}.yaml").read_text(encoding="utf-8"))
    assert manifest["app-id"] == product.APP_ID
    assert manifest["command"] == product.NAME
    assert "--share=network" in manifest["finish-args"]
    assert not any("filesystem" in each for each in manifest["finish-args"])
    lines = (folder / "requirements.txt").read_text(encoding="utf-8").splitlines()
    named = {line for line in lines if not line.startswith("#")}
    project = tomllib.loads((product.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = {re.split(r"[^A-Za-z0-9_-]", each, maxsplit=1)[0] for each in project["dependencies"]}
    assert named == {each for each in asked if not each.startswith("PySide6")}


def test_a_library_nobody_decided_on_stops_the_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = {"a": ("libc.so.6", "libGL.so.1"), "libown.so.1": ("libX11.so.6", "libcups.so.2")}
    for name in wanted:
        (tmp_path / name).write_bytes(b"\x7fELF....GLIBC_2.31\0GLIBC_2.4\0")
    monkeypatch.setattr(elf, "read", lambda path: elf.Elf((*wanted[path.name], "libown.so.1")))
    assert needs.debian(tmp_path) == ["libc6 (>= 2.31)", "libgl1", "libx11-6"]
    assert "libGL.so.1()(64bit)" in needs.rpm(tmp_path)
    wanted["a"] = ("libsurprise.so.3",)
    with pytest.raises(ValueError, match="libsurprise"):
        needs.debian(tmp_path)


def test_no_stand_in_is_taken_for_the_sound_library() -> None:
    """Where the library's package has a newer name, another one offers itself by the old, and lacks half of it."""
    for soname, older in (("libasound.so.2", "libasound2"), ("libglib-2.0.so.0", "libglib2.0-0")):
        newer, _, then = needs.DEBIAN[soname].partition(" | ")
        assert newer == f"{older}t64"
        assert then.startswith(older)
    assert needs.DEBIAN["libasound.so.2"].endswith("(>= 1.0.16)")


def test_what_desktops_want_is_written(qapp: object, tmp_path: Path) -> None:
    share.write(tmp_path)
    names = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    icons = {f"icons/hicolor/{n}x{n}/apps/{product.APP_ID}.png" for n in (16, 22, 24, 32, 48, 64, 128, 256, 512)}
    assert (
        icons
        | {
            f"icons/hicolor/scalable/apps/{product.APP_ID}.svg",
            f"icons/hicolor/symbolic/apps/{product.APP_ID}-symbolic.svg",
            f"applications/{product.APP_ID}.desktop",
            f"metainfo/{product.APP_ID}.metainfo.xml",
            "man/man1/desktopmail.1",
        }
        <= names
    )


def test_the_staged_tree_has_modes_and_times_of_its_own(
    qapp: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """U05: whoever builds, whenever."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    bundle = tmp_path / "bundle"
    (bundle / "_internal").mkdir(parents=True)
    (bundle / product.NAME).write_bytes(b"\x7fELF")
    (bundle / product.NAME).chmod(0o777)
    (bundle / "_internal/liba.so.1").write_bytes(b"\x7fELF")
    (bundle / "_internal/liba.so.1").chmod(0o775)
    tree = staging.stage(bundle, tmp_path / "tree")
    found = {path.relative_to(tree).as_posix(): path for path in tree.rglob("*") if not path.is_symlink()}
    modes = {name: path.stat().st_mode & 0o777 for name, path in found.items()}
    assert modes["usr/lib/desktopmail/desktopmail"] == 0o755
    assert modes["usr/lib/desktopmail/_internal/liba.so.1"] == 0o644
    assert {path.stat().st_mtime for path in found.values()} == {1700000000}
    assert (tree / "usr/bin/desktopmail").resolve() == tree / "usr/lib/desktopmail/desktopmail"
    page = gzip.decompress((tree / "usr/share/man/man1/desktopmail.1.gz").read_bytes())
    assert b".TH DESKTOPMAIL" in page


def test_opening_a_bait_is_noticed() -> None:
    """U11"""
    lines = [
        f'1 execve("/usr/bin/{product.NAME}", ["desktopmail"], 0x7ff) = 0',
        f'1 openat(AT_FDCWD, "{hijack.TRAP}/ssl.py", O_RDONLY) = -1 ENOENT (No such file or directory)',
        '1 openat(AT_FDCWD, "/usr/lib/desktopmail/_internal/base_library.zip", O_RDONLY) = 3',
    ]
    assert hijack.judged("\n".join(lines)) == 2
    for bait in (f"{hijack.TRAP}/ssl.py", "email.py", "qt.conf"):
        line = f'1 openat(AT_FDCWD, "{bait}", O_RDONLY|O_CLOEXEC) = 4'
        with pytest.raises(report.CheckFailed):
            hijack.judged("\n".join([*lines, line]))
