"""The question before a POP3 server's copies are removed: what goes, in numbers, and what is lost by it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from desktopmail.domain.folder import Folder, Lives
from desktopmail.domain.message import Copy, Summary
from desktopmail.gui import words
from desktopmail.gui.widgets.confirm import Confirm


def removed_where(places: Iterable[Folder]) -> str:
    """What removing for ever reaches: the server's copy too where folders live there; elsewhere only this computer."""
    if any(place.lives is Lives.HERE for place in places):
        return QCoreApplication.translate(
            "removal", "This removes mail from this computer. Copies on a POP3 server go by the account's rule."
        )
    return QCoreApplication.translate("removal", "This removes mail here and on the server.")


def ask(rows: Sequence[Summary], window: QWidget, yes: Callable[[], None]) -> None:
    """Ask, unless no server has any of these; `yes` is done when the person says so, never by default."""
    translate = QCoreApplication.translate
    kept = [each for each in rows if each.copy is not Copy.HERE]
    if not kept:
        return
    what = translate(
        "removal", "What is on this computer stays. The server forgets its copies for ever, for all devices."
    )
    tops = sum(each.copy is Copy.SERVER for each in kept)
    if tops:
        lost = translate("removal", "{0} never downloaded completely: lost then.").format(words.messages(tops))
        what = f"{what} {lost}"
    Confirm(
        window,
        translate("removal", "Remove {0} from the server now?").format(words.messages(len(kept))),
        what,
        translate("removal", "Remove from the server"),
        translate("removal", "Keep"),
    ).ask(yes)
