"""Which libraries a bundle asks of the system, and which packages of Debian and of RPM systems have them."""

from __future__ import annotations

import re
from pathlib import Path

import elf

DEBIAN = {
    "libX11.so.6": "libx11-6",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libXcomposite.so.1": "libxcomposite1",
    "libXdamage.so.1": "libxdamage1",
    "libXext.so.6": "libxext6",
    "libXfixes.so.3": "libxfixes3",
    "libXrandr.so.2": "libxrandr2",
    "libXrender.so.1": "libxrender1",
    "libXtst.so.6": "libxtst6",
    "libxkbfile.so.1": "libxkbfile1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libbrotlidec.so.1": "libbrotli1",
    "libbrotlicommon.so.1": "libbrotli1",
    "libuuid.so.1": "libuuid1",
    "libxcb.so.1": "libxcb1",
    "libxcb-dri3.so.0": "libxcb-dri3-0",
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libGLX.so.0": "libglx0",
    "libOpenGL.so.0": "libopengl0",
    "libgbm.so.1": "libgbm1",
    "libdrm.so.2": "libdrm2",
    "libasound.so.2": "libasound2t64 | libasound2 (>= 1.0.16)",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libexpat.so.1": "libexpat1",
    "libglib-2.0.so.0": "libglib2.0-0t64 | libglib2.0-0",
    "libgobject-2.0.so.0": "libglib2.0-0t64 | libglib2.0-0",
    "libgio-2.0.so.0": "libglib2.0-0t64 | libglib2.0-0",
    "libgmodule-2.0.so.0": "libglib2.0-0t64 | libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0t64 | libglib2.0-0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libsystemd.so.0": "libsystemd0",
    "libudev.so.1": "libudev1",
    "libz.so.1": "zlib1g",
    "libstdc++.so.6": "libstdc++6",
    "libgcc_s.so.1": "libgcc-s1",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
    "libnss3.so": "libnss3",
    "libnssutil3.so": "libnss3",
    "libsmime3.so": "libnss3",
    "libnspr4.so": "libnspr4",
    "libplc4.so": "libnspr4",
    "libplds4.so": "libnspr4",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
}
"""Every library that is left to the system, and who has it in Debian and its kin. Newer names come first, and sound
asks for a version: where `libasound2` is the older name, a stand-in that lacks half of it offers itself by it."""

OPTIONAL = {"libcups.so.2": "libcups2"}
"""What only one plugin asks for; without it that plugin stays silent."""

C_LIBRARY = re.compile(r"^(?:lib(?:c|m|dl|rt|pthread|util|resolv)\.so\.\d+|ld-linux[-\w]*\.so\.\d+)$")
_C_VERSION = re.compile(rb"GLIBC_2\.(\d+)\0")


def asked(bundle: Path) -> dict[str, list[str]]:
    """The names of libraries that are not in the bundle, each with the files that ask for it."""
    files = [path for path in sorted(bundle.rglob("*")) if path.is_file() and elf.is_elf(path)]
    inside = {path.name for path in bundle.rglob("*.so*")}
    found: dict[str, list[str]] = {}
    for path in files:
        for name in elf.read(path).needed:
            if name not in inside and not C_LIBRARY.match(name):
                found.setdefault(name, []).append(path.relative_to(bundle).as_posix())
    return dict(sorted(found.items()))


def c_library(bundle: Path) -> str:
    """The oldest C library the bundle runs with, such as `2.34`."""
    newest = 17
    for path in sorted(bundle.rglob("*")):
        if path.is_file() and not path.is_symlink() and elf.is_elf(path):
            newest = max([newest, *(int(each) for each in _C_VERSION.findall(path.read_bytes()))])
    return f"2.{newest}"


def lost(bundle: Path) -> list[str]:
    """What a web engine's process would not find: it looks for a library beside the one that asks, and only when that
    one says so itself, which Qt's do and others do not."""
    folder = bundle / "_internal/PySide6/Qt/lib"
    waiting = [bundle / "_internal/PySide6/Qt/libexec/QtWebEngineProcess"]
    seen: set[str] = set()
    gone = []
    while waiting:
        asking = waiting.pop()
        for name in elf.read(asking).needed:
            inside = any(bundle.rglob(name))
            if name in seen or not inside:
                continue
            if asking.is_symlink() or not (folder / name).exists():
                gone.append(f"{name} for {asking.name}")
            seen.add(name)
            waiting.append(folder / name)
    return gone


def debian(bundle: Path) -> list[str]:
    """What a .deb depends on. Raises ValueError for a library that nobody has decided on."""
    return sorted({f"libc6 (>= {c_library(bundle)})", *(DEBIAN[name] for name in _decided(bundle))})


def rpm(bundle: Path) -> list[str]:
    """What an .rpm depends on: the libraries themselves. Raises ValueError as `debian` does."""
    names = [f"{name}()(64bit)" for name in _decided(bundle)]
    return sorted([f"libc.so.6(GLIBC_{c_library(bundle)})(64bit)", *names])


def _decided(bundle: Path) -> list[str]:
    wanted = asked(bundle)
    unknown = {name: files for name, files in wanted.items() if name not in DEBIAN and name not in OPTIONAL}
    if unknown:
        raise ValueError(f"nobody has decided where these libraries come from: {unknown}")
    return [name for name in wanted if name in DEBIAN]
