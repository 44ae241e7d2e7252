"""Where the frozen program starts. Nothing that its surroundings say makes it load code that is not its own."""

import io
import os
import sys

FOREIGN = (
    "QT_PLUGIN_PATH", "QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_GENERIC_PLUGINS", "QML_IMPORT_PATH",
    "QML2_IMPORT_PATH", "QT_LOGGING_CONF", "QT_DEBUG_PLUGINS", "QTWEBENGINEPROCESS_PATH", "QTWEBENGINE_RESOURCES_PATH",
    "QTWEBENGINE_LOCALES_PATH", "QTWEBENGINE_DICTIONARIES_PATH", "QTWEBENGINE_CHROMIUM_FLAGS",
    "QTWEBENGINE_REMOTE_DEBUGGING", "QTWEBENGINE_DISABLE_SANDBOX", "OPENSSL_CONF", "OPENSSL_MODULES",
    "OPENSSL_ENGINES", "SSLKEYLOGFILE", "GIO_EXTRA_MODULES", "GIO_MODULE_DIR", "GTK_MODULES", "GTK_PATH",
    "PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP",
)  # fmt: skip
"""Variables that make Qt, Chromium, OpenSSL or GLib load files from elsewhere, or give secrets away."""


def cleaned(environment: "os._Environ[str] | dict[str, str]") -> None:
    """Take foreign variables out, and give children the library path back that the person had."""
    for name in FOREIGN:
        environment.pop(name, None)
    if not getattr(sys, "frozen", False) or sys.platform == "win32":
        return
    before = environment.pop("LD_LIBRARY_PATH_ORIG", None)
    if before is None:
        environment.pop("LD_LIBRARY_PATH", None)
    else:
        environment["LD_LIBRARY_PATH"] = before


def heard() -> None:
    """Give a program that has no console, as on Windows, streams that lead nowhere: whoever has something to say may
    say it."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, io.TextIOWrapper(io.FileIO(os.devnull, "w"), encoding="utf-8"))


if __name__ == "__main__":
    cleaned(os.environ)
    heard()
    from desktopmail.app.main import main

    sys.exit(main())
