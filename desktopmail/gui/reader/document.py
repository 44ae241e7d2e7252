"""Composes the page around a message's sanitised HTML: strict policy, the theme's rules, folded quotes. Pure text."""

from __future__ import annotations

import html as markup
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from string import Template

from PySide6.QtGui import QColor

from desktopmail.domain.body import SCHEME
from desktopmail.gui.reader.adapting import adapt, has_ground, has_layout
from desktopmail.gui.reader.folding import fold_quotes

CSP = (
    f"default-src 'none'; img-src {SCHEME}: data:; style-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
)
"""Content Security Policy of every message page (CSP level 3). `sandbox` gives it an opaque origin of its own."""

STYLES = Path(__file__).resolve().parents[3] / "resources" / "reader" / "message.css"
MOST_CHARACTERS = 1_500_000
"""Longer HTML is shown as text: laying it out would hold the program up."""

FOLD_WORDS = ("Show quoted text", "Hide quoted text")


@dataclass(frozen=True, slots=True)
class Look:
    """Colours (CSS), typeface and size in pixels that a page takes from the theme."""

    dark: bool
    text: str
    secondary: str
    accent: str
    line: str
    soft: str
    veil: str
    family: str
    size: float
    ground: str = "#ffffff"


SHEET = Look(False, "#1a1c1f", "#5f6670", "#2459d6", "#e3e5e8", "#e3ebfc", "#eceef1", "sans-serif", 13.0)
"""The look of paper: what a message with colours of its own is shown on, in both themes."""


def compose(html: str, look: Look, *, images: bool = False, words: tuple[str, str] = FOLD_WORDS) -> str:
    """A whole document for one message. `html` must be sanitised; `words` open and close a quotation."""
    paper = look.dark and has_ground(html)
    worn = look
    if paper:
        worn = Look(**{name: getattr(SHEET, name) for name in SHEET.__slots__} | {
            "family": look.family, "size": look.size})  # fmt: skip
    elif look.dark:
        html = adapt(html, QColor(look.text), QColor(look.secondary), QColor(look.ground))
    laid_out = has_layout(html)
    rules = _template().substitute(
        scheme="dark" if worn.dark else "light",
        background="#ffffff" if paper else "transparent",
        ground=look.ground,
        margin="16px" if paper else "0",
        measure="" if laid_out else "max-width: 760px;",
        quoted="" if laid_out else f"color: {worn.secondary};",
        shown="img[src^='desktopmail://message/remote/'] { background: none; outline: none; }" if images else "",
        mono="'JetBrains Mono', 'SF Mono', Consolas, 'DejaVu Sans Mono', monospace",
        text=worn.text, secondary=worn.secondary, accent=worn.accent, line=worn.line, soft=worn.soft,
        veil=worn.veil, family=worn.family, size=f"{worn.size:g}px",
    )  # fmt: skip
    policy = markup.escape(CSP.replace("; frame-ancestors 'none'; sandbox", ""))
    return (
        f'<!doctype html><html><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        f'<title></title><meta name="referrer" content="no-referrer">'
        f'<meta name="viewport" content="width=device-width">'
        f'<style>{rules}</style></head><body><div id="message">{fold_quotes(html, words)}</div></body></html>'
    )


@lru_cache(maxsize=1)
def _template() -> Template:
    return Template(STYLES.read_text(encoding="utf-8"))
