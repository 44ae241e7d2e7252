"""The names and addresses a person writes under: a row for each, and a dialog for one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QDialog, QPlainTextEdit, QVBoxLayout, QWidget

from desktopmail.domain.account import Identity
from desktopmail.domain.ids import IdentityId
from desktopmail.gui.settings.page import Row, Section
from desktopmail.gui.style import measures
from desktopmail.gui.style.measures import px
from desktopmail.gui.widgets.asking import buttons_row, heading
from desktopmail.gui.widgets.button import IconButton, WordButton
from desktopmail.gui.widgets.confirm import Confirm
from desktopmail.gui.widgets.label import PlainLabel
from desktopmail.gui.wizard.fields import Field

Keep = Callable[[tuple[Identity, ...]], None]
translate = QCoreApplication.translate


def sentence(identity: Identity, *, first: bool) -> str:
    """What is special about an identity."""
    said = []
    if first:
        said.append(translate("identities", "New mail is written under this name."))
    if identity.reply_to:
        said.append(translate("identities", "Answers go to {0}.").format(identity.reply_to))
    if identity.signature.strip():
        line = next(line for line in identity.signature.splitlines() if line.strip(" -"))
        said.append(translate("identities", "Signature: {0}").format(line.strip()))
    return " ".join(said) or translate("identities", "Without a signature.")


def fill(section: Section, identities: tuple[Identity, ...], keep: Keep, window: QWidget) -> None:
    """Put a row for every identity, and one to add another, into a section. `keep` gets all of them after a change."""
    for place in range(len(identities)):
        _row(section, identities, place, keep, window)
    section.row(
        translate("identities", "Another name or address"),
        translate("identities", "To write as somebody else through the same servers, if they permit it."),
        _button(translate("identities", "Add identity…"), lambda: _add(identities, keep, window)),
    )


def _row(section: Section, identities: tuple[Identity, ...], place: int, keep: Keep, window: QWidget) -> Row:
    identity = identities[place]
    shown = f"{identity.name} <{identity.address}>" if identity.name else identity.address
    edit = _button(translate("identities", "Edit…"), lambda: _edit(identities, place, keep, window))
    edit.setAccessibleName(translate("identities", "Edit {0}").format(shown))
    row = section.row(shown, sentence(identity, first=not place), edit, extra=identity.reply_to)
    if place:
        first = IconButton("arrow-up", translate("identities", "Write new mail under {0}").format(shown))
        first.clicked.connect(lambda: keep((identity, *(each for each in identities if each is not identity))))
        row.end.insertWidget(0, first)
    if len(identities) > 1:
        gone = IconButton("trash-2", translate("identities", "Remove {0}").format(shown))
        gone.clicked.connect(lambda: _remove(identities, place, keep, window))
        row.end.addWidget(gone)
    return row


def _button(text: str, act: Callable[[], None]) -> WordButton:
    made = WordButton(text)
    made.clicked.connect(act)
    return made


def _add(identities: tuple[Identity, ...], keep: Keep, window: QWidget) -> None:
    fresh = Identity(IdentityId(0), identities[0].name if identities else "", "")
    IdentityDialog(window, fresh, lambda made: keep((*identities, made))).open()


def _edit(identities: tuple[Identity, ...], place: int, keep: Keep, window: QWidget) -> None:
    def put(changed: Identity) -> None:
        keep((*identities[:place], changed, *identities[place + 1 :]))

    IdentityDialog(window, identities[place], put).open()


def _remove(identities: tuple[Identity, ...], place: int, keep: Keep, window: QWidget) -> None:
    Confirm(
        window,
        translate("identities", "Write no longer as {0}?").format(identities[place].address),
        translate("identities", "Its signature goes with it. Mail that was written under it stays as it is."),
        translate("identities", "Remove identity"),
        translate("identities", "Keep"),
    ).ask(lambda: keep((*identities[:place], *identities[place + 1 :])))


class IdentityDialog(QDialog):
    """Name, address, where answers go, and the signature. `keep` gets the identity as typed."""

    def __init__(self, window: QWidget, identity: Identity, keep: Callable[[Identity], None]) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Identity"))
        self._identity, self._keep = identity, keep
        self.name, self.address = Field(self.tr("Name"), self.tr("As others see it")), Field(self.tr("Address"))
        self.reply_to = Field(self.tr("Answers go to"), self.tr("The same address"))
        self.signature = QPlainTextEdit(identity.signature)
        self.signature.setFont(measures.font())
        self.signature.setProperty("look", "field")
        self.signature.setTabChangesFocus(True)
        self.signature.setAccessibleName(self.tr("Signature"))
        self.signature.setMinimumHeight(px(96))
        for field, text in ((self.name, identity.name), (self.address, identity.address),
                            (self.reply_to, identity.reply_to)):  # fmt: skip
            field.line.setText(text)
        self.button = WordButton(self.tr("Save identity"), look="primary")
        self.button.setDefault(True)
        self.button.clicked.connect(self._done)
        leave = WordButton(self.tr("Cancel"))
        leave.clicked.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(px(24), px(20), px(24), px(20))
        column.setSpacing(px(12))
        column.addWidget(heading(self.windowTitle()))
        for field in (self.name, self.address, self.reply_to):
            column.addWidget(field)
        label = PlainLabel(self.tr("Signature"), size=measures.SMALL, tone="secondary")
        label.setBuddy(self.signature)
        signed = QVBoxLayout()
        signed.setSpacing(px(4))
        signed.addWidget(label)
        signed.addWidget(self.signature, 1)
        column.addLayout(signed, 1)
        column.addSpacing(px(4))
        column.addLayout(buttons_row(leave, self.button))
        self.setMinimumWidth(px(440))
        self.name.take()

    def _done(self) -> None:
        if not _address(self.address.text):
            self.address.complain(self.tr("This is not a mail address."))
            self.address.take()
            return
        if self.reply_to.text and not _address(self.reply_to.text):
            self.reply_to.complain(self.tr("This is not a mail address."))
            self.reply_to.take()
            return
        made = replace(
            self._identity,
            name=self.name.text,
            address=self.address.text,
            reply_to=self.reply_to.text,
            signature=self.signature.toPlainText(),
        )
        self.accept()
        self._keep(made)


def _address(text: str) -> bool:
    name, at, domain = text.rpartition("@")
    return bool(name and at and domain) and not set(text) & set(" <>,;\t")
