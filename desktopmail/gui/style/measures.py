"""Sizes and fonts: a 4-px grid and five sizes of type, all scaled with the size of the system's own font."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QMargins, Qt
from PySide6.QtGui import QFont, QFontInfo, QFontMetricsF, QGuiApplication

SIGN = 11.0
SMALL = 12.5
BODY = 13.0
PEOPLE = 15.0
SUBJECT = 20.0

RADIUS = 6
RADIUS_CARD = 10
MOTION = 140
"""Milliseconds a movement takes, when it explains where something went."""


@lru_cache(maxsize=1)
def scale() -> float:
    """How large the system wants text, relative to 13 px; never below 1, so that small system fonts stay readable."""
    return min(2.5, max(1.0, QFontInfo(QGuiApplication.font()).pixelSize() / BODY))


def px(value: float) -> int:
    """A measure of the design in device-independent pixels of this system."""
    return round(value * scale())


def margins(start: float, top: float, end: float, bottom: float) -> QMargins:
    """The room around a layout that begins and ends differently; layouts are mirrored by Qt, their margins are not."""
    sides = (start, end)
    if QGuiApplication.layoutDirection() == Qt.LayoutDirection.RightToLeft:
        sides = (end, start)
    return QMargins(px(sides[0]), px(top), px(sides[1]), px(bottom))


@lru_cache(maxsize=64)
def font(size: float = BODY, weight: QFont.Weight = QFont.Weight.Normal, *, strike: bool = False) -> QFont:
    """The system's font in one of the five sizes. Shared: copy it before changing it."""
    made = QFont(QGuiApplication.font())
    screen = QGuiApplication.primaryScreen()
    dpi = screen.logicalDotsPerInchY() if screen else 96.0
    made.setPointSizeF(size * scale() * 72 / dpi)
    made.setWeight(weight)
    made.setStrikeOut(strike)
    return made


@dataclass(frozen=True, eq=False, slots=True)
class Face:
    """A font with its metrics, made once: what painters measure and draw with. Compared by identity."""

    font: QFont
    metrics: QFontMetricsF


@lru_cache(maxsize=64)
def face(size: float = BODY, weight: QFont.Weight = QFont.Weight.Normal) -> Face:
    """The font of a size and weight with its metrics."""
    made = font(size, weight)
    return Face(made, QFontMetricsF(made))


def semi_bold(size: float = BODY) -> QFont:
    """The weight of names and headings."""
    return font(size, QFont.Weight.DemiBold)


def forget() -> None:
    """Forget what was measured, after the system's font or scale changed."""
    scale.cache_clear()
    font.cache_clear()
    face.cache_clear()
