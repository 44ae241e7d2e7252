"""Renders the screens in one process, at the scale that Qt was started with."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from desktopmail.gui.reader.prepare import before_application

before_application()

from PySide6.QtCore import Qt  # noqa: E402
from PySide6.QtGui import QTextCursor  # noqa: E402
from PySide6.QtWidgets import QApplication, QWidget  # noqa: E402

from desktopmail.app.demo.start import demo_engine  # noqa: E402
from desktopmail.app.window import dispose, make  # noqa: E402
from desktopmail.domain.activity import Activity, State  # noqa: E402
from desktopmail.domain.backup import OnlyHere  # noqa: E402
from desktopmail.domain.draft import Attachment  # noqa: E402
from desktopmail.domain.folder import Role  # noqa: E402
from desktopmail.domain.hosts import FINDING, PICTURES  # noqa: E402
from desktopmail.domain.ids import MessageId  # noqa: E402
from desktopmail.domain.release import Release  # noqa: E402
from desktopmail.engine.activity import offline_words  # noqa: E402
from desktopmail.engine.engine import Engine  # noqa: E402
from desktopmail.engine.updates import Source, Updates  # noqa: E402
from desktopmail.gui import loop  # noqa: E402
from desktopmail.gui.composer.window import ComposerWindow  # noqa: E402
from desktopmail.gui.messages.source import Only  # noqa: E402
from desktopmail.gui.reminders import Reminders  # noqa: E402
from desktopmail.gui.style.theme import theme  # noqa: E402
from desktopmail.gui.window import MainWindow  # noqa: E402
from tests.screens import accounts  # noqa: E402
from tests.screens.wizard import WIZARD  # noqa: E402


@dataclass
class Stage:
    """A window with the demonstration's mail."""

    engine: Engine
    window: MainWindow

    async def quiet(self) -> None:
        """Wait until nothing more is painted."""
        await asyncio.sleep(0.15)
        reader = self.window.reader.reader
        async with asyncio.timeout(20):
            while reader is not None and not reader.settled:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        await asyncio.sleep(0.3)

    async def read(self, subject: str, role: Role = Role.INBOX) -> MessageId:
        """Show the message with these words in its subject."""
        folder = next(each for each in self.engine.library.folders() if each.role is role)
        rows = self.engine.library.summaries(self.engine.library.ids(folder.id))
        row = next(each for each in rows if subject in each.subject)
        self.window.places.go(folder.id, row.id)
        await self.quiet()
        return row.id

    async def beside(self) -> QWidget:
        """The window that opens beside the main one."""
        async with asyncio.timeout(20):
            while True:
                for each in QApplication.topLevelWidgets():
                    if each is not self.window and each.isVisible() and each.width() > 200:
                        await self.quiet()
                        return each
                await asyncio.sleep(0.02)


async def main_view(stage: Stage) -> QWidget:
    await stage.read("Cabin weekend")
    return stage.window


def message(subject: str, role: Role = Role.INBOX) -> Callable[[Stage], Awaitable[QWidget]]:
    async def view(stage: Stage) -> QWidget:
        await stage.read(subject, role)
        return stage.window

    return view


async def search(stage: Stage) -> QWidget:
    stage.window.search.setFocus()
    stage.window.search.look_for("kettle OR lanterns")
    await asyncio.sleep(0.5)
    stage.window.messages.step(1)
    await stage.quiet()
    return stage.window


async def nothing_found(stage: Stage) -> QWidget:
    stage.window.search.look_for("zeppelin from:nobody")
    await stage.quiet()
    return stage.window


async def unread(stage: Stage) -> QWidget:
    await stage.read("Proofs")
    stage.window.messages.filter(Only.UNREAD)
    await stage.quiet()
    return stage.window


async def where(stage: Stage) -> QWidget:
    """The list narrowed to what is here and on the server."""
    await stage.read("Proofs")
    stage.window.messages.filter(Only.BOTH)
    await stage.quiet()
    return stage.window


async def empty(stage: Stage) -> QWidget:
    folder = next(each for each in stage.engine.library.folders() if each.role is Role.OUTBOX)
    stage.window.places.go(folder.id)
    await stage.quiet()
    return stage.window


