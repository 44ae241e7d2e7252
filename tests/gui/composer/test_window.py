"""Writing from the first key to the Outbox: kept while it is written, checked, sent, discarded, undone."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from desktopmail.domain.address import Address
from desktopmail.domain.body import Body
from desktopmail.domain.draft import Answer, Draft
from desktopmail.domain.folder import Role
from desktopmail.gui.composer.recipients import Chip, Recipients
from desktopmail.gui.composer.window import ComposerWindow
from desktopmail.gui.writing import Writing
from tests.gui.composer.conftest import Desk, notes, press, until

Run = Callable[[Coroutine[Any, Any, None]], None]
Opened = Callable[[], Any]
ADA = Address("Ada Lovelace", "ada@example.org")


def drafts(desk: Desk) -> list[int]:
    folder = next(each for each in desk.engine.library.folders() if each.role is Role.DRAFTS)
    return list(desk.engine.library.ids(folder.id))


def chips(field: Recipients) -> list[str]:
    return [chip.person.address for chip in field.findChildren(Chip) if chip.isVisibleTo(field)]


def test_a_message_is_written_and_sent(run: Run, desk: Opened) -> None:
    async def story() -> None:
        async with desk() as d:
            window = await d.write()
            await until(lambda: window.heading.to.field.hasFocus() or window.isVisible())
            QTest.keyClicks(window.heading.to.field, "Ada Lovelace <ada@example.org>,")
            QTest.keyClicks(window.heading.subject, "Thursday")
            QTest.keyClicks(window.editor, "The plan.")
            assert window.windowTitle() == "Thursday"
            press(window, "Send")
            await until(lambda: d.sent and d.gone)
            (entry,) = d.engine.library.outbox()
            assert (entry.subject, [each.address for each in entry.to]) == ("Thursday", ["ada@example.org"])
            raw = await d.engine.reading.raw(d.sent[0].messages[0])
            assert b"The plan." in raw
            assert drafts(d) == []

    run(story())


def test_what_is_typed_is_kept_without_asking(run: Run, desk: Opened) -> None:
    async def story() -> None:
        async with desk() as d:
            window = await d.write()
            window._saver._pause.setInterval(10)
            QTest.keyClicks(window.heading.subject, "Half a thought")
            await until(lambda: len(drafts(d)) == 1)
            await until(lambda: window._state.text() == "Saved")
            QTest.keyClicks(window.editor, "more")
            window.close()
            await until(lambda: d.gone)
            assert len(drafts(d)) == 1
            (saved,) = d.saved
            again = await d.engine.composing.edit(saved.id)
            assert (again.subject, again.text.strip()) == ("Half a thought", "more")

    run(story())


# D21
def test_writing_without_a_pause_is_kept_too(run: Run, desk: Opened) -> None:
    async def story() -> None:
        async with desk() as d:
            window = await d.write()
            window._saver._pause.setInterval(60_000)
            window._saver._longest.setInterval(30)
            QTest.keyClicks(window.editor, "on and on")
            await until(lambda: len(drafts(d)) == 1)

    run(story())


def test_nothing_written_leaves_nothing(run: Run, desk: Opened) -> None:
    async def story() -> None:
        async with desk() as d:
            window = await d.write()
            window.close()
            await until(lambda: d.gone)
            assert drafts(d) == []
            assert d.saved == []

    run(story())


def test_a_draft_is_discarded_and_brought_back(run: Run, desk: Opened) -> None:
    async def story() -> None:
        async with desk() as d:
            window = await d.write()
            QTest.keyClicks(window.heading.subject, "Never mind")
            await window.discard()
            await until(lambda: d.gone)
            assert drafts(d) == []
            (receipt,) = d.discarded
            assert receipt.label == "Draft discarded"
            await d.engine.actions.undo(receipt.undo)
            assert len(drafts(d)) == 1

    run(story())


def test_what_is_missing_is_said_once(run: Run, desk: Opened) -> None:
    async def story() -> None:
        async with desk() as d:
            window = await d.write()
            QTest.keyClicks(window.editor, "The plan is attached.")
            window.send()
            await until(lambda: "Add somebody to send this to" in notes(window))
            QTest.keyClicks(window.heading.to.field, "ada@")
            window.send()
            await until(lambda: any("not a complete address: ada@" in each for each in notes(window)))
            window.heading.to.show_people([ADA])
            window.send()
            await until(lambda: d.sent)

    run(story())


def test_an_empty_subject_and_a_forgotten_file_are_questions(run: Run, desk: Opened) -> None:
    async def story() -> None:
        async with desk() as d:
            window = await d.write(Draft((await d.engine.composing.new()).identity, to=(ADA,)))
            QTest.keyClicks(window.editor, "The plan is attached.")
            window.send()
            await until(lambda: len(notes(window)) == 2)
            assert d.sent == []
            press(window, "Send anyway")
            await until(lambda: d.sent)

    run(story())


def test_questions_are_not_asked_of_who_wants_none(run: Run, desk: Opened) -> None:
    async def story() -> None:
        async with desk() as d:
            await d.engine.change_settings(check_attachment=False, check_subject=False)
            window = await d.write(Draft((await d.engine.composing.new()).identity, to=(ADA,)))
            QTest.keyClicks(window.editor, "The plan is attached.")
            window.send()
            await until(lambda: d.sent)

    run(story())


def test_files_are_attached_and_taken_away(run: Run, desk: Opened, tmp_path: Path) -> None:
    async def story() -> None:
        async with desk() as d:
            (tmp_path / "plan.pdf").write_bytes(b"%PDF-1.4 x")
            (tmp_path / "notes.txt").write_bytes(b"x")
            window = await d.write()
            window.files.add_paths([str(tmp_path / "plan.pdf"), str(tmp_path / "notes.txt")])
            await until(lambda: len(window.files.files) == 2)
            assert [(each.name, each.type) for each in window.files.files] == [
                ("plan.pdf", "application/pdf"),
                ("notes.txt", "text/plain"),
            ]
            chip = window.files._chips[0]
            QTest.keyClick(chip, Qt.Key.Key_Delete)
            assert [each.name for each in window._draft().attachments] == ["notes.txt"]

    run(story())


def test_chips_are_made_mended_and_removed(run: Run, desk: Opened) -> None:
    async def story() -> None:
        async with desk() as d:
            window = await d.write()
            to = window.heading.to
            QTest.keyClicks(to.field, "a@b.example, c@d.example;ADA@example.org")
            QTest.keyClick(to.field, Qt.Key.Key_Return)
            assert chips(to) == ["a@b.example", "c@d.example", "ADA@example.org"]
            QTest.keyClicks(to.field, "ada@example.org,")
            assert len(chips(to)) == 3, "the same mailbox once"
            QTest.keyClick(to.field, Qt.Key.Key_Backspace)
            QTest.keyClick(to._chips[-1], Qt.Key.Key_Delete)
            assert chips(to) == ["a@b.example", "c@d.example"]
            QTest.mouseDClick(to._chips[0], Qt.MouseButton.LeftButton)
            assert to.field.text() == "a@b.example"
            assert [each.address for each in to.people] == ["c@d.example", "a@b.example"]

    run(story())


def test_people_are_completed(run: Run, desk: Opened) -> None:
    async def story() -> None:
        async with desk() as d:
            window = await d.write()
            to = window.heading.to
            to._complete = lambda words, limit: [ADA, Address("Adam", "adam@example.org")]
            QTest.keyClicks(to.field, "ad")
            QTest.keyClick(to.field, Qt.Key.Key_Down)
            QTest.keyClick(to.field, Qt.Key.Key_Return)
            assert chips(to) == ["adam@example.org"]
            QTest.keyClicks(to.field, "ad")
            QTest.keyClick(to.field, Qt.Key.Key_Tab)
            assert chips(to) == ["adam@example.org", "ada@example.org"]

    run(story())


# S10
def test_an_answer_that_goes_elsewhere_says_so(run: Run, desk: Opened) -> None:
    async def story() -> None:
        async with desk() as d:
            other = Address("", "helpdesk@elsewhere.example")
            window = await d.write(Draft((await d.engine.composing.new()).identity, to=(other,), answer=Answer.REPLY))
            body = Body("x", 0, (ADA,), (), (), (), (other,), "", (), "", "x", ())
            window.notes.compare(window._draft(), body, window.heading.to.show_people)
            await until(lambda: notes(window))
            assert "helpdesk@elsewhere.example" in notes(window)[0]
            press(window, "Write to Ada Lovelace")
            assert chips(window.heading.to) == ["ada@example.org"]

    run(story())


def test_a_forwarded_layout_goes_along_untouched(run: Run, desk: Opened) -> None:
    async def story() -> None:
        async with desk() as d:
            html = "<p><br></p><p>---------- Forwarded message ----------<br></p>"
            html += '<div><table bgcolor="#112233"><tr><td>cell</td></tr></table></div>'
            draft = Draft((await d.engine.composing.new()).identity, to=(ADA,), subject="Fwd: x", html=html)
            window = await d.write(draft)
            QTest.keyClicks(window.editor, "See below.")
            made = window._draft()
            assert made.html.startswith("<div>See below.</div>")
            assert '<table bgcolor="#112233"><tr><td>cell</td></tr></table>' in made.html
            assert "cell" in made.text
            press(window, "Edit as text")
            assert "<table" not in window._draft().html
            assert "cell" in window._draft().html

    run(story())


def test_everything_that_takes_the_focus_has_a_name(run: Run, desk: Opened) -> None:
    async def story() -> None:
        async with desk() as d:
            window = await d.write()
            for each in window.findChildren(QWidget):
                if each.focusPolicy() & Qt.FocusPolicy.TabFocus and each.isVisibleTo(window):
                    assert each.accessibleName(), each

    run(story())


def test_leaving_the_program_keeps_what_is_written(run: Run, desk: Opened) -> None:
    async def story() -> None:
        async with desk() as d:
            holder = QWidget()
            writing = Writing(d.engine, ComposerWindow, holder)
            window = writing.open(await d.engine.composing.new())
            QTest.keyClicks(window.heading.subject, "At the last moment")
            await writing.finish()
            assert len(drafts(d)) == 1
            await until(lambda: not writing.windows)

    run(story())
