"""Tool tips that show text as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


def plain_tip(text: str) -> str:
    """Text for a tool tip that is never taken for markup; text that no one could take for it comes back unchanged."""
    if "<" not in text and "&" not in text and len(text) < 80:
        return text
    import html

    return "<p style='white-space:pre-wrap'>" + html.escape(text) + "</p>"


def tip(widget: QWidget, text: str) -> None:
    """Give a widget a tool tip that shows text as it is, and is read out as it is."""
    widget.setToolTip(plain_tip(text))
    widget.setAccessibleDescription(text)
