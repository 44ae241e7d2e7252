"""Choosing by typing: a card with a line to type in and what matches below. For folders, commands and tags."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from desktopmail.gui.style import icons, measures
from desktopmail.gui.style.measures import px
from desktopmail.gui.style.theme import theme
from desktopmail.gui.widgets.card import Card
from desktopmail.gui.widgets.line import Line

WIDTH = 440
ROW = 32
MOST = 10
CHOICE = Qt.ItemDataRole.UserRole


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to choose. `key` is given back; `detail` stands at the end in the secondary colour."""

    key: object
    title: str
    detail: str = ""
    icon: str = ""


def matching(choices: Sequence[Choice], typed: str) -> list[Choice]:
    """The choices that hold every typed word, those that begin with it first; the given order decides the rest."""
    words = typed.casefold().split()
    if not words:
        return list(choices)

    def rank(choice: Choice) -> int:
        title = choice.title.casefold()
        if title.startswith(words[0]):
            return 0
        return 1 if any(part.startswith(words[0]) for part in title.split()) else 2

    found = [each for each in choices if all(word in f"{each.title} {each.detail}".casefold() for word in words)]
    return sorted(found, key=rank)


class ChoiceDelegate(QStyledItemDelegate):
    """One line: sign, title, detail at the end."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(px(80), px(ROW))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        choice = index.data(CHOICE)
        colours = theme().colours
        rect = QRectF(option.rect)
        mirrored = option.direction == Qt.LayoutDirection.RightToLeft
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours.soft)
            painter.drawRoundedRect(rect.adjusted(px(4), 1, -px(4), -1), measures.RADIUS, measures.RADIUS)
        room = rect.adjusted(px(12), 0, -px(12), 0)
        if choice.icon:
            side = px(16)
            left = room.right() - side if mirrored else room.left()
            spot = QRectF(left, room.center().y() - side / 2, side, side)
            icons.draw(painter, choice.icon, spot, colours.secondary)
            room = room.adjusted(0, 0, -px(26), 0) if mirrored else room.adjusted(px(26), 0, 0, 0)
        self._words(painter, room, choice, mirrored)
        painter.restore()

    def _words(self, painter: QPainter, room: QRectF, choice: Choice, mirrored: bool) -> None:
        colours = theme().colours
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute | Qt.TextFlag.TextSingleLine
        start, end = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
        if mirrored:
            start, end = end, start
        body, small = measures.face(), measures.face(measures.SMALL)
        title = body.metrics.elidedText(choice.title, Qt.TextElideMode.ElideRight, room.width() * 0.7)
        used = body.metrics.horizontalAdvance(title) + px(12)
        detail = small.metrics.elidedText(choice.detail, Qt.TextElideMode.ElideRight, room.width() - used)
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        painter.setFont(body.font)
        painter.setPen(colours.text)
        painter.drawText(room, flags | start, title)
        painter.setFont(small.font)
        painter.setPen(colours.secondary)
        painter.drawText(room, flags | end, detail)


class ChoiceList(QListView):
    """The matching choices. The keyboard stays with whoever types; this only shows and is clicked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = QStandardItemModel(self)
        self.setModel(self._rows)
        self.setItemDelegate(ChoiceDelegate(self))
        self.setUniformItemSizes(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        self.entered.connect(self.setCurrentIndex)

    def offer(self, choices: Sequence[Choice]) -> None:
        """Show these, the first one chosen for the moment."""
        self._rows.clear()
        for choice in choices:
            item = QStandardItem(choice.title)
            item.setData(choice, CHOICE)
            item.setData(f"{choice.title}, {choice.detail}" if choice.detail else choice.title,
                         Qt.ItemDataRole.AccessibleTextRole)  # fmt: skip
            self._rows.appendRow(item)
        self.step(0)

    def step(self, by: int) -> None:
        """Move the choice up or down."""
        count = self._rows.rowCount()
        if count:
            row = min(count - 1, max(0, self.currentIndex().row() + by)) if by else 0
            self.setCurrentIndex(self._rows.index(row, 0))

    def chosen(self) -> Choice | None:
        """The choice of the moment."""
        found = self.currentIndex().data(CHOICE) if self.currentIndex().isValid() else None
        return found if isinstance(found, Choice) else None

    @property
    def wanted_height(self) -> int:
        """Room for all rows, up to ten."""
        return px(ROW) * min(MOST, max(1, self._rows.rowCount())) + px(8)


class Chooser(Card):
    """Opens over the window, takes the focus and gives it back."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._choices: Sequence[Choice] = ()
        self._extra: Callable[[str], Choice | None] | None = None
        self._take_key: Callable[[object], None] = lambda key: None
        self._before: QWidget | None = None
        self.line = QLineEdit()
        self.line.setProperty("look", "bare")
        self.line.setFont(measures.font())
        self.line.setContentsMargins(px(14), px(4), px(14), px(4))
        self.line.textChanged.connect(self._narrow)
        self.line.installEventFilter(self)
        self.list = ChoiceList()
        self.list.clicked.connect(self._take)
        self.body.addWidget(self.line)
        self.body.addWidget(Line())
        self.body.addWidget(self.list)
        self.list.setViewportMargins(0, px(4), 0, px(4))
        self.body.setContentsMargins(1, 1, 1, 1)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._focus_moved)

    def ask(
        self,
        what: str,
        choices: Sequence[Choice],
        take: Callable[[object], None],
        extra: Callable[[str], Choice | None] | None = None,
    ) -> None:
        """Open with a question as placeholder; `take` gets the key of what is chosen. `extra` may turn typed words into
        one choice more."""
        self._take_key = take
        self._choices, self._extra = choices, extra
        self._before = QApplication.focusWidget()
        self.line.setPlaceholderText(what)
        self.line.setAccessibleName(what)
        self.list.setAccessibleName(what)
        self.line.clear()
        self._narrow("")
        self.line.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _narrow(self, typed: str) -> None:
        found = matching(self._choices, typed)
        extra = self._extra(typed.strip()) if self._extra and typed.strip() else None
        self.list.offer([*found, extra] if extra else found)
        room = self.window().width()
        width = px(WIDTH)
        height = self.line.sizeHint().height() + self.list.wanted_height - 4
        self.place(QPoint((room - width) // 2, px(72)), width, height)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.line and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8, Qt.Key.Key_PageUp: -8}
            if event.key() in step:
                self.list.step(step[Qt.Key(event.key())])
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._take()
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.leave()
                return True
        return False

    def _take(self) -> None:
        choice = self.list.chosen()
        if choice is not None:
            self.leave()
            self._take_key(choice.key)

    def leave(self) -> None:
        """Close and give the focus back."""
        before, self._before = self._before, None
        self.hide()
        if before is not None:
            before.setFocus(Qt.FocusReason.OtherFocusReason)

    def _focus_moved(self, old: QWidget | None, now: QWidget | None) -> None:
        if self.isVisible() and now is not None and not self.isAncestorOf(now):
            self._before = None
            self.hide()
