"""Starts the window: one application object, one loop, one engine, for the whole life of the program."""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from desktopmail.app import ahead
from desktopmail.app.identity import claim
from desktopmail.app.options import WindowOptions
from desktopmail.app.paths import data_folder, profile_folder
from desktopmail.domain.errors import MailError, ProfileInUse
from desktopmail.domain.wish import Asked, is_mailto

if TYPE_CHECKING:
    import asyncio

    from PySide6.QtWidgets import QDialog, QWidget

    from desktopmail.app.wishes import Wishes
    from desktopmail.domain.draft import Draft
    from desktopmail.engine.engine import Engine
    from desktopmail.gui.composer.window import ComposerWindow
    from desktopmail.gui.reader.pane import ReaderPane
    from desktopmail.gui.window import MainWindow

IDLE_BEFORE_WARMING = 1.5
LONGEST_PAINT = 2.0
LONGEST_END = 3.0
STARTING_SECONDS = 10.0
"""How long a start waits for another one that has the profile but does not listen yet, or for a command to end."""
ANOTHER_TRY = 0.2


def run(options: WindowOptions, painted: Callable[[MainWindow], None] | None = None) -> int:
    """Show the window until it is closed, or paint one picture; gives back the exit code. `painted` is called once,
    when the first paint is done (measurements use it)."""
    gc.disable()  # until the collector of the loop takes over
    if refusal := refuses_root():
        sys.stderr.write(refusal)
        return 1
    if options.asked is Asked.QUIT:
        return _end(options)
    if _given_away(options):
        return 0
    _environment(options)
    ahead.begin()
    claim()
    from desktopmail.app.early import first_picture

    window = first_picture(options, painted) if _only_window(options) else None
    if window is not None:
        window.complete()
    from desktopmail.gui import toolkit

    toolkit.load()
    from desktopmail.gui import loop
    from desktopmail.gui.reader.prepare import before_application

    before_application()
    return loop.run(lambda: _main(options, painted, window))


def _only_window(options: WindowOptions) -> bool:
    """Whether the main window on a profile is what the person will see first."""
    other = options.demo or options.screenshot or options.background
    return not other and (not options.opens or is_mailto(options.opens))


def _given_away(options: WindowOptions) -> bool:
    """Whether a window that runs already took over what this start was asked for."""
    if options.demo or options.screenshot:
        return False
    from desktopmail.app.handing import hand_over

    token = os.environ.get("XDG_ACTIVATION_TOKEN") or os.environ.get("DESKTOP_STARTUP_ID", "")
    return hand_over(profile_folder(options.profile), options.wish(token))


def _end(options: WindowOptions) -> int:
    """End the program that runs on the profile, and wait for one that does not listen yet. 1 when it goes on."""
    from desktopmail.store.lock import ProfileLock

    lock = profile_folder(options.profile) / "lock"
    patience = time.monotonic() + STARTING_SECONDS
    while not _given_away(options) and lock.exists():
        try:
            ProfileLock(lock).release()
        except MailError as error:
            if not isinstance(error, ProfileInUse) or time.monotonic() >= patience:
                sys.stderr.write(f"desktopmail: {error.title}\n{error.detail}\n")
                return 1
            time.sleep(ANOTHER_TRY)
        else:
            break
    return 0


