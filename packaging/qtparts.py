"""Runs first in the frozen program, in place of the freezer's own hook for Qt. That one loads the toolkit before a
command is even read, and before its slow half can be left for later (`desktopmail.gui.toolkit`); what it does for Qt
happens here as soon as somebody else has loaded QtCore."""

import os
import sys
from typing import Any


class Watch:
    """Among those who find modules: waits for QtCore, which the others find, and goes."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        """QtCore as the others find it; nothing of any other module."""
        if name != "PySide6.QtCore":
            return None
        sys.meta_path.remove(self)
        found = next((spec for each in sys.meta_path if (spec := each.find_spec(name, path, target)) is not None), None)
        if found is not None and found.loader is not None:
            usual = found.loader.exec_module

            def load(module: Any) -> None:
                usual(module)
                tell()

            found.loader.exec_module = load  # type: ignore[method-assign]
        return found


def tell() -> None:
    """Tell Qt where its plugins, its resources and the web engine's program are, where it does not know that by
    itself; the wheels of PySide6 do."""
    from _pyi_rth_utils.qt import create_embedded_qt_conf

    create_embedded_qt_conf("PySide6", parts(sys.platform, bundle()))


def parts(platform: str, folder: str) -> str:
    """Where Qt's parts lie in a bundle for `platform` (as `sys.platform` says it)."""
    return f"{folder}/PySide6" if platform == "win32" else f"{folder}/PySide6/Qt"


def bundle() -> str:
    """The folder of the frozen program's files."""
    return str(vars(sys)["_MEIPASS"])


def begin(platform: str, environment: "os._Environ[str] | dict[str, str]") -> None:
    """Wait for QtCore; on Windows the libraries that lie in the bundle itself are found by their names."""
    if platform == "win32":
        environment["PATH"] = os.pathsep.join([bundle(), environment.get("PATH", "")])
    sys.meta_path.insert(0, Watch())


if __name__ == "__main__":
    begin(sys.platform, os.environ)
