"""The head of a message being written: from whom, to whom, what about."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QSizePolicy, QVBoxLayout, QWidget

from desktopmail.domain.account import Account, Identity
from desktopmail.domain.draft import Draft
from desktopmail.domain.ids import IdentityId
from desktopmail.gui.composer.recipients import GAP, Complete, Recipients
from desktopmail.gui.style import icons, measures
from desktopmail.gui.widgets.area import Sill
from desktopmail.gui.widgets.button import WordButton, turn_round
from desktopmail.gui.widgets.label import PlainLabel
from desktopmail.gui.widgets.line import Line

LABEL, ROW = 64, 26
MOST = 4.5
"""Lines of people that are shown at once; the half one says that there are more."""


class WriterButton(WordButton):
    """Under whom this is written, with a menu of all identities."""

    changed = Signal()

    def __init__(self, identities: Sequence[Identity], parent: QWidget | None = None) -> None:
        self._identities = list(identities)
        super().__init__("", parent, look="plain")
        self.setStyleSheet("QPushButton { padding: 0; min-height: 0; text-align: left; }")
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(measures.px(ROW))
        self.identity: IdentityId | None = None
        self.clicked.connect(self._offer)
        if identities:
            self.choose(identities[0].id)

    def choose(self, wanted: IdentityId) -> None:
        """Take this identity; an unknown one leaves the choice as it is."""
        for identity in self._identities:
            if identity.id == wanted:
                self.identity = wanted
                words = _identity_words(identity)
                self.setText(words.replace("&", "&&"))
                self.setAccessibleName(self.tr("From {0}").format(words))

    def draw(self) -> None:
        turn_round(self)
        self.setIcon(icons.icon("chevron-down", "secondary", measures.px(14)))
        self.setIconSize(icons.size(measures.px(14)))

    def _offer(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setLayoutDirection(self.window().layoutDirection())
        for identity in self._identities:
            action = menu.addAction(_identity_words(identity).replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(identity.id == self.identity)
            action.triggered.connect(lambda _=False, chosen=identity.id: self._chosen(chosen))
        menu.popup(self.mapToGlobal(self.rect().bottomLeft()))

    def _chosen(self, identity: IdentityId) -> None:
        self.choose(identity)
        self.changed.emit()


class Heading(QWidget):
    """Rows with a word, a field and a hair line. Cc and Bcc show when they are wanted or used; From when there is a
    choice. `changed` whenever anything in them changes."""

    changed = Signal()

    def __init__(self, accounts: Sequence[Account], complete: Complete, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._identities = [identity for account in accounts if account.outgoing for identity in account.identities]
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(measures.px(24), 0, measures.px(24), 0)
        self._rows.setSpacing(0)
        self.writer = WriterButton(self._identities)
        self.to = Recipients(self.tr("To"), complete)
        self.cc = Recipients(self.tr("Cc"), complete)
        self.bcc = Recipients(self.tr("Bcc"), complete)
        self.subject = QLineEdit()
        self.subject.setProperty("look", "bare")
        self.subject.setFont(measures.semi_bold())
        self.subject.setFixedHeight(measures.px(ROW))
        self.subject.setAccessibleName(self.tr("Subject"))
        self._more = WordButton(self.tr("Cc and Bcc"), look="link")
        self._more.setFont(measures.font(measures.SMALL))
        self._more.clicked.connect(lambda: self.show_copies(focus=True))
        self._from_row = self._add(self.tr("From"), self.writer)
        self._add(self.tr("To"), self.to, self._more)
        self._cc_row = self._add(self.tr("Cc"), self.cc)
        self._bcc_row = self._add(self.tr("Bcc"), self.bcc)
        self._add(self.tr("Subject"), self.subject)
        self._from_row.setVisible(len(self._identities) > 1)
        self._cc_row.hide()
        self._bcc_row.hide()
        for field in (self.to, self.cc, self.bcc):
            field.changed.connect(self.changed)
        self.subject.textEdited.connect(lambda _: self.changed.emit())
        self.writer.changed.connect(self.changed)

    def show_draft(self, draft: Draft) -> None:
        """Fill all fields."""
        self.writer.choose(draft.identity)
        self.to.show_people(draft.to)
        self.cc.show_people(draft.cc)
        self.bcc.show_people(draft.bcc)
        self.subject.setText(draft.subject)
        if draft.cc or draft.bcc:
            self.show_copies()

    def show_copies(self, *, focus: bool = False) -> None:
        """Show the rows for copies."""
        self._cc_row.show()
        self._bcc_row.show()
        self._beside.hide()
        if focus:
            self.cc.field.setFocus()

    @property
    def identity(self) -> IdentityId | None:
        """Under whom this is written; None when there is no account that sends."""
        return self.writer.identity

    def accept_text(self) -> None:
        """Take over addresses that are still being typed."""
        for field in (self.to, self.cc, self.bcc):
            field.accept_text()

    def _add(self, word: str, field: QWidget, beside: QWidget | None = None) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        row = QHBoxLayout()
        row.setContentsMargins(0, measures.px(5), 0, measures.px(5))
        row.setSpacing(measures.px(8))
        label = PlainLabel(word, tone="secondary")
        label.setFixedSize(measures.px(LABEL), measures.px(ROW))
        label.setBuddy(field)
        row.addWidget(label, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._bounded(field) if isinstance(field, Recipients) else field, 1)
        if isinstance(field, WriterButton):
            row.addStretch(1)
        if beside is not None:
            self._beside = _as_tall_as_a_line(beside)
            row.addWidget(self._beside, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(row)
        column.addWidget(Line())
        self._rows.addWidget(holder)
        return holder

    @staticmethod
    def _bounded(field: Recipients) -> QWidget:
        """Many people leave room for what is written to them."""
        sill = Sill(field, by_tab=False)
        sill.fit(round(measures.px(ROW + GAP) * MOST))
        field.at_work.connect(lambda: sill.ensureWidgetVisible(field.field, 0, 0))
        return sill


def _as_tall_as_a_line(part: QWidget) -> QWidget:
    """Something smaller in the middle of the first line of a field that may have several."""
    holder = QWidget()
    holder.setFixedHeight(measures.px(ROW))
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.addWidget(part)
    return holder


def _identity_words(identity: Identity) -> str:
    return f"{identity.name} <{identity.address}>" if identity.name else identity.address
