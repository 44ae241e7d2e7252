"""The head of an open message: avatar, name and address, date, and to whom it went, in two lines that open."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QPoint, QPointF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QGuiApplication,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QMenu, QSizePolicy, QToolTip, QVBoxLayout, QWidget

from desktopmail.domain.address import Address
from desktopmail.domain.body import Body
from desktopmail.domain.message import Copy, Summary
from desktopmail.gui.files import shown_name
from desktopmail.gui.reader import dates
from desktopmail.gui.reader.people import NOBODY, keep_domain, listed, one_line, to_words, verdict_words
from desktopmail.gui.style import icons, measures
from desktopmail.gui.style.lettering import base, write
from desktopmail.gui.style.theme import theme
from desktopmail.gui.widgets.avatar import Avatar
from desktopmail.gui.widgets.button import WordButton, turn_round
from desktopmail.gui.widgets.label import PlainLabel
from desktopmail.gui.widgets.tip import plain_tip

GAP = 8


class SenderLine(QWidget):
    """Name, address and date in one line, in little room with the address below. Its domain is never cut."""

    pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._person = NOBODY
        self._more = 0
        self._seconds = 0
        self._offset = 0
        self._was_wrapped = False
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        theme().changed.connect(self.update)

    def show_sender(self, senders: Sequence[Address], seconds: int, offset: int = 0) -> None:
        """The first sender; more are announced by a number."""
        self._person = senders[0] if senders else NOBODY
        self._more = max(0, len(senders) - 1)
        self._seconds, self._offset = seconds, offset
        self.setAccessibleName(f"{self._person.full}, {dates.whole(seconds, offset)}")
        self._fit()

    def sizeHint(self) -> QSize:
        lines = [measures.PEOPLE, *([measures.SMALL] if self.wrapped else [])]
        return QSize(200, sum(round(measures.face(each).metrics.height()) + 2 for each in lines))

    @property
    def wrapped(self) -> bool:
        """Whether the address stands below the name, because both have no room in one line."""
        name, address = self._words()
        wide = measures.face(measures.PEOPLE, measures.semi_bold().weight()).metrics
        needed = wide.horizontalAdvance(name) + self._small(address) + measures.px(GAP)
        return bool(name and address) and needed > self._room

    @property
    def _room(self) -> float:
        """What the date leaves of the first line."""
        return self.width() - self._small(dates.short(self._seconds)) - measures.px(2 * GAP)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        if self.wrapped != self._was_wrapped:
            self._was_wrapped = not self._was_wrapped
            self.updateGeometry()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = theme().colours
        painter = QPainter(self)
        name, address = self._words()
        wide = measures.face(measures.PEOPLE, measures.semi_bold().weight())
        narrow = measures.face(measures.SMALL)
        wrapped, room = self.wrapped, self._room
        height = round(wide.metrics.height()) + 2 if wrapped else self.height()
        line = base(wide, height)
        when = dates.short(self._seconds)
        painter.setPen(colours.secondary)
        write(painter, self, narrow, QPointF(self.width() - self._small(when), line), when)
        after = 0.0
        if name:
            painter.setPen(colours.text)
            shown = wide.metrics.elidedText(name, Qt.TextElideMode.ElideRight, room)
            write(painter, self, wide, QPointF(0, line), shown)
            after = wide.metrics.horizontalAdvance(shown) + measures.px(GAP)
        face = narrow if name else wide
        painter.setPen(colours.secondary if name else colours.text)
        spot = QPointF(0, height + narrow.metrics.ascent()) if wrapped else QPointF(after, line)
        end = self.width() if wrapped else room - after
        write(painter, self, face, spot, keep_domain(address, end, face.metrics.horizontalAdvance))

    def _small(self, text: str) -> float:
        return measures.face(measures.SMALL).metrics.horizontalAdvance(text)

    def _over_date(self, spot: QPoint) -> bool:
        x = spot.x()
        if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            x = self.width() - x
        return x >= self.width() - self._small(dates.short(self._seconds))

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            over_date = self._over_date(event.pos())
            text = dates.whole(self._seconds, self._offset) if over_date else one_line(self._person.full)
            QToolTip.showText(event.globalPos(), plain_tip(text), self)
            return True
        return super().event(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        clipboard = QGuiApplication.clipboard()
        for words, text in ((self.tr("Copy address"), self._person.address), (self.tr("Copy name"), self._person.name)):
            if text:
                menu.addAction(words).triggered.connect(lambda _=False, text=text: clipboard.setText(text))
        menu.popup(event.globalPos())

    def _words(self) -> tuple[str, str]:
        name = shown_name(self._person.name, "") if self._person.name.strip() else ""
        address = one_line(self._person.address)
        if not name and not address:
            return self.tr("No sender"), ""
        return name, address + (self.tr(" and {0} more").format(self._more) if self._more else "")


class ToLine(WordButton):
    """'to me and 3 others': opens the whole head of the message."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent, look="link")
        self.setFont(measures.font(measures.SMALL))
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setStyleSheet("QPushButton { padding: 0; color: palette(placeholder-text); }")

    def show_people(self, to: Sequence[Address], cc: Sequence[Address], own: frozenset[str]) -> None:
        """Who got it, in a few words."""
        words = to_words(to, cc, own)
        self.setText(words.replace("&", "&&"))
        self.setAccessibleName(self.tr("{0}, show details").format(words))
        self.draw()

    def draw(self) -> None:
        self.setIcon(icons.icon("chevron-up" if self.isChecked() else "chevron-down", "secondary", measures.px(14)))
        self.setIconSize(icons.size(measures.px(14)))
        turn_round(self)


