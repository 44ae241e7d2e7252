"""Help with choosing: a few questions, each of which can be left out, and what they come to in words."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QVBoxLayout, QWidget

from desktopmail.domain.advice import QUESTIONS, Answers, Backup, Lasting, Line, Offers, Readers, Space
from desktopmail.engine.advice import recommend
from desktopmail.gui.style import measures
from desktopmail.gui.style.colours import blend
from desktopmail.gui.style.measures import px
from desktopmail.gui.style.theme import theme
from desktopmail.gui.widgets.flow import Flow
from desktopmail.gui.widgets.label import PlainLabel
from desktopmail.gui.wizard.fields import Explain
from desktopmail.gui.wizard.page import Page
from desktopmail.gui.wizard.verdict import Verdict


class Chip(QAbstractButton):
    """One answer. Pressed again, it is taken back."""

    def __init__(self, text: str, answer: Enum) -> None:
        super().__init__()
        self.answer = answer
        self.setText(text)
        self.setAccessibleName(text)
        self.setCheckable(True)
        self.setFont(measures.font())
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        width = self.fontMetrics().horizontalAdvance(text) + px(26)
        self.setFixedSize(width, px(30))
        theme().changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = theme().colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        on, over = self.isChecked(), self.underMouse()
        edge = colours.accent if on else blend(colours.text, colours.window, 0.2)
        painter.setPen(QPen(edge, 1.5 if on else 1.0))
        painter.setBrush(colours.soft if on else colours.hover if over else colours.raised)
        frame = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.drawRoundedRect(frame, frame.height() / 2, frame.height() / 2)
        painter.setPen(colours.text)
        painter.setFont(self.font())
        painter.drawText(frame, Qt.AlignmentFlag.AlignCenter, self.text())


class Asking(QWidget):
    """One question with its answers, at most one of which holds. `changed` when that is another one."""

    changed = Signal()

    def __init__(self, question: str, answers: dict[Enum, str]) -> None:
        super().__init__()
        self.chips = {answer: Chip(text, answer) for answer, text in answers.items()}
        self.setAccessibleName(question)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, px(16))
        column.setSpacing(px(8))
        column.addWidget(PlainLabel(question, wrap=True))
        holder = QWidget()
        flow = Flow(holder, px(8))
        for chip in self.chips.values():
            chip.setAccessibleDescription(question)
            chip.clicked.connect(lambda checked=False, chip=chip: self._clicked(chip))
            flow.addWidget(chip)
        column.addWidget(holder)

    @property
    def answer(self) -> Enum | None:
        """What was answered."""
        return next((chip.answer for chip in self.chips.values() if chip.isChecked()), None)

    def answered(self, answer: Enum | None) -> None:
        """Show an answer given before, or none."""
        for chip in self.chips.values():
            chip.setChecked(chip.answer is answer)

    def _clicked(self, chip: Chip) -> None:
        for each in self.chips.values():
            each.setChecked(each is chip and chip.isChecked())
        self.changed.emit()


class Questions(Page):
    """`agreed` with the Answers when the person wants what they come to."""

    agreed = Signal(object)

    def __init__(self) -> None:
        super().__init__(
            self.tr("Which way suits you?"),
            self.tr("Answer what you like; what it comes to stands below."),
        )
        self._offers = Offers(True, True)
        self.asking = {name: Asking(question, answers) for name, (question, answers) in self._texts().items()}
        for each in self.asking.values():
            each.changed.connect(self._weigh)
            self.column.addWidget(each)
        self.glossary = Explain("IMAP", "POP3")
        self.column.addWidget(self.glossary, 0, Qt.AlignmentFlag.AlignLeft)
        self.column.addStretch()
        self.verdict = Verdict()
        self.below(self.verdict)

    @property
    def answers(self) -> Answers:
        """What was said so far."""
        said = {name: each.answer for name, each in self.asking.items() if not each.isHidden()}
        return Answers(**said)  # type: ignore[arg-type]

    def offer(self, offers: Offers, answers: Answers) -> None:
        """Begin with what these servers can do and what was answered before."""
        self._offers = offers
        for name, each in self.asking.items():
            each.answered(getattr(answers, name))
        self._weigh()

    def start(self) -> QWidget | None:
        """The first answer."""
        return next(iter(self.asking["readers"].chips.values()))

    def go(self) -> None:
        """Take what the answers come to."""
        self.agreed.emit(self.answers)

    def _weigh(self) -> None:
        lasting = self.asking["lasting"].answer
        self.asking["backup"].setVisible(Answers(lasting=lasting).asks_backup)  # type: ignore[arg-type]
        found = recommend(self.answers, self._offers)
        self.verdict.tell(found)
        self.verb = self.tr("Use {0}").format(found.protocol.upper()) if found.protocol else ""
        self.changed.emit()

    def _texts(self) -> dict[str, tuple[str, dict[Enum, str]]]:
        texts: dict[str, tuple[str, dict[Enum, str]]] = {
            "readers": (
                self.tr("Where else is this address read?"),
                {
                    Readers.ALONE: self.tr("Nowhere"),
                    Readers.SEVERAL: self.tr("On other devices, on the web"),
                    Readers.PEOPLE: self.tr("By other people"),
                },
            ),
            "lasting": (
                self.tr("Where should the copy that lasts be?"),
                {
                    Lasting.PROVIDER: self.tr("With the provider"),
                    Lasting.HERE: self.tr("On this computer"),
                    Lasting.BOTH: self.tr("In both places"),
                },
            ),
            "backup": (
                self.tr("Is this computer backed up?"),
                {Backup.YES: self.tr("Yes"), Backup.NO: self.tr("No")},
            ),
            "space": (
                self.tr("Is there room enough with the provider?"),
                {
                    Space.PLENTY: self.tr("Plenty"),
                    Space.SCARCE: self.tr("Little, or mail should not stay there"),
                },
            ),
            "line": (
                self.tr("How is this computer connected?"),
                {
                    Line.STEADY: self.tr("Nearly always"),
                    Line.OFTEN_WITHOUT: self.tr("Often not at all"),
                    Line.SLOW: self.tr("By a slow or metered line"),
                },
            ),
        }
        assert set(texts) == set(QUESTIONS)
        return texts
