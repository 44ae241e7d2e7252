"""What a message page takes from the theme in force."""

from __future__ import annotations

from PySide6.QtGui import QColor

from desktopmail.gui.reader.document import Look
from desktopmail.gui.style import measures
from desktopmail.gui.style.theme import theme


def present_look(ground: QColor | None = None) -> Look:
    """Colours, typeface and size for `document.compose`; `ground` is what the page lies on."""
    colours = theme().colours
    family = measures.font().family().replace('"', "").replace("'", "").replace(";", "")
    return Look(
        dark=colours.dark,
        text=colours.text.name(),
        secondary=colours.secondary.name(),
        accent=colours.accent.name(),
        line=colours.line.name(),
        soft=colours.soft.name(),
        veil=colours.quiet.name(),
        family=f"'{family}', system-ui, sans-serif",
        size=measures.BODY * measures.scale(),
        ground=(ground or colours.window).name(),
    )


def own_tint() -> QColor:
    """The ground of the person's own answers in a conversation."""
    return theme().colours.surface
