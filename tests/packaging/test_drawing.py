"""The application's icon in the sizes and formats of three systems."""

import struct
from pathlib import Path

import drawing
import pytest
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from desktopmail.gui.style import appicon


@pytest.mark.parametrize("size", drawing.HICOLOR)
def test_every_size_has_its_picture(qapp: object, size: int) -> None:
    image = QImage.fromData(drawing.png(size))
    assert (image.width(), image.height()) == (size, size)
    assert image.pixelColor(0, 0).alpha() < 128  # rounded corners
    assert image.pixelColor(size // 2, size // 8).alpha() == 255


def test_small_sizes_have_drawings_of_their_own() -> None:
    assert {drawing.source(size).name for size in (16, 22, 24, 32)} == {f"desktopmail-{n}.svg" for n in (16, 24, 32)}
    assert drawing.source(48).name == "desktopmail.svg"
    assert [drawing.source(size) for size in drawing.HICOLOR] == [appicon.drawing(size) for size in drawing.HICOLOR]


def test_windows_icon(qapp: object, tmp_path: Path) -> None:
    data = drawing.write_ico(tmp_path / "a.ico").read_bytes()
    assert struct.unpack_from("<HHH", data) == (0, 1, len(drawing.ICO))
    for index, size in enumerate(drawing.ICO):
        width, _, _, _, _, depth, length, place = struct.unpack_from("<BBBBHHII", data, 6 + 16 * index)
        assert (width or 256, depth) == (size, 32)
        assert QImage.fromData(data[place : place + length]).width() == size


def test_macos_icon(qapp: object, tmp_path: Path) -> None:
    data = drawing.write_icns(tmp_path / "a.icns").read_bytes()
    assert data[:4] == b"icns"
    assert struct.unpack_from(">I", data, 4)[0] == len(data)
    place, kinds = 8, []
    while place < len(data):
        kind, length = struct.unpack_from(">4sI", data, place)
        kinds.append(kind)
        assert data[place + 8 : place + 12] == b"\x89PNG"
        place += length
    assert {b"icp4", b"ic07", b"ic10"} <= set(kinds)


def test_the_window_icon_and_the_sign_of_the_tray(qtbot: QtBot) -> None:
    assert {size.width() for size in appicon.app_icon().availableSizes()} >= {16, 32, 48, 256}
    sign = appicon.symbol(QColor("#ff0000"), 22).toImage()
    painted = {
        sign.pixelColor(x, y).name() for x in range(22) for y in range(22) if sign.pixelColor(x, y).alpha() > 200
    }
    assert painted == {"#ff0000"}