class MessageHeader(QWidget):
    """Two lines beside an avatar, and the details below them. `fold_wanted`: the head was clicked to close."""

    fold_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._avatar = Avatar(NOBODY, 40)
        self._sender = SenderLine()
        self._to = ToLine()
        self._details: Details | None = None
        self._body: Body | None = None
        self._copy: Copy | None = None
        self.elsewhere: Callable[[], Sequence[str]] = tuple
        self._to.toggled.connect(self._open)
        lines = QVBoxLayout()
        lines.setSpacing(measures.px(2))
        lines.addWidget(self._sender)
        second = QHBoxLayout()
        second.addWidget(self._to)
        second.addStretch()
        lines.addLayout(second)
        row = QHBoxLayout()
        row.setSpacing(measures.px(12))
        row.addWidget(self._avatar, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(lines, 1)
        self._all = QVBoxLayout(self)
        self._all.setContentsMargins(0, 0, 0, 0)
        self._all.setSpacing(measures.px(8))
        self._all.addLayout(row)

    def show_summary(self, summary: Summary, own: frozenset[str]) -> None:
        """What the list knows already; painted before the body is there."""
        self.show_copy(summary.copy)
        self._avatar.show_person(summary.sender[0] if summary.sender else NOBODY)
        self._sender.show_sender(summary.sender, summary.date)
        self._to.show_people(summary.to, (), own)

    def show_copy(self, copy: Copy) -> None:
        """Where the message exists, which may change while it is shown."""
        if copy is not self._copy:
            self._copy = copy
            if self._details is not None:
                self._fill(self._details)

    def _fill(self, details: Details) -> None:
        if self._body is not None:
            details.show_body(self._body, self._copy, self.elsewhere())

    def show_body(self, body: Body, own: frozenset[str]) -> None:
        """What the whole head says."""
        self._body = body
        self._avatar.show_person(body.sender[0] if body.sender else NOBODY)
        self._sender.show_sender(body.sender, body.date, body.date_offset)
        self._to.show_people(body.to, body.cc + body.bcc, own)
        if self._details is not None:
            self._fill(self._details)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.fold_wanted.emit()

    def _open(self, opened: bool) -> None:
        self._to.draw()
        if opened and self._details is None:
            self._details = Details()
            self._all.addWidget(self._details)
            self._fill(self._details)
        if self._details is not None:
            self._details.setVisible(opened)


class Details(QWidget):
    """The whole head as a small table whose text can be selected."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(measures.margins(52, 0, 0, 4))
        self._grid.setHorizontalSpacing(measures.px(12))
        self._grid.setVerticalSpacing(measures.px(4))
        self._grid.setColumnStretch(1, 1)

    def show_body(self, body: Body, copy: Copy | None = None, elsewhere: Sequence[str] = ()) -> None:
        """Fill the table anew. `elsewhere` are the folders of other accounts that keep the message too."""
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        rows = [
            (self.tr("From"), listed(body.sender)),
            (self.tr("To"), listed(body.to)),
            (self.tr("Cc"), listed(body.cc)),
            (self.tr("Bcc"), listed(body.bcc)),
            (self.tr("Reply to"), listed(body.reply_to)),
            (self.tr("Date"), dates.whole(body.date, body.date_offset).replace("\n", "; ")),
            (self.tr("Sender checked"), verdict_words(body)),
            (self.tr("Kept"), self._kept(copy)),
            (self.tr("Also in"), ", ".join(elsewhere)),
        ]
        for number, (name, value) in enumerate((name, value) for name, value in rows if value):
            label = PlainLabel(name, size=measures.SMALL, tone="secondary")
            text = PlainLabel(value, size=measures.SMALL, wrap=True)
            text.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )
            text.setAccessibleName(f"{name}: {value}")
            self._grid.addWidget(label, number, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(text, number, 1)

    def _kept(self, copy: Copy | None) -> str:
        match copy:
            case Copy.SERVER:
                return self.tr("Only on the server, its beginning here")
            case Copy.BOTH:
                return self.tr("On this computer and on the server")
            case Copy.HERE:
                return self.tr("Only on this computer")
            case None:
                return ""
