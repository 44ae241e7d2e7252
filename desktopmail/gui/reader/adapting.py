"""Fits a message's colours to a dark ground, where that does it justice: ink is made readable, plain grounds give way.

Messages with grounds of their own (coloured areas, pictures behind text) are left as they are, for a white sheet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from PySide6.QtGui import QColor

from desktopmail.gui.reader.folding import tags
from desktopmail.gui.style.colours import contrast

_GROUND_STYLE = re.compile(r"\bbackground(?:-color|-image)?\s*:\s*([^;\"'{}]+)", re.IGNORECASE)
_GROUND_ATTRIBUTE = re.compile(r"\s(?:bgcolor|background)\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s>]+)", re.IGNORECASE)
_COLOURED = re.compile(r"color|background", re.IGNORECASE)
_SHEET_COLOUR = re.compile(r"<style\b[^>]*>[^<]*\bcolor\s*:", re.IGNORECASE)
_LAYOUT = re.compile(r"<(?:table|center|style)\b", re.IGNORECASE)
_INK_STYLE = re.compile(r"(?<![\w-])color\s*:\s*([^;\"'{}!]+)", re.IGNORECASE)
_INK_ATTRIBUTE = re.compile(r"(<font\b[^>]*?\bcolor\s*=\s*[\"']?)([^\"'\s>]+)", re.IGNORECASE)
_RGB = re.compile(r"rgba?\(\s*(\d{1,3})[\s,]+(\d{1,3})[\s,]+(\d{1,3})")
_NO_COLOUR = frozenset(("transparent", "inherit", "initial", "unset", "none", "currentcolor", "auto", "windowtext"))
READABLE = 4.5


def has_layout(html: str) -> bool:
    """Whether the message is laid out, so that it needs the whole width."""
    return bool(_LAYOUT.search(html))


def has_ground(html: str) -> bool:
    """Whether the message brings coloured areas or colours by rule: only paper does it justice."""
    return bool(_SHEET_COLOUR.search(html)) or any(not _is_plain(value) for value in _grounds(html))


def adapt(html: str, ink: QColor, faint: QColor, ground: QColor) -> str:
    """The message for a dark ground: black and grey become `ink` and `faint`, other inks are lightened until they can
    be read, plain white grounds are taken away."""

    def style(found: re.Match[str]) -> str:
        return "color:" + _fit(found.group(1), ink, faint, ground)

    def attribute(found: re.Match[str]) -> str:
        return found.group(1) + _fit(found.group(2), ink, faint, ground)

    out, at = [], 0
    for tag in tags(html):
        words = html[tag.start : tag.end]
        if _COLOURED.search(words):
            words = _GROUND_ATTRIBUTE.sub("", _GROUND_STYLE.sub("", words))
            words = _INK_ATTRIBUTE.sub(attribute, _INK_STYLE.sub(style, words))
        out += [html[at : tag.start], words]
        at = tag.end
    return "".join([*out, html[at:]])


def colour_of(text: str) -> QColor | None:
    """A CSS colour; None for key words that name none, and for what is not understood."""
    text = text.strip().lower()
    if found := _RGB.match(text):
        red, green, blue = (min(255, int(each)) for each in found.groups())
        return QColor(red, green, blue)
    if text in _NO_COLOUR or not re.fullmatch(r"#[0-9a-f]{3}(?:[0-9a-f]{3})?|[a-z]{3,24}", text):
        return None
    return QColor(text) if QColor.isValidColorName(text) else None


def _grounds(html: str) -> Iterator[str]:
    for tag in tags(html):
        words = html[tag.start : tag.end]
        if tag.name == "style" and not tag.closing:
            words = html[tag.start : html.find("</style", tag.end)]
        if _COLOURED.search(words):
            for pattern in (_GROUND_STYLE, _GROUND_ATTRIBUTE):
                for found in pattern.finditer(words):
                    yield found.group(1).strip("\"'")


def _is_plain(value: str) -> bool:
    value = value.strip().lower()
    if "url(" in value or "gradient" in value or "/" in value:
        return False
    words = [word for word in re.split(r"\s+(?![^(]*\))", value) if word]
    colours = [colour_of(word) for word in words]
    return all(each is None or (each.lightnessF() > 0.95 and each.hslSaturationF() < 0.5) for each in colours)


def _fit(text: str, ink: QColor, faint: QColor, ground: QColor) -> str:
    colour = colour_of(text)
    if colour is None:
        return text if text.strip().lower() in _NO_COLOUR - {"windowtext", "auto"} else ink.name()
    if colour.lightnessF() > 0.94:
        return ground.name()
    if colour.hslSaturationF() < 0.18:
        return ink.name() if colour.lightnessF() < 0.36 else faint.name()
    hue, saturation, lightness = colour.hslHueF(), colour.hslSaturationF(), colour.lightnessF()
    while contrast(colour, ground) < READABLE and lightness < 0.97:
        lightness += 0.04
        colour = QColor.fromHslF(hue, saturation, min(1.0, lightness))
    return colour.name()
