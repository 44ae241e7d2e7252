"""HTML in the pane: the walls as the running program sets them, own pictures only, sizes, theme, a page that dies."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QBuffer, QIODevice, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWebEngineCore import QWebEngineProfile, QWebEngineSettings

from desktopmail.domain.body import PART_URL, REMOTE_URL
from desktopmail.gui.reader.message import MessageView
from desktopmail.gui.reader.pane import ReaderPane
from desktopmail.gui.reader.paper import PaperWindow
from desktopmail.gui.reader.scheme import fit_picture
from desktopmail.gui.reader.sheets import sheets
from desktopmail.gui.reader.text import TextBody
from desktopmail.gui.reader.walls import DOCUMENT, audit
from desktopmail.gui.reader.web import WebBody
from desktopmail.gui.style.theme import theme
from tests.gui.reader.conftest import until
from tests.gui.reader.messages import Engine, body, summary
from tests.gui.reader.test_pane import press, says

pytestmark = pytest.mark.webengine
Run = Callable[[Coroutine[Any, Any, None]], None]


def picture(colour: str = "#00ff00", side: int = 40) -> bytes:
    image = QImage(side, side, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(buffer.data().data())


def web(pane: ReaderPane, place: int = 0) -> WebBody:
    content = pane.findChildren(MessageView)[place].content
    assert isinstance(content, WebBody)
    return content


async def show(pane: ReaderPane, engine: Engine, html: str, **more: Any) -> WebBody:
    engine.reading.bodies[1] = body("the text", html, **more)
    pane.show_messages([summary(1)])
    await until(lambda: pane.settled)
    return web(pane)


async def painted(shown: WebBody, colour: str) -> None:
    """Wait until this colour is in the picture."""
    wanted = QColor(colour).rgb()

    def there() -> bool:
        image = shown.grab().toImage()
        return any(image.pixel(x, y) == wanted for x in range(4, min(80, image.width()), 8) for y in range(4, 60, 4)
                   if y < image.height())  # fmt: skip

    await until(there)


# C43
def test_every_page_of_the_running_pane_meets_the_walls(run: Run, pane: ReaderPane, engine: Engine) -> None:
    async def story() -> None:
        pane.warm_up()
        await show(pane, engine, "<p>x</p>")
        assert sheets().all
        for sheet in sheets().all:
            assert audit(sheet.profile, sheet.page) == []

    run(story())


def test_the_audit_notices_a_missing_wall(run: Run, pane: ReaderPane, engine: Engine) -> None:
    async def story() -> None:
        shown = await show(pane, engine, "<p>x</p>")
        assert shown.sheet is not None
        sheet = shown.sheet
        sheet.page.settings().setAttribute(QWebEngineSettings.WebAttribute.JavascriptEnabled, True)
        sheet.profile.setHttpCacheType(QWebEngineProfile.HttpCacheType.MemoryHttpCache)
        assert len(audit(sheet.profile, sheet.page)) == 2

    run(story())


# C14
def test_own_pictures_show_and_only_those(run: Run, pane: ReaderPane, engine: Engine) -> None:
    async def story() -> None:
        engine.reading.pictures[f"{PART_URL}2"] = ("image/png", picture("#00ff00"))
        html = (
            f'<p><img src="{PART_URL}2"></p><img src="desktopmail://message/document"><img src="desktopmail://other/part/2">'
            f'<img src="{PART_URL}2?x=1"><link rel=stylesheet href="{PART_URL}3"><iframe src="{PART_URL}4"></iframe>'
        )
        shown = await show(pane, engine, html)
        await painted(shown, "#00ff00")
        assert engine.reading.asked == [f"{PART_URL}2"]

    run(story())


def test_svg_and_bombs_are_no_pictures() -> None:
    assert fit_picture(picture()) == "image/png"
    assert fit_picture(b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>') == ""
    assert fit_picture(b"<html>") == ""
    assert fit_picture(b"") == ""
    bomb = bytearray(picture())
    bomb[16:24] = (65_000).to_bytes(4, "big") * 2
    assert fit_picture(bytes(bomb)) == ""


# C28
def test_remote_pictures_are_asked_for_only_when_allowed(run: Run, pane: ReaderPane, engine: Engine) -> None:
    async def story() -> None:
        engine.reading.pictures[f"{REMOTE_URL}1"] = ("image/png", picture("#0000ff"))
        html = f'<img width=40 height=40 src="{REMOTE_URL}1">'
        shown = await show(pane, engine, html, remote_content=1)
        assert "Remote pictures are not loaded" in says(pane)
        assert engine.reading.asked == []
        press(pane, "Show")
        await painted(shown, "#0000ff")
        assert engine.reading.asked == [f"{REMOTE_URL}1"]
        assert engine.reading.loads[-1] == (1, True)
        pane.clear()
        pane.show_messages([summary(1)])
        await until(lambda: pane.settled)
        assert "Remote pictures are not loaded" in says(pane), "allowed once means once"

    run(story())


def test_a_sender_can_be_allowed_for_good(run: Run, pane: ReaderPane, engine: Engine) -> None:
    async def story() -> None:
        await show(pane, engine, f'<img src="{REMOTE_URL}1">', remote_content=1)
        press(pane, "Always from this sender")
        await until(lambda: engine.reading.allowed == ["ada@analytical.example"])

    run(story())


def test_the_view_is_as_tall_as_its_content(run: Run, pane: ReaderPane, engine: Engine) -> None:
    async def story() -> None:
        shown = await show(pane, engine, '<div style="height:900px">tall</div>')
        await until(lambda: 900 <= shown.height() <= 903)
        engine.reading.bodies[2] = body(html='<div style="height:200px">short</div>')
        pane.show_messages([summary(2)])
        await until(lambda: pane.settled)
        shown = web(pane)
        await until(lambda: 200 <= shown.height() <= 203)

    run(story())


# C35
def test_a_page_measured_by_its_window_ends(run: Run, pane: ReaderPane, engine: Engine) -> None:
    async def story() -> None:
        shown = await show(pane, engine, '<div style="height:100vh">a</div><div style="height:50vh">b</div>')
        first = shown.height()
        pane.resize(640, 700)
        await until(lambda: pane.settled)
        assert shown.height() <= 12_000
        assert first <= 12_000

    run(story())


def test_wide_mail_is_shown_smaller(run: Run, pane: ReaderPane, engine: Engine) -> None:
    async def story() -> None:
        shown = await show(pane, engine, '<table width="1300" bgcolor="#eeeeee"><tr><td>wide</td></tr></table>')
        assert shown.sheet is not None
        page = shown.sheet.page
        await until(lambda: page.zoomFactor() < 0.6)
        await until(lambda: page.contentsSize().width() <= shown.width() + 3)

    run(story())


def test_long_mail_scrolls_inside(run: Run, pane: ReaderPane, engine: Engine) -> None:
    async def story() -> None:
        shown = await show(pane, engine, '<div style="height:30000px">very tall</div>')
        await until(lambda: shown.height() == int(12_000 / shown.devicePixelRatioF()))

    run(story())


def test_find_counts_in_html(run: Run, pane: ReaderPane, engine: Engine) -> None:
    async def story() -> None:
        await show(pane, engine, "<p>needle</p>" * 3)
        pane.find_in_message()
        pane._bar._field.setText("needle")
        pane._bar.wanted.emit("needle", False, True)
        await until(lambda: pane._bar._count.text() == "1 of 3")
        pane._bar.wanted.emit("needle", False, False)
        await until(lambda: pane._bar._count.text() == "2 of 3")
        pane._bar.leave()

    run(story())


def test_dark_ground_for_simple_mail_white_sheet_for_the_rest(run: Run, pane: ReaderPane, engine: Engine) -> None:
    async def story() -> None:
        theme().choose("dark")
        shown = await show(pane, engine, "<p>simple</p>" * 4)
        await painted(shown, theme().colours.window.name())
        engine.reading.bodies[2] = body(html='<table bgcolor="#112233"><tr><td>own</td></tr></table>')
        pane.show_messages([summary(2)])
        await until(lambda: pane.settled)
        await painted(web(pane), "#ffffff")
        theme().choose("light")

    run(story())


def test_a_page_that_dies_leaves_its_text(run: Run, pane: ReaderPane, engine: Engine) -> None:
    async def story() -> None:
        shown = await show(pane, engine, "<p>x</p>")
        shown._died()
        (view,) = pane.findChildren(MessageView)
        assert isinstance(view.content, TextBody)
        assert view.content.toPlainText() == "the text"
        assert "could not be shown as it was designed" in says(pane)

    run(story())


def strong_colours(pane: ReaderPane) -> int:
    """How many points of the first page are yellow or orange, as the engine marks what it found."""
    sheet = web(pane, 0).sheet
    assert sheet is not None
    image = sheet.view.grab().toImage()
    points = (image.pixelColor(x, y) for x in range(0, image.width(), 2) for y in range(0, min(80, image.height()), 2))
    return sum(each.red() > 220 and each.green() > 120 and each.blue() < 90 for each in points)


def test_a_word_searched_for_is_marked_in_a_page(run: Run, pane: ReaderPane, engine: Engine) -> None:
    async def story() -> None:
        engine.reading.bodies[1] = body(html="<p>The kettle whistles")
        pane.mark(("the", "kettle"))
        pane.show_messages([summary(1)])
        await until(lambda: pane.settled)
        await until(lambda: strong_colours(pane) > 20)
        pane.mark(())
        await until(lambda: strong_colours(pane) == 0)

    run(story())


# C46
def test_huge_html_is_shown_as_text(run: Run, pane: ReaderPane, engine: Engine) -> None:
    async def story() -> None:
        engine.reading.bodies[1] = body("the text", "<p>" + "x" * 3_000_000)
        pane.show_messages([summary(1)])
        await until(lambda: pane.settled)
        (view,) = pane.findChildren(MessageView)
        assert isinstance(view.content, TextBody)

    run(story())


# C31
def test_each_message_has_a_page_and_a_profile_of_its_own(run: Run, pane: ReaderPane, engine: Engine) -> None:
    async def story() -> None:
        engine.reading.bodies.update({1: body(html="<p>one"), 2: body(html="<p>two")})
        pane.show_messages([summary(1), summary(2)])
        pane.findChildren(MessageView)[0].open()
        await until(lambda: pane.settled)
        first, second = web(pane, 0).sheet, web(pane, 1).sheet
        assert first is not None
        assert second is not None
        assert first.profile is not second.profile
        assert first.page.url() == second.page.url() == DOCUMENT

    run(story())


def test_only_so_many_pages_live_at_a_time(run: Run, pane: ReaderPane, engine: Engine) -> None:
    async def story() -> None:
        engine.reading.bodies.update({n: body(html=f"<p>{n}") for n in range(1, 10)})
        pane.show_messages([summary(n) for n in range(1, 10)])
        for view in pane.findChildren(MessageView):
            view.open()
            await until(lambda: pane.settled)
        assert sum(view.has_web for view in pane.findChildren(MessageView)) <= 7

    run(story())


# C26
def test_paper_has_the_head_and_becomes_a_pdf(run: Run, pane: ReaderPane, engine: Engine, tmp_path: Path) -> None:
    async def story() -> None:
        await show(pane, engine, "<p>on paper</p>")
        window = pane.print_message()
        assert isinstance(window, PaperWindow)
        done: list[bool] = []
        ready: list[bool] = []
        window.done.connect(done.append)
        window.ready.connect(lambda: ready.append(True))
        await until(lambda: ready)
        window.write_pdf(str(tmp_path / "mail.pdf"))
        await until(lambda: done)
        assert done == [True]
        assert (tmp_path / "mail.pdf").read_bytes().startswith(b"%PDF")
        window.close()

    run(story())


def test_the_wheel_moves_the_pane(run: Run, pane: ReaderPane, engine: Engine) -> None:
    async def story() -> None:
        shown = await show(pane, engine, '<div style="height:2000px">tall</div>')
        await until(lambda: pane._area.verticalScrollBar().maximum() > 500)
        from PySide6.QtCore import QPoint, QPointF
        from PySide6.QtGui import QWheelEvent

        none = Qt.KeyboardModifier.NoModifier
        event = QWheelEvent(QPointF(50, 50), QPointF(50, 50), QPoint(0, -120), QPoint(0, -120),
                            Qt.MouseButton.NoButton, none, Qt.ScrollPhase.NoScrollPhase, False)  # fmt: skip
        assert shown.sheet is not None
        assert shown.eventFilter(shown.sheet.view, event)
        assert pane._area.verticalScrollBar().value() > 0

    run(story())
