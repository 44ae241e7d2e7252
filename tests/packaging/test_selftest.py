"""What the package check asks of the program, asked of the checkout: the self-test, and a picture of the window."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QLibraryInfo
from PySide6.QtGui import QImage

from desktopmail.app import selftest
from desktopmail.domain.errors import StoreFailed

ROOT = Path(__file__).resolve().parents[2]


def program(*words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-m", "desktopmail", *words]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment, timeout=110)


@pytest.mark.webengine
def test_self_test() -> None:
    done = program("--self-test", "--json")
    answer = json.loads(done.stdout)
    assert done.returncode == 0, answer
    assert answer["ok"]
    assert list(answer["checks"]) == [
        "resources", "pictures", "plugins", "tls roots", "key store", "web page", "database", "send and receive",
    ]  # fmt: skip
    assert answer["frozen"] is False
    assert answer["version"]


def test_a_folder_of_plugins_that_is_empty_is_missed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Qt says nothing about it: networks would come and go unheard."""
    real = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath))
    for kind in selftest.PLUGINS:
        (tmp_path / kind).symlink_to(real / kind)
    monkeypatch.setattr(QLibraryInfo, "path", staticmethod(lambda which: str(tmp_path)))
    assert asyncio.run(selftest._plugins()).endswith(f"in {len(selftest.PLUGINS)} folders")
    (tmp_path / "networkinformation").unlink()
    with pytest.raises(StoreFailed) as caught:
        asyncio.run(selftest._plugins())
    assert "networkinformation" in caught.value.detail


@pytest.mark.webengine
def test_a_picture_of_the_window_shows_the_message_too(tmp_path: Path) -> None:
    """The reader is made after the first paint; the picture waits for what it shows."""
    done = program("--demo", "--screenshot", str(tmp_path / "main.png"), "--size", "1280x800")
    assert done.returncode == 0, done.stderr
    image = QImage(str(tmp_path / "main.png"))
    assert (image.width(), image.height()) == (1280, 800)
    body = {image.pixel(x, y) for x in range(640, 1260, 4) for y in range(260, 790, 4)}
    assert len(body) > 100
