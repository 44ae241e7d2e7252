"""Why there is no window, in a box of its own; a damaged profile can be repaired from there."""

from __future__ import annotations

import asyncio
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QMessageBox

from desktopmail.domain.errors import MailError, StoreDamaged
from desktopmail.engine import keeping

_Role = QMessageBox.ButtonRole
translate = QCoreApplication.translate


async def mended(error: MailError, profile: Path) -> bool:
    """Say what stands in the way of a window. True when the person had the profile repaired and starting is worth
    another try."""
    if not isinstance(error, StoreDamaged):
        await _say(error.title, error.detail, error.log)
        return False
    if not await _say(error.title, error.detail, error.log, translate("Refusal", "Repair")):
        return False
    try:
        health = await keeping.repair(profile)
    except MailError as failure:
        await _say(failure.title, failure.detail, failure.log)
        return False
    found = [f"{each}." for each in health.lost]
    if health.recovered:
        found.append(translate("Refusal", "Messages that had lost their place are in the folder “Recovered”."))
    lost = "\n".join(found) or translate("Refusal", "Nothing was lost.")
    kept = translate("Refusal", "The damaged file was kept.") if health.aside else ""
    return await _say(
        translate("Refusal", "The profile was repaired"),
        f"{lost}\n{kept}".strip(),
        "\n".join(health.aside),
        translate("Refusal", "Open"),
    )


async def _say(title: str, detail: str, log: str, verb: str = "") -> bool:
    """Show a box until it is closed; whether the button with the verb closed it."""
    box = QMessageBox(QMessageBox.Icon.Warning, "Desktopmail", title)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setInformativeText(detail)
    box.setDetailedText(log)
    doing = box.addButton(verb, _Role.AcceptRole) if verb else None
    leaving = box.addButton(translate("Refusal", "Close"), _Role.RejectRole)
    box.setEscapeButton(leaving)
    box.setDefaultButton(doing or leaving)
    closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def end(code: int) -> None:
        if not closed.done():
            closed.set_result(None)

    box.finished.connect(end)
    box.open()
    await closed
    chosen = doing is not None and box.clickedButton() is doing
    box.deleteLater()
    return chosen
