"""Paints the application's icon in every size and file format that packages need, from the drawings in
`resources/icons/app`. The smallest sizes have drawings of their own, fitted to the pixels."""

from __future__ import annotations

import os
import struct
import sys
from pathlib import Path

import product
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

FOLDER = Path(__file__).resolve().parents[1] / "resources" / "icons" / "app"
FITTED = (16, 24, 32)
HICOLOR = (16, 22, 24, 32, 48, 64, 96, 128, 256, 512)
ICO = (16, 24, 32, 48, 64, 128, 256)
ICNS = {b"icp4": 16, b"icp5": 32, b"ic11": 32, b"ic12": 64, b"ic07": 128, b"ic13": 256, b"ic08": 256, b"ic14": 512}
ICNS_LARGEST = {b"ic09": 512, b"ic10": 1024}


def source(size: int) -> Path:
    """The drawing that is made for a size."""
    fitted = [each for each in FITTED if each <= size]
    return FOLDER / (f"desktopmail-{fitted[-1]}.svg" if fitted and size < 48 else "desktopmail.svg")


def png(size: int) -> bytes:
    """The icon as a PNG file of `size` pixels a side."""
    if QGuiApplication.instance() is None:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen" if sys.platform == "linux" else "minimal")
        globals()["_application"] = QGuiApplication([])
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    QSvgRenderer(str(source(size))).render(painter, QRectF(0, 0, size, size))
    painter.end()
    store = QByteArray()
    buffer = QBuffer(store)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(store.data())


def write_ico(path: Path) -> Path:
    """A Windows icon file with PNG pictures; gives back `path`."""
    pictures = [png(size) for size in ICO]
    head = struct.pack("<HHH", 0, 1, len(pictures))
    place = len(head) + 16 * len(pictures)
    for size, picture in zip(ICO, pictures, strict=True):
        head += struct.pack("<BBBBHHII", size % 256, size % 256, 0, 0, 1, 32, len(picture), place)
        place += len(picture)
    return _written(path, head + b"".join(pictures))


def write_icns(path: Path) -> Path:
    """A macOS icon file with PNG pictures; gives back `path`."""
    body = b""
    for kind, size in (ICNS | ICNS_LARGEST).items():
        picture = png(size)
        body += kind + struct.pack(">I", 8 + len(picture)) + picture
    return _written(path, b"icns" + struct.pack(">I", 8 + len(body)) + body)


def write_hicolor(folder: Path) -> list[Path]:
    """The `hicolor` tree of the icon theme specification, with the scalable and the symbolic drawing."""
    name = product.APP_ID
    made = [_written(folder / f"{size}x{size}" / "apps" / f"{name}.png", png(size)) for size in HICOLOR]
    made.append(_written(folder / "scalable" / "apps" / f"{name}.svg", (FOLDER / "desktopmail.svg").read_bytes()))
    symbolic = (FOLDER / "desktopmail-symbolic.svg").read_bytes()
    return [*made, _written(folder / "symbolic" / "apps" / f"{name}-symbolic.svg", symbolic)]


def _written(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path
