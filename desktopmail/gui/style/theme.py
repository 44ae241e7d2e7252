"""The theme in force: follows the system's colour scheme and contrast live, or the person's own choice."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from desktopmail.gui.style import measures
from desktopmail.gui.style.colours import DARK, LIGHT, Colours, blend, from_system
from desktopmail.gui.style.scaling import Scaling
from desktopmail.gui.style.sheet import sheet

STYLE = "Fusion"
STYLE_KEY = "style"
"""The property of an application that was made with the style; setting one later loads what describes styles, which
takes longer than painting the window."""
SCHEMES = {
    "system": Qt.ColorScheme.Unknown,
    "light": Qt.ColorScheme.Light,
    "dark": Qt.ColorScheme.Dark,
}


class Theme(QObject):
    """One per program. Widgets that paint themselves read `colours` at paint time and repaint on `changed`; everything
    else is coloured by the palette and the style sheet, which are renewed here."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.colours: Colours = LIGHT
        self._applied = False
        self._choice = "system"
        self._scaling: Scaling | None = None

    def start(self, choice: str = "system") -> None:
        """Take over the application's looks; call once, after the QApplication exists."""
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        hints = QGuiApplication.styleHints()
        if not self._applied:
            if app.property(STYLE_KEY) != STYLE:
                app.setStyle(STYLE)
            hints.colorSchemeChanged.connect(self.renew)
            hints.accessibility().contrastPreferenceChanged.connect(self.renew)
            app.fontChanged.connect(self.measure_soon)
            self._scaling = Scaling()
            self._applied = True
        self.choose(choice)

    def choose(self, choice: str) -> None:
        """Follow the `system`, or stay `light` or `dark`."""
        self._choice = choice
        self.renew()

    def measure_soon(self) -> None:
        """Follow the system's font and its size, also while windows are open; after the toolkit gave them its own."""
        QTimer.singleShot(0, self, self._measure)

    def _measure(self) -> None:
        if self._scaling is not None and self._scaling.differs():
            self._scaling.take()
            self.renew()

    def renew(self) -> None:
        """Work out the colours anew and give them to everything that is on screen."""
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        hints = QGuiApplication.styleHints()
        wanted = SCHEMES.get(self._choice, Qt.ColorScheme.Unknown)
        forced = hints.accessibility().contrastPreference() == Qt.ContrastPreference.HighContrast
        hints.setColorScheme(Qt.ColorScheme.Unknown if forced else wanted)
        if forced:
            app.setPalette(QPalette())  # the system's: that of the style knows nothing of it
            self.colours = from_system(app.palette())
        else:
            scheme = hints.colorScheme() if wanted == Qt.ColorScheme.Unknown else wanted
            self.colours = DARK if scheme == Qt.ColorScheme.Dark else LIGHT
        measures.forget()
        app.setPalette(_palette(self.colours))
        app.setStyleSheet(sheet(self.colours))
        if self._scaling is not None:
            self._scaling.keep()
        self.changed.emit()


def _palette(colours: Colours) -> QPalette:
    role, group = QPalette.ColorRole, QPalette.ColorGroup
    palette = QPalette()
    for part, colour in (
        (role.Window, colours.window),
        (role.WindowText, colours.text),
        (role.Base, colours.window),
        (role.AlternateBase, colours.surface),
        (role.Text, colours.text),
        (role.Button, colours.surface),
        (role.ButtonText, colours.text),
        (role.BrightText, colours.bad),
        (role.ToolTipBase, colours.raised),
        (role.ToolTipText, colours.text),
        (role.PlaceholderText, colours.secondary),
        (role.Highlight, colours.accent),
        (role.HighlightedText, colours.on_accent),
        (role.Link, colours.accent),
        (role.LinkVisited, colours.accent),
        (role.Accent, colours.accent),
        (role.Light, colours.raised),
        (role.Midlight, colours.line),
        (role.Mid, colours.line),
        (role.Dark, colours.line),
        (role.Shadow, QColor(0, 0, 0)),
    ):
        palette.setColor(part, colour)
    faint = blend(colours.secondary, colours.window, 0.6)
    for part in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(group.Disabled, part, faint)
    return palette


@lru_cache(maxsize=1)
def theme() -> Theme:
    """The program's one theme."""
    return Theme()
