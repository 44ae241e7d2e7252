"""Under a translation nothing English is left in the window but what people, servers and products call themselves.

The translation is collected and compiled as a real one would be, so that a text that is said past the collector shows
up here."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
import qasync
from PySide6.QtCore import QLocale, Qt, QTranslator
from PySide6.QtWidgets import QApplication, QWidget

from desktopmail.app.demo.start import demo_engine
from desktopmail.app.window import dispose, make
from desktopmail.domain import saying
from desktopmail.domain.errors import ContentMissing, StoreDamaged
from desktopmail.domain.saying import phrase
from desktopmail.engine import providers
from desktopmail.engine.engine import Engine
from desktopmail.gui.language import speak
from desktopmail.gui.loop import close_tasks
from desktopmail.gui.messages import dates
from desktopmail.gui.messages.sections import borders
from desktopmail.gui.passphrase import into_file, unlock
from desktopmail.gui.style.theme import theme
from tests.gui.pseudo import LANGUAGE, RELEASE, write
from tests.gui.reader.conftest import NO_CARD
from tests.gui.shown import painted, told
from tests.screens import accounts
from tests.screens.render import SCREENS, Stage

no_card = pytest.mark.qt_log_ignore(*NO_CARD)

Run = Callable[[Coroutine[Any, Any, dict[str, str]]], dict[str, str]]
View = Callable[[Stage], Awaitable[QWidget]]

PATTERNS = {
    "addresses, hosts, files and their sizes": r"[\w.+:/%-]*[@/]\S+|\b[\w\u200b-]+(?:[.:][\w\u200b-]+)+|\b[KMG]i?B\b",
    "keys": r"\b(?:Ctrl|Shift|Alt|Del|Enter|Return|Esc|Space|Tab|F\d+|[A-Z])\b",
    "fingerprints": r"\b(?=\w*\d)[0-9A-Fa-f]{4,}\b|\b(?:[0-9A-F]{2}[:\n])+[0-9A-F]{2}\b",
    "protocols and ways to sign in": r"\b(?:IMAP|POP3|SMTP|TLSv?|STARTTLS|SHA|SCRAM|LOGIN|PLAIN|TLS_\w+)\b",
    "products": r"\b(?:Desktopmail|desktopmail|Qt|Chromium|Python|SQLite|OpenSSL|cryptography)\b",
    "marks of subjects, which other programs know": r"\b(?:Re|Fwd):",
    "initials": r"(?<!\w)[A-Z]{1,2}(?!\w)",
    "months of a certificate": r"\b\d+ March \d+\b",
}
SAMPLES = (
    "Example Trust CA 3",
    "Example Trust Services",
    "The United Hosting and Connectivity Company of the Northern Regions",
    "Example",
    "Ada",
    "zeppelin from:nobody",
    "You read this address on your phone too, and IMAP shows the same mail there.",
    "AUTH failed",
    "abteilung.postverkehr",
    "layla",
    "ada",
)
"""What the sample servers and accounts are called and say, and a reason that was stored as it was said."""
LATIN = re.compile(r"[A-Za-z]{2,}")
QUICK = (
    "main", "warning", "many", "toast", "offline", "activity", "reminder", "composer", "forward", "shortcuts",
    "settings-signing-in", "wizard-found", "wizard-pop3", "wizard-certificate", "wizard-answered", "account-pop3",
    "account-switch", "account-trouble",
)  # fmt: skip


class Hasty(Stage):
    """Waits for what is to be shown, and no longer."""

    async def quiet(self) -> None:
        reader = self.window.reader.reader
        async with asyncio.timeout(20):
            for _ in range(5):
                await asyncio.sleep(0)
            while reader is not None and not reader.settled:  # noqa: ASYNC110 - has no event
                await asyncio.sleep(0.002)


@pytest.fixture(scope="module")
def translations(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not RELEASE.exists():
        pytest.skip("pyside6-lrelease is not installed")
    folder = tmp_path_factory.mktemp("translations")
    write(folder)
    return folder


@pytest.fixture
def show(qloop: qasync.QEventLoop) -> Run:
    """Show all of it, which takes as long as it takes."""
    return lambda work: qloop.run_until_complete(asyncio.wait_for(work, 500))


def forget() -> None:
    """Days as they were put before."""
    for each in (borders, dates._short, dates._day_month):
        each.cache_clear()


@pytest.fixture
def foreign(qapp: QApplication, translations: Path) -> Iterator[None]:
    """The window speaks the language that nobody speaks."""
    usual = QLocale()
    assert speak(qapp, translations, [LANGUAGE]) == LANGUAGE
    QLocale.setDefault(QLocale(LANGUAGE))
    forget()
    theme().start("light")
    yield
    forget()
    QLocale.setDefault(usual)
    for each in qapp.findChildren(QTranslator):
        qapp.removeTranslator(each)
        each.setParent(None)
    qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    saying.speak(str)


class Judge:
    """Knows the names that stay as they are, and gathers what else is not translated."""

    def __init__(self, engine: Engine) -> None:
        names = sorted({each for each in (*SAMPLES, *_names(engine)) if each}, key=len, reverse=True)
        self._all = "\n".join(names)
        self._named = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, names))})(?!\w)")
        self._patterns = re.compile("|".join(PATTERNS.values()))
        self.left: dict[str, str] = {}

    def hear(self, where: str, texts: Iterable[tuple[str, str]]) -> None:
        for place, text in texts:
            if LATIN.search(text) and self._english(text):
                self.left.setdefault(text, f"{where}: {place}")

    def _english(self, text: str) -> bool:
        if "…" in text and any(piece.strip() and piece.strip() in self._all for piece in text.split("…")):
            return False
        return LATIN.search(self._patterns.sub(" ", self._named.sub(" ", text))) is not None


def _names(engine: Engine) -> Iterator[str]:
    library = engine.library
    for account in library.accounts():
        yield from (account.name, account.address)
        for identity in account.identities:
            yield from (identity.name, identity.address)
    for folder in library.folders():
        yield from (folder.name, folder.path)
        for row in library.summaries(library.ids(folder.id)):
            yield from (row.subject, row.preview)
            yield from (one for each in (*row.sender, *row.to) for one in (each.name, each.name.split(" ")[0]))
    yield from (each.name for each in providers.known().values())


async def _show(engine: Engine, name: str, view: View, judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    window = make(engine)
    window.resize(1280, 800)
    window.show()
    with painted(monkeypatch) as words:
        found = await view(Hasty(engine, window))
        found.grab()
    judge.hear(name, (("painted", each) for each in words))
    for each in {found, window}:
        judge.hear(name, told(each))
    async with asyncio.timeout(10):
        while left := [each for each in QApplication.topLevelWidgets() if each is not window and each.isVisible()]:
            for each in left:
                each.close()
            await asyncio.sleep(0.002)
    await close_tasks()
    await dispose(window)


async def _on_the_demonstration(wanted: Iterable[str], monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    async with demo_engine() as engine:
        await engine.sync()
        judge = Judge(engine)
        for name in wanted:
            await _show(engine, name, (SCREENS | MORE)[name], judge, monkeypatch)
        return judge.left


async def _on_accounts(wanted: Iterable[str], monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    async with accounts.profile() as engine:
        judge = Judge(engine)
        for name in wanted:

            async def view(stage: Stage, made: accounts.View = accounts.VIEWS[name]) -> QWidget:
                return await made(stage.engine, stage.window, stage.quiet)

            await _show(engine, name, view, judge, monkeypatch)
        return judge.left


async def palette(stage: Stage) -> QWidget:
    """All commands, with their keys."""
    await stage.read("Proofs")
    stage.window.commands.run("palette")
    await stage.quiet()
    return stage.window


async def questions(stage: Stage) -> QWidget:
    """Menus of folders, and what is asked before something is made, renamed, emptied or removed."""
    await stage.read("Proofs")
    window = stage.window
    for folder in stage.engine.library.folders():
        window.foldering.rename(folder)
        window.foldering.empty(folder)
    window.foldering.create(None, "")
    window.commands.run("remove")
    unlock(stage.engine, window)
    into_file(stage.engine, window, lambda: None)
    await stage.quiet()
    return window


async def in_trouble(stage: Stage) -> QWidget:
    """A message that cannot be shown, and problems above the list."""
    await stage.read("Proofs")
    reader = stage.window.reader.reader
    assert reader is not None
    reader.find_in_message()
    for error in (ContentMissing(phrase("The content of this message is not here")), StoreDamaged("")):
        stage.window.trouble.tell(error.problem())
    await stage.quiet()
    return stage.window


MORE: dict[str, View] = {"palette": palette, "questions": questions, "in-trouble": in_trouble}


@no_card
@pytest.mark.timeout(300)
def test_the_window_says_nothing_in_english(show: Run, foreign: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert show(_on_the_demonstration([*(each for each in QUICK if each in SCREENS), *MORE], monkeypatch)) == {}


@no_card
@pytest.mark.timeout(300)
def test_the_pages_of_accounts_say_nothing_in_english(
    show: Run, foreign: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert show(_on_accounts([each for each in QUICK if each in accounts.VIEWS], monkeypatch)) == {}


@no_card
@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("letter", sorted({each[0] for each in SCREENS}))
def test_no_screen_says_anything_in_english(
    show: Run, foreign: None, monkeypatch: pytest.MonkeyPatch, letter: str
) -> None:
    assert show(_on_the_demonstration([each for each in SCREENS if each[0] == letter], monkeypatch)) == {}


@no_card
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_no_page_of_an_account_says_anything_in_english(
    show: Run, foreign: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert show(_on_accounts(accounts.VIEWS, monkeypatch)) == {}
