"""Everything that a window shows or tells: what is written, painted, announced, and what menus and tips would say."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QAction, QPainter
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QGroupBox,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QTabBar,
    QTextEdit,
    QWidget,
)

MOST_ROWS = 60
ROLES = (
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.ToolTipRole,
    Qt.ItemDataRole.AccessibleTextRole,
    Qt.ItemDataRole.AccessibleDescriptionRole,
)
Text = tuple[str, str]
"""Where it stands, and what it says."""


def told(top: QWidget) -> Iterator[Text]:
    """All texts of a window and of everything in it; without what a person typed."""
    for each in (top, *top.findChildren(QWidget)):
        kind = type(each).__name__
        for name, text in (*_every(each), *_special(each)):
            if text:
                yield f"{kind}.{name}", plain(text)
    for action in top.findChildren(QAction):
        for name, text in (("text", action.text()), ("toolTip", action.toolTip()), ("status", action.statusTip())):
            yield f"QAction.{name}", plain(text)


def plain(text: str) -> str:
    """Without tags and mnemonics."""
    words = re.sub(r"</?[a-zA-Z][^<>@]*>", " ", text) if "</" in text or "<br" in text else text
    return html.unescape(words) if "</" in text else words.replace("&", "")


def _every(widget: QWidget) -> Iterator[Text]:
    yield "toolTip", widget.toolTip()
    yield "statusTip", widget.statusTip()
    yield "whatsThis", widget.whatsThis()
    yield "accessibleName", widget.accessibleName()
    yield "accessibleDescription", widget.accessibleDescription()
    if widget.isWindow():
        yield "windowTitle", widget.windowTitle()


def _special(widget: QWidget) -> Iterator[Text]:
    if isinstance(widget, QLabel | QAbstractButton):
        yield "text", widget.text()
    if isinstance(widget, QLineEdit | QTextEdit | QPlainTextEdit):
        yield "placeholder", widget.placeholderText()
    if isinstance(widget, QMenu | QGroupBox):
        yield "title", widget.title()
    if isinstance(widget, QComboBox):
        yield from (("item", widget.itemText(each)) for each in range(widget.count()))
    if isinstance(widget, QTabBar):
        yield from (("tab", widget.tabText(each)) for each in range(widget.count()))
    if isinstance(widget, QAbstractItemView) and widget.model() is not None:
        yield from _rows(widget, QModelIndex())


def _rows(view: QAbstractItemView, parent: QModelIndex) -> Iterator[Text]:
    model = view.model()
    for number in range(min(model.rowCount(parent), MOST_ROWS)):
        index = model.index(number, 0, parent)
        for role in ROLES:
            text = index.data(role)
            if isinstance(text, str):
                yield role.name, text
        yield from _rows(view, index)


@contextmanager
def painted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Gathers what is painted with words meanwhile, beside what ready-made widgets paint."""
    found: list[str] = []
    paint = QPainter.drawText

    def draw(painter: QPainter, *given: object) -> object:
        found.extend(each for each in given if isinstance(each, str))
        return paint(painter, *given)  # type: ignore[call-overload]

    with monkeypatch.context() as patch:
        patch.setattr(QPainter, "drawText", draw)
        yield found
