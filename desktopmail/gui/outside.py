"""Addresses and folders handed to the system's own programs."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QPoint, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QToolTip, QWidget

from desktopmail.gui.widgets.tip import plain_tip


def open_outside(url: QUrl, near: QWidget) -> bool:
    """Have the system's program for it open an address or a folder. Where none does, it is copied, and a word below
    `near` says so."""
    if QDesktopServices.openUrl(url):
        return True
    shown = url.toLocalFile() if url.isLocalFile() else url.toString()
    QGuiApplication.clipboard().setText(shown)
    text = QCoreApplication.translate("outside", "No program opened {0}. It was copied instead.").format(shown)
    QToolTip.showText(near.mapToGlobal(QPoint(0, near.height())), plain_tip(text), near)
    return False
