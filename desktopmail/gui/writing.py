"""Composer windows: opened for new mail, answers and drafts; kept alive until they close."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote

from PySide6.QtCore import QObject, Qt, QUrl
from PySide6.QtWidgets import QWidget

from desktopmail.domain.address import Address
from desktopmail.domain.draft import Draft
from desktopmail.domain.ids import MessageId
from desktopmail.gui.loop import spawn

if TYPE_CHECKING:
    from desktopmail.engine.engine import Engine


class Writing(QObject):
    """`make` builds a composer window for a draft."""

    def __init__(self, engine: Engine, make: Callable[[Engine, Draft], QWidget], window: QWidget) -> None:
        super().__init__(window)
        self._engine = engine
        self._make = make
        self.windows: list[QWidget] = []

    def new(self) -> None:
        """An empty message."""
        spawn(self._new())

    def answer(self, kind: str, message: MessageId) -> None:
        """`reply`, `reply_all`, `forward` or `edit` one message."""
        spawn(self._answer(kind.replace("-", "_"), message))

    def mailto(self, url: QUrl) -> None:
        """A message to the address of a link (RFC 6068); only its address and subject are taken over."""
        spawn(self._new(*_mailto(url)))

    async def _new(self, to: tuple[Address, ...] = (), subject: str = "", text: str = "") -> None:
        draft = await self._engine.composing.new()
        self.open(_filled(draft, to, subject, text))

    async def _answer(self, kind: str, message: MessageId) -> None:
        composing = self._engine.composing
        if kind == "forward":
            draft = await composing.forward(message)
        elif kind == "edit":
            draft = await composing.edit(message)
        else:
            draft = await composing.reply(message, everybody=kind == "reply_all")
        self.open(draft)

    def open(self, draft: Draft) -> QWidget:
        """A composer window for a draft."""
        window = self._make(self._engine, draft)
        window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.windows.append(window)
        window.destroyed.connect(lambda: self.windows.remove(window))
        window.show()
        window.activateWindow()
        return window


def _filled(draft: Draft, to: tuple[Address, ...], subject: str, text: str) -> Draft:
    from dataclasses import replace

    return replace(draft, to=draft.to + to, subject=subject or draft.subject, text=text or draft.text)


def _mailto(url: QUrl) -> tuple[tuple[Address, ...], str, str]:
    """The addresses, the subject and the text of a mailto link. Attachments and other headers are left out: a link
    must not be able to send a file along."""
    path, _, query = url.toString(QUrl.ComponentFormattingOption.FullyEncoded).removeprefix("mailto:").partition("?")
    wanted = {key.lower(): values[0] for key, values in parse_qs(query.replace("+", "%2B")).items()}
    names = [*unquote(path).split(","), *wanted.get("to", "").split(",")]
    to = tuple(Address("", name.strip()) for name in names if name.strip())
    return to, wanted.get("subject", ""), wanted.get("body", "")
