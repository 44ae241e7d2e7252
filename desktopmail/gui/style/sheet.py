"""The style sheet: what the palette cannot say about standard controls. Custom painted widgets do not need it.

Controls ask for a look with the dynamic property `look`: `primary` (the one filled button), `plain` (a button without
a frame), `field`, `card`, `bar`; labels with `tone`: `secondary`, `good`, `care`, `bad`."""

from __future__ import annotations

from pathlib import Path
from string import Template

from PySide6.QtGui import QColor

from desktopmail.gui.style import measures
from desktopmail.gui.style.colours import Colours, blend

THEMES = Path(__file__).resolve().parents[3] / "resources" / "themes"

SHEET = Template("""
* { outline: none; }
QToolTip { background: $raised; color: $text; border: 1px solid $line; padding: ${p4}px ${p8}px; }
QMainWindow, QDialog { background: $window; }
QSplitter::handle { background: $line; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter::handle:vertical { height: 1px; }

QPushButton { background: $raised; color: $text; border: 1px solid $edge; border-radius: ${radius}px;
  padding: 0 ${p12}px; min-height: ${button}px; }
QPushButton:hover { background: $hover; }
QPushButton:pressed, QPushButton:checked { background: $quiet; }
QPushButton:disabled { color: $faint; border-color: $line; }
QPushButton[look="primary"] { background: $accent; color: $on_accent; border: 1px solid $accent; font-weight: 600; }
QPushButton[look="primary"]:hover, QPushButton[look="primary"]:pressed { background: $accent_strong;
  border-color: $accent_strong; }
QPushButton[look="primary"]:disabled { background: $quiet; color: $faint; border-color: $quiet; }
QPushButton[look="danger"] { color: $bad; }
QPushButton[look="danger"]:disabled { color: $faint; }
QPushButton[look="standing"]:disabled { background: transparent; border-color: transparent; color: $good;
  font-weight: 600; }
QPushButton[look="plain"], QToolButton { background: transparent; border: none; border-radius: ${radius}px;
  padding: ${p4}px; color: $text; }
QPushButton[look="plain"] { padding: 0 ${p8}px; }
QPushButton[look="plain"]:hover, QToolButton:hover, QToolButton:open { background: $overlay; }
QPushButton[look="plain"]:pressed, QToolButton:pressed { background: $pressed; }
QPushButton[look="plain"]:checked, QToolButton:checked { background: $soft; color: $accent_text; }
QPushButton[look="link"] { background: transparent; border: none; color: $accent; padding: 0;
  min-height: 0; text-align: left; }
QPushButton[look="cap"] { background: $quiet; border: 1px solid $line; border-bottom-color: $edge; color: $text;
  border-radius: 5px; padding: 0 ${p8}px; min-height: ${p22}px; }
QPushButton[look="more"] { background: transparent; border: 1px solid transparent; color: $secondary;
  border-radius: 5px; padding: 0 ${p8}px; min-height: ${p22}px; }
QPushButton[look="cap"]:hover, QPushButton[look="more"]:hover { border-color: $accent; }
QPushButton[listening="true"] { background: $soft; border-color: $accent; color: $accent_text; }
QPushButton[look="link"]:hover { text-decoration: underline; background: transparent; }
QToolButton:disabled { color: $faint; }
QPushButton[look="plain"]:disabled, QPushButton[look="link"]:disabled { color: $faint; text-decoration: none; }
QToolButton::menu-indicator { image: none; }

QLineEdit, QPlainTextEdit, QTextEdit, QSpinBox, QComboBox { background: $window; color: $text;
  border: 1px solid $edge; border-radius: ${radius}px; padding: 0 ${p8}px; min-height: ${button}px;
  selection-background-color: $accent; selection-color: $on_accent; placeholder-text-color: $secondary; }
QPlainTextEdit, QTextEdit { padding: ${p4}px ${p8}px; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QSpinBox:focus, QComboBox:focus { border-color: $accent; }
QLineEdit[look="bare"], QTextEdit[look="bare"], QPlainTextEdit[look="bare"] { border: none; background: transparent;
  border-radius: 0; padding: 0; }
QLineEdit[look="bare"] { min-height: ${p26}px; }
QLineEdit[look="search"] { background: $quiet; border: 1px solid transparent; }
QLineEdit[look="search"]:focus { background: $window; border-color: $accent; }
QLineEdit:disabled, QSpinBox:disabled, QComboBox:disabled { color: $faint; border-color: $line;
  placeholder-text-color: $faint; }
QComboBox::drop-down { border: none; width: ${p24}px; }
QComboBox QAbstractItemView { background: $raised; border: 1px solid $line; padding: ${p4}px; }

QMenu { background: $raised; color: $text; border: 1px solid $line; border-radius: ${radius}px; padding: ${p4}px; }
QMenu::item { padding: ${p6}px ${p24}px ${p6}px ${p8}px; border-radius: 4px; min-width: ${menu}px; }
QMenu::indicator { width: ${p12}px; height: ${p12}px; padding-left: ${p8}px; }
QMenu::indicator:checked { image: url("$tick"); }
QMenu::icon { padding-left: ${p8}px; }
QMenu::item:selected { background: $soft; color: $text; }
QMenu::item:disabled { color: $faint; }
QMenu::right-arrow, QMenu::left-arrow { width: ${p14}px; height: ${p14}px; margin: 0 ${p4}px; }
QMenu::right-arrow { image: url("$chevron"); }
QMenu::left-arrow { image: url("$chevron_left"); }
QMenu::separator { height: 1px; background: $line; margin: ${p4}px ${p8}px; }

QScrollBar:vertical { background: transparent; width: ${bar}px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: ${bar}px; margin: 0; }
QScrollBar::handle { background: $thumb; border-radius: ${thumb_radius}px; border: 3px solid transparent;
  background-clip: padding; }
QScrollBar::handle:vertical { min-height: ${p32}px; }
QScrollBar::handle:horizontal { min-width: ${p32}px; }
QScrollBar::handle:hover { background: $thumb_hover; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; border: none; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QScrollArea, QAbstractScrollArea { background: transparent; border: none; }

QTabWidget::pane { border: none; border-top: 1px solid $line; }
QTabBar { qproperty-drawBase: 0; }
QTabBar::tab { background: transparent; color: $secondary; padding: ${p8}px ${p12}px; border: none;
  border-bottom: 2px solid transparent; }
QTabBar::tab:selected { color: $text; border-bottom-color: $accent; }
QTabBar::tab:hover { color: $text; }
QCheckBox, QRadioButton { spacing: ${p8}px; min-height: ${p24}px; }
QCheckBox::indicator, QRadioButton::indicator { width: ${p14}px; height: ${p14}px; border: 1px solid $strong_edge;
  border-radius: 4px; background: $window; }
QRadioButton::indicator { border-radius: ${round}px; }
QCheckBox::indicator:hover, QRadioButton::indicator:hover { border-color: $accent; }
QCheckBox::indicator:checked { background: $accent; border-color: $accent; image: url("$check"); }
QRadioButton::indicator:checked { background: $window; border: ${p5}px solid $accent; width: ${p6}px; height: ${p6}px; }
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled { border-color: $line; background: $surface; }
QProgressBar { background: $quiet; border: none; border-radius: 2px; max-height: 4px; min-height: 4px; }
QProgressBar::chunk { background: $accent; border-radius: 2px; }
QLabel[tone="secondary"] { color: $secondary; }
QLabel[tone="secondary"]:disabled { color: $faint; }
QLabel[tone="good"] { color: $good; }
QLabel[tone="care"] { color: $care; }
QLabel[tone="bad"] { color: $bad; }
QWidget[look="surface"] { background: $surface; }
QWidget[look="window"] { background: $window; }
QWidget[look="raised"] { background: $raised; }
QFrame[look="card"] { background: $raised; border: 1px solid $line; border-radius: ${card}px; }
QLabel[look="key"] { background: $quiet; border: 1px solid $line; border-bottom-color: $edge; border-radius: 5px;
  padding: 1px ${p6}px; color: $text; }
QWidget[look="notice"] QLabel { color: $on_notice; }
QWidget[look="notice"] QPushButton[look="link"] { color: $notice_accent; }
QWidget[look="notice"] QToolButton:hover { background: $notice_film; }
QPlainTextEdit[look="field"] { background: $window; border: 1px solid $edge; }
QPlainTextEdit[look="field"]:focus { border-color: $accent; }
QFrame[look="line"] { background: $line; border: none; }
""")


