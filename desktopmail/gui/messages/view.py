"""The scrolling list itself: lays rows out by arithmetic, keeps what is on screen still when rows come and go.

A list view in name, so that screen readers meet a list; the layout is its own, because the stock one cannot give
headings another height without losing uniform rows, and because nothing may jump: rows inserted above the first visible
one move the scroll bar, not the picture."""

from __future__ import annotations

from collections.abc import Callable, Set

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QRegion,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QListView, QToolTip, QWidget

from desktopmail.gui.messages.drag import start_drag
from desktopmail.gui.messages.headings import paint_headings
from desktopmail.gui.messages.keys import pressed, row_after
from desktopmail.gui.messages.layout import Layout
from desktopmail.gui.messages.model import MessageModel
from desktopmail.gui.messages.pictures import Pictures
from desktopmail.gui.messages.rows import Look, RowPainter, height
from desktopmail.gui.style.focus import by_keyboard
from desktopmail.gui.style.measures import px
from desktopmail.gui.style.theme import theme

Index = QModelIndex | QPersistentModelIndex
_Selection = QItemSelectionModel.SelectionFlag


class MessageView(QListView):
    """Shows a `MessageModel`. Emits what the person wants; decides nothing."""

    row_command = Signal(str, int)
    menu_wanted = Signal(QPoint)
    walk = Signal(bool)
    escaped = Signal()
    scrolled = Signal()

    def __init__(self, model: MessageModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = model
        self._acted = False
        self.painter_of_rows: RowPainter
        self.outgoing = False
        self.tips: Callable[[str], str] = lambda command: ""
        self._layout = Layout(0, 1, 0)
        self._pictures = Pictures()
        self._seen: tuple[object, ...] = ()
        self._hover = -1
        self._pressed = ""
        self._anchor: tuple[int, int] | None = None
        self.held = False
        # A viewport of our own is known from the start; to recognise one of Qt, every kind of widget is loaded.
        self.setViewport(QWidget())
        self.setAccessibleName(self.tr("Messages"))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setDragEnabled(True)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.viewport().setAutoFillBackground(False)
        theme().changed.connect(self._restyled)

    # Geometry -------------------------------------------------------------------------------------------------

    def show_rows_with(self, painter: RowPainter) -> None:
        """Use another painter: density, day or highlighted words changed. What is on screen stays on screen."""
        anchor = self._first_visible()
        self.painter_of_rows = painter
        self.relayout()
        self._restore(anchor)

    def relayout(self) -> None:
        """Work out where everything lies and paint it, after measures changed."""
        self._lay_out()
        self.viewport().update()

    def _lay_out(self) -> None:
        row_height = height(self.painter_of_rows.density)
        self._layout = Layout(len(self.rows), row_height, px(28), self.rows.sections)
        self.updateGeometries()

    def doItemsLayout(self) -> None:
        """Rows lie where arithmetic says: nothing to lay out one by one, and nothing to paint because of it."""

    def updateGeometries(self) -> None:
        bar = self.verticalScrollBar()
        page = self.viewport().height()
        bar.setRange(0, max(0, self._layout.height + px(8) - page))
        bar.setPageStep(page)
        bar.setSingleStep(max(1, self._layout.row_height * 2 // 3))
        QAbstractItemView.updateGeometries(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        QAbstractItemView.resizeEvent(self, event)
        self.updateGeometries()

    def _restyled(self) -> None:
        anchor = self._first_visible()
        self._pictures.forget()
        self.relayout()
        self._restore(anchor)

    def row_rect(self, row: int) -> QRect:
        """Where a row is on the viewport now."""
        top = self._layout.top(row) - self.verticalOffset()
        return QRect(0, top, self.viewport().width(), self._layout.row_height)

    def visualRect(self, index: Index) -> QRect:
        return self.row_rect(index.row()) if index.isValid() else QRect()

    def indexAt(self, point: QPoint) -> QModelIndex:
        return self.rows.index(self._row_at(point), 0)

    def _row_at(self, point: QPoint) -> int:
        if not 0 <= point.x() < self.viewport().width():
            return -1
        if self._sticky() and point.y() < self._layout.heading:
            return -1
        return self._layout.row_at(point.y() + self.verticalOffset())

    def scrollTo(
        self, index: Index, hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible
    ) -> None:
        if not index.isValid():
            return
        bar, rect = self.verticalScrollBar(), self.row_rect(index.row())
        room = self.viewport().height()
        above = self._layout.heading if self._layout.sections else 0
        if hint == QAbstractItemView.ScrollHint.PositionAtCenter:
            bar.setValue(bar.value() + rect.center().y() - room // 2)
        elif rect.top() < above:
            bar.setValue(bar.value() + rect.top() - above)
        elif rect.bottom() > room:
            bar.setValue(bar.value() + rect.bottom() - room + 1)

    def moveCursor(self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        rows = len(self.rows)
        if not rows:
            return QModelIndex()
        page = max(1, self.viewport().height() // self._layout.row_height - 1)
        return self.rows.index(row_after(action, self.currentIndex().row(), rows, page), 0)

    def horizontalOffset(self) -> int:
        return 0

    def verticalOffset(self) -> int:
        return self.verticalScrollBar().value()

    def isIndexHidden(self, index: Index) -> bool:
        return False

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        area = rect.normalized().translated(0, self.verticalOffset())
        first, last = self._layout.first_below(area.top()), self._layout.first_below(area.bottom())
        if last >= len(self.rows) or self._layout.top(last) > area.bottom():
            last -= 1
        chosen = QItemSelection()
        if 0 <= first <= last:
            chosen.select(self.rows.index(first, 0), self.rows.index(last, 0))
        self.selectionModel().select(chosen, command)

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        region = QRegion()
        room = self.viewport().rect()
        for number in range(selection.size()):
            part = selection.at(number)
            area = QRect(self.row_rect(part.top()).topLeft(), self.row_rect(part.bottom()).bottomRight())
            region += QRegion(area & room)
        return region

    # Rows come and go -----------------------------------------------------------------------------------------

    def setModel(self, model: QAbstractItemModel | None) -> None:
        super().setModel(model)
        self.rows.about_to_change.connect(self._remember)
        self.rows.has_changed.connect(self._changed)
        self.rows.repaint.connect(self._repaint)

    def _first_visible(self) -> tuple[int, int] | None:
        """The id of the first whole row on screen and how far below the edge it lies; None at the very top."""
        offset = self.verticalOffset()
        if not len(self.rows) or (offset <= 0 and not self.held):
            return None
        row = self._layout.first_below(offset)
        if self._layout.top(row) < offset:
            row += 1
        row = min(row, len(self.rows) - 1)
        return self.rows.id_at(row), self._layout.top(row) - offset

    def _restore(self, anchor: tuple[int, int] | None) -> None:
        if anchor is None:
            return
        row = self.rows.vector.row_of(anchor[0])
        if row >= 0:
            self.verticalScrollBar().setValue(self._layout.top(row) - anchor[1])

    def _remember(self) -> None:
        self._anchor = self._first_visible()

    def _repaint(self, ids: Set[int] | None) -> None:
        """Some rows look different (None: all); those that nobody sees cost nothing."""
        if ids is None:
            self.viewport().update()
            return
        first, last = self.rows_within(0, self.viewport().height())
        for row in range(first, last + 1):
            if self.rows.vector.ids[row] in ids:
                self._update_row(row)

    def _update_row(self, row: int) -> None:
        if 0 <= row < len(self.rows):
            self.viewport().update(self.row_rect(row))

    def _changed(self) -> None:
        self._lay_out()
        self._restore(self._anchor)
        self._anchor = None
        if self._seen != self._sight():
            self.viewport().update()
        self._point(self.viewport().mapFromGlobal(self.cursor().pos()) if self.underMouse() else QPoint(-1, -1))

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self.viewport().update()
        self.scrolled.emit()

    # Painting -------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        area = event.rect()
        with QPainter(self.viewport()) as painter:
            # Erased rather than filled: whoever fills has all gradients of the toolkit loaded before the first picture.
            painter.setBackground(theme().colours.window)
            painter.eraseRect(area)
            first, last = self.rows_within(area.top(), area.bottom())
            if first <= last:
                self.rows.prepare(first, last)
            self._paint_rows(painter, first, last)
            self._paint_headings(painter, first, last)
        self._seen = self._sight()
        self.rows.painted()

    def rows_within(self, top: int, bottom: int) -> tuple[int, int]:
        """The first and the last row between two heights of the viewport; the last is smaller when there is none."""
        first, last = (self._layout.first_below(self.verticalOffset() + edge) for edge in (top, bottom))
        return first, min(last, len(self.rows) - 1)

    def _paint_rows(self, painter: QPainter, first: int, last: int) -> None:
        size = QSize(self.viewport().width(), self._layout.row_height)
        self._pictures.prepare(self.painter_of_rows, size, self.devicePixelRatioF(), self.layoutDirection())
        selection = self.selectionModel().selection()
        ranges = [(part.top(), part.bottom()) for part in map(selection.at, range(selection.size()))]
        current = self.currentIndex().row() if self.hasFocus() and by_keyboard() else -1
        offset, names = self.verticalOffset(), self.rows.folder_names
        for row in range(first, last + 1):
            summary = self.rows.summary(row)
            if summary is None:
                continue
            selected = any(top <= row <= bottom for top, bottom in ranges)
            hovered = row == self._hover
            look = Look(selected, hovered, row == current, self._pressed if hovered else "", self.outgoing,
                        self.rows.on_server, names.get(summary.folder, ""))  # fmt: skip
            self._pictures.draw(painter, self._layout.top(row) - offset, summary, look)

    def _sight(self) -> tuple[object, ...]:
        """Which rows and headings are seen where: as long as it stays the same, nothing has to be painted."""
        first, last = self.rows_within(0, self.viewport().height())
        section = self._layout.section_of(first), self._layout.section_of(last) + 2
        titles = [(each.title, each.first - first) for each in self._layout.sections[max(0, section[0]) : section[1]]]
        return self.verticalOffset() - self._layout.top(first), self.rows.vector.ids[first : last + 1], titles

    def _sticky(self) -> bool:
        return bool(self._layout.sections) and self.verticalOffset() > 0

    def _paint_headings(self, painter: QPainter, first: int, last: int) -> None:
        painter.setLayoutDirection(self.layoutDirection())
        stuck = self._layout.first_below(self.verticalOffset()) if self._sticky() else -1
        paint_headings(painter, self._layout, (first, last, stuck), self.verticalOffset(), self.viewport().width())

    # Pointer and keys -----------------------------------------------------------------------------------------

    def _action_at(self, point: QPoint) -> str:
        row = self._row_at(point)
        if row < 0:
            return ""
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        for command, spot in self.painter_of_rows.actions(QRectF(self.row_rect(row)), mirrored):
            if spot.contains(point):
                return command
        return ""

    def _point(self, point: QPoint) -> None:
        hover, pressed = self._row_at(point), self._action_at(point)
        if (hover, pressed) != (self._hover, self._pressed):
            before, self._hover, self._pressed = self._hover, hover, pressed
            for row in {before, hover}:
                self._update_row(row)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not event.buttons():
            self._point(event.position().toPoint())
        if not self._acted:
            super().mouseMoveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self._act(event):
            self.held = True
            super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if not self._act(event):
            super().mouseDoubleClickEvent(event)

    def _act(self, event: QMouseEvent) -> bool:
        """Do the verb that was pressed, if one was: what follows up to the release is no click on a row then."""
        point = event.position().toPoint()
        command = self._action_at(point) if event.button() == Qt.MouseButton.LeftButton else ""
        self._acted = bool(command)
        if command:
            self.row_command.emit(command, self._row_at(point))
        return self._acted

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        acted, self._acted, self.held = self._acted, False, False
        if not acted:
            super().mouseReleaseEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._point(QPoint(-1, -1))
        super().leaveEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        index = self.indexAt(event.pos())
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            index = self.currentIndex()
            self.scrollTo(index)
        if not index.isValid():
            return
        if not self.selectionModel().isSelected(index):
            self.setCurrentIndex(index)
        spot = self.visualRect(index).center() if event.reason() == QContextMenuEvent.Reason.Keyboard else event.pos()
        self.held = True
        self.menu_wanted.emit(self.viewport().mapToGlobal(spot))
        self.held = False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not pressed(self, event):
            super().keyPressEvent(event)

    def selectAll(self) -> None:
        self.rows.whole()
        super().selectAll()

    def keyboardSearch(self, search: str) -> None:
        """Letters are commands here, never a search through the rows."""

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            self._tool_tip(event)
            return True
        return super().viewportEvent(event)

    def _tool_tip(self, event: QHelpEvent) -> None:
        from desktopmail.gui.messages.spoken import tip

        row, command = self._row_at(event.pos()), self._action_at(event.pos())
        text = tip(self.rows.summary(row) if row >= 0 else None, self.tips(command) if command else "")
        QToolTip.showText(event.globalPos(), text, self)

    def startDrag(self, actions: Qt.DropAction) -> None:
        self.held = True
        start_drag(self, self.rows.goods(self.rows.selected_ids(self.selectionModel().selection())))
        self.held = False
