"""Says of every file inside a bundle, and of every module inside its program, what it is part of.

Python packages are known by the files they installed, libraries of the build machine by its package database, Qt's
own by their place. What nobody answers for is reported: a bundle with such a file must not be given away.
"""

from __future__ import annotations

import re
import ssl
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.metadata import Distribution, distributions
from pathlib import Path

import product

LIBRARY = re.compile(r"\.(?:so(?:\.[\w.]+)?|dll|pyd|dylib|exe)$")
_OURS = re.compile(
    r"^(?:_internal/)?(?:resources/|desktopmail(?:\.exe)?$|THIRD-PARTY-NOTICES\.txt$|LICENSE\.txt$|sbom\.cdx\.json$)"
)
_INTERPRETER = re.compile(
    r"^_internal/(?:python3[\d.]*/lib-dynload/|libpython3|python3\d*\.dll|base_library\.zip|[^/]+\.pyd$)"
)
_WEB_ENGINE = re.compile(r"WebEngine(?:Core|Process)|/resources/|qtwebengine_locales")
_OF_QT = re.compile(LIBRARY.pattern + r"|/resources/|\.framework/|/qt\.conf$")
_ICU = re.compile(r"libicu\w+\.so")
_FRAMEWORK = re.compile(r"^_internal/(?:Python3?$|Python3?\.framework/)")
_OPENSSL = re.compile(r"^lib(?:ssl|crypto)[-.\d]")
_MICROSOFT = re.compile(r"(?i)(?:^|/)(?:msvcp140|vcruntime140|concrt140|ucrtbase|api-ms-win)[^/]*\.dll$")


@dataclass(slots=True)
class Part:
    """One thing by one maker: its kind (`python`, `debian`, `native`, `product`), name, version and licence as its
    maker states it, where its licence texts are, and its files in the bundle."""

    kind: str
    name: str
    version: str
    licence: str = ""
    home: str = ""
    texts: tuple[Path, ...] = ()
    files: list[str] = field(default_factory=list)
    modules: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Contents:
    """All parts of a bundle, and the files and modules that nobody answers for."""

    parts: list[Part]
    unexplained: list[str]


def survey(bundle: Path, modules: Iterable[str]) -> Contents:
    """Explain the files below `bundle` and the names of the modules inside its program."""
    catalogue = Catalogue()
    unexplained = []
    for path in sorted(each for each in bundle.rglob("*") if each.is_file() and not each.is_symlink()):
        name = path.relative_to(bundle).as_posix()
        part = catalogue.of_file(name)
        if part is None:
            unexplained.append(name)
        else:
            part.files.append(name)
    for module in sorted(set(modules)):
        part = catalogue.of_module(module)
        if part is None:
            unexplained.append(f"module {module}")
        else:
            part.modules.append(module)
    found = [part for part in catalogue.parts.values() if part.files or part.modules]
    return Contents(sorted(found, key=lambda part: (part.kind, part.name.lower())), unexplained)


def modules_of(program: Path) -> list[str]:
    """The names of the modules inside a frozen program."""
    from PyInstaller.archive.readers import CArchiveReader

    return sorted(CArchiveReader(str(program)).open_embedded_archive("PYZ.pyz").toc)