async def many(stage: Stage) -> QWidget:
    await stage.read("Proofs")
    stage.window.messages.view.selectAll()
    await stage.quiet()
    return stage.window


async def toast(stage: Stage) -> QWidget:
    await stage.read("Only today", Role.TRASH)
    await stage.read("Your loans")
    stage.window.commands.actions["archive"].trigger()
    await asyncio.sleep(0.3)
    await stage.quiet()
    return stage.window


async def offline(stage: Stage) -> QWidget:
    await stage.read("Proofs")
    account = stage.engine.library.accounts()[0].id
    stage.engine._ears.activity(Activity(account, State.OFFLINE, offline_words(3)))
    await stage.quiet()
    return stage.window


def reminder(width: int, sent: bool = False) -> Callable[[Stage], Awaitable[QWidget]]:
    async def view(stage: Stage) -> QWidget:
        stage.window.resize(width, 700)
        await stage.read("Proofs")
        line = Reminders(stage.window)
        account = stage.engine.library.accounts()[-1]
        notice = line._offer(account) if sent else line._remind(OnlyHere(2310, 312, 1_790_000_000))
        while line.strip is None:
            await asyncio.sleep(0.3)
            line._show(notice)
        await stage.quiet()
        return stage.window

    return view


async def activity(stage: Stage) -> QWidget:
    await stage.read("Proofs")
    stage.window.open_activity()
    await stage.quiet()
    return stage.window


def dense(name: str) -> Callable[[Stage], Awaitable[QWidget]]:
    async def view(stage: Stage) -> QWidget:
        await stage.read("Proofs")
        stage.window.messages.density(name)
        await stage.quiet()
        return stage.window

    return view


def wide(width: int) -> Callable[[Stage], Awaitable[QWidget]]:
    async def view(stage: Stage) -> QWidget:
        stage.window.resize(width, 700)
        await stage.read("Proofs")
        return stage.window

    return view


async def below(stage: Stage) -> QWidget:
    await stage.read("Proofs")
    stage.window.panes.below(True)
    await stage.quiet()
    return stage.window


async def composer(stage: Stage) -> QWidget:
    stage.window.writing.new()
    return await stage.beside()


def answer(kind: str, subject: str) -> Callable[[Stage], Awaitable[QWidget]]:
    async def view(stage: Stage) -> QWidget:
        stage.window.writing.answer(kind, await stage.read(subject))
        return await stage.beside()

    return view


def settings(page: str, typed: str = "") -> Callable[[Stage], Awaitable[QWidget]]:
    async def view(stage: Stage) -> QWidget:
        stage.window.settings(page=page)
        window = await stage.beside()
        if typed:
            window.search.setFocus()  # type: ignore[attr-defined]
            window.search.setText(typed)  # type: ignore[attr-defined]
            await stage.quiet()
        return window

    return view


async def shortcuts(stage: Stage) -> QWidget:
    stage.window.shortcuts()
    return await stage.beside()


async def wizard(stage: Stage) -> QWidget:
    stage.window.add_account()
    return await stage.beside()


async def source(stage: Stage) -> QWidget:
    await stage.read("Proofs")
    assert stage.window.reader.reader is not None
    stage.window.reader.reader.show_source()
    return await stage.beside()


async def apart(stage: Stage) -> QWidget:
    """A conversation in a window of its own."""
    await stage.read("Cabin weekend")
    stage.window.commands.run("open_apart")
    window = stage.window.beside.messages[0]
    async with asyncio.timeout(20):
        while not window.reader.settled:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    await stage.quiet()
    return window


async def privacy(stage: Stage) -> QWidget:
    """With something to revoke."""
    account = stage.engine.library.accounts()[0]
    assert account.incoming is not None
    endpoint = account.incoming.endpoint
    store = stage.engine._store
    for host, port, purpose in (("autoconfig.demo.example", 443, FINDING), ("images.harbour.example", 443, PICTURES)):
        store.hosts.note(host, port, purpose)
    await store.write(lambda tx: tx.trust.pin("mail.elsewhere.example", endpoint.port, "9f86d081884c7d65" * 4))
    for sender in ("news@harbour.example", "@bookshop.example"):
        await stage.engine.reading.allow_images(sender)
    stage.window.settings(page="privacy")
    return await stage.beside()