def refuses_root() -> str:
    """Why there is no window for root, empty for everybody else: the web engine has no sandbox there, and strangers'
    HTML must not be shown without one. Who knows better sets the engine's own variable."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    insists = os.environ.get("QTWEBENGINE_DISABLE_SANDBOX") and not getattr(sys, "frozen", False)
    if not root or insists:
        return ""
    return (
        "desktopmail: the window does not open for root\n"
        "Mail from strangers is shown in a sandbox, and root has none. Start it as a normal user; for tests in a "
        "container, run it from source with QTWEBENGINE_DISABLE_SANDBOX=1.\n"
    )


def _environment(options: WindowOptions) -> None:
    os.environ["QT_API"] = "pyside6"
    if options.screenshot:
        os.environ["QT_SCALE_FACTOR"] = f"{options.scale:g}"
        screen = any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))
        if not screen and sys.platform.startswith("linux"):
            os.environ["QT_QPA_PLATFORM"] = "offscreen"


async def _main(
    options: WindowOptions, painted: Callable[[MainWindow], None] | None, early: MainWindow | None = None
) -> int:
    import asyncio

    patience = time.monotonic() + STARTING_SECONDS
    if sys.platform == "darwin":
        from desktopmail.app.openings import begin

        begin()
    while True:
        try:
            if early is not None:
                window, early = early, None
                return await _go_on(window, options)
            return await _show(options, painted)
        except MailError as error:
            if options.screenshot:
                sys.stderr.write(f"desktopmail: {error.title}\n{error.detail}\n")
                return 1
            if isinstance(error, ProfileInUse) and time.monotonic() < patience:
                if await asyncio.to_thread(_given_away, options):
                    return 0
                await asyncio.sleep(ANOTHER_TRY)
                continue
            from desktopmail.app.refusal import mended

            if not await mended(error, profile_folder(options.profile)):
                return 1


async def _show(options: WindowOptions, painted: Callable[[MainWindow], None] | None) -> int:
    if options.opens and not is_mailto(options.opens):
        from desktopmail.app.fileview import show

        return await show(options)
    async with _engine(options) as engine:
        if options.screenshot:
            from desktopmail.app.picture import take

            return await take(engine, options)
        window = make(engine)
        dress(window, options)
        if painted is not None:
            window.painted.connect(lambda: painted(window))
        if not (options.background and window.beside.stays()):
            window.show()
            await _first_paint(window)
        return await _life(window, options)


async def _go_on(window: MainWindow, options: WindowOptions) -> int:
    """The life of a window that was painted before the loop turned."""
    from desktopmail.app import logs

    logs.start(window.engine.profile)
    try:
        return await _life(window, options)
    finally:
        await window.engine.close()


@asynccontextmanager
async def _engine(options: WindowOptions) -> AsyncIterator[Engine]:
    if options.demo:
        from desktopmail.app.demo.start import demo_engine

        async with demo_engine() as engine:
            yield engine
        return
    from desktopmail.app import logs, passphrase
    from desktopmail.engine.engine import Engine
    from desktopmail.store.secrets import open_secrets

    profile = profile_folder(options.profile)
    passwords = open_secrets(os.environ, profile, passphrase.asking(os.environ, prompt=False))
    engine = await Engine.open(profile, passwords=passwords)
    logs.start(profile)
    try:
        yield engine
    finally:
        await engine.close()


async def _life(window: MainWindow, options: WindowOptions) -> int:
    import asyncio

    closed = asyncio.Event()
    window.closed.connect(closed.set)
    if options.background and window.isHidden():
        window.notify.begin()
    elif window.isHidden():
        closed.set()  # The person closed it before there was a loop.
    _wear_icon()
    await window.engine.start()
    wishes = _wishes(window, options)
    warming = asyncio.ensure_future(_warm_up(window))
    await closed.wait()
    closed.clear()
    if not await window.kept():
        await closed.wait()
    warming.cancel()
    await wishes.finish()
    await window.finish()
    await dispose(window)
    return 0


def dress(window: MainWindow, options: WindowOptions) -> None:
    """Give a window the look that was asked for."""
    if options.theme:
        from desktopmail.gui.style.theme import theme

        theme().choose(options.theme)


def make(engine: Engine, *, early: bool = False) -> MainWindow:
    """The main window on an engine, with the panes it places; `early`: only what its first picture shows."""
    from desktopmail.gui.window import MainWindow, Parts

    window = MainWindow(engine, Parts(_reader, _composer, lambda engine: wizard(engine, window)), early=early)
    return window


def _reader(engine: Engine) -> ReaderPane:
    from desktopmail.gui.reader.pane import ReaderPane

    return ReaderPane(engine)


def _composer(engine: Engine, draft: Draft) -> ComposerWindow:
    from desktopmail.gui.composer.window import ComposerWindow

    return ComposerWindow(engine, draft)


def wizard(engine: Engine, window: MainWindow) -> QDialog:
    """The dialog that sets up an account, over the main window, which shows the new Inbox afterwards."""
    from desktopmail.gui.wizard.window import AccountWizard

    made = AccountWizard(engine, window)
    made.mail_wanted.connect(window.places.inbox_of)
    return made


async def _first_paint(window: MainWindow) -> None:
    """Wait until the window has been painted once, but not for one that starts minimised or on another desktop."""
    import asyncio

    done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    window.painted.connect(_setting(done))
    await asyncio.wait([done], timeout=LONGEST_PAINT)


def _wear_icon() -> None:
    """Give the windows their icon, once there is something to see; a program on a Mac has it from its bundle."""
    if sys.platform == "darwin":
        return
    from PySide6.QtWidgets import QApplication

    from desktopmail.gui.style.appicon import app_icon

    QApplication.setWindowIcon(app_icon())


async def _warm_up(window: MainWindow) -> None:
    import asyncio

    await asyncio.sleep(IDLE_BEFORE_WARMING)
    window.start_work()
    window.beside.begin()
    from desktopmail.gui.reminders import Reminders

    Reminders(window)
    from desktopmail.gui.updatenews import UpdateNews

    UpdateNews(window.engine, window.preferences, window.panes).begin()


def _wishes(window: MainWindow, options: WindowOptions) -> Wishes:
    """What this start and later ones ask for."""
    from desktopmail.app.wishes import Wishes

    wishes = Wishes(window)
    if not options.demo:
        folder = profile_folder(options.profile)
        window.beside.profile = "" if folder == data_folder() / "desktopmail" else str(folder)
        wishes.listen(folder)
    if options.opens or options.asked is not Asked.SHOW:
        wishes.grant(options.wish())
    return wishes


async def dispose(window: MainWindow) -> None:
    """Take the window down while its loop still turns: web pages go before their profile. What was begun in it, such as
    moving a message, is done first."""
    from desktopmail.gui.loop import settle_tasks

    await settle_tasks(LONGEST_END)
    window.let_go()
    await take_down(window)


async def take_down(window: QWidget) -> None:
    """Delete a window that shows messages, and wait until it is gone."""
    import asyncio

    window.close()
    window.deleteLater()
    gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    window.destroyed.connect(_setting(gone))
    await gone
    if "desktopmail.gui.reader.sheets" in sys.modules:
        from desktopmail.gui.reader.sheets import sheets

        sheets().close()


def _setting(future: asyncio.Future[None]) -> Callable[..., None]:
    """A slot that ends the wait for `future`, whatever the signal carries."""

    def end(*values: object) -> None:
        if not future.done():
            future.set_result(None)

    return end
