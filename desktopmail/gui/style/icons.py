"""Icons: Lucide drawings (ISC licence, resources/icons/LICENSE), crisp at any scale, in the colour of a role."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from desktopmail.gui.style.theme import theme

FOLDER = Path(__file__).resolve().parents[3] / "resources" / "icons"
SIZE = 18
STROKE = 1.75


@lru_cache(maxsize=2048)
def _drawing(name: str, side: int, stroke: float, filled: bool) -> QPixmap:
    """The drawing in black on nothing."""
    text = (FOLDER / f"{name}.svg").read_text(encoding="utf-8")
    text = text.replace("currentColor", "#000000").replace('stroke-width="2"', f'stroke-width="{stroke}"')
    if filled:
        text = text.replace('fill="none"', 'fill="#000000"', 1)
    pixmap = QPixmap(side, side)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    QSvgRenderer(QByteArray(text.encode())).render(painter, QRectF(0, 0, side, side))
    painter.end()
    return pixmap


@lru_cache(maxsize=2048)
def _pixmap(name: str, colour: str, size: int, ratio: float, filled: bool) -> QPixmap:
    side = round(size * ratio)
    # Small drawings need a little more weight to keep the same grey.
    drawing = _drawing(name, side, STROKE if size >= 16 else 2.0, filled)
    pixmap = QPixmap(side, side)
    pixmap.fill(Qt.GlobalColor.transparent)
    pixmap.fill(QColor(colour))
    painter = QPainter(pixmap)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationIn)
    painter.drawPixmap(0, 0, drawing)
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


def pixmap(name: str, colour: QColor, size: int = SIZE, ratio: float = 1.0, *, filled: bool = False) -> QPixmap:
    """The drawing `name` in one colour. `size` in device-independent pixels; `ratio` is the screen's scale."""
    return _pixmap(name, colour.name(), size, ratio, filled)


def draw(painter: QPainter, name: str, where: QRectF, colour: QColor, *, filled: bool = False) -> None:
    """Paint a drawing into a square, on whole pixels of the device."""
    device = painter.device()
    ratio = device.devicePixelRatioF() if device else 1.0
    image = pixmap(name, colour, round(where.width()), ratio, filled=filled)
    spot = where.topLeft()
    spot.setX(round(spot.x() * ratio) / ratio)
    spot.setY(round(spot.y() * ratio) / ratio)
    painter.drawPixmap(spot, image)


def icon(name: str, role: str = "secondary", size: int = SIZE, *, filled: bool = False) -> QIcon:
    """An icon in the colour of a role of the present theme, sharp on every screen there is; make it anew when the
    theme changes."""
    colours = theme().colours
    made = QIcon()
    faint = QColor(colours.secondary)
    faint = QColor.fromHslF(faint.hslHueF() % 1, faint.hslSaturationF(), 0.75 if not colours.dark else 0.35)
    for ratio in {screen.devicePixelRatio() for screen in QGuiApplication.screens()} or {1.0}:
        normal = pixmap(name, colours.role(role), size, ratio, filled=filled)
        made.addPixmap(normal, QIcon.Mode.Normal)
        made.addPixmap(normal, QIcon.Mode.Active)
        made.addPixmap(normal, QIcon.Mode.Selected)
        made.addPixmap(pixmap(name, faint, size, ratio, filled=filled), QIcon.Mode.Disabled)
    return made


def size(pixels: int = SIZE) -> QSize:
    """A square size, for `setIconSize`."""
    return QSize(pixels, pixels)
