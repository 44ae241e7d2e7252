"""`--self-test`: does this installation work? Resources, picture formats, TLS roots, key store, web engine, database,
a message to itself.

The message goes out and comes back through the demonstration's servers.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
import tomllib
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from desktopmail import __version__
from desktopmail.app.options import SelfTest
from desktopmail.app.paths import resources_folder
from desktopmail.domain.address import Address
from desktopmail.domain.errors import MailError, SecretsUnavailable, StoreFailed

if TYPE_CHECKING:
    from desktopmail.engine.engine import Engine

FOLDERS = frozenset({"autoconfig", "demo", "icons", "oauth.json", "reader", "themes", "updates.json"})
PICTURES = frozenset({"gif", "ico", "jpeg", "png", "svg", "webp"})
"""Formats the reader shows; all but PNG come from plugins."""
SUBJECT = "Self-test: from here to here"
PLUGINS = ("iconengines", "imageformats", "networkinformation", "platforms", "tls")
"""What the toolkit loads by folder, without a word where a folder is empty."""
LIBRARIES = (".so", ".dll", ".dylib")
STEP_DEADLINE = 60.0


def run(options: SelfTest) -> int:
    """Run every check; 0 when all passed. A missing key store is reported and does not fail: passwords can then be
    kept for a session."""
    if sys.platform.startswith("linux") and not os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from desktopmail.app.window import refuses_root
    from desktopmail.gui.reader.prepare import before_application

    if refusal := refuses_root():
        sys.stderr.write(refusal)
        return 1
    before_application()
    from desktopmail.gui import loop

    return loop.run(lambda: _checks(as_json=options.as_json))


async def _checks(*, as_json: bool) -> int:
    from desktopmail.app.demo.start import demo_engine

    started = time.monotonic()
    results: dict[str, str] = {}
    for name, check in CHECKS.items():
        await _note(results, name, check)
    async with demo_engine() as engine:
        await _note(results, "database", lambda: _database(engine))
        await _note(results, "send and receive", lambda: _round_trip(engine))
    good = all(text.startswith("ok") or name == "key store" for name, text in results.items())
    if sys.stdout is not None:
        document = {"ok": good, "checks": results, **_identity(), "seconds": round(time.monotonic() - started, 2)}
        lines = "".join(f"{name:18} {text}\n" for name, text in results.items())
        sys.stdout.write(json.dumps(document) + "\n" if as_json else lines)
    return 0 if good else 1


def _identity() -> dict[str, str | bool]:
    """Which program this was, for whoever reads the answer later."""
    return {"version": __version__, "frozen": bool(getattr(sys, "frozen", False)), "system": sys.platform}


async def _note(results: dict[str, str], name: str, check: Callable[[], Awaitable[str]]) -> None:
    try:
        async with asyncio.timeout(STEP_DEADLINE):
            results[name] = f"ok: {await check()}"
    except MailError as error:
        results[name] = f"failed: {error.title}. {error.detail}"
    except TimeoutError:
        results[name] = "failed: took too long"


async def _resources() -> str:
    """Every file that ships is there and can be read as what it is."""
    from PySide6.QtSvg import QSvgRenderer

    read: dict[str, Callable[[Path], object]] = {
        ".svg": lambda path: QSvgRenderer(str(path)).isValid(),
        ".json": lambda path: json.loads(path.read_text(encoding="utf-8")),
        ".toml": lambda path: tomllib.loads(path.read_text(encoding="utf-8")),
        ".css": lambda path: path.read_text(encoding="utf-8"),
    }
    paths = [path for path in resources_folder().rglob("*") if path.suffix in read]
    broken = [path.name for path in paths if not read[path.suffix](path)]
    kinds = {path.relative_to(resources_folder()).parts[0] for path in paths}
    if broken or FOLDERS - kinds:
        raise StoreFailed("Resources are missing", ", ".join([*broken, *sorted(FOLDERS - kinds)]))
    return f"{len(paths)} files"


async def _pictures() -> str:
    from PySide6.QtGui import QImageReader

    known = {bytes(each.data()).decode() for each in QImageReader.supportedImageFormats()}
    if gone := PICTURES - known:
        raise StoreFailed("Pictures of some formats cannot be shown", ", ".join(sorted(gone)))
    return ", ".join(sorted(PICTURES))


async def _plugins() -> str:
    from PySide6.QtCore import QLibraryInfo

    place = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath))
    kinds = (*PLUGINS, "styles") if sys.platform in ("win32", "darwin") else PLUGINS
    found = {kind: sum(1 for path in (place / kind).glob("*") if path.suffix in LIBRARIES) for kind in kinds}
    if gone := [kind for kind, count in found.items() if not count]:
        raise StoreFailed("Parts of the toolkit are missing", f"{', '.join(gone)} in {place}")
    return f"{sum(found.values())} in {len(found)} folders"


async def _roots() -> str:
    from desktopmail.domain.account import Endpoint, Security
    from desktopmail.protocols.tls import ssl_context

    context = ssl_context(Endpoint("mail.example.org", 993, Security.TLS, ""))
    if sys.platform in ("win32", "darwin"):
        return f"the system decides ({type(context).__module__})"
    count = context.cert_store_stats()["x509_ca"]
    if not count:
        raise StoreFailed("This computer knows no certificate authorities", "The package ca-certificates is missing.")
    return f"{count} authorities"


async def _key_store() -> str:
    from desktopmail.store.secrets.keystore import Keyring

    try:
        return await Keyring(seconds=10).ready()
    except SecretsUnavailable as error:
        raise SecretsUnavailable(error.title, "Passwords can be kept for a session only.") from error


async def _page() -> str:
    from PySide6.QtGui import QColor
    from PySide6.QtWebEngineCore import qWebEngineChromiumVersion
    from PySide6.QtWidgets import QWidget

    from desktopmail.gui.reader.document import compose
    from desktopmail.gui.reader.look import present_look
    from desktopmail.gui.reader.sheets import sheets
    from desktopmail.gui.reader.web import WebBody

    holder = QWidget()
    body = WebBody(holder)
    shown = asyncio.Event()
    body.ready.connect(shown.set)
    holder.resize(400, 300)
    holder.show()
    body.show_document(compose("<p>Self-test</p>", present_look()), QColor("white"), None)
    await shown.wait()
    body.release()
    holder.close()
    holder.deleteLater()
    guarded = _sandbox()
    sheets().close()
    return f"Chromium {qWebEngineChromiumVersion()!s}, {guarded}"


def _sandbox() -> str:
    """Whether the processes of the web engine run with their system calls filtered. Raises StoreFailed when not one
    does, unless somebody asked for that."""
    if not sys.platform.startswith("linux"):
        return "sandbox of the system"
    processes = [_process(path) for path in Path("/proc").glob("[0-9]*/status")]
    states = [each.get("Seccomp", "0").strip() for each in processes if each.get("Name", "").startswith("QtWebEngine")]
    if "2" in states:
        return "in its sandbox"
    if os.environ.get("QTWEBENGINE_DISABLE_SANDBOX"):
        return "without sandbox, as was asked for"
    raise StoreFailed("The web engine has no sandbox here", f"{len(states)} processes, none of them filtered")


def _process(status: Path) -> dict[str, str]:
    """What the system says about a process, by name; nothing when it has ended."""
    try:
        lines = status.read_text().splitlines()
    except OSError:
        return {}
    return dict(line.split(":\t", 1) for line in lines if ":\t" in line)


CHECKS: dict[str, Callable[[], Awaitable[str]]] = {
    "resources": _resources,
    "pictures": _pictures,
    "plugins": _plugins,
    "tls roots": _roots,
    "key store": _key_store,
    "web page": _page,
}


async def _database(engine: Engine) -> str:
    for report in await engine.sync():
        for problem in report.problems:
            raise StoreFailed(problem.title, f"{problem.detail} {problem.log}")
    return f"{sum(folder.total for folder in engine.library.folders())} messages"


async def _round_trip(engine: Engine) -> str:
    draft = await engine.composing.new()
    me = engine.library.accounts()[0].address
    await engine.composing.send(replace(draft, to=(Address("", me),), subject=SUBJECT, text="Hello"), 0)
    for _ in range(10):
        await engine.sync()
        found = await engine.search.find(f'subject:"{SUBJECT}" in:inbox', None)
        if found.ids:
            return f"message {found.ids[0]}"
    raise StoreFailed("The message sent to oneself did not arrive")
