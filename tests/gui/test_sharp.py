"""The window at one and a half pixels per point is drawn for them, not made larger."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage

SIZE = (1000, 640)
PARTS = {
    "signs and words above": QRect(0, 0, 1000, 48),
    "folders": QRect(0, 60, 220, 280),
    "list": QRect(225, 100, 370, 500),
    "message": QRect(610, 60, 380, 560),
}


def picture(folder: Path, scale: float) -> QImage:
    file = folder / f"{scale}.png"
    command = [sys.executable, "-m", "desktopmail", "--demo", "--screenshot", str(file), "--scale", str(scale)]
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "DESKTOPMAIL_SECRETS": "memory"}
    subprocess.run(
        [*command, "--size", f"{SIZE[0]}x{SIZE[1]}"], check=True, timeout=110, env=environment, capture_output=True
    )
    return QImage(str(file)).convertToFormat(QImage.Format.Format_Grayscale8)


def edges(image: QImage) -> float:
    """How hard the steps from pixel to pixel are: the squares of the differences to the right."""
    data, line = bytes(image.constBits()), image.bytesPerLine()
    rows = range(0, image.height(), 2)
    return float(
        sum((data[row * line + x] - data[row * line + x + 1]) ** 2 for row in rows for x in range(image.width() - 1))
    )


@pytest.mark.slow
@pytest.mark.webengine
@pytest.mark.parametrize("scale", [1.5, 2.0])
def test_every_part_of_the_window_is_sharp(scale: float, tmp_path: Path) -> None:
    """Each has clearly harder edges than the same part of the smaller picture has when it is made larger."""
    drawn, small = picture(tmp_path, scale), picture(tmp_path, 1.0)
    assert (drawn.width(), drawn.height()) == (round(SIZE[0] * scale), round(SIZE[1] * scale))
    larger = small.scaled(
        drawn.size(), Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
    for name, part in PARTS.items():
        here = QRect(
            round(part.x() * scale), round(part.y() * scale), round(part.width() * scale), round(part.height() * scale)
        )
        ratio = edges(drawn.copy(here)) / edges(larger.copy(here))
        assert ratio > 1.5, f"{name}: {ratio:.2f}"
