"""Composer windows: opened for new mail, answers and drafts; kept alive until they close."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from desktopmail.domain.ids import MessageId
from desktopmail.gui.loop import spawn

if TYPE_CHECKING:
    from PySide6.QtCore import QUrl
    from PySide6.QtWidgets import QWidget

    from desktopmail.domain.action import Receipt
    from desktopmail.domain.draft import Draft
    from desktopmail.domain.mailto import Mailto
    from desktopmail.engine.engine import Engine
    from desktopmail.gui.composer.window import ComposerWindow


class Writing(QObject):
    """`make` builds a composer window for a draft. `receipt` with what can be taken back the common way, `held` with a
    sentence and the message that waits in the Outbox for the undo time, `kept` with a sentence about a draft."""

    receipt = Signal(object)
    held = Signal(str, object)
    kept = Signal(str)

    def __init__(self, engine: Engine, make: Callable[[Engine, Draft], ComposerWindow], window: QWidget) -> None:
        super().__init__(window)
        self._engine = engine
        self._make = make
        self.windows: list[ComposerWindow] = []

    def new(self) -> None:
        """An empty message."""
        spawn(self._new())

    def answer(self, kind: str, message: MessageId) -> None:
        """`reply`, `reply_all`, `forward` or `edit` one message."""
        spawn(self._answer(kind.replace("-", "_"), message))

    def mailto(self, link: QUrl | str) -> None:
        """A message as a link asks for it (RFC 6068). Nothing is sent and no file goes along: the person sees all of
        it first."""
        from desktopmail.domain.mailto import parse

        whole = link if isinstance(link, str) else bytes(link.toEncoded().data()).decode("ascii", "replace")
        spawn(self._new(parse(whole)))

    async def _new(self, wanted: Mailto | None = None) -> None:
        draft = await self._engine.composing.new()
        self.open(_filled(draft, wanted) if wanted is not None else draft)

    async def _answer(self, kind: str, message: MessageId) -> None:
        composing = self._engine.composing
        if kind == "forward":
            draft = await composing.forward(message)
        elif kind == "edit":
            draft = await composing.edit(message)
        else:
            draft = await composing.reply(message, everybody=kind == "reply_all")
        self.open(draft)

    def open(self, draft: Draft) -> ComposerWindow:
        """A composer window for a draft."""
        window = self._make(self._engine, draft)
        window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.windows.append(window)
        window.destroyed.connect(lambda: self.windows.remove(window))
        window.sent.connect(self._sent)
        window.discarded.connect(self.receipt)
        window.draft_saved.connect(lambda draft: self.kept.emit(self.tr("Saved in Drafts")))
        window.show()
        window.activateWindow()
        return window

    async def finish(self) -> tuple[str, ...]:
        """Keep everything that is being written; called before the engine is closed. The titles of what could not be
        kept: its windows stay and say why."""
        for window in list(self.windows):
            await window.keep_and_close()
        return tuple(window.windowTitle() for window in self.windows if window.isVisible())

    def take_back(self, message: MessageId) -> None:
        """Undo sending: out of the Outbox, and open it again."""
        spawn(self._take_back(message))

    async def _take_back(self, message: MessageId) -> None:
        await self._engine.outbox.cancel(message)
        self.open(await self._engine.composing.edit(message))

    def _sent(self, receipt: Receipt) -> None:
        if self._engine.library.settings().undo_send_seconds and receipt.messages:
            self.held.emit(receipt.label, receipt.messages[0])
        else:
            self.receipt.emit(receipt)


def _filled(draft: Draft, wanted: Mailto) -> Draft:
    """A fresh draft with what a link asks for, above the signature."""
    from dataclasses import replace

    return replace(
        draft,
        to=wanted.to,
        cc=wanted.cc,
        bcc=wanted.bcc,
        subject=wanted.subject,
        text=wanted.body + draft.text,
        in_reply_to=wanted.in_reply_to,
        references=(wanted.in_reply_to,) if wanted.in_reply_to else (),
    )
