"""How far back an IMAP account's messages are brought to this computer whole."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from desktopmail.gui.widgets.combo import ComboBox


def offer(choice: ComboBox, days: int) -> None:
    """Fill the choice, with the days in force selected, whatever their number."""
    translate = QCoreApplication.translate
    offers = {
        0: translate("depth", "All messages"),
        365: translate("depth", "The last year"),
        90: translate("depth", "The last 3 months"),
        30: translate("depth", "The last 30 days"),
    }
    offers.setdefault(days, translate("depth", "The last {0} days").format(days))
    choice.clear()
    for number, text in offers.items():
        choice.addItem(text, number)
    choice.setCurrentIndex(choice.findData(days))