async def about(stage: Stage) -> QWidget:
    """In a build that knows where new versions are announced."""
    stage.engine.__dict__["updates"] = Updates(stage.engine._store, Source("https://x.example", {"a": b""}))
    stage.window.settings(page="about")
    return await stage.beside()


def update_line(news: Release) -> Callable[[Stage], Awaitable[QWidget]]:
    """The question about new versions, or the news of one."""

    async def view(stage: Stage) -> QWidget:
        from desktopmail.gui.updatenews import UpdateNews

        line = UpdateNews(stage.engine, stage.window.preferences, stage.window.panes)
        if news.version:
            line._tell(news)
        else:
            line._ask()
        await stage.quiet()
        return stage.window

    return view


async def mirrored(stage: Stage) -> QWidget:
    stage.window.settings(page="appearance")
    window = await stage.beside()
    window.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    stage.window.preferences.change(layout="right")
    await stage.quiet()
    return window


WRITTEN = """<div>Hi everybody,</div><div><br></div>
<div>the train at <b>15:07</b> suits me. I will bring</div>
<ul><li>bread, the good cheese and two storm lanterns</li><li>a kettle that does <i>not</i> whistle</li></ul>
<div><br></div><div>The packing list is attached, with what is still missing. See you on Friday.</div>
<div><br></div><div>Ada</div>"""


async def written(stage: Stage) -> QWidget:
    """An answer to several people, with formats and a file."""
    stage.window.writing.answer("reply_all", await stage.read("Cabin weekend"))
    window = await stage.beside()
    assert isinstance(window, ComposerWindow)
    window.editor.show_html(WRITTEN)
    list_ = b"tent pegs, matches, soap\n" * 1900
    window.files.show_files([Attachment("packing-list.pdf", "application/pdf", list_)])
    window.editor.setFocus()
    window.editor.moveCursor(QTextCursor.MoveOperation.End)
    await stage.quiet()
    return window


async def dropped_over(stage: Stage) -> QWidget:
    """A composer over which a file is held."""
    window = await composer(stage)
    window.drop._come(1)  # type: ignore[attr-defined]
    await stage.quiet()
    return window


async def export(stage: Stage) -> QWidget:
    await stage.read("Proofs")
    stage.window.commands.run("export")
    return await stage.beside()


async def narrow(stage: Stage) -> QWidget:
    stage.window.settings(page="notifications")
    window = await stage.beside()
    window.resize(600, 520)
    await stage.quiet()
    return window


async def changed(stage: Stage) -> QWidget:
    stage.window.settings(page="writing")
    window = await stage.beside()
    stage.window.preferences.change(undo_send_seconds=15)
    await stage.quiet()
    return window


async def conflict(stage: Stage) -> QWidget:
    stage.window.settings(page="shortcuts")
    window = await stage.beside()
    page = window.page("shortcuts")  # type: ignore[attr-defined]
    page.lines["archive"].caps[0].pressed_keys.emit("Ctrl+L")
    page.lines["reply"].caps[0].listen()
    await stage.quiet()
    page.area.verticalScrollBar().setValue(90)
    return window


