"""The list of people under an address field while a name is being typed."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QFrame, QListWidget, QListWidgetItem, QStyle, QStyledItemDelegate, QStyleOptionViewItem
from PySide6.QtWidgets import QWidget as _Widget

from desktopmail.domain.address import Address
from desktopmail.gui.style import measures
from desktopmail.gui.style.theme import theme
from desktopmail.gui.widgets.avatar import draw_avatar
from desktopmail.gui.widgets.card import SHADOW, Card

ROW = 36
PERSON = Qt.ItemDataRole.UserRole


class _Rows(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(100, measures.px(ROW))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        person: Address = index.data(PERSON)
        colours = theme().colours
        room = option.rect
        state = option.state
        if state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
            chosen = state & QStyle.StateFlag.State_Selected
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours.soft if chosen else colours.hover)
            painter.drawRoundedRect(room.adjusted(4, 1, -4, -1), measures.RADIUS, measures.RADIUS)
        side = measures.px(24)
        avatar = room.adjusted(measures.px(12), (room.height() - side) // 2, 0, 0)
        avatar.setSize(QSize(side, side))
        draw_avatar(painter, avatar.toRectF(), person)
        left = avatar.right() + measures.px(10)
        face, small = measures.face(), measures.face(measures.SMALL)
        base = room.top() + (room.height() + face.metrics.ascent() - face.metrics.descent()) / 2
        end = room.right() - measures.px(12)
        painter.setFont(face.font)
        painter.setPen(colours.text)
        name = face.metrics.elidedText(person.shown, Qt.TextElideMode.ElideRight, (end - left) * 0.55)
        painter.drawText(QPointF(left, base), name)
        if person.name:
            left += round(face.metrics.horizontalAdvance(name)) + measures.px(8)
            painter.setFont(small.font)
            painter.setPen(colours.secondary)
            address = small.metrics.elidedText(person.address, Qt.TextElideMode.ElideMiddle, end - left)
            painter.drawText(QPointF(left, base), address)


class Suggestions(Card):
    """Lies under the field that is being typed in; the keyboard stays in the field. `chosen` carries an Address."""

    chosen = Signal(object)

    def __init__(self, window: _Widget) -> None:
        super().__init__(window)
        self._list = QListWidget()
        self._list.setFrameShape(QFrame.Shape.NoFrame)
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setMouseTracking(True)
        self._list.setItemDelegate(_Rows(self._list))
        self._list.setAccessibleName(self.tr("Suggested people"))
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.itemClicked.connect(lambda item: self.chosen.emit(item.data(PERSON)))
        self.body.setContentsMargins(1, 5, 1, 5)
        self.body.addWidget(self._list)

    def offer(self, people: Sequence[Address], spot: QPoint, width: int) -> None:
        """Show these people below `spot` (window coordinates); none hides the list."""
        if not people:
            self.hide()
            return
        self._list.clear()
        for person in people:
            item = QListWidgetItem(self._list)
            item.setData(PERSON, person)
            item.setText(person.full)
        self._list.setCurrentRow(0)
        self.place(spot, width, measures.px(ROW) * len(people) + 3)

    def step(self, by: int) -> None:
        """Move the choice."""
        count = self._list.count()
        if count:
            self._list.setCurrentRow((self._list.currentRow() + by) % count)

    @property
    def current(self) -> Address | None:
        """Who is chosen; None when the list is not shown."""
        item = self._list.currentItem()
        found = item.data(PERSON) if item is not None and self.isVisible() else None
        return found if isinstance(found, Address) else None

    @property
    def shadow(self) -> int:
        """Room of the shadow around the visible surface, in pixels."""
        return SHADOW
