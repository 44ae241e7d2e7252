"""The program's own icon: in colour for windows and About, in one colour for trays, and its name for the desktop."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from desktopmail.domain.errors import StoreFailed
from desktopmail.domain.saying import phrase

FOLDER = Path(__file__).resolve().parents[3] / "resources" / "icons" / "app"
FITTED = (16, 24, 32)
SIZES = (16, 24, 32, 48, 64, 128, 256)


def drawing(size: int) -> Path:
    """The drawing for a size in pixels; the small ones are fitted to them."""
    fitted = [each for each in FITTED if each <= size]
    return FOLDER / (f"desktopmail-{fitted[-1]}.svg" if fitted and size < 48 else "desktopmail.svg")


def picture(size: int, ratio: float = 1.0) -> QPixmap:
    """The icon in colour; `size` in logical pixels, `ratio` is the screen's scale. Raises StoreFailed when the drawing
    is not there."""
    side = round(size * ratio)
    return _painted(_text(drawing(side)), side, ratio)


def symbol(colour: QColor, size: int = 22, ratio: float = 1.0) -> QPixmap:
    """The icon in one colour, for trays and places that colour their signs themselves."""
    side = round(size * ratio)
    text = _text(FOLDER / "desktopmail-symbolic.svg").replace(b"currentColor", colour.name().encode())
    return _painted(text, side, ratio)


def app_icon() -> QIcon:
    """The icon of the program's windows."""
    icon = QIcon()
    for size in SIZES:
        icon.addPixmap(picture(size))
    return icon


def symbolic_icon(colour: QColor) -> QIcon:
    """The icon of the tray, where signs are of one colour."""
    icon = QIcon()
    for size in (16, 22, 24, 32, 44, 48, 64):
        icon.addPixmap(symbol(colour, size))
    return icon


def _text(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise StoreFailed(phrase("The program's icon is missing"), str(error)) from error


def _painted(text: bytes, side: int, ratio: float) -> QPixmap:
    pixmap = QPixmap(QSize(side, side))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    QSvgRenderer(QByteArray(text)).render(painter, QRectF(0, 0, side, side))
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap
