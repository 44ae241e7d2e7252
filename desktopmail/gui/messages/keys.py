"""What keys do in the list beyond what every list does. Letters are commands and never get here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView

if TYPE_CHECKING:
    from desktopmail.gui.messages.view import MessageView

WALKS = frozenset(
    {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}
)


def pressed(view: MessageView, event: QKeyEvent) -> bool:
    """Do what the key means. False when the list itself knows."""
    key, control = Qt.Key(event.key()), event.modifiers() & Qt.KeyboardModifier.ControlModifier
    if key is Qt.Key.Key_Space and not control:
        view.walk.emit(bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
    elif key is Qt.Key.Key_Escape:
        view.escaped.emit()
    elif key is Qt.Key.Key_Space:
        view.selectionModel().select(view.currentIndex(), QItemSelectionModel.SelectionFlag.Toggle)
    elif key in WALKS and len(view.rows) and not view.selectionModel().hasSelection():
        _begin(view, key)
    else:
        return False
    return True


def _begin(view: MessageView, key: Qt.Key) -> None:
    """With nothing chosen yet, the first key chooses where the focus stands, even if there is nowhere else to go."""
    view.rows.whole()
    ends = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: len(view.rows) - 1}
    view.setCurrentIndex(view.rows.index(ends.get(key, max(0, view.currentIndex().row())), 0))


def row_after(action: QAbstractItemView.CursorAction, now: int, rows: int, page: int) -> int:
    """The row a movement leads to from `now` (-1: from nowhere) among `rows`, `page` of which are seen at once."""
    move = QAbstractItemView.CursorAction
    steps = {move.MoveUp: -1, move.MovePrevious: -1, move.MoveDown: 1, move.MoveNext: 1,
             move.MovePageUp: -page, move.MovePageDown: page, move.MoveHome: -rows, move.MoveEnd: rows}  # fmt: skip
    return 0 if now < 0 else min(rows - 1, max(0, now + steps.get(action, 0)))
