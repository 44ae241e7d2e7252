"""The list of pages at the left: a sign and a name, headings between groups, and during a search how much was found."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QDropEvent, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from desktopmail.gui.style import icons, measures
from desktopmail.gui.style.colours import person
from desktopmail.gui.style.focus import by_keyboard
from desktopmail.gui.style.measures import px
from desktopmail.gui.style.theme import theme

ENTRY = Qt.ItemDataRole.UserRole
FOUND = Qt.ItemDataRole.UserRole + 1


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the list. `key` names the page; an empty one is a heading. `colour` is an account's own, or -1: lines
    that have one can be put into another order among themselves."""

    key: str
    title: str
    icon: str = ""
    colour: int = -1


class EntryDelegate(QStyledItemDelegate):
    """Paints one line."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        entry = index.data(ENTRY)
        return QSize(px(80), px(34) if entry.key else px(36))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        entry = index.data(ENTRY)
        rect = QRectF(option.rect).adjusted(px(8), 1, -px(8), -1)
        mirrored = option.direction == Qt.LayoutDirection.RightToLeft
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        if entry.key:
            self._ground(painter, rect, option)
            self._entry(painter, rect, index, mirrored)
        else:
            face = measures.face(measures.SIGN + 0.5, measures.semi_bold().weight())
            painter.setFont(face.font)
            painter.setPen(theme().colours.secondary)
            room = rect.adjusted(px(10), 0, -px(10), -px(5))
            painter.drawText(room, _side(mirrored) | Qt.AlignmentFlag.AlignBottom, entry.title)
        painter.restore()

    def _ground(self, painter: QPainter, rect: QRectF, option: QStyleOptionViewItem) -> None:
        colours = theme().colours
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        over = bool(option.state & QStyle.StateFlag.State_MouseOver)
        if chosen or over:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours.soft if chosen else colours.quiet)
            painter.drawRoundedRect(rect, measures.RADIUS, measures.RADIUS)
        if chosen and option.state & QStyle.StateFlag.State_HasFocus and by_keyboard():
            painter.setPen(QColor(colours.accent))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), measures.RADIUS, measures.RADIUS)

    def _entry(
        self, painter: QPainter, rect: QRectF, index: QModelIndex | QPersistentModelIndex, mirrored: bool
    ) -> None:
        entry, found = index.data(ENTRY), index.data(FOUND) or 0
        colours = theme().colours
        side = px(16)
        left = rect.right() - px(10) - side if mirrored else rect.left() + px(10)
        spot = QRectF(left, rect.center().y() - side / 2, side, side)
        if entry.colour >= 0:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(person(entry.colour, colours.dark))
            painter.drawEllipse(spot.center(), px(5), px(5))
        elif entry.icon:
            icons.draw(painter, entry.icon, spot, colours.secondary)
        room = rect.adjusted(px(10), 0, -px(36), 0) if mirrored else rect.adjusted(px(36), 0, -px(10), 0)
        count = str(found) if found else ""
        small, body = measures.face(measures.SMALL), measures.face()
        if count:
            painter.setFont(small.font)
            painter.setPen(colours.secondary)
            painter.drawText(room, _side(not mirrored) | Qt.AlignmentFlag.AlignVCenter, count)
            taken = small.metrics.horizontalAdvance(count) + px(8)
            room = room.adjusted(taken, 0, 0, 0) if mirrored else room.adjusted(0, 0, -taken, 0)
        painter.setFont(body.font)
        painter.setPen(colours.text)
        text = body.metrics.elidedText(entry.title, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, _side(mirrored) | Qt.AlignmentFlag.AlignVCenter, text)


class PageList(QListWidget):
    """`chosen` with the key of a page; `entered_page` when Enter leads into it; `typed` with what is typed here, which
    belongs into the search; `arranged` with the keys of the coloured lines in the order that is wanted, when one was
    dragged or moved by Alt and an arrow key."""

    chosen = Signal(str)
    arranged = Signal(list)
    entered_page = Signal()
    typed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setItemDelegate(EntryDelegate(self))
        self.setMouseTracking(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setAccessibleName(self.tr("Pages of the settings"))
        self.currentItemChanged.connect(self._moved)
        theme().changed.connect(self.viewport().update)

    def offer(self, entries: list[Entry], current: str) -> None:
        """Show these; the page named stays, or becomes, the current one."""
        self.blockSignals(True)
        self.clear()
        for entry in entries:
            item = QListWidgetItem(entry.title)
            item.setData(ENTRY, entry)
            if not entry.key:
                item.setFlags(Qt.ItemFlag.NoItemFlags)
            else:
                moves = Qt.ItemFlag.ItemIsDragEnabled if entry.colour >= 0 else Qt.ItemFlag.NoItemFlags
                item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | moves)
            self.addItem(item)
        self.blockSignals(False)
        self.go(current)

    def go(self, key: str) -> None:
        """Make a page the current one; the first when there is none of that name."""
        keys = self.names()
        if keys:
            wanted = key if key in keys else keys[0]
            self.setCurrentRow(next(row for row in range(self.count()) if self._key(row) == wanted))

    def names(self, *, shown: bool = False) -> list[str]:
        """The pages in order; only those not hidden by a search if `shown`."""
        rows = [row for row in range(self.count()) if self._key(row)]
        return [self._key(row) for row in rows if not (shown and self.item(row).isHidden())]

    def narrow(self, found: dict[str, int] | None) -> None:
        """Show only these pages, with how much was found on each; None ends that."""
        for row in range(self.count()):
            item, key = self.item(row), self._key(row)
            count = (found or {}).get(key, 0)
            item.setHidden(found is not None and key not in found)
            item.setData(FOUND, count)
            title = item.data(ENTRY).title
            spoken = self.tr("{0}, {1} found").format(title, count) if count else title
            item.setData(Qt.ItemDataRole.AccessibleTextRole, spoken)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        text = event.text()
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
        if step and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            keys = self._movable()
            if (key := self._key(self.currentRow())) in keys:
                self._arrange(key, keys.index(key) + step)
        elif text and text.isprintable() and not text.isspace() and not event.modifiers() & ~_SHIFT:
            self.typed.emit(text)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered_page.emit()
        else:
            super().keyPressEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """The line goes where it is let go; it moves when the order is stored, not here."""
        key, keys = self._key(self.currentRow()), self._movable()
        spot = event.position().toPoint()
        below = [each for each in keys if self._centre(each) < spot.y() and each != key]
        if event.source() is self and key in keys:
            self._arrange(key, len(below))
        event.setDropAction(Qt.DropAction.IgnoreAction)
        event.accept()

    def _movable(self) -> list[str]:
        rows = range(self.count())
        return [self._key(row) for row in rows if self.item(row).flags() & Qt.ItemFlag.ItemIsDragEnabled]

    def _centre(self, key: str) -> int:
        row = next(row for row in range(self.count()) if self._key(row) == key)
        return self.visualItemRect(self.item(row)).center().y()

    def _arrange(self, key: str, place: int) -> None:
        """Ask for the line to stand at this place among those that can be moved."""
        before = self._movable()
        after = [each for each in before if each != key]
        after.insert(max(0, place), key)
        if after != before:
            self.arranged.emit(after)

    def _key(self, row: int) -> str:
        return str(self.item(row).data(ENTRY).key)

    def _moved(self, item: QListWidgetItem | None) -> None:
        if item is not None and (key := item.data(ENTRY).key):
            self.chosen.emit(key)


_SHIFT = Qt.KeyboardModifier.ShiftModifier


def _side(right: bool) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignAbsolute
