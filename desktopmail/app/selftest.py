"""`--self-test`: does this installation work? Store, key store, TLS roots, web engine, resources, a message to itself.

The message goes out and comes back through the demonstration's servers.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from desktopmail.app.options import SelfTest
from desktopmail.app.paths import resources_folder
from desktopmail.domain.address import Address
from desktopmail.domain.errors import MailError, SecretsUnavailable, StoreFailed

if TYPE_CHECKING:
    from desktopmail.engine.engine import Engine

RESOURCES = ("icons", "reader", "demo", "autoconfig")
SUBJECT = "Self-test: from here to here"
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

    results: dict[str, str] = {}
    await _note(results, "resources", _resources)
    await _note(results, "tls roots", _roots)
    await _note(results, "key store", _key_store)
    await _note(results, "web page", _page)
    async with demo_engine() as engine:
        await _note(results, "database", lambda: _database(engine))
        await _note(results, "send and receive", lambda: _round_trip(engine))
    good = all(text.startswith("ok") or name == "key store" for name, text in results.items())
    if as_json:
        sys.stdout.write(json.dumps({"ok": good, "checks": results}) + "\n")
    else:
        sys.stdout.writelines(f"{name:18} {text}\n" for name, text in results.items())
    return 0 if good else 1


async def _note(results: dict[str, str], name: str, check: Callable[[], Awaitable[str]]) -> None:
    try:
        async with asyncio.timeout(STEP_DEADLINE):
            results[name] = f"ok: {await check()}"
    except MailError as error:
        results[name] = f"failed: {error.title}. {error.detail}"
    except TimeoutError:
        results[name] = "failed: took too long"


async def _resources() -> str:
    missing = [name for name in RESOURCES if not any((resources_folder() / name).iterdir())]
    if missing:
        raise StoreFailed("Resources are missing", ", ".join(missing))
    return str(len(RESOURCES))


async def _roots() -> str:
    from desktopmail.domain.account import Endpoint, Security
    from desktopmail.protocols.tls import ssl_context

    return type(ssl_context(Endpoint("mail.example.org", 993, Security.TLS, ""))).__module__


async def _key_store() -> str:
    from desktopmail.store.secrets import Keyring

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
    sheets().close()
    return f"Chromium {qWebEngineChromiumVersion()!s}"


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
