"""The composer's window: places head, text, files and bars; sends, keeps and discards."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QImage, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktopmail.domain.draft import Draft
from desktopmail.domain.errors import MailError
from desktopmail.gui.composer.attaching import Attaching
from desktopmail.gui.composer.checks import findings
from desktopmail.gui.composer.dropping import DropSheet
from desktopmail.gui.composer.editor import Editor
from desktopmail.gui.composer.formatbar import FormatBar, LinkRow
from desktopmail.gui.composer.giving import to_html, to_text
from desktopmail.gui.composer.heading import Heading
from desktopmail.gui.composer.kept import KeptOriginal
from desktopmail.gui.composer.notes import Notes
from desktopmail.gui.composer.original import split_original
from desktopmail.gui.composer.saving import Saver
from desktopmail.gui.loop import spawn
from desktopmail.gui.style import measures
from desktopmail.gui.style.theme import theme
from desktopmail.gui.widgets.button import IconButton, WordButton
from desktopmail.gui.widgets.label import PlainLabel
from desktopmail.gui.widgets.line import Line

if TYPE_CHECKING:
    from desktopmail.engine.engine import Engine


class ComposerWindow(QWidget):
    """Writes one draft. Closing keeps it without a question (`draft_saved`), discarding can be undone (`discarded`,
    with the receipt), sending closes the window at once (`sent`, with the receipt). It deletes itself when closed."""

    sent = Signal(object)
    draft_saved = Signal(object)
    discarded = Signal(object)

    def __init__(self, engine: Engine, draft: Draft, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("look", "window")
        self._engine, self._start = engine, draft
        self._done = False
        self._asked: frozenset[str] = frozenset()
        self.heading = Heading(engine.library.accounts(), engine.library.complete)
        self.editor = Editor()
        self.files = Attaching()
        self.notes = Notes()
        self._kept = KeptOriginal()
        self._link = LinkRow(self.editor)
        self._formats = FormatBar(self.editor)
        self._state = PlainLabel("", size=measures.SMALL, tone="secondary")
        self._send = WordButton(self.tr("Send"), look="primary", icon="send")
        self._lay_out()
        self._saver = Saver(engine, draft, self._draft, self)
        self._saver.told.connect(self._state.setText)
        self._saver.trouble.connect(self.notes.show_error)
        self._fill(draft)
        self.drop = DropSheet(self)
        self._connect()
        self.resize(measures.px(720), measures.px(640))
        spawn(self._look_at_original(), self)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(measures.margins(24, 10, 16, 6))
        top.setSpacing(measures.px(8))
        attach = WordButton(self.tr("Attach"), look="plain", icon="paperclip")
        attach.setToolTip(self.tr("Attach files ({0})").format(_native("Ctrl+Shift+A")))
        attach.clicked.connect(self.files.choose)
        self._send.setToolTip(self.tr("Send ({0})").format(_native("Ctrl+Return")))
        discard = IconButton("trash-2", self.tr("Discard draft"))
        discard.clicked.connect(lambda: spawn(self.discard()))
        for widget in (self._send, attach):
            top.addWidget(widget)
        top.addStretch()
        top.addWidget(self._state)
        top.addWidget(discard)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self.heading)
        column.addWidget(self.notes)
        column.addWidget(self.editor, 1)
        column.addWidget(self._kept)
        column.addWidget(self.files)
        column.addWidget(self._link)
        column.addWidget(Line())
        column.addWidget(self._formats)

    def _connect(self) -> None:
        self._send.clicked.connect(self.send)
        self._formats.link_wanted.connect(self._link.ask)
        self.editor.files_dropped.connect(self.files.add_paths)
        self.drop.dropped.connect(self.files.add_paths)
        self.editor.textChanged.connect(self._changed)
        self.heading.changed.connect(self._changed)
        self.files.changed.connect(self._changed)
        self.files.changed.connect(lambda: self.notes.weigh(self.files.files))
        self.files.trouble.connect(self.notes.show_errors)
        self._kept.edit_wanted.connect(self._take_in)
        self._kept.remove_wanted.connect(self._changed)
        keys: tuple[tuple[str, Callable[[], object]], ...] = (
            ("Ctrl+Return", self.send),
            ("Ctrl+Enter", self.send),
            ("Ctrl+Shift+A", self.files.choose),
            ("Ctrl+S", lambda: spawn(self._saver.save())),
            ("Ctrl+W", self.close),
            ("Escape", self.close),
        )
        for key, act in keys:
            QShortcut(QKeySequence(key), self).activated.connect(act)
        theme().changed.connect(self.update)

    def _fill(self, draft: Draft) -> None:
        self.heading.show_draft(draft)
        for each in draft.attachments:
            image = QImage.fromData(each.data) if each.content_id else QImage()
            if each.content_id and not image.isNull():
                self.editor.add_picture(each, image)
        self.files.show_files([each for each in draft.attachments if each.content_id not in self.editor.pictures])
        own, original = split_original(draft.html)
        if draft.html:
            self.editor.show_html(own)
        else:
            self.editor.show_text(draft.text)
        self._kept.show_original(original, self.editor)
        self._saver.begin(self._draft())
        self.notes.weigh(self.files.files)
        self._title()
        QTimer.singleShot(0, self, self._focus)

    def _focus(self) -> None:
        if not self._start.recipients:
            self.heading.to.field.setFocus()
        elif not self._start.subject:
            self.heading.subject.setFocus()
        else:
            self.editor.setFocus()

    def _draft(self) -> Draft:
        """What the window holds now."""
        document = self.editor.document()
        kept = self._kept
        return replace(
            self._start,
            identity=self.heading.identity or self._start.identity,
            to=self.heading.to.people,
            cc=self.heading.cc.people,
            bcc=self.heading.bcc.people,
            subject=self.heading.subject.text().strip(),
            text=to_text(document) + (f"\n{kept.text}" if kept.html else ""),
            html=to_html(document) + kept.html,
            attachments=(*kept.pictures(self.editor), *self.files.files),
        )

    def send(self) -> None:
        """Send, or say what stands in the way; what is only worth a question is asked once. Files that are still being
        read go along."""
        if self.files.reading:
            spawn(self._send_with_files(), self)
            return
        self.heading.accept_text()
        found = [each for each in findings(self._draft()) if each.stops or each.kind not in self._asked | self._unasked]
        if found:
            self._asked |= {each.kind for each in found if not each.stops}
            self.notes.show_findings(found, self.send, self.files.choose)
            if any(each.kind in ("nobody", "broken-address") for each in found):
                self.heading.to.field.setFocus()
            elif found[0].kind == "no-subject":
                self.heading.subject.setFocus()
            return
        spawn(self._hand_over())

    @property
    def _unasked(self) -> set[str]:
        """What the person does not want to be asked about."""
        now = self._engine.library.settings()
        wanted = {"no-subject": now.check_subject, "no-attachment": now.check_attachment}
        return {kind for kind, on in wanted.items() if not on}

    async def _send_with_files(self) -> None:
        if await self.files.read() and not self._done:
            self.send()

    async def _hand_over(self) -> None:
        self._send.setEnabled(False)
        delay = self._engine.library.settings().undo_send_seconds
        async with self._saver.alone():
            if self._done:
                return
            try:
                receipt = await self._engine.composing.send(self._saver.current(), delay)
            except MailError as error:
                self._send.setEnabled(True)
                self.notes.show_error(error)
                return
            self._leave()
        self.sent.emit(receipt)

    async def discard(self) -> None:
        """Throw the draft away; what was written is kept first, so that undo brings all of it back."""
        async with self._saver.alone():
            if self._done or not await self._saver.keep():
                return
            try:
                receipt = await self._engine.composing.discard(self._saver.draft)
            except MailError as error:
                self.notes.show_error(error)
                return
            self._leave()
        self.discarded.emit(receipt)

    async def keep_and_close(self) -> None:
        """Save what is new and close; stays open when it could not be saved."""
        await self.files.read()
        changed = not self._done and self._saver.changed
        while not self._done and await self._saver.save():
            if not self._done and not self._saver.changed:  # Nothing was written meanwhile.
                self._leave()
                if changed or self._saver.draft.id is not None:
                    self.draft_saved.emit(self._saver.draft)

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._done:
            event.accept()
            return
        event.ignore()
        spawn(self.keep_and_close())

    def _leave(self) -> None:
        self._done = True
        self._saver.end()
        self.close()

    def _changed(self) -> None:
        self._saver.touch()
        self.notes.forget_findings()
        self._title()

    def _title(self) -> None:
        subject = self.heading.subject.text().strip()
        self.setWindowTitle(subject or self.tr("New message"))

    def _take_in(self, html: str) -> None:
        """Make the kept original part of the text, to be written into."""
        self.editor.show_html(to_html(self.editor.document()) + html)
        self._changed()

    async def _look_at_original(self) -> None:
        """Say so when an answer goes elsewhere than to its sender."""
        if self._start.answers is None or not self._start.to:
            return
        try:
            body = await self._engine.reading.load(self._start.answers)
        except MailError:
            return
        await asyncio.sleep(0)
        self.notes.compare(self._start, body, self.heading.to.show_people)


def _native(keys: str) -> str:
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)
