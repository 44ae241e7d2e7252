"""A link to write opens a composer that shows all of it, sends nothing and keeps nothing by itself."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtCore import QUrl
from PySide6.QtWidgets import QWidget

from desktopmail.gui.composer.window import ComposerWindow
from desktopmail.gui.writing import Writing
from tests.gui.composer.conftest import until
from tests.gui.composer.test_window import chips, drafts

Run = Callable[[Coroutine[Any, Any, None]], None]
LINK = (
    "mailto:bob@example.org?cc=cy@example.org&bcc=eve@example.org&subject=Hi%0D%0ABcc:%20x@example.org"
    "&body=Dear%20Bob%0D%0A%0D%0AHello&in-reply-to=%3Cone@example.org%3E&attach=/etc/passwd&from=mallory@example.org"
)


def test_everything_is_seen_and_nothing_is_kept(run: Run, desk: Callable[[], Any]) -> None:
    """C49: hidden copies are shown, files and other senders are not taken, and untouched it leaves no draft."""

    async def story() -> None:
        async with desk() as d:
            owner = QWidget()
            writing = Writing(d.engine, ComposerWindow, owner)
            writing.mailto(LINK)
            await until(lambda: writing.windows)
            window = writing.windows[0]
            heading = window.heading
            assert [chips(each) for each in (heading.to, heading.cc, heading.bcc)] == [
                ["bob@example.org"], ["cy@example.org"], ["eve@example.org"]
            ]  # fmt: skip
            assert heading.bcc.isVisibleTo(window)
            assert heading.subject.text() == "Hi Bcc: x@example.org"
            assert window._draft().attachments == ()
            assert window._draft().text.startswith("Dear Bob\n\nHello")
            draft = await d.engine.composing.save(window._draft())
            raw = await d.engine.reading.raw(draft.id)
            head = raw.partition(b"\r\n\r\n")[0]
            assert head.count(b"\r\nBcc:") == 1
            assert b"\r\nIn-Reply-To: <one@example.org>\r\n" in head + b"\r\n"
            assert b"mallory" not in raw
            await d.engine.composing.discard(draft)
            await writing.finish()
            assert drafts(d) == []
            owner.deleteLater()

    run(story())


def test_a_link_in_a_message_is_read_alike(run: Run, desk: Callable[[], Any]) -> None:
    """As the reader gives it."""

    async def story() -> None:
        async with desk() as d:
            owner = QWidget()
            writing = Writing(d.engine, ComposerWindow, owner)
            writing.mailto(QUrl("mailto:b%C3%B6b@example.org?subject=1+1%20caf%C3%A9"))
            await until(lambda: writing.windows)
            window = writing.windows[0]
            assert chips(window.heading.to) == ["böb@example.org"]
            assert window.heading.subject.text() == "1+1 café"
            await writing.finish()
            owner.deleteLater()

    run(story())
