"""Draws the headings of sections; that of the uppermost row stays at the edge until the next one pushes it away."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter

from desktopmail.gui.messages.layout import Layout
from desktopmail.gui.style import measures
from desktopmail.gui.style.measures import px
from desktopmail.gui.style.theme import theme


def paint_headings(painter: QPainter, layout: Layout, rows: tuple[int, int, int], offset: int, width: int) -> None:
    """Draw the headings of the rows from the first to the second number; the section of the third (-1: none) sticks
    to the edge. `offset` is how far the list is scrolled."""
    if not layout.sections:
        return
    first, last, uppermost = rows
    start = max(0, layout.section_of(first))
    stop = layout.section_of(last) + 1
    stuck = layout.section_of(uppermost) if uppermost >= 0 else -1
    for number in range(start, stop):
        top = layout.heading_top(number) - offset
        if number == stuck:
            more = number + 1 < len(layout.sections)
            top = max(top, min(0, layout.heading_top(number + 1) - offset - layout.heading if more else 0))
        _heading(painter, QRect(0, top, width, layout.heading), layout.sections[number].title)


def _heading(painter: QPainter, rect: QRect, title: str) -> None:
    colours = theme().colours
    painter.setBackground(colours.window)
    painter.eraseRect(rect)
    painter.setFont(measures.semi_bold(measures.SIGN))
    painter.setPen(colours.secondary)
    place = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading
    painter.drawText(rect.adjusted(px(24), px(4), -px(24), 0), place, title)