class Catalogue:
    """Everything that could have gone into a bundle on this machine."""

    def __init__(self) -> None:
        self.parts: dict[str, Part] = {}
        self._owners: dict[str, Distribution] = {}
        for each in distributions():
            for file in each.files or ():
                self._owners.setdefault(file.as_posix(), each)
                if file.suffix == ".py" or LIBRARY.search(file.name):
                    top = file.parts[0]
                    self._owners.setdefault(f"module {top.partition('.')[0] if len(file.parts) == 1 else top}", each)

    def of_file(self, name: str) -> Part | None:
        """What a file of the bundle is part of."""
        if _OURS.match(name):
            return self._part("product", product.NAME, product.version(), product.LICENCE)
        inside = name.removeprefix("_internal/")
        owner = self._owners.get(inside)
        if owner is not None:
            return self._native(inside) or self._python(owner)
        if _INTERPRETER.match(name) or _FRAMEWORK.match(name):
            return self._interpreter()
        if _MICROSOFT.search(name):
            return self._part("native", "Microsoft Visual C++ runtime", "14", "Microsoft redistributable")
        if "/" in inside:
            return self._native(inside)
        return self._debian(inside) or self._of_interpreter(inside)

    def of_module(self, name: str) -> Part | None:
        """What a module inside the program is part of."""
        top = name.partition(".")[0]
        if top == product.NAME:
            return self._part("product", product.NAME, product.version(), product.LICENCE)
        if top in sys.stdlib_module_names or top.startswith("_sysconfigdata"):
            return self._interpreter()
        if top.startswith(("pyi", "_pyi")):
            return self._bootloader()
        deeper = self._owners.get(name.replace(".", "/") + ".py") or self._owners.get(
            name.replace(".", "/") + "/__init__.py"
        )
        owner = deeper or self._owners.get(f"module {top}")
        return None if owner is None else self._python(owner)

    def _native(self, inside: str) -> Part | None:
        """Qt's libraries by their place: the web engine, ICU, or Qt itself."""
        if not inside.startswith("PySide6/") or not _OF_QT.search(inside):
            return None if "QtWebEngineProcess" not in inside else self._chromium()
        if _WEB_ENGINE.search(inside) and ".abi3." not in inside:
            return self._chromium()
        if _ICU.search(inside):
            version = re.sub(r"\D+", "", inside.rpartition(".so.")[2])
            return self._part("native", "ICU", version, "Unicode-3.0", "https://icu.unicode.org")
        if "/Qt/" in inside or re.match(r"PySide6/Qt6\w+\.dll", inside):
            return self._part("native", "Qt", _qt(), "LGPL-3.0-only", "https://www.qt.io")
        return None

    def _chromium(self) -> Part:
        from PySide6.QtWebEngineCore import qWebEngineChromiumSecurityPatchVersion, qWebEngineChromiumVersion

        made, patched = str(qWebEngineChromiumVersion()), str(qWebEngineChromiumSecurityPatchVersion())
        part = self._part("native", "Chromium", made, "BSD-3-Clause AND LGPL-2.1-or-later AND others")
        part.home = f"https://www.chromium.org (inside Qt WebEngine {_qt()}; security patches up to {patched})"
        return part

    def _interpreter(self) -> Part:
        version = sys.version.split()[0]
        text = Path(sys.base_prefix) / "lib" / f"python{version.rpartition('.')[0]}" / "LICENSE.txt"
        return self._part("native", "CPython", version, "PSF-2.0", "https://www.python.org", (text,))

    def _of_interpreter(self, library: str) -> Part | None:
        """A library that came with the interpreter: from the folder it is installed in, on Windows and macOS."""
        if library not in _beside_interpreter():
            return None
        if not _OPENSSL.match(library):
            return self._interpreter()
        version = ssl.OPENSSL_VERSION.split()[1]
        return self._part("native", "OpenSSL", version, "Apache-2.0", "https://www.openssl.org")

    def _bootloader(self) -> Part:
        from PyInstaller import __version__

        licence = "GPL-2.0-or-later WITH Bootloader-exception"
        return self._part("native", "PyInstaller bootloader", __version__, licence, "https://pyinstaller.org")

    def _python(self, owner: Distribution) -> Part:
        texts = [
            Path(str(owner.locate_file(file)))
            for file in owner.files or ()
            if re.search(r"(?i)dist-info/(?:.*/)?(?:licen[cs]e|copying|notice)[^/]*$", file.as_posix())
        ]
        return self._part("python", owner.metadata["Name"], owner.version, licence_of(owner), "", tuple(texts))

    def _debian(self, name: str) -> Part | None:
        found = debian_package(name)
        if found is None:
            return None
        package, version = found
        text = Path("/usr/share/doc") / package / "copyright"
        return self._part("debian", package, version, "see the text below", "", (text,))

    def _part(
        self, kind: str, name: str, version: str, licence: str, home: str = "", texts: tuple[Path, ...] = ()
    ) -> Part:
        return self.parts.setdefault(f"{kind} {name}", Part(kind, name, version, licence, home, texts))


def licence_of(owner: Distribution) -> str:
    """The licence of a Python package as its metadata states it: the expression, the field, or the classifiers."""

    def of(name: str) -> list[str]:
        return owner.metadata.get_all(name) or []

    stated = next(iter([*of("License-Expression"), *of("License")]), "").strip().partition("\n")[0].strip(" #")
    if stated and len(stated) < 100:
        return stated
    return ", ".join(each.rpartition(" :: ")[2] for each in of("Classifier") if each.startswith("License ::"))


@lru_cache(maxsize=1)
def _qt() -> str:
    from PySide6.QtCore import qVersion

    return qVersion()


@lru_cache(maxsize=1)
def _beside_interpreter() -> frozenset[str]:
    """The file names of the libraries in the interpreter's own folders."""
    places = [Path(sys.base_prefix) / name for name in ("", "DLLs", "lib", "Library/bin")]
    return frozenset(
        path.name for place in places if place.is_dir() for path in place.iterdir() if LIBRARY.search(path.name)
    )


@lru_cache(maxsize=1)
def _libraries() -> dict[str, str]:
    """Which installed Debian package has a library, by the library's file name."""
    found: dict[str, str] = {}
    for listing in sorted(Path("/var/lib/dpkg/info").glob("*.list")):
        package = listing.stem.partition(":")[0]
        for line in listing.read_text(encoding="utf-8").splitlines():
            folder, _, name = line.rpartition("/")
            if LIBRARY.search(name) and "/lib" in folder:
                found.setdefault(name, package)
    return found


@lru_cache(maxsize=1)
def _versions() -> dict[str, str]:
    query = ["dpkg-query", "-W", "-f", "${Package} ${Version}\n"]
    answer = subprocess.run(query, capture_output=True, text=True, check=False).stdout
    return dict(line.split(" ", 1) for line in answer.splitlines() if " " in line)


def debian_package(library: str) -> tuple[str, str] | None:
    """The name and version of the installed package that has a library of this file name; None where nobody has."""
    package = _libraries().get(library)
    return None if package is None else (package, _versions().get(package, ""))
