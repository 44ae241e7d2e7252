"""Being the program that mail links open: whether it is this one, and making it this one, as each system has it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from enum import Enum
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QUrl
from PySide6.QtGui import QDesktopServices

from desktopmail.domain.errors import StoreFailed
from desktopmail.domain.product import APP_ID
from desktopmail.gui.desktop.background import may_start

translate = QCoreApplication.translate
SECTION, KEY = "[default applications]", "x-scheme-handler/mailto"
OWN = f"{APP_ID}.desktop"
CHOICE = "ms-settings:defaultapps?registeredAppUser=Desktopmail"
"""Where Windows lets a person choose; no program may choose by itself there."""


class Standing(Enum):
    """What can be said about mail links."""

    OURS = "ours"
    """This program opens them."""
    THEIRS = "theirs"
    """Another one does, or none, and `take` can change that."""
    ELSEWHERE = "elsewhere"
    """Only the system's own settings tell and change it."""


def standing() -> Standing:
    """How things are now; takes no time worth speaking of."""
    if sys.platform == "win32":
        if not _registered():
            return Standing.ELSEWHERE
        return Standing.OURS if _chosen() == "Desktopmail.mailto" else Standing.THEIRS
    if sys.platform == "darwin" or not may_start() or not _installed(OWN):
        return Standing.ELSEWHERE
    return Standing.OURS if usual() == OWN else Standing.THEIRS


def take() -> None:
    """Open mail links from now on; on Windows show the person where to say so. Raises StoreFailed."""
    if sys.platform == "win32":
        QDesktopServices.openUrl(QUrl(CHOICE))
        return
    own = [each for each in _lists() if each.parent == _config()]
    file = next((each for each in own if _named(each)), own[-1])
    try:
        file = file.resolve()
        text = file.read_text(encoding="utf-8") if file.exists() else ""
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh = file.with_name(f"{file.name}.desktopmail")
        fresh.write_text(_with_us(text), encoding="utf-8")
        fresh.replace(file)
    except (OSError, ValueError) as error:
        raise StoreFailed(
            translate("maillinks", "The program for mail links could not be changed"),
            translate("maillinks", "The system did not let its setting be written."),
            str(error),
        ) from error


def usual() -> str:
    """The desktop file of the program that mail links open, empty when nobody said so (XDG, Association between MIME
    types and applications 1.0.1)."""
    return next((each for file in _lists() for each in _named(file) if _installed(each)), "")


def _config() -> Path:
    named = os.environ.get("XDG_CONFIG_HOME", "")
    return Path(named) if Path(named).is_absolute() else Path.home() / ".config"


def _data() -> list[Path]:
    named = os.environ.get("XDG_DATA_HOME", "")
    own = Path(named) if Path(named).is_absolute() else Path.home() / ".local" / "share"
    shared = os.environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
    return [own, *(Path(each) for each in shared.split(":") if each)]


def _lists() -> Iterator[Path]:
    """The files that say which program opens what, the weightiest first."""
    desktops = [each.lower() for each in os.environ.get("XDG_CURRENT_DESKTOP", "").split(":") if each.isalnum()]
    names = [*(f"{each}-mimeapps.list" for each in desktops), "mimeapps.list"]
    shared = [Path(each) for each in (os.environ.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(":") if each]
    for folder in (_config(), *shared, *(each / "applications" for each in _data())):
        yield from (folder / name for name in names)


def _named(file: Path) -> list[str]:
    """Whom one file names for mail links."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return []
    found = next((lines[at] for at in _places(lines)), "")
    return [each.strip() for each in found.partition("=")[2].split(";") if each.strip()]


def _places(lines: list[str]) -> Iterator[int]:
    """Where lines about mail links stand in the section of defaults."""
    inside = False
    for at, line in enumerate(lines):
        if line.startswith("["):
            inside = line.strip().lower() == SECTION
        elif inside and line.partition("=")[0].strip().lower() == KEY:
            yield at


def _with_us(text: str) -> str:
    """The text of such a file, with this program named and everything else as it was."""
    lines = text.splitlines()
    gone = set(_places(lines))
    kept = [line for at, line in enumerate(lines) if at not in gone]
    heads = [at for at, line in enumerate(kept) if line.strip().lower() == SECTION]
    if not heads:
        kept += [*([""] if kept else []), "[Default Applications]"]
        heads = [len(kept) - 1]
    kept.insert(heads[0] + 1, f"{KEY}={OWN};")
    return "\n".join(kept) + "\n"


def _installed(name: str) -> bool:
    """Whether a desktop file is where desktops look for it."""
    return "/" not in name and any((each / "applications" / name).is_file() for each in _data())


if sys.platform == "win32":
    import winreg

    _USER_CHOICE = r"Software\Microsoft\Windows\Shell\Associations\UrlAssociations\mailto\UserChoice"

    def _chosen() -> str:
        return _value(_USER_CHOICE, "ProgId")

    def _registered() -> bool:
        return bool(_value(r"Software\RegisteredApplications", "Desktopmail"))

    def _value(key: str, name: str) -> str:
        try:
            with winreg.OpenKey(winreg.HKEY_CURRENT_USER, key) as opened:
                return str(winreg.QueryValueEx(opened, name)[0])
        except OSError:
            return ""
