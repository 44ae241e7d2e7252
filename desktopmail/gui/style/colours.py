"""Colours by role, light and dark, and the eight colours of accounts and avatars. Values only; nothing here draws."""

from __future__ import annotations

from dataclasses import dataclass, fields

from PySide6.QtGui import QColor, QPalette


@dataclass(frozen=True)
class Colours:
    """One theme. `soft` is the fill of a selection, `hover` of what the pointer is over, `hit` of a found word; what
    stands above everything for a moment is filled with `notice`, words in `on_notice`, verbs in `notice_accent`."""

    dark: bool
    window: QColor
    surface: QColor
    raised: QColor
    line: QColor
    text: QColor
    secondary: QColor
    accent: QColor
    accent_strong: QColor
    soft: QColor
    quiet: QColor
    hover: QColor
    on_accent: QColor
    good: QColor
    care: QColor
    bad: QColor
    star: QColor
    hit: QColor
    shadow: QColor
    notice: QColor
    on_notice: QColor
    notice_accent: QColor

    def role(self, name: str) -> QColor:
        """The colour of a role by its name, as icons and the style sheet ask for it."""
        value = getattr(self, name)
        assert isinstance(value, QColor)
        return value


def _theme(dark: bool, **roles: str) -> Colours:
    return Colours(dark, **{name: QColor(value) for name, value in roles.items()})


LIGHT = _theme(
    False,
    window="#FFFFFF",
    surface="#F6F7F8",
    raised="#FFFFFF",
    line="#E3E5E8",
    text="#1A1C1F",
    secondary="#5F6670",
    accent="#2459D6",
    accent_strong="#1C49B5",
    soft="#E3EBFC",
    quiet="#ECEEF1",
    hover="#F1F3F5",
    on_accent="#FFFFFF",
    good="#1B7F4B",
    care="#9A5B00",
    bad="#C22F2F",
    star="#B87A00",
    hit="#FFE9A8",
    shadow="#26101828",
    notice="#2A2C31",
    on_notice="#ECEDEF",
    notice_accent="#8FB4FF",
)

DARK = _theme(
    True,
    window="#1B1C1F",
    surface="#222327",
    raised="#2A2C31",
    line="#36383E",
    text="#ECEDEF",
    secondary="#A3A9B2",
    accent="#7DA7FF",
    accent_strong="#9ABBFF",
    soft="#2A3A5E",
    quiet="#303238",
    hover="#26282C",
    on_accent="#10203F",
    good="#6CCB97",
    care="#F0B457",
    bad="#FF8A80",
    star="#F0B457",
    hit="#5C4813",
    shadow="#66000000",
    notice="#3A3D44",
    on_notice="#ECEDEF",
    notice_accent="#8FB4FF",
)

# Eight hues that stay apart with any kind of colour sight (dark enough to carry white letters, light enough on dark).
PEOPLE_LIGHT = tuple(
    QColor(value) for value in ("#2F5FC4", "#B4501A", "#1F7A5C", "#8A3FA0", "#9A6A00", "#1B7794", "#B23A5E", "#5B6470")
)
PEOPLE_DARK = tuple(
    QColor(value) for value in ("#7FA8F5", "#F0A070", "#6CC7A2", "#CF95E2", "#E0BC5E", "#72C2DC", "#F09AB4", "#B0B7C2")
)


def person(number: int, dark: bool) -> QColor:
    """One of the eight colours; any number is folded into the range."""
    row = PEOPLE_DARK if dark else PEOPLE_LIGHT
    return row[number % len(row)]


def blend(over: QColor, under: QColor, share: float) -> QColor:
    """`over` laid on `under`; `share` 0 to 1 says how much of it covers."""
    rest = 1 - share
    return QColor(
        round(over.red() * share + under.red() * rest),
        round(over.green() * share + under.green() * rest),
        round(over.blue() * share + under.blue() * rest),
    )


def contrast(one: QColor, other: QColor) -> float:
    """Contrast ratio by WCAG 2.2 section 1.4.3: 1 (none) to 21."""

    def luminance(colour: QColor) -> float:
        def linear(value: float) -> float:
            return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)

        return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) + 0.0722 * linear(colour.blueF())

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def from_system(palette: QPalette) -> Colours:
    """A theme of the system's own colours, for high contrast: what the person chose wins over every wish of ours."""
    role = QPalette.ColorRole
    window, text = palette.color(role.Base), palette.color(role.Text)
    accent, on_accent = palette.color(role.Highlight), palette.color(role.HighlightedText)
    dark = window.lightness() < text.lightness()
    base = DARK if dark else LIGHT
    values = {item.name: getattr(base, item.name) for item in fields(Colours)}
    values |= {
        "window": window, "surface": window, "raised": window, "quiet": blend(text, window, 0.3),
        "hover": blend(text, window, 0.15), "line": text, "text": text, "secondary": text, "accent": accent,
        "accent_strong": accent,
        "notice": text, "on_notice": window, "notice_accent": window,
        "soft": blend(accent, window, 0.35), "on_accent": on_accent, "hit": blend(accent, window, 0.35),
    }  # fmt: skip
    return Colours(**values)
