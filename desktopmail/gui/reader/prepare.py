"""What must be settled before the application object exists, so that no web page can ever reach a network.

Needs no WebEngine import: that stays with the first message.
"""

from __future__ import annotations

import os
import sys

from PySide6.QtCore import QCoreApplication, Qt

FLAGS = (
    '--host-resolver-rules="MAP * ~NOTFOUND"',
    "--proxy-server=127.0.0.1:9",
    "--proxy-bypass-list=<-loopback>",
    "--dns-prefetch-disable",
    "--no-pings",
    "--disable-background-networking",
    "--disable-remote-fonts",
    "--disable-speech-api",
    "--disable-3d-apis",
    "--disable-gpu",
)
"""Chromium switches: no name resolves (IP addresses count as names); the proxy is the discard port of this computer,
where nothing answers, and nothing goes past it (an application proxy of Qt would leave loopback open); no chatter."""

IGNORED = ("QTWEBENGINE_REMOTE_DEBUGGING", "QTWEBENGINE_DICTIONARIES_PATH", "QTWEBENGINE_RESOURCES_PATH")
IGNORED_WHEN_FROZEN = ("QTWEBENGINE_DISABLE_SANDBOX", "QTWEBENGINEPROCESS_PATH", "QTWEBENGINE_LOCALES_PATH")


def before_application() -> None:
    """Set the web engine's switches, dead resolver and proxy among them. Call once, before QApplication is made.

    Variables that open remote debugging are dropped; a release build also drops those that switch the sandbox off.
    """
    for name in IGNORED + (IGNORED_WHEN_FROZEN if getattr(sys, "frozen", False) else ()):
        os.environ.pop(name, None)
    os.environ["QTWEBENGINE_CHROMIUM_FLAGS"] = " ".join(FLAGS)
    # Pages are painted by the processor, like every other widget: mail needs no graphics card, hostile pages get none
    # to attack, and the window is not torn down and made anew when the first page joins it.
    os.environ["QT_QUICK_BACKEND"] = "software"
    if QCoreApplication.instance() is None:
        QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)


def faults() -> list[str]:
    """What of `before_application` does not stand; empty when the engine's network is dead."""
    from PySide6.QtNetwork import QNetworkProxy

    found = []
    if os.environ.get("QTWEBENGINE_CHROMIUM_FLAGS") != " ".join(FLAGS):
        found.append("chromium switches")
    found += [name for name in IGNORED if name in os.environ]
    if QNetworkProxy.applicationProxy().hostName():
        found.append("an application proxy in place of the dead one")
    return found
