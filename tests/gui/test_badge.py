"""The number on the program's icon, as the desktop is told it on the message bus."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

pytest.importorskip("jeepney", reason="message buses are a thing of Linux desktops")
from jeepney import HeaderFields, MatchRule
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import Proxy, open_dbus_connection

from desktopmail.domain.product import APP_ID
from tests.fakes.desktop_bus import has_bus, private_bus

UNITY = "com.canonical.Unity.LauncherEntry"
"""What docks and panels of several desktops listen to."""
PROGRAM = """
from PySide6.QtCore import QTimer
from desktopmail.gui import loop
application = loop.application()
for at, number in enumerate((7, 0)):
    QTimer.singleShot(300 * at, lambda number=number: application.setBadgeNumber(number))
QTimer.singleShot(900, application.quit)
application.exec()
"""


@pytest.mark.skipif(not has_bus() or shutil.which("xvfb-run") is None, reason="there is no dbus-daemon or no Xvfb")
def test_the_number_is_told_in_the_programs_name() -> None:
    """Under the name of its desktop file, without which no dock knows whose number it is; none means no number."""
    told: list[tuple[str, int, bool]] = []
    with private_bus() as address:
        line = open_dbus_connection(address)
        Proxy(message_bus, line).AddMatch(MatchRule(type="signal", interface=UNITY))
        environment = os.environ | {"DBUS_SESSION_BUS_ADDRESS": address, "QT_QPA_PLATFORM": "xcb"}
        command = ["xvfb-run", "-a", sys.executable, "-c", PROGRAM]
        root = Path(__file__).parents[2]

        def hear() -> None:
            while len(told) < 2:
                message = line.receive(timeout=100)
                if message.header.fields.get(HeaderFields.interface) == UNITY:
                    whose, values = message.body
                    told.append((whose, values.get("count", ("x", 0))[1], values["count-visible"][1]))

        hearing = threading.Thread(target=hear, daemon=True)
        hearing.start()
        done = subprocess.run(command, capture_output=True, check=False, timeout=100, env=environment, cwd=root)
        hearing.join(30)
        line.close()
    assert done.returncode == 0, done.stderr
    assert told == [(f"application://{APP_ID}.desktop", 7, True), (f"application://{APP_ID}.desktop", 0, False)]
