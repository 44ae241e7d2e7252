"""The servers of an account: names, ports and protection, tried out before they are stored."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from desktopmail.domain.account import Account, Endpoint
from desktopmail.domain.errors import MailError
from desktopmail.domain.health import Side
from desktopmail.gui.accounts.endpoint import EndpointFields
from desktopmail.gui.loop import spawn
from desktopmail.gui.style.measures import px
from desktopmail.gui.widgets.area import Area
from desktopmail.gui.widgets.asking import heading
from desktopmail.gui.widgets.button import WordButton
from desktopmail.gui.widgets.label import PlainLabel
from desktopmail.gui.widgets.line import Line
from desktopmail.gui.wizard.advice import Way, advise
from desktopmail.gui.wizard.trouble import Trouble

if TYPE_CHECKING:
    from desktopmail.engine.engine import Engine


class Servers(QDialog):
    """Signs in to every server that was changed, with the password that is kept, and stores them when that works.
    What stands in the way is said in place; then the servers can also be stored as they are. Trusting a certificate is
    never the button that Return presses."""

    def __init__(self, engine: Engine, account: Account, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Servers of {0}").format(account.name or account.address))
        self._engine, self._account, self._window = engine, account, window
        self._work: asyncio.Task[Any] | None = None
        self._over = False
        self.trouble: Trouble | None = None
        self.incoming = self._fields(account.incoming, account.kind)
        self.outgoing = self._fields(account.outgoing, "smtp")
        self.said = PlainLabel("", tone="secondary", wrap=True)
        self.said.hide()
        self.anyway = WordButton(self.tr("Use them anyway"))
        self.anyway.hide()
        self.leave = WordButton(self.tr("Cancel"))
        self.button = WordButton(self.tr("Use these servers"), look="primary")
        self.button.setDefault(True)
        self._place()
        self.leave.clicked.connect(self._left)
        self.button.clicked.connect(self._try)
        self.anyway.clicked.connect(lambda: spawn(self._store(), self))
        self.setMinimumWidth(px(460))
        self._fit()

    def _fit(self) -> None:
        """As tall as what there is to see, as far as that is sensible."""
        self.resize(max(self.width() if self.isVisible() else 0, px(520)), min(px(760), self._needed()))

    def _needed(self) -> int:
        layout, room = self._body.layout(), px(520)
        assert layout is not None
        return max(layout.sizeHint().height(), layout.heightForWidth(room)) + px(72)

    def _fields(self, server: object, protocol: str) -> EndpointFields | None:
        endpoint = getattr(server, "endpoint", None)
        if not isinstance(endpoint, Endpoint):
            return None
        fields = EndpointFields(endpoint, protocol)
        fields.edited.connect(self._edited)
        return fields

    def _place(self) -> None:
        body = self._body = QWidget()
        body.setProperty("look", "window")
        inner = QVBoxLayout(body)
        inner.setContentsMargins(px(24), px(20), px(24), px(16))
        inner.setSpacing(px(10))
        self._top = inner
        inner.addWidget(heading(self.windowTitle()))
        for title, fields in ((self.tr("Incoming mail"), self.incoming), (self.tr("Outgoing mail"), self.outgoing)):
            if fields is not None:
                inner.addWidget(PlainLabel(title, bold=True))
                inner.addWidget(fields)
                inner.addSpacing(px(8))
        inner.addStretch()
        self.area = Area(body)
        self.area.setMinimumHeight(px(220))
        foot = QHBoxLayout()
        foot.setContentsMargins(px(24), px(14), px(24), px(16))
        foot.setSpacing(px(8))
        foot.addWidget(self.said, 1)
        foot.addStretch()
        for button in (self.anyway, self.leave, self.button):
            foot.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.area, 1)
        column.addWidget(Line())
        column.addLayout(foot)

    # Trying.

    def wanted(self) -> Account:
        """The account with the servers as typed."""
        account = self._account
        if self.incoming is not None and account.incoming is not None:
            account = replace(account, incoming=replace(account.incoming, endpoint=self.incoming.value()))
        if self.outgoing is not None and account.outgoing is not None:
            account = replace(account, outgoing=replace(account.outgoing, endpoint=self.outgoing.value()))
        return account

    def _try(self) -> None:
        self._show_trouble(None)
        for fields in (self.incoming, self.outgoing):
            if fields is not None and (complaint := fields.complaint()):
                self._say(complaint, "bad")
                return
        self._busy(True)
        self._work = spawn(self._tried(), self)

    async def _tried(self) -> None:
        wanted = self.wanted()
        try:
            for side, new, old in (
                (Side.INCOMING, wanted.incoming, self._account.incoming),
                (Side.OUTGOING, wanted.outgoing, self._account.outgoing),
            ):
                if new is not None and new != old:
                    await self._try_one(wanted, side, new.endpoint)
            await self._store()
        except _NotGood:
            return
        finally:
            if not self._over:
                self._busy(False)

    async def _try_one(self, wanted: Account, side: Side, endpoint: Endpoint) -> None:
        try:
            await self._engine.accounts.try_out(wanted, side, self._say)
        except MailError as error:
            self._say("")
            advice = advise(error, endpoint, sending=side is Side.OUTGOING and self.incoming is not None)
            others = (way for way in advice.ways if way in (Way.PASSWORD, Way.TRUST))
            trouble = Trouble(replace(advice, ways=(Way.AGAIN, *others)))
            trouble.chosen.connect(lambda way: self._go(way, side))
            self._show_trouble(trouble)
            raise _NotGood from error

    def _go(self, way: Way, side: Side) -> None:
        fields = self.incoming if side is Side.INCOMING else self.outgoing
        assert fields is not None
        if way is Way.PASSWORD:
            from desktopmail.gui.accounts.sign_in import SignIn

            SignIn(self._engine, self._account, self.tr("Password for {0}").format(self._account.address), self).open()
        elif way is Way.TRUST and self.trouble is not None and self.trouble.advice.certificate is not None:
            fields.trust(self.trouble.advice.certificate.fingerprint)
            self._try()
        else:
            self._try()

    async def _store(self) -> None:
        try:
            await self._engine.accounts.change(self.wanted())
        except MailError as error:
            self._say(f"{error.title}. {error.detail}".strip(), "bad")
            return
        self.accept()
        self._engine.retry(self._account.id)

    # What is shown.

    def _show_trouble(self, trouble: Trouble | None) -> None:
        if self.trouble is not None:
            self.trouble.hide()
            self.trouble.deleteLater()
        self.trouble = trouble
        self.anyway.setVisible(trouble is not None)
        self.button.word(self.tr("Use these servers") if trouble is None else self.tr("Try again"))
        if trouble is not None:
            self._top.insertWidget(1, trouble)
            trouble.show()
            self.area.ensureVisible(0, 0)
        self._fit()

    def _edited(self) -> None:
        self._say("")

    def _say(self, words: str, tone: str = "secondary") -> None:
        self.said.setText(words)
        self.said.tone(tone)
        self.said.setVisible(bool(words))

    def _busy(self, on: bool) -> None:
        for fields in (self.incoming, self.outgoing):
            if fields is not None:
                fields.setEnabled(not on)
        self.button.setEnabled(not on)
        self.anyway.setEnabled(not on)
        self.leave.word(self.tr("Stop") if on else self.tr("Cancel"))

    def _left(self) -> None:
        """Stop what is being tried; with nothing under way, close."""
        if self._work is not None and not self._work.done():
            self._work.cancel()
            self._say(self.tr("Stopped. Nothing was changed."))
        else:
            self.reject()

    def done(self, code: int) -> None:
        """The end, however it came about: what is being tried ends with it."""
        self._over = True
        if self._work is not None and code == QDialog.DialogCode.Rejected:
            self._work.cancel()
        super().done(code)


class _NotGood(Exception):
    """A server could not be used; the dialog says why."""