SCREENS: dict[str, Callable[[Stage], Awaitable[QWidget]]] = {
    "main": main_view,
    "letter": message("Proofs of chapter"),
    "newsletter": message("postcard"),
    "invoice": message("Invoice 2041"),
    "warning": message("could not be delivered"),
    "arabic": message("دعوة"),
    "hindi": message("अगली"),
    "japanese": message("原稿"),
    "long-names": message("Letter of recommendation"),
    "long-subject": message("Water will be off"),
    "pictures": message("Photos from the harbour"),
    "junk": message("chosen", Role.JUNK),
    "search": search,
    "nothing-found": nothing_found,
    "unread": unread,
    "where": where,
    "empty": empty,
    "many": many,
    "toast": toast,
    "offline": offline,
    "activity": activity,
    "reminder": reminder(1280),
    "reminder-narrow": reminder(480),
    "reminder-sent": reminder(1000, sent=True),
    "compact": dense("compact"),
    "roomy": dense("roomy"),
    "narrow-800": wide(800),
    "narrow-600": wide(600),
    "reader-below": below,
    "turned-main": main_view,
    "turned-composer": answer("forward", "Proofs"),
    "composer": composer,
    "composer-drop": dropped_over,
    "written": written,
    "reply": answer("reply", "Cabin weekend"),
    "reply-all": answer("reply_all", "Retry on a broken"),
    "export": export,
    "forward": answer("forward", "Proofs"),
    "settings-reading": settings("reading"),
    "settings-writing": settings("writing"),
    "settings-appearance": settings("appearance"),
    "settings-privacy": privacy,
    "settings-mirrored": mirrored,
    "settings-narrow": narrow,
    "settings-signing-in": settings("signing-in"),
    "settings-shortcuts": settings("shortcuts"),
    "settings-storage": settings("storage"),
    "settings-notifications": settings("notifications"),
    "settings-about": about,
    "update-question": update_line(Release("", 0, 0, 0, "")),
    "update-news": update_line(Release("1.2.0", 1, 0, 0, "https://desktopmail.example.org")),
    "settings-changed": changed,
    "settings-conflict": conflict,
    "settings-search": settings("reading", "dark"),
    "shortcuts": shortcuts,
    "wizard": wizard,
    **WIZARD,
    "source": source,
    "apart": apart,
}


async def render(folder: Path, scale: str, words: list[str]) -> int:
    async with demo_engine() as engine:
        await engine.sync()
        for look in ("light", "dark"):
            for name, view in SCREENS.items():
                if words and not any(word in name for word in words):
                    continue
                await picture(engine, view, look, folder / f"{name}-{look}-{scale}x.png")
    await account_pages(folder, scale, words)
    if not words or "welcome" in words:
        await welcome(folder, scale)
    return 0


async def picture(engine: Engine, view: Callable[[Stage], Awaitable[QWidget]], look: str, file: Path) -> None:
    if file.name.startswith("turned"):
        QApplication.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    window = make(engine)
    theme().choose(look)
    window.resize(1280, 800)
    window.show()
    found = await view(Stage(engine, window))
    assert found.grab().save(str(file))
    print(file.name, flush=True)
    for each in QApplication.topLevelWidgets():
        if each is not window and each.isVisible():
            each.close()
    await dispose(window)
    if file.name.startswith("turned"):
        QApplication.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


async def account_pages(folder: Path, scale: str, words: list[str]) -> None:
    """The pages about accounts, from a profile of their own."""
    wanted = {name: view for name, view in accounts.VIEWS.items() if not words or any(each in name for each in words)}
    if not wanted:
        return
    async with accounts.profile() as engine:
        for look in ("light", "dark"):
            for name, view in wanted.items():

                async def shown(stage: Stage, view: accounts.View = view) -> QWidget:
                    return await view(engine, stage.window, stage.quiet)

                mirrored = name.endswith("-mirrored")
                QApplication.setLayoutDirection(
                    getattr(Qt.LayoutDirection, "RightToLeft" if mirrored else "LeftToRight")
                )
                await picture(engine, shown, look, folder / f"{name}-{look}-{scale}x.png")
                QApplication.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


async def welcome(folder: Path, scale: str) -> None:
    """First start: no account yet."""
    import tempfile

    from desktopmail.store.secrets import Memory

    with tempfile.TemporaryDirectory() as place:
        engine = await Engine.open(Path(place) / "profile", passwords=Memory())

        async def first(stage: Stage) -> Any:
            await stage.quiet()
            return stage.window

        for look in ("light", "dark"):
            await picture(engine, first, look, folder / f"welcome-{look}-{scale}x.png")
        await engine.close()


if __name__ == "__main__":
    sys.exit(loop.run(lambda: render(Path(sys.argv[1]), sys.argv[2], sys.argv[3:])))
