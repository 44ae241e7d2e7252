"""A Windows to try the installer in: Wine, with a folder of its own, and a stand-in for the program that can be asked
to quit as the real one can."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import drawing

from tests.release.load import module

installer = module("windows/installer.py")
WINE = Path("/usr/lib/wine/wine64")
TARGET = "-XTarget amd64-unicode"
"""The same script for 64 bit: what Debian has of Wine runs nothing else."""
LONGEST = 100
_STAND_IN = r"""
Unicode true
SilentInstall silent
RequestExecutionLevel user
OutFile "${OUTPUT}"
!include FileFunc.nsh
!include LogicLib.nsh
!macro KEEP name
  System::Call '*(i 1)p.r3'
  System::Call '*(i 0, i 1, w "${name}", p 0, i 0, i 0, i 4, i 0, p r3, i 2, i 0, p 0, p 0, w "ada")p.r4'
  System::Call 'advapi32::CredWriteW(p r4, i 0)'
!macroend
Section
  ${GetParameters} $0
  FileOpen $1 "$LOCALAPPDATA\asked.txt" a
  FileSeek $1 0 END
  FileWrite $1 "${VERSION} $0$\n"
  FileClose $1
  ${If} $0 == "--quit"
    FileOpen $1 "$LOCALAPPDATA\quit" w
    FileClose $1
  ${ElseIf} $0 == "--run"
    ${DoUntil} ${FileExists} "$LOCALAPPDATA\quit"
      Sleep 20
    ${Loop}
  ${ElseIf} $0 == "--hold"
    FileOpen $1 "$EXEDIR\LICENSE.txt" r
    FileOpen $2 "$LOCALAPPDATA\holds" w
    ${DoUntil} ${FileExists} "$LOCALAPPDATA\quit"
      Sleep 20
    ${Loop}
  ${ElseIf} $0 == "--secrets"
    !insertmacro KEEP "desktopmail"
    !insertmacro KEEP "1 incoming ada@desktopmail"
    !insertmacro KEEP "desktopmail.example"
    !insertmacro KEEP "desktopmail@elsewhere"
  ${EndIf}
SectionEnd
"""


def stand_in(path: Path, version: str) -> None:
    """A program that writes down what it was started with. `--run`: it goes on until one is started with `--quit`;
    `--hold`: so it does, with a file of its folder open; `--secrets`: it puts some into the credential store."""
    script = path.with_suffix(".nsi")
    script.write_text(_STAND_IN)
    subprocess.check_call(["makensis", "-V1", "-WX", TARGET, f"-DOUTPUT={path}", f"-DVERSION={version}", str(script)])
    script.unlink()


def payload(folder: Path, version: str) -> Path:
    """A frozen program as it lies in its folder, of a version; one file has that version in its name."""
    (folder / "_internal/PySide6").mkdir(parents=True)
    (folder / f"_internal/PySide6/only-in-{version}.dll").write_bytes(b"MZ")
    for name in ("LICENSE.txt", "THIRD-PARTY-NOTICES.txt", "sbom.cdx.json"):
        (folder / name).write_text(version)
    stand_in(folder / "desktopmail.exe", version)
    return folder


def setup(folder: Path, version: str) -> Path:
    """The installer of such a program."""
    made, icon = folder / f"desktopmail-{version}-setup.exe", folder / "a.ico"
    if not icon.exists():
        drawing.write_ico(icon)
    command = installer.command(payload(folder / version, version), made, icon, {}, quick=True)
    command[command.index(f"-DVERSION={installer.product.version()}")] = f"-DVERSION={version}"
    subprocess.check_call([*command[:-1], "-DPAUSE=20", TARGET, command[-1]], stdout=subprocess.DEVNULL)
    return made


class Windows:
    """One person's Windows below `folder`."""

    def __init__(self, folder: Path) -> None:
        self._prefix = folder / "prefix"
        (folder / "home").mkdir(parents=True)
        self._environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder / "home"),
            "WINEPREFIX": str(self._prefix),
            "WINEDEBUG": "-all",
            "WINEDLLOVERRIDES": "mscoree,mshtml,winemenubuilder.exe=",
        }
        self.run("wineboot", "-i")
        self.run("winecfg", "-v", "win10")
        self.local = next(self._prefix.glob("drive_c/users/*/AppData/Local"))
        self.place = self.local / "Programs/Desktopmail"

    def run(self, *words: str | Path) -> int:
        """Run a program to its end; its exit code."""
        return self.start(*words).wait(LONGEST)

    def start(self, *words: str | Path) -> subprocess.Popen[bytes]:
        """Run a program beside the test."""
        command = [str(WINE), *map(str, words)]
        nothing = subprocess.DEVNULL
        return subprocess.Popen(command, env=self._environment, stdin=nothing, stdout=nothing, stderr=nothing)

    def registry(self) -> dict[str, str]:
        """All values below the person's `Software`, each by its key and name."""
        file = self._prefix / "drive_c/exported.reg"
        assert self.run("reg", "export", r"HKCU\Software", r"C:\exported.reg", "/y") == 0
        key, found = "", {}
        for line in file.read_text("utf-16").splitlines():
            if line.startswith("["):
                key = line.strip("[]").partition("\\")[2]
            elif "=" in line:
                name, _, value = line.partition("=")
                found[f"{key}\\{_plain(name) if name != '@' else ''}"] = _plain(value)
        return found

    def secrets(self) -> set[str]:
        """The names of what is in the credential store, where Wine has it."""
        keys = {key.rpartition("\\")[0] for key in self.registry() if r"\Credential Manager\Generic: " in key}
        return {key.partition(r"\Generic: ")[2] for key in keys}

    def files(self) -> set[str]:
        """What lies in the program's folder, by its names from there."""
        found = self.place.rglob("*") if self.place.exists() else []
        return {path.relative_to(self.place).as_posix() for path in found if path.is_file()}

    def asked(self) -> list[str]:
        """What the stand-in was started with, and which it was; forgotten thereafter."""
        file = self.local / "asked.txt"
        said = file.read_text().splitlines() if file.exists() else []
        file.unlink(missing_ok=True)
        return said

    def end(self) -> None:
        """End everything in there."""
        subprocess.run([str(WINE.with_name("wineserver")), "-k"], env=self._environment, check=False, timeout=LONGEST)


def _plain(quoted: str) -> str:
    """A name or a text as it is, of one as an exported file has it; of a number, what stands there."""
    return re.sub(r"\\(.)", r"\1", quoted[1:-1]) if quoted.startswith('"') else quoted
