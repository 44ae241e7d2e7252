"""About: what runs here, and new versions told in one calm line.

U04
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWebEngineCore import qWebEngineChromiumSecurityPatchVersion
from PySide6.QtWidgets import QWidget

from desktopmail import __version__
from desktopmail.domain.errors import Unreachable
from desktopmail.domain.release import Release
from desktopmail.engine.updates import DAY, Source, Updates
from desktopmail.gui.settings.papers import PaperWindow
from desktopmail.gui.updatenews import UpdateNews
from desktopmail.gui.widgets.button import WordButton
from desktopmail.gui.widgets.switch import Switch
from tests.fakes.web_script import WebScript, page
from tests.gui.settings.conftest import Stage, child, row
from tests.journeys.house import until
from tests.release.test_notices import KEYS, NOTICE, NOW
from tests.release.test_notices import RELEASE as RELEASE_OF_NOTICE
from tests.servers.certificates import Certificates

RELEASE = Release("9.9.0", 1, 0, 0, "https://mail.example.org/9.9.0")


class Announcer:
    """A far side that announces what a test says, and remembers what it was told."""

    possible = True

    def __init__(self) -> None:
        self.question = False
        self.release: Release | None = None
        self.fails = False
        self.at = 0
        self.told: list[str] = []

    async def should_ask(self) -> bool:
        return self.question

    async def asked(self) -> None:
        self.question = False
        self.told.append("asked")

    async def look_if_due(self) -> Release | None:
        return self.release

    async def look(self) -> Release | None:
        if self.fails:
            raise Unreachable("There is no way to mail.example.org", "Nothing was changed.")
        return self.release

    async def answered(self) -> int:
        return self.at

    async def put_off(self, release: Release) -> None:
        self.release = None
        self.told.append(f"not {release.version}")


@pytest.fixture
def announcer(stage: Stage) -> Announcer:
    """Takes the place of the engine's own updates."""
    made = Announcer()
    stage.engine.__dict__["updates"] = made
    return made


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Addresses that were handed to the browser."""
    found: list[str] = []

    def take(url: QUrl) -> bool:
        found.append(url.toString())
        return True

    monkeypatch.setattr(QDesktopServices, "openUrl", take)
    yield found


def texts(stage: Stage) -> list[str]:
    return [each.title.text() for each in stage.page("about").rows()]


def test_versions_are_shown_and_copied(stage: Stage) -> None:
    """U04: the level of Chromium's security patches among them."""
    page = stage.page("about")
    report = page.report()
    assert report.startswith(f"Desktopmail: {__version__}\nQt: ")
    for name in ("Chromium", "Python", "OpenSSL", "cryptography", "SQLite"):
        assert name in texts(stage)
    assert f"security patches up to {qWebEngineChromiumSecurityPatchVersion()}" in report
    assert "ada" not in report.lower()
    child(page, WordButton, "Copy the versions").click()
    assert QGuiApplication.clipboard().text() == report


def test_the_web_engine_is_not_asked_while_the_page_is_only_made(stage: Stage) -> None:
    settings = stage.open("reading")
    assert settings.page("about")._versions == []


def test_the_licence_can_be_read(stage: Stage) -> None:
    page = stage.page("about")
    child(page, WordButton, "Read: GNU General Public License, version 3 or later").click()
    (paper,) = page.findChildren(PaperWindow)
    assert "GNU GENERAL PUBLIC LICENSE" in paper.text.toPlainText()
    paper.close()


def test_the_command_leads_there(stage: Stage) -> None:
    stage.window.commands.run("about")
    assert stage.window._settings is not None
    assert stage.window._settings._now == "about"


def test_a_build_without_a_place_to_look_says_so(stage: Stage) -> None:
    """No switch that would do nothing."""
    page = stage.page("about")
    shown = [each.title.text() for each in page.newer.rows if each.isVisibleTo(page)]
    assert shown == [f"This is version {__version__}"]
    assert not page.look.isVisibleTo(page)


def test_the_switch_is_off_until_somebody_turns_it_on(stage: Stage, announcer: Announcer) -> None:
    page = stage.page("about")
    switch = child(page, Switch, "Look for new versions once a week")
    assert not switch.isChecked()
    switch.click()
    assert stage.window.preferences.now.look_for_updates


