"""What happens to the server's copy of a POP3 message: a choice, and in words what it removes and when."""

from __future__ import annotations

from PySide6.QtCore import QDate, QLocale, Signal
from PySide6.QtGui import QIntValidator
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from desktopmail.domain.account import Keep, Leave
from desktopmail.domain.advice import REMOVING
from desktopmail.engine.advice import DAYS, rule
from desktopmail.gui.style import measures
from desktopmail.gui.style.measures import px
from desktopmail.gui.widgets.label import PlainLabel
from desktopmail.gui.wizard.fields import CalmChoice

MOST_DAYS = 3650


class LeaveChoice(QWidget):
    """The rule. It begins with keeping everything for ever, and only the person changes it. `changed` when one did."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._proposed = Keep.FOREVER
        self.choice = CalmChoice()
        self.choice.setFont(measures.font())
        self.choice.setMinimumHeight(px(34))
        self.choice.setAccessibleName(self.tr("Copies on the server"))
        for keep in Keep:
            self.choice.addItem("", keep.value)
        self.days = QLineEdit(str(DAYS))
        self.days.setFont(measures.font())
        self.days.setMinimumHeight(px(34))
        self.days.setFixedWidth(px(56))
        self.days.setValidator(QIntValidator(1, MOST_DAYS, self.days))
        self.days.setAccessibleName(self.tr("Days"))
        self.unit = PlainLabel("")
        self.words = PlainLabel("", size=measures.SMALL, tone="secondary", wrap=True)
        name = PlainLabel(self.tr("Copies on the server"), size=measures.SMALL, tone="secondary")
        name.setBuddy(self.choice)
        row = QHBoxLayout()
        row.setSpacing(px(8))
        row.addWidget(self.choice, 1)
        row.addWidget(self.days)
        row.addWidget(self.unit)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(4))
        column.addWidget(name)
        column.addLayout(row)
        column.addWidget(self.words)
        self._name()
        self.choice.currentIndexChanged.connect(self._say)
        self.days.textChanged.connect(self._say)
        self._say()

    @property
    def leave(self) -> Leave:
        """The rule that was chosen."""
        keep = Keep(self.choice.currentData())
        days = int(self.days.text()) if self.days.hasAcceptableInput() else DAYS
        return Leave(keep, days if keep is Keep.DAYS else 0)

    def propose(self, leave: Leave) -> None:
        """Mark a rule as suggested. Nothing is chosen by that."""
        self._proposed = leave.keep
        if leave.keep is Keep.DAYS and self.leave.keep is not Keep.DAYS:
            self.days.setText(str(leave.days))
        self._name()

    def choose(self, leave: Leave) -> None:
        """Show a rule that the person chose before."""
        self.days.setText(str(leave.days or DAYS))
        self.choice.setCurrentIndex(self.choice.findData(leave.keep.value))

    def _name(self) -> None:
        names = {
            Keep.FOREVER: self.tr("Keep them for ever"),
            Keep.DAYS: self.tr("Keep them for some days"),
            Keep.UNTIL_DELETED: self.tr("Keep them until I remove them here for ever"),
            Keep.NO: self.tr("Remove them once the message is here"),
        }
        for at, keep in enumerate(Keep):
            suggested = keep is self._proposed and keep in REMOVING
            self.choice.setItemText(at, self.tr("{0} (suggested)").format(names[keep]) if suggested else names[keep])

    def _say(self) -> None:
        leave = self.leave
        words = rule(leave)
        if leave.keep is Keep.DAYS:
            first = QLocale().toString(QDate.currentDate().addDays(leave.days), QLocale.FormatType.LongFormat)
            words += " " + self.tr("Today nothing would be removed; the first ones would go on {0}.").format(first)
        for part in (self.days, self.unit):
            part.setVisible(leave.keep is Keep.DAYS)
        self.unit.setText(self.tr("days") if leave.days != 1 else self.tr("day"))
        self.words.setText(words)
        self.words.tone("care" if leave.keep is Keep.NO else "secondary")
        self.choice.setAccessibleDescription(words)
        self.changed.emit()
