"""Composes the page around a message's sanitised HTML: strict policy, the theme's rules, folded quotes. Pure text."""

from __future__ import annotations

import html as markup
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from string import Template

from desktopmail.domain.body import SCHEME
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

_OWN_LOOK = re.compile(
    r"<(?:table|font|center)\b|\b(?:bgcolor|background|color)\s*=|(?:^|[\s;\"'-])(?:color|background(?:-color|-image)?)\s*:"
    r"|<style\b",
    re.IGNORECASE,
)
_HARMLESS = re.compile(
    r"\b(?:background(?:-color)?|color)\s*:\s*(?:inherit|initial|transparent|unset|currentcolor|windowtext|"
    r"rgb\(0, ?0, ?0\)|rgb\(34, ?34, ?34\)|rgb\(51, ?51, ?51\)|rgb\(255, ?255, ?255\)|black|white|#000(?:000)?|"
    r"#222(?:222)?|#333(?:333)?|#fff(?:fff)?)\s*(?:!important)?\s*(?=[;\"'])",
    re.IGNORECASE,
)


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


def keeps_own_look(html: str) -> bool:
    """Whether the message brings colours or a layout of its own, so that only a white sheet does it justice."""
    return bool(_OWN_LOOK.search(_HARMLESS.sub("", html)))


def adapt(html: str) -> str:
    """Plain black or white named by the message gives way to the theme; everything else stays."""
    return _HARMLESS.sub("", html)


def compose(html: str, look: Look, *, images: bool = False, words: tuple[str, str] = FOLD_WORDS) -> str:
    """A whole document for one message. `html` must be sanitised; `words` open and close a quotation."""
    own = keeps_own_look(html)
    paper = own and look.dark
    worn = look
    if paper:
        worn = Look(**{name: getattr(SHEET, name) for name in SHEET.__slots__} | {
            "family": look.family, "size": look.size})  # fmt: skip
    body = html if own or not look.dark else adapt(html)
    rules = _template().substitute(
        scheme="dark" if worn.dark else "light",
        background="#ffffff" if paper else "transparent",
        ground=look.ground,
        margin="16px" if paper else "0",
        measure="" if own else "max-width: 760px;",
        quoted="" if own else f"color: {worn.secondary};",
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
        f'<style>{rules}</style></head><body><div id="message">{fold_quotes(body, words)}</div></body></html>'
    )


@lru_cache(maxsize=1)
def _template() -> Template:
    return Template(STYLES.read_text(encoding="utf-8"))