def test_when_was_looked_last(stage: Stage, announcer: Announcer) -> None:
    """Answers that are kept away can be missed."""
    announcer.at = int(time.time())
    page = stage.page("about")
    stage.until(lambda: page.standing.sentence.text().startswith("Looked for a newer one last "))


def test_looking_now(stage: Stage, announcer: Announcer, opened: list[str]) -> None:
    page = stage.page("about")
    page.look.click()
    stage.until(lambda: row(page, f"Version {__version__} is the newest"))
    announcer.release = RELEASE
    page.look.click()
    stage.until(lambda: "Version 9.9.0 is out" in texts(stage))
    page.read.click()
    assert opened == [RELEASE.page]
    announcer.fails = True
    page.look.click()
    stage.until(lambda: "There is no way to mail.example.org" in texts(stage))
    assert page.look.isEnabled()


def line(stage: Stage, news: UpdateNews) -> QWidget:
    news.begin()
    stage.until(lambda: news.line is not None)
    assert news.line is not None
    return news.line


def test_the_question_takes_no_focus_and_comes_once(stage: Stage, announcer: Announcer) -> None:
    announcer.question = True
    news = UpdateNews(stage.engine, stage.window.preferences, stage.window.panes)  # type: ignore[arg-type]
    before = stage.window.focusWidget()
    asked = line(stage, news)
    assert stage.window.focusWidget() is before
    assert asked.y() < stage.window.panes.y()
    child(asked, WordButton, "No").click()
    stage.until(lambda: announcer.told == ["asked"])
    assert news.line is None
    assert not stage.window.preferences.now.look_for_updates


def test_yes_switches_it_on(stage: Stage, announcer: Announcer) -> None:
    announcer.question = True
    news = UpdateNews(stage.engine, stage.window.preferences, stage.window.panes)
    child(line(stage, news), WordButton, "Look for them").click()
    stage.until(lambda: announcer.told == ["asked"])
    assert stage.window.preferences.now.look_for_updates


def test_news_are_told_read_or_put_off(stage: Stage, announcer: Announcer, opened: list[str]) -> None:
    for button, pages in (("What is new", [RELEASE.page]), ("Not now", [])):
        opened.clear()
        announcer.release, announcer.told = RELEASE, []
        news = UpdateNews(stage.engine, stage.window.preferences, stage.window.panes)
        child(line(stage, news), WordButton, button).click()
        stage.until(lambda: announcer.told == ["not 9.9.0"])
        assert news.line is None
        assert opened == pages


def test_nothing_is_shown_without_a_place_to_look(stage: Stage) -> None:
    news = UpdateNews(stage.engine, stage.window.preferences, stage.window.panes)
    news.begin()
    assert not news._timer.isActive()
    assert news.line is None


def test_from_the_question_to_the_news_with_a_real_server(
    stage: Stage, certificates: Certificates, opened: list[str]
) -> None:
    """Days pass, the person says yes, a week later there is a new version; nothing is asked before the yes."""
    now = [NOW - 40 * DAY]

    async def story() -> None:
        async with WebScript({"localhost/notice.json": page(NOTICE)}, certificates.good.context()) as web:
            source = Source(f"https://localhost:{web.port}/notice.json", KEYS)
            updates = Updates(stage.engine._store, source, version="1.1.0", clock=lambda: now[0])
            stage.engine.__dict__["updates"] = updates
            news = UpdateNews(stage.engine, stage.window.preferences, stage.window.panes)
            await news._look()
            assert news.line is None
            now[0] = NOW
            await news._look()
            assert web.asked == []
            child(news.line, WordButton, "Look for them").click()  # type: ignore[arg-type]
            await until(lambda: stage.engine.library.settings().look_for_updates)
            await news._look()
            assert len(web.asked) == 1
            child(news.line, WordButton, "What is new").click()  # type: ignore[arg-type]
            await updates.put_off(RELEASE_OF_NOTICE)  # after the click's own, which it waits for
            await news._look()
            assert news.line is None

    stage.run(story())
    assert opened == ["https://mail.example.org/releases/1.2.0"]