def sheet(colours: Colours) -> str:
    """The style sheet of one theme at the present scale."""
    text, window = colours.text, colours.window
    shade = "dark" if colours.dark else "light"
    names: dict[str, object] = {
        name: getattr(colours, name).name()
        for name in (
            "window", "surface", "raised", "line", "text", "secondary", "accent", "accent_strong", "soft", "quiet",
            "hover", "on_accent", "good", "care", "bad", "on_notice", "notice_accent",
        )
    }  # fmt: skip
    names |= {
        "edge": blend(text, window, 0.2).name(),
        "faint": blend(colours.secondary, window, 0.6).name(),
        "overlay": _film(text, 0.07),
        "notice_film": _film(colours.on_notice, 0.14),
        "pressed": _film(text, 0.12),
        "thumb": _film(text, 0.22),
        "thumb_hover": _film(text, 0.4),
        "accent_text": (colours.accent if colours.dark else colours.accent_strong).name(),
        "radius": measures.RADIUS,
        "card": measures.RADIUS_CARD,
        "button": measures.px(28),
        "menu": measures.px(160),
        "bar": 12,
        "strong_edge": blend(text, window, 0.45).name(),
        "round": measures.px(14) // 2 + 1,
        "check": (THEMES / f"check-{shade}.svg").as_posix(),
        "tick": (THEMES / f"tick-{shade}.svg").as_posix(),
        "chevron": (THEMES / f"chevron-right-{shade}.svg").as_posix(),
        "chevron_left": (THEMES / f"chevron-left-{shade}.svg").as_posix(),
        "thumb_radius": 6,
    }
    names |= {f"p{value}": measures.px(value) for value in (4, 5, 6, 8, 12, 14, 22, 24, 26, 32)}
    return SHEET.substitute(names)


def _film(colour: QColor, share: float) -> str:
    return f"rgba({colour.red()}, {colour.green()}, {colour.blue()}, {share})"
