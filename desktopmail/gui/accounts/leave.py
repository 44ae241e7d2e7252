"""How long a POP3 server keeps what was fetched. Nothing is removed there before the person saw, on this page, how many
messages that would be, and chose it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktopmail.domain.account import Keep, Leave
from desktopmail.gui.loop import spawn
from desktopmail.gui.settings.page import Row
from desktopmail.gui.style import measures
from desktopmail.gui.style.measures import px
from desktopmail.gui.widgets.button import WordButton
from desktopmail.gui.widgets.combo import ComboBox
from desktopmail.gui.widgets.label import PlainLabel
from desktopmail.gui.widgets.number import NumberField

LONGEST = 3_650
USUAL_DAYS = 14
MEGABYTE = 1_000_000
SIZES = (1, 5, 20)

Ask = Callable[[Leave], Awaitable[str]]
"""What a rule would remove, and when, as one or two sentences."""


def rule(leave: Leave) -> str:
    """A rule in words."""
    translate = QCoreApplication.translate
    match leave.keep:
        case Keep.FOREVER:
            return translate("leave", "Always")
        case Keep.DAYS if leave.days == 1:
            return translate("leave", "For 1 day")
        case Keep.DAYS:
            return translate("leave", "For {0} days").format(leave.days)
        case Keep.UNTIL_DELETED:
            return translate("leave", "Until I remove them here")
        case Keep.NO:
            return translate("leave", "Not at all")


class LeaveRow(Row):
    """The rule in force, the choice of another, and what each would do. A rule that may remove something takes effect
    only by its own button, below the sentence that says what it would remove."""

    def __init__(self, leave: Leave, ask: Ask, keep: Callable[[Leave], None]) -> None:
        self._leave, self._ask, self._keep = leave, ask, keep
        self.choice = ComboBox()
        self.days = NumberField(1, LONGEST, leave.days or USUAL_DAYS)
        self.days.setAccessibleName(QCoreApplication.translate("leave", "Days"))
        for kind, text in _kinds():
            self.choice.addItem(text, kind.value)
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(px(8))
        row.addWidget(self.choice)
        row.addWidget(self.days)
        super().__init__(self.tr("Copies on the server"), self.tr("Looking at what is there…"), holder)
        self.choice.setAccessibleName(self.title.text())
        self._offer()
        self.show_rule(leave)
        self.choice.activated.connect(self._look)
        self.days.number_changed.connect(self._look)

    def _offer(self) -> None:
        self.use = WordButton(self.tr("Use this rule"))
        self.back = WordButton(self.tr("Keep the present rule"), look="plain")
        self.use.clicked.connect(self._use)
        self.back.clicked.connect(lambda: self.show_rule(self._leave))
        self.note = PlainLabel(self.tr("Every message is stored on this computer and checked before it is removed "
                                       "there."), size=measures.SMALL, tone="secondary", wrap=True)  # fmt: skip
        self.offer = QWidget()
        row = QHBoxLayout(self.offer)
        row.setContentsMargins(0, px(6), 0, 0)
        row.setSpacing(px(8))
        row.addWidget(self.use)
        row.addWidget(self.back)
        row.addStretch()
        self.provider = PlainLabel("", size=measures.SMALL, tone="care", wrap=True)
        self.provider.hide()
        self._expire = -1
        self.below(self.note)
        self.below(self.provider)
        self.below(self.offer)

    def show_rule(self, leave: Leave) -> None:
        """The rule in force."""
        self._leave = leave
        self.choice.setCurrentIndex(self.choice.findData(leave.keep.value))
        if leave.days:
            self.days.blockSignals(True)
            self.days.set_number(leave.days)
            self.days.blockSignals(False)
        self._look()

    def show_provider(self, expire: int | None) -> None:
        """After how many days the provider may remove messages by itself; None or less than 0: never, or unknown."""
        self._expire = -1 if expire is None else expire
        self._warn()

    def _warn(self) -> None:
        """What the rule promises to keep longer than the provider does."""
        wanted = self.chosen()
        longer = wanted.keep in (Keep.FOREVER, Keep.UNTIL_DELETED) or wanted.days > self._expire
        if self._expire == 0:
            text = self.tr("This provider may remove messages as soon as they were fetched, whatever the rule is.")
        elif self._expire == 1:
            text = self.tr("This provider may remove messages after 1 day, whatever the rule is.")
        else:
            text = self.tr("This provider may remove messages after {0} days, whatever the rule is.").format(
                self._expire
            )
        self.provider.setText(text)
        self.provider.setVisible(self._expire >= 0 and longer and wanted.keep is not Keep.NO)

    def chosen(self) -> Leave:
        """The rule that is looked at."""
        keep = Keep(self.choice.currentData())
        return Leave(keep, self.days.number if keep is Keep.DAYS else 0)

    def _look(self) -> None:
        wanted = self.chosen()
        self.days.setVisible(wanted.keep is Keep.DAYS)
        self.offer.setVisible(wanted != self._leave)
        self.note.setVisible(wanted.keep is not Keep.FOREVER)
        self._warn()
        if wanted != self._leave and wanted.keep is Keep.FOREVER:
            self._use()
            return
        spawn(self._say(wanted), self)

    async def _say(self, wanted: Leave) -> None:
        said = await self._ask(wanted)
        if wanted == self.chosen():
            self.say(self.title.text(), said)

    def _use(self) -> None:
        self._leave = self.chosen()
        self.offer.hide()
        self._keep(self._leave)
        spawn(self._say(self._leave), self)


class LargeRow(Row):
    """From which size on only the beginning of a message is fetched until the person wants the rest."""

    def __init__(self, size: int, keep: Callable[[int], None]) -> None:
        self.choice = ComboBox()
        translate = QCoreApplication.translate
        self.choice.addItem(translate("leave", "No limit"), 0)
        for each in SIZES:
            self.choice.addItem(translate("leave", "{0} MB").format(each), each * MEGABYTE)
        super().__init__(
            translate("leave", "Large messages"),
            translate("leave", "Above the limit only the beginning is fetched. The rest waits on the server until "
                               "you fetch it, and is never removed there before."),
            self.choice,
            extra="size limit slow",
        )  # fmt: skip
        self.show_size(size)
        self.choice.activated.connect(lambda: keep(int(self.choice.currentData())))

    def show_size(self, size: int) -> None:
        """The limit in force, in bytes; 0: none."""
        place = self.choice.findData(size)
        if place < 0:
            shown = QCoreApplication.translate("leave", "{0} MB").format(round(size / MEGABYTE, 1))
            self.choice.addItem(shown, size)
            place = self.choice.count() - 1
        self.choice.setCurrentIndex(place)


def _kinds() -> list[tuple[Keep, str]]:
    translate = QCoreApplication.translate
    return [
        (Keep.FOREVER, translate("leave", "Always")),
        (Keep.DAYS, translate("leave", "For this many days:")),
        (Keep.UNTIL_DELETED, translate("leave", "Until I remove them here")),
        (Keep.NO, translate("leave", "Not at all")),
    ]
