"""Makes the Windows installer from a frozen program.

    python3 packaging/windows/installer.py dist/desktopmail dist/desktopmail-1.2.3-setup.exe

Needs `makensis` 3.08 or later, on any system. With DESKTOPMAIL_SIGN_COMMAND the installer and the uninstaller inside it
are signed by that command, which gets the file as its last word.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import product

SCRIPT = Path(__file__).resolve().parent / "installer.nsi"


def numbers(version: str) -> str:
    """A version as the four numbers that Windows wants; what follows them is left out."""
    found = [int(re.match(r"\d*", part)[0] or 0) for part in version.split(".")]  # type: ignore[index]
    return ".".join(str(each) for each in (*found, 0, 0, 0, 0)[:4])


def parts() -> set[str]:
    """What the installer knows to lie in the folder of a frozen program; it moves that, and takes it away again."""
    named = re.findall(r'!insertmacro \$\{do\} "([^"]+)"', SCRIPT.read_text(encoding="utf-8"))
    return {name.replace("${EXE}", f"{product.NAME}.exe") for name in named}


def command(
    payload: Path, output: Path, icon: Path, environment: Mapping[str, str], *, quick: bool = False
) -> list[str]:
    """What to run; warnings are errors. `quick` compresses fast instead of well."""
    given = {
        "VERSION": product.version(),
        "VERSION_NUMBERS": numbers(product.version()),
        "PUBLISHER": product.PUBLISHER,
        "PAYLOAD": str(payload.absolute()),
        "OUTPUT": str(output.absolute()),
        "ICON": str(icon.absolute()),
        "LICENCE": str(product.ROOT / "LICENSE"),
    }
    if sign := environment.get("DESKTOPMAIL_SIGN_COMMAND", ""):
        given["SIGN"] = sign
    if quick:
        given["QUICK"] = "1"
    return [
        "makensis",
        "-V2",
        "-WX",
        "-INPUTCHARSET",
        "UTF8",
        *[f"-D{name}={value}" for name, value in given.items()],
        str(SCRIPT),
    ]


def main(arguments: list[str]) -> int:
    """Make the installer; the exit code of makensis."""
    quick = "--quick" in arguments
    paths = [Path(each) for each in arguments if not each.startswith("-")]
    if len(paths) != 2 or not (paths[0] / "desktopmail.exe").is_file():
        sys.stderr.write(__doc__ or "")
        return 2
    if odd := {each.name for each in paths[0].iterdir()} - parts():
        sys.stderr.write(f"the installer would leave these behind: {', '.join(sorted(odd))}\n")
        return 1
    import drawing

    icon = drawing.write_ico(product.WORK / "desktopmail.ico")
    paths[1].parent.mkdir(parents=True, exist_ok=True)
    return subprocess.call(command(paths[0], paths[1], icon, os.environ, quick=quick))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
