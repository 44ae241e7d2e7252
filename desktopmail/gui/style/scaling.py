"""The system's font or its size changed while windows are open: everything that was measured before is measured anew,
so that nobody has to start the program again."""

from __future__ import annotations

from PySide6.QtCore import QMargins, QSize
from PySide6.QtGui import QFont, QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QApplication, QLayout, QTabBar, QWidget

from desktopmail.gui.style import measures

MOST = 16_777_215
"""The size that Qt calls unlimited."""
WANTED = "font_wanted"


class Scaling:
    """Remembers what the present windows were measured with."""

    def __init__(self) -> None:
        self._measured = _measured()
        self._taken = False

    def differs(self) -> bool:
        """Whether the system's font is another one now; measures it again."""
        measures.forget()
        return _measured() != self._measured

    def take(self) -> None:
        """Give the present font to every widget there is."""
        family, scale, points = _measured()
        old_family, old_scale, old_points = self._measured
        for widget in QApplication.allWidgets():
            _set_font(widget, (old_family, family), points / old_points)
            if scale != old_scale:
                _set_size(widget, scale / old_scale)
        self._measured = family, scale, points
        self._taken = True

    def keep(self) -> None:
        """Give widgets their fonts again: an exchanged style sheet of the application gives them those they were made
        with."""
        if self._taken:
            for widget in QApplication.allWidgets():
                font = widget.property(WANTED)
                if isinstance(font, QFont):
                    widget.setFont(font)


def _measured() -> tuple[str, float, float]:
    """Family, scale of measures, and points of ordinary text."""
    return QGuiApplication.font().family(), measures.scale(), measures.font().pointSizeF()


def _set_font(widget: QWidget, families: tuple[str, str], ratio: float) -> None:
    """Only those that have a font of their own: others follow by themselves."""
    wanted = widget.property(WANTED)
    font = QFont(wanted if isinstance(wanted, QFont) else widget.font())
    if not font.resolveMask():
        return
    if font.family() == families[0]:
        font.setFamily(families[1])
    if font.pointSizeF() > 0:
        font.setPointSizeF(font.pointSizeF() * ratio)
    elif font.pixelSize() > 0:
        font.setPixelSize(max(1, round(font.pixelSize() * ratio)))
    widget.setFont(font)
    widget.setProperty(WANTED, font)


def _set_size(widget: QWidget, ratio: float) -> None:
    """Limits, icons and the room between what lies in it. Windows keep the size the person gave them."""

    def scaled(size: QSize) -> QSize:
        width, height = size.width(), size.height()
        return QSize(
            width if width in (0, MOST) else round(width * ratio),
            height if height in (0, MOST) else round(height * ratio),
        )

    least, most = scaled(widget.minimumSize()), scaled(widget.maximumSize())
    if ratio > 1:
        widget.setMaximumSize(most)
    widget.setMinimumSize(least)
    widget.setMaximumSize(most)
    if isinstance(widget, QAbstractButton | QTabBar):
        widget.setIconSize(scaled(widget.iconSize()))
    layout = widget.layout()
    if layout is not None:
        _set_room(layout, ratio)


def _set_room(layout: QLayout, ratio: float) -> None:
    margins = layout.contentsMargins()
    sides = (margins.left(), margins.top(), margins.right(), margins.bottom())
    layout.setContentsMargins(QMargins(*(round(each * ratio) for each in sides)))
    if layout.spacing() > 0:
        layout.setSpacing(round(layout.spacing() * ratio))
    for number in range(layout.count()):
        item = layout.itemAt(number)
        inner, spacer = (item.layout(), item.spacerItem()) if item is not None else (None, None)
        if inner is not None:
            _set_room(inner, ratio)
        if spacer is not None:
            size = spacer.sizeHint()
            policy = spacer.sizePolicy()
            spacer.changeSize(
                round(size.width() * ratio),
                round(size.height() * ratio),
                policy.horizontalPolicy(),
                policy.verticalPolicy(),
            )
