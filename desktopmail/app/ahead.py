"""Has another core load the toolkit's libraries and the list of fonts while this one reads Python's modules."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from threading import Thread

SMALL = ("array", "datetime", "json", "tempfile", "zipfile", "desktopmail.store.database", "desktopmail.store.lock")
"""What brings the small libraries of Python's modules. The system loads one library at a time, so whoever wants a small
one would wait for a large one that another core is loading."""
MODULES = ("QtCore", "QtGui", "QtWidgets", "QtSvg")
FONTS = "libfontconfig.so.1"


def begin() -> None:
    """Load the small libraries, then begin with the large ones, on a thread that nobody waits for. What it cannot load,
    or has not loaded when it is needed, is loaded then as if there were no such thread. Nothing happens where there is
    no other core, and outside Linux, which alone is known well enough here."""
    if sys.platform == "linux" and len(os.sched_getaffinity(0)) > 1:
        for module in SMALL:
            import_module(module)
        Thread(target=_load, name="ahead", daemon=True).start()


def libraries(toolkit: Path, platform: str) -> Iterator[Path]:
    """What a window needs of PySide6, which lies in this folder, what others need first."""
    for module in MODULES:
        yield toolkit / "Qt" / "lib" / f"libQt6{module.removeprefix('Qt')}.so.6"
    for module in MODULES:
        yield toolkit / f"{module}.abi3.so"
    if platform in ("offscreen", "wayland", "xcb"):
        yield toolkit / "Qt" / "plugins" / "platforms" / f"libq{platform}.so"


def platform(environment: dict[str, str]) -> str:
    """The platform plugin that Qt is going to choose, as far as that is plain; else nothing."""
    if wanted := environment.get("QT_QPA_PLATFORM", ""):
        return wanted.partition(";")[0].partition(":")[0]
    session = environment.get("XDG_SESSION_TYPE", "")
    return {"wayland": "wayland", "x11": "xcb"}.get(session, "")


def _load() -> None:
    toolkit = find_spec("PySide6")
    if toolkit is None or toolkit.origin is None:
        return
    import ctypes

    # Called as a function of C, so that Python goes on meanwhile; what `ctypes` itself loads stops all threads.
    system = ctypes.CDLL(None)
    system.dlopen.argtypes, system.dlopen.restype = (ctypes.c_char_p, ctypes.c_int), ctypes.c_void_p
    for library in libraries(Path(toolkit.origin).parent, platform(dict(os.environ))):
        system.dlopen(os.fsencode(library), os.RTLD_NOW)
    # The toolkit brought it, or it has no use for it.
    if loaded := system.dlopen(FONTS.encode(), os.RTLD_NOW | os.RTLD_NOLOAD):
        ctypes.CDLL(FONTS, handle=loaded).FcInit()
