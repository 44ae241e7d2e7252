"""One message in the reader: a row when folded; head, notices, body and attachments when open.

Knows how to become ready by itself: it loads its body when it opens and draws whatever state that ends in.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QTimer, QUrl, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktopmail.domain.body import REMOTE_URL, Body
from desktopmail.domain.errors import MailError
from desktopmail.domain.message import Summary
from desktopmail.gui.loop import spawn
from desktopmail.gui.naming import folder_title
from desktopmail.gui.reader.attachments import Attachments
from desktopmail.gui.reader.bodies import Bodies
from desktopmail.gui.reader.document import MOST_CHARACTERS, compose
from desktopmail.gui.reader.header import MessageHeader
from desktopmail.gui.reader.keeping import Keeper
from desktopmail.gui.reader.look import own_tint, present_look
from desktopmail.gui.reader.row import FoldedRow
from desktopmail.gui.reader.state import StateCard, for_error, held_back, not_here, size
from desktopmail.gui.reader.strips import notices
from desktopmail.gui.reader.text import TextBody
from desktopmail.gui.style import measures
from desktopmail.gui.style.theme import theme
from desktopmail.gui.widgets.label import PlainLabel
from desktopmail.gui.widgets.strip import Notice, Strips

if TYPE_CHECKING:
    from desktopmail.gui.reader.web import WebBody

PATIENCE = 200
"""Milliseconds before a wait is mentioned."""


class MessageView(QWidget):
    """Starts folded. `open` and `fold` switch; `settled` tells that what is to be seen is there, good or bad."""

    settled = Signal()
    opened = Signal()
    fold_wanted = Signal()
    grown = Signal()
    link_clicked = Signal(QUrl)
    link_hovered = Signal(str)
    menu_wanted = Signal(QPoint)
    zoom_wanted = Signal(int)
    source_wanted = Signal()

    def __init__(self, bodies: Bodies, summary: Summary, own: frozenset[str]) -> None:
        super().__init__()
        self.summary = summary
        self.body: Body | None = None
        self._designed = False
        self.content: TextBody | WebBody | StateCard | PlainLabel | None = None
        self.is_open = False
        self._engine, self._bodies, self._own = bodies.engine, bodies, own
        self._images = False
        self.is_settled = False
        self._zoom = 1.0
        self._terms: tuple[str, ...] = ()
        self._task: asyncio.Task[None] | None = None
        self._header: MessageHeader | None = None
        self._strips: Strips | None = None
        self._cards: Attachments | None = None
        self._row = FoldedRow()
        self._row.show_summary(summary)
        self._row.open_wanted.connect(self.open)
        self.keeper = Keeper(bodies.engine, summary.id, self)
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE)
        self._patience.timeout.connect(lambda: self._place(PlainLabel(self.tr("Loading…"), tone="secondary")))
        side = measures.px(24)
        self._all = QVBoxLayout(self)
        self._all.setContentsMargins(side, 0, side, 0)
        self._all.setSpacing(0)
        self._all.addWidget(self._row)
        theme().changed.connect(self._recolour)

    @property
    def html(self) -> str:
        """The sanitised HTML that is shown; empty for text."""
        return self.body.html if self.body is not None else ""

    @property
    def has_web(self) -> bool:
        """Whether a web view is in use."""
        return getattr(self.content, "sheet", None) is not None

    @property
    def mine(self) -> bool:
        """Whether the person wrote this message."""
        return bool(self.summary.sender) and self.summary.sender[0].address.casefold() in self._own

    def refresh(self, summary: Summary) -> None:
        """Flags or the state of the content changed."""
        fetched = summary.fetched != self.summary.fetched
        self.summary = summary
        self._row.show_summary(summary)
        if self._header is not None:
            self._header.show_copy(summary.copy)
        if fetched and self.is_open and self.body is None:
            self.load()

    def _elsewhere(self) -> list[str]:
        """The folders of other accounts that keep this message too, as sent mail may be."""
        library = self._engine.library
        if not (homes := library.elsewhere(self.summary.id)):
            return []
        names = {each.id: each.name or each.address for each in library.accounts()}
        return [
            self.tr("{0} of {1}").format(folder_title(each), names.get(each.account, ""))
            for each in library.folders()
            if each.id in homes
        ]

    def open(self) -> None:
        """Show the whole message."""
        if self.is_open:
            return
        self.is_open = True
        self._row.hide()
        side = measures.px(24)
        self._all.setContentsMargins(side, measures.px(16), side, measures.px(20))
        self._all.setSpacing(measures.px(12))
        self._header = MessageHeader()
        self._header.elsewhere = self._elsewhere
        self._header.show_summary(self.summary, self._own)
        self._header.fold_wanted.connect(self.fold_wanted)
        self._strips = Strips()
        self._strips.hide()
        self._all.addWidget(self._header)
        self._all.addWidget(self._strips)
        self.load()
        self.opened.emit()
        self.update()

    def fold(self) -> None:
        """Become one line again and give the web view back."""
        if not self.is_open:
            return
        self.is_open = False
        self._stop()
        self._clear()
        for widget in (self._header, self._strips):
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._header = self._strips = None
        side = measures.px(24)
        self._all.setContentsMargins(side, 0, side, 0)
        self._all.setSpacing(0)
        self._row.show()
        self.update()

    def close_body(self) -> None:
        """Let go of everything before this widget is thrown away."""
        self._stop()
        self._clear()

    def load(self) -> None:
        """Read the body and show it; at once when it is in memory."""
        self._stop()
        if not self._images and len(self.summary.sender) == 1:
            self._images = self._engine.library.images_allowed(self.summary.sender[0].address)
        body = self._bodies.get(self.summary.id, self._images)
        if body is not None:
            self._show(body)
            return
        self._patience.start()
        self._task = spawn(self._load(), self)

    def fetch(self) -> None:
        """Bring what is still on the server, however large it is."""
        self._stop()
        self._place(PlainLabel(self.tr("Fetching {0}…").format(size(self.summary.size)), tone="secondary"))
        self._task = spawn(self._load(whole=True), self)

    def zoom(self, factor: float) -> None:
        """Larger or smaller text."""
        self._zoom = factor
        if self.content is not None and hasattr(self.content, "zoom"):
            self.content.zoom(factor)

    def mark(self, terms: Sequence[str]) -> None:
        """Mark these words in the text; none takes the marks away."""
        self._terms = tuple(terms)
        if self.content is not None and hasattr(self.content, "mark"):
            self.content.mark(self._terms)

    def show_images(self) -> None:
        """Show remote pictures this once."""
        self._images = True
        self.load()

    def search_for(self, text: str, backward: bool, done: Callable[[int, int], None]) -> None:
        """Go to the next hit in this message; `done` gets its number and how many there are."""
        if isinstance(self.content, StateCard | PlainLabel | None):
            done(0, 0)
        else:
            self.content.search_for(text, backward, done)
            if not text:
                self.mark(self._terms)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self.mine:
            painter.fillRect(self.rect(), own_tint())
        painter.fillRect(0, 0, self.width(), 1, theme().colours.line)

    async def _load(self, whole: bool = False) -> None:
        try:
            body = await self._bodies.load(self.summary.id, self._images, whole)
        except MailError as error:
            self._patience.stop()
            self._place(for_error(error, self.load, self.source_wanted.emit))
            self._settle()
        else:
            self._patience.stop()
            self._show(body)

    def _show(self, body: Body) -> None:
        if self._header is None or self._strips is None:
            return
        self.body = body
        self._header.show_body(body, self._own)
        self._strips.show_notices([*self._held_back(body), *notices(body, self.source_wanted.emit)])
        missing = next((each for each in body.warnings if each.kind == "not-downloaded"), None)
        if missing is not None:
            self.body = None
            held = any(each.kind == "held-back" for each in body.warnings)
            card = held_back(missing.detail, self.summary.size, self.fetch) if held else None
            self._place(card or not_here(missing.detail, self.fetch))
            self._settle()
        elif body.html.strip() and not self._as_text(body) and len(body.html) <= MOST_CHARACTERS:
            self._show_html(body)
        elif body.text.strip():
            self._show_text(body.text)
        else:
            self._place(PlainLabel(self.tr("This message has no text"), tone="secondary"))
            self._settle()
        if self._cards is None and body.attachments:
            self._cards = Attachments()
            self._cards.show_parts(body.attachments)
            self._cards.save_wanted.connect(self.keeper.save)
            self._cards.open_wanted.connect(self.keeper.open)
            self._cards.drag_wanted.connect(self.keeper.drag)
            self._cards.save_all_wanted.connect(lambda: self.keeper.save_all(body.attachments))
            self._all.addWidget(self._cards)

    def _as_text(self, body: Body) -> bool:
        plain = self._engine.library.settings().plain_text and not self._designed
        return body.made_from_text or (plain and bool(body.text.strip()))

    def show_again(self) -> None:
        """Show the message anew, after it was decided how messages are shown."""
        if self.body is not None:
            self._show(self.body)

    def _show_designed(self) -> None:
        self._designed = True
        self.show_again()

    def _held_back(self, body: Body) -> list[Notice]:
        if not body.made_from_text and self._as_text(body):
            acts_here = ((self.tr("Show as designed"), self._show_designed),)
            return [Notice(self.tr("Shown as plain text"), "file-text", "secondary", acts_here, 4)]
        if not body.remote_content or self._images:
            return []
        acts = [(self.tr("Show"), self.show_images)]
        if body.sender and body.sender[0].address:
            acts.append((self.tr("Always from this sender"), self._always_images))
        tip = self.tr("Loading them would tell the sender that you read this message, when and where.")
        return [Notice(self.tr("Remote pictures are not loaded"), "image-off", "secondary", tuple(acts), 4, tip)]

    def _always_images(self) -> None:
        spawn(self._allow_images(), self)

    async def _allow_images(self) -> None:
        if self.body is not None and self.body.sender:
            await self._engine.reading.allow_images(self.body.sender[0].address)
        self.show_images()

    def _show_text(self, text: str) -> None:
        content = self.content if isinstance(self.content, TextBody) else TextBody()
        if content is not self.content:
            content.zoom_wanted.connect(self.zoom_wanted)
            content.customContextMenuRequested.connect(lambda spot: self.menu_wanted.emit(content.mapToGlobal(spot)))
            self._wire(content)
        content.setAccessibleName(self.tr("Text of the message"))
        margins = self._all.contentsMargins()
        room = self.width() - margins.left() - margins.right()
        content.resize(min(room, content.maximumWidth()), content.height())
        content.zoom(self._zoom)
        content.show_text(text)
        self._place(content)
        self._settle()

    def _show_html(self, body: Body) -> None:
        from desktopmail.gui.reader.web import WebBody

        content = self.content if isinstance(self.content, WebBody) else WebBody()
        if content is not self.content:
            content.zoom_wanted.connect(self.zoom_wanted)
            content.ready.connect(self._settle)
            content.gone.connect(lambda: self._web_gone(body))
            content.menu_wanted.connect(lambda spot: self.menu_wanted.emit(content.mapToGlobal(spot)))
            self._wire(content)
            self._place(content)
        content.setAccessibleName(self.tr("Text of the message"))
        words = (self.tr("Show quoted text"), self.tr("Hide quoted text"))
        ground = own_tint() if self.mine else theme().colours.window
        document = compose(body.html, present_look(ground), images=self._images, words=words)
        content.zoom(self._zoom)
        content.show_document(document, ground, self.picture)

    def _wire(self, content: TextBody | WebBody) -> None:
        content.link_clicked.connect(self.link_clicked)
        content.link_hovered.connect(self.link_hovered)
        content.grown.connect(self.grown)

    async def picture(self, url: str) -> tuple[str, bytes] | None:
        """A picture of this message by its private address; remote ones only when they are allowed."""
        if url.startswith(REMOTE_URL) and not self._images:
            return None
        try:
            return await self._engine.reading.picture(self.summary.id, url)
        except MailError:
            return None

    def _web_gone(self, body: Body) -> None:
        """The page's process died: show the text, which needs none."""
        if self._strips is not None:
            text = self.tr("This message could not be shown as it was designed. Its text is shown instead.")
            again = ((self.tr("Try again"), lambda: self._show(body)),)
            self._strips.show_notices([Notice(text, "triangle-alert", "secondary", again, 9)])
        self._show_text(body.text)

    def _place(self, content: TextBody | WebBody | StateCard | PlainLabel) -> None:
        if content is self.content or not self.is_open:
            return
        self._clear_content()
        self.content = content
        self._all.insertWidget(3, content)
        content.show()
        self._all.activate()

    def _clear_content(self) -> None:
        content, self.content = self.content, None
        if content is None:
            return
        if hasattr(content, "release"):
            content.release()
        self._all.removeWidget(content)
        content.hide()
        content.deleteLater()

    def _clear(self) -> None:
        self._clear_content()
        self.body = None
        if self._cards is not None:
            self._cards.hide()
            self._cards.deleteLater()
            self._cards = None

    def _settle(self) -> None:
        self.is_settled = True
        self.mark(self._terms)
        self.settled.emit()

    def _stop(self) -> None:
        self.is_settled = False
        self._patience.stop()
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def _recolour(self) -> None:
        self.update()
        if self.body is not None and self.content is not None and hasattr(self.content, "show_document"):
            self._show_html(self.body)
