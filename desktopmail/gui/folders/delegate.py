"""Draws one line of the tree: sign, name, number; accounts as quiet headings with a bar of their colour."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPen
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QTreeView

from desktopmail.gui import words
from desktopmail.gui.folders.model import FolderModel
from desktopmail.gui.folders.nodes import Kind, Node
from desktopmail.gui.style import icons, measures
from desktopmail.gui.style.colours import person
from desktopmail.gui.style.focus import by_keyboard
from desktopmail.gui.style.measures import px
from desktopmail.gui.style.theme import theme

ROW = 30
HEADING = 36
INDENT = 16
_LINE = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute | Qt.TextFlag.TextSingleLine
AT_LEFT, AT_RIGHT = _LINE | Qt.AlignmentFlag.AlignLeft, _LINE | Qt.AlignmentFlag.AlignRight
Index = QModelIndex | QPersistentModelIndex


class FolderDelegate(QStyledItemDelegate):
    """Indents by itself, so that the fill of a selection spans the whole pane."""

    def __init__(self, view: QTreeView, model: FolderModel) -> None:
        super().__init__(view)
        self._view = view
        self._model = model
        self.target: QPersistentModelIndex | None = None
        """Where what is dragged would fall now."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        heading = self._model.node(index).kind is Kind.ACCOUNT
        return QSize(px(80), px(HEADING if heading else ROW))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        node, here = self._model.node(index), index.model().index(index.row(), 0, index.parent())
        rect = QRectF(0, option.rect.y(), self._view.viewport().width(), option.rect.height())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._ground(painter, rect, node, selected=self._view.selectionModel().isSelected(here))
        if self.target is not None and self.target == here:
            self._aimed_at(painter, rect)
        elif self._view.viewport().underMouse() or self._view.hasFocus():
            self._attention(painter, rect, option, node)
        if node.kind is Kind.ACCOUNT:
            self._heading(painter, rect, node, self._view.isExpanded(here))
        else:
            self._line(painter, rect, node, self._depth(index), here)
        painter.restore()

    def chevron(self, rect: QRectF, index: Index) -> QRectF:
        """Where the sign that opens and closes a folder with children lies."""
        left = rect.left() + px(8) + self._depth(index) * px(INDENT)
        return self._turned(rect, QRectF(left, rect.top(), px(16), rect.height()))

    def _depth(self, index: Index) -> int:
        depth, above = 0, index.parent()
        while above.isValid() and self._model.node(above).kind is not Kind.ACCOUNT:
            depth, above = depth + 1, above.parent()
        return depth

    def _turned(self, rect: QRectF, spot: QRectF) -> QRectF:
        if self._view.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            spot.moveLeft(rect.left() + rect.right() - spot.right())
        return spot

    def _ground(self, painter: QPainter, rect: QRectF, node: Node, *, selected: bool) -> None:
        if node.place is not None and selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme().colours.soft)
            painter.drawRoundedRect(self._inner(rect), measures.RADIUS, measures.RADIUS)

    def _attention(self, painter: QPainter, rect: QRectF, option: QStyleOptionViewItem, node: Node) -> None:
        """Show where the pointer and the focus are. Only called when they may be here: what a style has to say about a
        line takes longer to load than the tree to paint, and the first picture has neither."""
        from PySide6.QtWidgets import QStyle

        colours = theme().colours
        state: QStyle.StateFlag = option.state
        selected = node.place is not None and state & QStyle.StateFlag.State_Selected
        if state & QStyle.StateFlag.State_MouseOver and not selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours.quiet)
            painter.drawRoundedRect(self._inner(rect), measures.RADIUS, measures.RADIUS)
        if state & QStyle.StateFlag.State_HasFocus and by_keyboard():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(colours.accent, 2))
            painter.drawRoundedRect(self._inner(rect).adjusted(1, 1, -1, -1), measures.RADIUS, measures.RADIUS)

    def _aimed_at(self, painter: QPainter, rect: QRectF) -> None:
        """What is dragged would fall here."""
        painter.setBrush(theme().colours.soft)
        painter.setPen(QPen(theme().colours.accent, 2))
        painter.drawRoundedRect(self._inner(rect).adjusted(1, 1, -1, -1), measures.RADIUS, measures.RADIUS)

    def _inner(self, rect: QRectF) -> QRectF:
        return rect.adjusted(px(8), 1, -px(8), -1)

    def _heading(self, painter: QPainter, rect: QRectF, node: Node, opened: bool) -> None:
        colours = theme().colours
        line = rect.adjusted(0, px(8), 0, 0)
        bar = self._turned(rect, QRectF(px(12), line.center().y() - px(7), 3, px(14)))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(person(node.colour, colours.dark))
        painter.drawRoundedRect(bar, 1.5, 1.5)
        left, right = px(23), rect.width() - px(36)
        if node.here:
            right -= px(20)
            self._sign(painter, rect, line, right, "monitor")
        self._text(painter, rect, QRectF(left, line.top(), right - left, line.height()), node.title,
                   measures.semi_bold(measures.SMALL), strong=False)  # fmt: skip
        self._sign(painter, rect, line, rect.width() - px(32), "chevron-down" if opened else "chevron-right")

    def _sign(self, painter: QPainter, rect: QRectF, line: QRectF, left: float, name: str) -> None:
        side = px(14)
        spot = self._turned(rect, QRectF(left, line.center().y() - side / 2, side, side))
        if name == "chevron-right" and self._view.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            name = "chevron-left"
        icons.draw(painter, name, spot, theme().colours.secondary)

    def _line(self, painter: QPainter, rect: QRectF, node: Node, depth: int, index: QModelIndex) -> None:
        colours = theme().colours
        if node.children:
            opened = self._view.isExpanded(index)
            name = "chevron-down" if opened else "chevron-right"
            self._sign(painter, rect, rect, px(8) + depth * px(INDENT), name)
        left = px(24) + depth * px(INDENT)
        side = px(icons.SIZE)
        spot = self._turned(rect, QRectF(left, rect.center().y() - side / 2, side, side))
        selected = self._view.selectionModel().isSelected(index)
        icons.draw(painter, node.icon, spot, colours.accent if selected else colours.secondary)
        left += side + px(8)
        right = self._number(painter, rect, node)
        if node.problem or node.here:
            right -= px(20)
            spot = self._turned(rect, QRectF(right, rect.center().y() - px(7), px(14), px(14)))
            sign, colour = ("triangle-alert", colours.care) if node.problem else ("monitor", colours.secondary)
            icons.draw(painter, sign, spot, colour)
        font = measures.semi_bold() if node.strong else measures.font()
        self._text(painter, rect, QRectF(left, rect.top(), right - left - px(4), rect.height()), node.title, font)

    def _number(self, painter: QPainter, rect: QRectF, node: Node) -> float:
        """The number at the end of a line; gives back where it begins."""
        right = rect.width() - px(18)
        if not node.count:
            return right
        face = measures.face(measures.SMALL, QFont.Weight.DemiBold if node.strong else QFont.Weight.Normal)
        text = words.number(node.count)
        width = face.metrics.horizontalAdvance(text)
        painter.setFont(face.font)
        painter.setPen(theme().colours.text if node.strong else theme().colours.secondary)
        spot = self._turned(rect, QRectF(right - width, rect.top(), width + 1, rect.height()))
        painter.drawText(spot, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        return right - width - px(8)

    def _text(
        self, painter: QPainter, rect: QRectF, spot: QRectF, text: str, font: QFont, *, strong: bool = True
    ) -> None:
        painter.setFont(font)
        painter.setPen(theme().colours.text if strong else theme().colours.secondary)
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(spot.width()))
        mirrored = self._view.layoutDirection() == Qt.LayoutDirection.RightToLeft
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        painter.drawText(self._turned(rect, spot), AT_RIGHT if mirrored else AT_LEFT, shown)
