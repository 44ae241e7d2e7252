"""Takes HTML into the editor's document: known tags become formats, everything else is left out, nothing is loaded.

Pasted text comes from anywhere; because formats are built here one by one, there is nothing to clean afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from html.parser import HTMLParser

from PySide6.QtCore import QUrl
from PySide6.QtGui import (
    QFont,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextFormat,
    QTextImageFormat,
    QTextList,
    QTextListFormat,
)

QUOTE = QTextFormat.Property.BlockQuoteLevel
MOST_CHARACTERS = 2_000_000
_BLOCKS = frozenset(
    ("address", "article", "blockquote", "center", "dd", "div", "dl", "dt", "figure", "footer", "h1", "h2", "h3",
     "h4", "h5", "h6", "header", "hr", "li", "main", "ol", "p", "pre", "section", "table", "tr", "ul")
)  # fmt: skip
_SKIPPED = frozenset(
    ("script", "style", "title", "head", "template", "svg", "math", "iframe", "object", "noscript", "textarea",
     "select", "button", "applet", "audio", "video", "canvas")
)  # fmt: skip
_SPACES = re.compile(r"[ \t\r\n\f]+")
_SIZES = {"h1": 1.5, "h2": 1.3, "h3": 1.15}

Picture = Callable[[str], bool]
"""Whether a picture with this address is known to the document."""


@dataclass(frozen=True, slots=True)
class _Style:
    bold: bool = False
    italic: bool = False
    underline: bool = False
    strike: bool = False
    mono: bool = False
    link: str = ""


class HtmlTaker(HTMLParser):
    """Writes at a cursor. `take` once, then it is used up."""

    def __init__(self, cursor: QTextCursor, known: Picture, plain: QTextCharFormat, level: int = 0) -> None:
        super().__init__(convert_charrefs=True)
        self._cursor = cursor
        self._known = known
        self._plain = plain
        self._styles: list[tuple[str, _Style]] = []
        self._style = _Style()
        self._level = level
        self._lists: list[tuple[QTextListFormat, QTextList | None]] = []
        self._skip = 0
        self._pre = 0
        self._heading = ""
        self._fresh = True
        self._break = False
        self._gap = False
        self._written = False
        self._item = False
        self._space = False

    def take(self, html: str) -> None:
        """Write a piece of HTML."""
        self._cursor.beginEditBlock()
        self.feed(html[:MOST_CHARACTERS])
        self.close()
        if self._fresh and self._written:
            self._drop_last_block()
        self._cursor.endEditBlock()

    def _drop_last_block(self) -> None:
        """Join the block begun in vain to the one before. Of an empty block and its successor Qt keeps the latter's
        place, so it is given the former's first."""
        before = self._cursor.block().previous()
        self._cursor.setBlockFormat(before.blockFormat())
        if (present := before.textList()) is not None:
            present.add(self._cursor.block())
        self._cursor.deletePreviousChar()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SKIPPED:
            self._skip += 1
        if self._skip:
            return
        values = {name: value or "" for name, value in attrs}
        if tag in _BLOCKS:
            self._boundary()
            self._open_block(tag)
        if tag == "br":
            self._line_break()
        elif tag == "img":
            self._picture(values.get("src", ""), values.get("alt", ""))
        elif tag in ("td", "th") and not self._fresh:
            self._write("\t")
        else:
            self._push(tag, values)

    def handle_endtag(self, tag: str) -> None:
        if tag in _SKIPPED:
            self._skip = max(0, self._skip - 1)
            return
        if self._skip:
            return
        if tag in _BLOCKS:
            self._boundary()
            self._close_block(tag)
        for index in range(len(self._styles) - 1, -1, -1):
            if self._styles[index][0] == tag:
                self._style = self._styles[index][1]
                del self._styles[index:]
                break

    def handle_data(self, data: str) -> None:
        if self._skip:
            return
        if self._pre:
            for number, line in enumerate(data.split("\n")):
                if number:
                    self._line_break()
                if line:
                    self._write(line)
            return
        text = _SPACES.sub(" ", data)
        if self._fresh or self._break or self._space:
            text = text.lstrip(" ")
        if text:
            self._write(text)
            self._space = text.endswith(" ")

    def _push(self, tag: str, values: dict[str, str]) -> None:
        style = self._style
        weight = values.get("style", "").replace(" ", "").lower()
        if tag in ("b", "strong") or "font-weight:bold" in weight or "font-weight:700" in weight:
            style = replace(style, bold=True)
        if tag in ("i", "em", "cite") or "font-style:italic" in weight:
            style = replace(style, italic=True)
        if tag in ("u", "ins") or "text-decoration:underline" in weight:
            style = replace(style, underline=True)
        if tag in ("s", "strike", "del") or "line-through" in weight:
            style = replace(style, strike=True)
        if tag in ("code", "tt", "kbd", "samp", "pre"):
            style = replace(style, mono=True)
        if tag == "a":
            style = replace(style, link=safe_link(values.get("href", "")))
        if style != self._style or tag in ("span", "font"):
            self._styles.append((tag, self._style))
            self._style = style

    def _open_block(self, tag: str) -> None:
        if tag == "blockquote":
            self._level += 1
            self._gap = False
        elif tag in ("ul", "ol"):
            made = QTextListFormat()
            decimal = tag == "ol"
            made.setStyle(QTextListFormat.Style.ListDecimal if decimal else QTextListFormat.Style.ListDisc)
            made.setIndent(len(self._lists) + 1)
            self._lists.append((made, None))
            self._gap = False
        elif tag == "li":
            self._item = True
        elif tag == "pre":
            self._pre += 1
        elif tag in _SIZES:
            self._heading = tag
        elif tag == "hr":
            self._write("———")

    def _close_block(self, tag: str) -> None:
        if tag == "blockquote":
            self._level = max(0, self._level - 1)
            self._gap = False
        elif tag in ("ul", "ol") and self._lists:
            self._lists.pop()
        elif tag == "pre":
            self._pre = max(0, self._pre - 1)
        elif tag in _SIZES:
            self._heading = ""
        if tag in ("p", "h1", "h2", "h3") and self._written and not self._lists:
            self._gap = True

    def _boundary(self) -> None:
        if self._break or not self._fresh:
            self._new_block()
        self._break = self._item = False
        self._fresh = True
        self._space = False

    def _line_break(self) -> None:
        if self._break:
            self._new_block()
        self._settle()
        self._break, self._fresh, self._space = True, False, False
        self._written = True

    def _write(self, text: str) -> None:
        if self._break:
            self._new_block()
            self._break = False
        self._settle()
        self._cursor.insertText(text, self._format())
        self._fresh, self._written = False, True

    def _picture(self, source: str, alternative: str) -> None:
        if not self._known(source):
            if alternative.strip():
                self._write(alternative.strip())
            return
        self._write("")
        made = QTextImageFormat()
        made.setName(source)
        self._cursor.insertImage(made)
        self._fresh, self._written = False, True

    def _settle(self) -> None:
        """Give the block about to be written its place: gap before it, quote level, list."""
        if not self._fresh:
            return
        if self._gap and self._written:
            self._new_block()
        self._gap = False
        block = QTextBlockFormat()
        if self._level:
            block.setProperty(QUOTE, self._level)
        self._cursor.setBlockFormat(block)
        if self._lists and self._item:
            made, present = self._lists[-1]
            if present is None:
                present = self._cursor.createList(made)
                self._lists[-1] = (made, present)
            else:
                present.add(self._cursor.block())
            self._item = False
        self._fresh = False

    def _new_block(self) -> None:
        block = QTextBlockFormat()
        if self._level:
            block.setProperty(QUOTE, self._level)
        self._cursor.insertBlock(block, self._plain)
        self._fresh = True

    def _format(self) -> QTextCharFormat:
        style = self._style
        made = QTextCharFormat(self._plain)
        if style.bold or self._heading:
            made.setFontWeight(QFont.Weight.Bold)
        made.setFontItalic(style.italic)
        made.setFontUnderline(style.underline or bool(style.link))
        made.setFontStrikeOut(style.strike)
        if style.mono:
            made.setFontFixedPitch(True)
            made.setFontFamilies(["monospace"])
        if self._heading:
            made.setProperty(QTextFormat.Property.FontSizeAdjustment, 2 if self._heading == "h1" else 1)
        if style.link:
            made.setAnchor(True)
            made.setAnchorHref(style.link)
        return made


def safe_link(address: str) -> str:
    """A link that may stand in a message: http, https or mailto; anything else gives nothing."""
    url = QUrl(address.strip(" \t\r\n"), QUrl.ParsingMode.StrictMode)
    if not url.isValid() or url.scheme() not in ("http", "https", "mailto"):
        return ""
    return bytes(url.toEncoded().data()).decode("ascii", "replace")
