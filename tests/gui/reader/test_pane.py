"""The reader pane: every state it draws, conversations, notices, attachments, keys."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget

from desktopmail.domain.address import Address
from desktopmail.domain.body import Verdict, Warning
from desktopmail.domain.errors import MailError
from desktopmail.domain.message import Fetched, Flags
from desktopmail.domain.settings import Settings
from desktopmail.gui.reader.message import MessageView
from desktopmail.gui.reader.pane import ReaderPane
from desktopmail.gui.reader.people import keep_domain, to_words
from desktopmail.gui.reader.state import StateCard
from desktopmail.gui.reader.text import TextBody
from desktopmail.gui.widgets.strip import Strip
from tests.gui.reader.conftest import until
from tests.gui.reader.messages import ADA, BOB, CY, ME, NOTES, Engine, body, part, summary

Run = Callable[[Coroutine[Any, Any, None]], None]


def views(pane: ReaderPane) -> list[MessageView]:
    return pane.findChildren(MessageView)


def shown(pane: ReaderPane, *ids: int) -> list[MessageView]:
    return [view for view in views(pane) if view.summary.id in ids]


def press(pane: QWidget, words: str) -> None:
    """Click the visible button with these words."""
    found = [
        each for each in pane.findChildren(QAbstractButton) if each.text().strip() == words and each.isVisibleTo(pane)
    ]
    assert found, [each.text() for each in pane.findChildren(QAbstractButton)]
    found[0].click()


def says(pane: QWidget) -> str:
    """All words that are to be seen."""
    return "\n".join(each.text() for each in pane.findChildren(QLabel) if each.isVisibleTo(pane))


def test_text_is_shown_at_once_when_it_was_read_before(run: Run, pane: ReaderPane, engine: Engine) -> None:
    async def story() -> None:
        engine.reading.bodies[1] = body("Hello Robin")
        pane.prefetch([summary(1)])
        await until(lambda: engine.reading.loads == [(1, False)])
        await until(lambda: pane._bodies.get(summary(1).id, False))
        pane.show_messages([summary(1)])
        (view,) = views(pane)
        assert isinstance(view.content, TextBody)
        assert view.content.toPlainText() == "Hello Robin"
        assert pane.settled

    run(story())


def test_a_conversation_opens_its_newest_and_unread(run: Run, pane: ReaderPane, engine: Engine) -> None:
    async def story() -> None:
        engine.reading.bodies.update({n: body(f"text {n}") for n in range(1, 5)})
        messages = [summary(1), summary(2, flags=Flags.NONE), summary(3, ME), summary(4)]
        seen: list[int] = []
        pane.message_opened.connect(seen.append)
        pane.show_messages(messages)
        await until(lambda: pane.settled)
        assert [view.is_open for view in views(pane)] == [False, True, False, True]
        assert seen == [2, 4]
        assert views(pane)[2].mine
        QTest.mouseClick(views(pane)[0]._row, Qt.MouseButton.LeftButton)
        await until(lambda: pane.settled)
        assert views(pane)[0].is_open

    run(story())


def test_long_conversations_hide_their_middle(run: Run, pane: ReaderPane, engine: Engine) -> None:
    async def story() -> None:
        engine.reading.bodies[20] = body("newest")
        pane.show_messages([summary(n) for n in range(1, 21)])
        assert sum(view.isVisibleTo(pane) for view in views(pane)) == 5
        press(pane, "15 earlier messages")
        assert all(view.isVisibleTo(pane) for view in views(pane))

    run(story())


def test_content_that_is_elsewhere_says_so_and_comes_on_demand(run: Run, pane: ReaderPane, engine: Engine) -> None:
    async def story() -> None:
        engine.reading.bodies[1] = body(warnings=(Warning("not-downloaded", "There is no connection."),))
        pane.show_messages([summary(1, fetched=Fetched.HEADERS)])
        await until(lambda: pane.settled)
        assert "not here yet" in says(pane)
        assert "There is no connection." in says(pane)
        engine.reading.bodies[1] = body("It came")
        press(pane, "Fetch now")
        await until(lambda: isinstance(views(pane)[0].content, TextBody))

    run(story())


def test_a_large_message_says_how_large_it_is_and_comes_when_asked_for(
    run: Run, pane: ReaderPane, engine: Engine
) -> None:
    async def story() -> None:
        why = "The whole message has 12.0 MB. It stays on the server until you fetch it."
        held = (Warning("not-downloaded", why), Warning("held-back", why))
        engine.reading.bodies[1] = body(warnings=held)
        pane.show_messages([replace(summary(1, fetched=Fetched.HEADERS), size=12_000_000)])
        await until(lambda: pane.settled)
        assert "Only the beginning of this message is here" in says(pane) and why in says(pane)
        assert engine.reading.whole == [False]
        engine.reading.bodies[1] = body("It came")
        press(pane, "Fetch all of it (12.0 MB)")
        await until(lambda: isinstance(views(pane)[0].content, TextBody))
        assert engine.reading.whole == [False, True]

    run(story())


def test_content_that_arrives_later_replaces_the_notice(run: Run, pane: ReaderPane, engine: Engine) -> None:
    async def story() -> None:
        pane.show_messages([summary(1, fetched=Fetched.HEADERS)])
        await until(lambda: isinstance(views(pane)[0].content, StateCard))
        engine.reading.bodies[1] = body("It came")
        pane.show_messages([summary(1)])
        await until(lambda: isinstance(views(pane)[0].content, TextBody))

    run(story())


def test_what_cannot_be_read_offers_its_source(run: Run, pane: ReaderPane, engine: Engine) -> None:
    async def story() -> None:
        engine.reading.bodies[1] = MailError("This message could not be read", "It is stored as it came.", "too deep")
        engine.reading.raws[1] = b"Subject: raw\r\n\r\n\xff\x00body"
        pane.show_messages([summary(1)])
        await until(lambda: pane.settled)
        assert "It is stored as it came." in says(pane)
        window = pane.show_source()
        assert window is not None
        await until(lambda: window.text.toPlainText())
        assert window.text.toPlainText() == "Subject: raw\n\n\\xff\\x00body"
        window.close()

    run(story())


def test_an_empty_message_says_so(run: Run, pane: ReaderPane, engine: Engine) -> None:
    async def story() -> None:
        engine.reading.bodies[1] = body("")
        pane.show_messages([summary(1, subject="")])
        await until(lambda: pane.settled)
        assert "This message has no text" in says(pane)
        assert "No subject" in says(pane)

    run(story())


def test_who_prefers_plain_text_gets_it_and_can_see_the_design(run: Run, pane: ReaderPane, engine: Engine) -> None:
    async def story() -> None:
        engine.library.now = Settings(plain_text=True)
        engine.reading.bodies[1] = body("Only words", "<table><tr><td>Only words</td></tr></table>", remote_content=2)
        pane.show_messages([summary(1)])
        await until(lambda: pane.settled)
        (view,) = views(pane)
        assert isinstance(view.content, TextBody)
        assert "Shown as plain text" in says(pane)
        assert "Show as designed" in [each.text() for each in pane.findChildren(QAbstractButton)]
        engine.reading.bodies[2] = body("Plain from the start", "<p>Plain</p>", made_from_text=True)
        pane.show_messages([summary(2)])
        await until(lambda: pane.settled)
        assert "Shown as plain text" not in says(pane)
        pane.show_again()
        assert isinstance(views(pane)[0].content, TextBody)

    run(story())


def test_what_could_not_be_fetched_is_asked_for_again(run: Run, pane: ReaderPane, engine: Engine) -> None:
    async def story() -> None:
        engine.reading.bodies[1] = body(warnings=(Warning("not-downloaded", "There is no connection."),))
        pane.show_messages([summary(1, fetched=Fetched.HEADERS)])
        await until(lambda: pane.settled)
        engine.reading.bodies[1] = body("It came")
        pane.show_messages([summary(1)])
        await until(lambda: isinstance(views(pane)[0].content, TextBody))

    run(story())


def test_reading_a_conversation_folds_nothing(run: Run, pane: ReaderPane, engine: Engine) -> None:
    async def story() -> None:
        engine.reading.bodies.update({1: body("one"), 2: body("two")})
        pane.show_messages([summary(1, flags=Flags.NONE), summary(2, flags=Flags.NONE)], summary(1).id)
        await until(lambda: pane.settled)
        pane.show_messages([summary(1), summary(2)], summary(2).id)
        assert all(view.is_open for view in views(pane))

    run(story())


def test_text_has_its_height_before_it_is_painted(run: Run, pane: ReaderPane, engine: Engine) -> None:
    async def story() -> None:
        engine.reading.bodies[1] = body("many words " * 400, parts=(part("2", "plan.pdf"), part("3", "other.pdf")))
        engine.reading.bodies[2] = body("another one")
        pane.show_messages([summary(2)])
        await until(lambda: pane.settled)
        pane.grab()
        pane.prefetch([summary(1)])
        await until(lambda: pane._bodies.get(summary(1).id, False))
        pane.show_messages([summary(1)])
        view = pane._views[0]
        before = view.content.height() if view.content else 0
        pane.grab()
        await until(lambda: pane.settled)
        assert view.content is not None
        assert view.content.height() == before
        await until(lambda: view._cards and view.content and view._cards.y() >= view.content.y() + before)

    run(story())


def test_an_answer_that_arrives_moves_nothing(run: Run, pane: ReaderPane, engine: Engine) -> None:
    async def story() -> None:
        engine.reading.bodies.update({n: body(f"text {n}\n" * 60) for n in range(1, 5)})
        pane.show_messages([summary(1), summary(2), summary(3)])
        await until(lambda: pane.settled and pane._area.verticalScrollBar().maximum() > 300)
        pane._area.verticalScrollBar().setValue(200)
        before = views(pane)
        pane.show_messages([summary(1), summary(2), summary(3), summary(4, flags=Flags.NONE)], summary(4).id)
        assert pane._views[:3] == before
        assert not pane._views[3].is_open
        assert pane._area.verticalScrollBar().value() == 200
        pane.show_messages([summary(1), summary(3), summary(4)], summary(4).id)
        assert [view.summary.id for view in pane._views] == [1, 3, 4]

    run(story())


# C22 S06
def test_markup_in_names_and_subjects_stays_text(run: Run, pane: ReaderPane, engine: Engine) -> None:
    async def story() -> None:
        evil = '<img src="http://x/y"><b>bold</b>'
        engine.reading.bodies[1] = body("x", sender=Address(evil, ADA.address), parts=(part("2", evil + ".pdf"),))
        pane.show_messages([summary(1, Address(evil, ADA.address), evil)])
        await until(lambda: pane.settled)
        labels = [each for each in pane.findChildren(QLabel) if each.text()]
        assert evil in says(pane)
        assert all(each.textFormat() == Qt.TextFormat.PlainText for each in labels)
        tips = [each.toolTip() for each in pane.findChildren(QWidget) if "bold" in each.toolTip()]
        assert tips
        assert not any("<img" in tip for tip in tips), tips

    run(story())


# S07
def test_the_domain_is_never_cut() -> None:
    address = "a" * 300 + "@real.example"
    assert keep_domain(address, 200, lambda text: 7.0 * len(text)).endswith("@real.example")
    assert keep_domain("a@b.example", 500, lambda text: 7.0 * len(text)) == "a@b.example"


def test_people_in_words() -> None:
    own = frozenset({ME.address})
    assert to_words([ME], [], own) == "to me"
    assert to_words([ME, BOB], [], own) == "to me and Bob Kahn"
    assert to_words([ME, BOB], [CY], own) == "to me and 2 others"
    assert to_words([ADA], [], own) == "to Ada Lovelace"
    assert to_words([], [], own) == "to nobody named"


# S10 C48
def test_notices_are_ordered_and_bounded(run: Run, pane: ReaderPane, engine: Engine) -> None:
    async def story() -> None:
        failed = Verdict("fail", "fail", "fail", "mx.example.org", False)
        engine.reading.bodies[1] = body("x", warnings=NOTES, verdict=failed, reply_to=(BOB,))
        pane.show_messages([summary(1)])
        await until(lambda: pane.settled)
        assert len(pane.findChildren(Strip)) == 2
        assert "could not confirm" in pane.findChildren(Strip)[0].accessibleName()
        press(pane, "3 more notes")
        await until(lambda: sum(strip.isVisibleTo(pane) for strip in pane.findChildren(Strip)) == 5)
        words = [strip.accessibleName() for strip in pane.findChildren(Strip) if strip.isVisibleTo(pane)]
        assert any("An answer goes to Bob Kahn <bob@example.net>" in each for each in words)
        assert any("Nothing was sent" in each for each in words)

    run(story())


# C40
def test_attachments_that_can_run_have_no_open(run: Run, pane: ReaderPane, engine: Engine) -> None:
    async def story() -> None:
        parts = (part("2", "plan.pdf"), part("3", "plan.pdf.exe", "application/octet-stream"))
        engine.reading.bodies[1] = body("x", parts=parts)
        pane.show_messages([summary(1)])
        await until(lambda: pane.settled)
        names = [each.accessibleName() for each in pane.findChildren(QAbstractButton)]
        assert "Open plan.pdf" in names
        assert "Save plan.pdf.exe" in names
        assert "Open plan.pdf.exe" not in names

    run(story())


def test_find_walks_over_all_open_messages(run: Run, pane: ReaderPane, engine: Engine) -> None:
    async def story() -> None:
        engine.reading.bodies.update({1: body("one needle"), 2: body("needle needle")})
        pane.show_messages([summary(1, flags=Flags.NONE), summary(2)])
        await until(lambda: pane.settled)
        pane.find_in_message()
        bar = pane._bar
        told: list[str] = []
        bar._field.setText("needle")
        for fresh in (True, False, False, False):
            bar.wanted.emit("needle", False, fresh)
            told.append(bar._count.text())
        assert told[0].startswith("1 of")
        assert told[2] == "3 of 3"
        assert told[3].startswith("1 of 3")
        bar.wanted.emit("absent", False, True)
        assert bar._count.text() == "No hits"
        QTest.keyClick(bar, Qt.Key.Key_Escape)
        assert not bar.isVisible()

    run(story())


def marked(pane: ReaderPane) -> list[str]:
    """The marked words of all messages in text."""
    texts = [view.content for view in views(pane) if isinstance(view.content, TextBody)]
    return [each.cursor.selectedText() for text in texts for each in text.extraSelections()]


def test_words_searched_for_are_marked_in_what_is_read(run: Run, pane: ReaderPane, engine: Engine) -> None:
    async def story() -> None:
        engine.reading.bodies.update({1: body("A Kettle, rekettled, and kettles"), 2: body("Grüße (c++) an alle")})
        pane.mark(("kettle", "GRÜSSE", "grüße", "(c++"))
        pane.show_messages([summary(1, flags=Flags.NONE), summary(2)])
        await until(lambda: pane.settled)
        assert marked(pane) == ["Kettle", "kettle", "Grüße", "(c++"]
        pane.find_in_message()
        pane._bar.wanted.emit("alle", False, True)
        assert marked(pane) == ["alle"]
        pane._bar.leave()
        assert marked(pane) == ["Kettle", "kettle", "Grüße", "(c++"]
        pane.mark(("an",))
        assert marked(pane) == ["an"] * 2
        pane.mark(())
        assert marked(pane) == []

    run(story())


def test_space_walks_down_and_then_on(run: Run, pane: ReaderPane, engine: Engine) -> None:
    async def story() -> None:
        engine.reading.bodies[1] = body("line\n" * 120)
        pane.show_messages([summary(1)])
        await until(lambda: pane.settled and pane._area.verticalScrollBar().maximum() > 0)
        wanted: list[str] = []
        pane.command.connect(wanted.append)
        for _ in range(20):
            QTest.keyClick(pane, Qt.Key.Key_Space)
            if wanted:
                break
        assert wanted == ["next_unread"]
        assert pane._area.verticalScrollBar().value() == pane._area.verticalScrollBar().maximum()

    run(story())


def test_zoom_steps_and_is_told(run: Run, pane: ReaderPane, engine: Engine) -> None:
    async def story() -> None:
        engine.reading.bodies[1] = body("x")
        pane.show_messages([summary(1)])
        await until(lambda: pane.settled)
        seen: list[float] = []
        pane.zoom_changed.connect(seen.append)
        for step in (1, 1, -1, 0):
            pane.zoom(step)
        assert seen == [1.1, 1.25, 1.1, 1.0]

    run(story())


def test_flags_alone_do_not_redraw(run: Run, pane: ReaderPane, engine: Engine) -> None:
    async def story() -> None:
        engine.reading.bodies[1] = body("x")
        pane.show_messages([summary(1, flags=Flags.NONE)])
        await until(lambda: pane.settled)
        (before,) = views(pane)
        pane.show_messages([replace(summary(1), flags=Flags.SEEN)])
        assert views(pane) == [before]
        assert engine.reading.loads == [(1, False)]

    run(story())


def test_everything_that_takes_the_focus_has_a_name(run: Run, pane: ReaderPane, engine: Engine) -> None:
    async def story() -> None:
        engine.reading.bodies[2] = body("x", parts=(part("2", "plan.pdf"),), warnings=NOTES)
        pane.show_messages([summary(1), summary(2)])
        await until(lambda: pane.settled)
        for each in pane.findChildren(QWidget):
            if each.focusPolicy() & Qt.FocusPolicy.TabFocus and each.isVisibleTo(pane):
                assert each.accessibleName() or each.parentWidget().accessibleName(), each

    run(story())
