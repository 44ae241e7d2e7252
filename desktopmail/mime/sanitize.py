"""HTML of mail made safe to show. The text is cut into tags, only listed ones are written anew, and a second,
independent sanitiser (nh3) has the last word. No script, no style that loads, no addresses but links and pictures.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Final, Literal
from urllib.parse import unquote

import nh3

from desktopmail.domain.body import PART_URL, REMOTE_URL
from desktopmail.mime import allowed, css, links
from desktopmail.mime.charset import scrub
from desktopmail.mime.markup import End, Piece, Raw, Start, Text, pieces

MAX_HTML = 5_000_000
MAX_DEPTH = 200
MAX_PIECES = 400_000
MAX_REFERENCES = 150_000
MAX_REMOTE = 1_000
_MAX_SHEETS = 600_000
_MAX_DATA_URL = 2_000_000

_LOADING = frozenset({"src", "srcset", "background", "poster", "data", "lowsrc", "dynsrc", "xlink:href", "imagesrcset"})
_REMOTE = re.compile(r"\s*(?:https?:)?//", re.I)
_COLOUR = re.compile(r"[#\w(),.\s%]{1,64}\Z", re.ASCII)
_LENGTH = re.compile(r"\s*\d{1,5}(?:\.\d{1,4})?\s*(?:%|px|pt|em|\*)?\s*\Z", re.ASCII)
_WORDS = re.compile(r"[\w\s.:-]{1,1000}\Z")
_PRIVATE = re.compile(
    rf"(?:{re.escape(PART_URL)}[0-9]{{1,6}}(?:\.[0-9]{{1,6}}){{0,200}}|{re.escape(REMOTE_URL)}[0-9]{{1,6}})\Z"
)
_DATA_PICTURE = re.compile(r"data:image/(?:png|jpeg|jpg|gif|webp);base64,[A-Za-z0-9+/=\s%]+\Z", re.I)
_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
_LENGTHS = frozenset({"width", "height", "border", "cellpadding", "cellspacing", "hspace", "vspace", "size", "span"})
_COLOURS = frozenset({"bgcolor", "color", "bordercolor"})

_NH3: Final = nh3.Cleaner(
    tags=set(allowed.TAGS),
    clean_content_tags={"script", "style", "svg", "math", "iframe", "template", "title"},
    attributes={tag: set(listed) for tag, listed in allowed.ATTRIBUTES.items()},
    strip_comments=True,
    link_rel="noopener noreferrer",
    url_schemes={"http", "https", "mailto", "data", "desktopmail"},
    url_relative="deny",
)


@dataclass(frozen=True, slots=True)
class Clean:
    """Safe HTML and what was held back. `remote_urls` maps private picture addresses to http(s) addresses;
    `remote_content` counts everything that would have been loaded from elsewhere; `cut` says that the HTML was too
    large and is not shown (`html` is empty then)."""

    html: str
    remote_urls: dict[str, str] = field(default_factory=dict)
    remote_content: int = 0
    cut: Literal["", "too-large"] = ""


def clean(html: str, pictures: Mapping[str, str] | None = None, *, first_remote: int = 1) -> Clean:
    """Sanitises one HTML part. `pictures` maps 'cid:…' and Content-Location values of the message's own pictures to
    sections; remote pictures are numbered from `first_remote`. Idempotent for the same `pictures`. Never raises."""
    if len(html) > MAX_HTML or html.count("&") - html.count("&nbsp;") > MAX_REFERENCES:
        return Clean(
            "", remote_content=len(re.findall(r"(?:src|url\()\W{0,4}https?://", html[:MAX_HTML])), cut="too-large"
        )
    writer = _Writer(pictures or {}, first_remote)
    for number, piece in enumerate(pieces(_lines(_CONTROLS.sub("\ufffd", scrub(html))))):
        writer.add(piece)
        if number > MAX_PIECES:
            return Clean("", {}, len(writer.remote), "too-large")
    safe = _NH3.clean(writer.html())
    sheet = writer.sheet()
    return Clean(
        f"<style>\n{sheet}\n</style>{safe}" if sheet else safe, writer.urls, len(writer.remote) + writer.styles
    )


class _Writer:
    """Writes the allowed pieces anew, every element closed in order, nothing nested deeper than MAX_DEPTH.

    Lives for one part. `_open` holds the names of open elements; tags that are too deep are left out."""

    def __init__(self, pictures: Mapping[str, str], first_remote: int) -> None:
        self._pictures = pictures
        self._number = first_remote
        self._out: list[str] = []
        self._open: list[str] = []
        self._fresh_pre = False
        self._skipping = ""
        self._skip_depth = 0
        self._sheets: list[str] = []
        self._sheet_size = 0
        self.urls: dict[str, str] = {}
        self.remote: set[str] = set()
        self.styles = 0
        self._private: dict[str, str] = {}

    def html(self) -> str:
        """Everything written, with all elements closed."""
        self._close_to(0)
        return "".join(self._out)

    def sheet(self) -> str:
        """The style sheets, filtered and joined."""
        found = "\n".join(filter(None, (css.sheet(sheet) for sheet in self._sheets)))
        return css.sheet(found) if len(self._sheets) > 1 else found

    def add(self, piece: Piece) -> None:
        """The next piece."""
        if self._skipping:
            self._skip(piece)
        elif isinstance(piece, Text):
            self._text(piece.text)
        elif isinstance(piece, Start):
            self._start(piece.name, piece.attributes)
        elif isinstance(piece, End):
            self._end(piece.name)
        elif piece.name == "style":
            self._style(piece)
        elif piece.name in ("textarea", "plaintext", "xmp"):
            self._text(escape(piece.content, quote=False))
        else:
            self._count(piece.name, piece.attributes)

    def _text(self, text: str) -> None:
        if self._fresh_pre:
            text = text.lstrip("\n")
        if text:
            self._fresh_pre = False
            if self._open and self._open[-1] in allowed.BETWEEN and not text.isspace():
                self._into_cell()
            self._out.append(text)

    def _into_cell(self) -> None:
        """What stands in a table outside its cells gets a cell."""
        if self._open[-1] == "colgroup":
            self._close_to(len(self._open) - 1)
        self._open_implied("td")
        self._out.append("<td>")
        self._open.append("td")

    def _skip(self, piece: Piece) -> None:
        """Inside an element that goes with everything in it."""
        if isinstance(piece, Start):
            self._count(piece.name, piece.attributes)
            self._skip_depth += piece.name == self._skipping
        elif isinstance(piece, End) and piece.name == self._skipping:
            self._skip_depth -= 1
            if self._skip_depth == 0:
                self._skipping = ""

    def _style(self, piece: Raw) -> None:
        self.styles += css.remote_references(piece.content)
        media = piece.attributes.get("media", "").strip()
        self._sheet_size += len(piece.content)
        if self._sheet_size <= _MAX_SHEETS:
            self._sheets.append(f"@media {media[:500]} {{\n{piece.content}\n}}" if media else piece.content)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name in allowed.SKIPPED:
            self._count(name, attributes)
            self._skipping, self._skip_depth = name, 1
            return
        self._count(name, attributes)
        if name == "body":
            self._body(attributes)
            return
        if name not in allowed.TAGS:
            return
        self._close_implied(name)
        if name in allowed.PARENTS and not self._open_implied(name):
            return
        if name not in allowed.PARENTS and self._open and self._open[-1] in allowed.BETWEEN:
            self._into_cell()
        if name in allowed.VOID:
            written = self._attributes(name, attributes)
            if name != "img" or "src=" in written or "alt=" in written:
                self._fresh_pre = False
                self._out.append(f"<{name}{written}>")
        elif len(self._open) < MAX_DEPTH:
            self._fresh_pre = name == "pre"
            self._out.append(f"<{name}{self._attributes(name, attributes)}>")
            self._open.append(name)

    def _body(self, attributes: dict[str, str]) -> None:
        """The look of the whole page survives as an element around the rest."""
        style = [css.style_attribute(attributes.get("style", ""))]
        for attribute, name in (("bgcolor", "background-color"), ("text", "color")):
            value = attributes.get(attribute, "").strip()
            if value and _COLOUR.match(value):
                style.insert(0, css.style_attribute(f"{name}: {_hashed(value)}"))
        joined = "; ".join(filter(None, style))
        if joined and len(self._open) < MAX_DEPTH:
            self._out.append(f'<div style="{escape(joined)}">')
            self._open.append("div")

    def _end(self, name: str) -> None:
        if name in ("p", "br") and name not in self._open:
            self._out.append("<br>")
        elif name in self._open:
            barrier = len(self._open) - 1 - self._open[::-1].index(name)
            if name in allowed.PHRASES and any(inner in ("td", "th", "table") for inner in self._open[barrier:]):
                return
            self._close_to(barrier)

    def _close_to(self, depth: int) -> None:
        while len(self._open) > depth:
            self._out.append(f"</{self._open.pop()}>")

    def _close_implied(self, name: str) -> None:
        """End tags that HTML lets authors leave out."""
        if name in allowed.BLOCKS and name not in ("caption", "colgroup") and self._open:
            self._close_paragraph()
        rule = allowed.CLOSES.get(name)
        if rule is None:
            return
        closes, stops = rule
        for index in range(len(self._open) - 1, -1, -1):
            if self._open[index] in closes:
                self._close_to(index)
                return
            if self._open[index] in stops:
                return

    def _open_implied(self, name: str) -> bool:
        """Start tags that HTML lets authors leave out in tables; False when the tag has no place here."""
        parent = self._open[-1] if self._open else ""
        for missing in allowed.PARENTS[name].get(parent, ()):
            self._out.append(f"<{missing}>")
            self._open.append(missing)
        return parent in allowed.PARENTS[name]

    def _close_paragraph(self) -> None:
        """A block ends the paragraph it stands in, and the phrases of that paragraph."""
        for index in range(len(self._open) - 1, -1, -1):
            if self._open[index] == "p":
                self._close_to(index)
                return
            if self._open[index] not in allowed.PHRASES:
                return

    def _count(self, name: str, attributes: dict[str, str]) -> None:
        """Notes what the tag would have loaded from elsewhere."""
        for attribute, value in attributes.items():
            if attribute in _LOADING or (attribute == "href" and name in ("link", "image", "use", "base")):
                if _REMOTE.match(value) and name != "base":
                    self.remote.add(value.strip()[:2_000])
            elif attribute == "style" and "url" in value.lower():
                self.styles += css.remote_references(value)

    def _attributes(self, tag: str, attributes: dict[str, str]) -> str:
        listed = allowed.ATTRIBUTES.get(tag, frozenset())
        out: list[str] = []
        for name, value in attributes.items():
            if name in listed or name in allowed.EVERYWHERE:
                kept = self._attribute(tag, name, value)
                if kept is not None:
                    out.append(f' {name}="{escape(kept)}"')
        return "".join(out)

    def _attribute(self, tag: str, name: str, value: str) -> str | None:
        """The value to write, or None to leave the attribute out."""
        if name == "style":
            return css.style_attribute(value) or None
        if name == "href":
            link = links.check(value)
            return link.url if link else None
        if name == "src":
            return self._picture(value)
        if name in ("class", "id", "name", "role", "headers"):
            return value if _WORDS.match(value) else None
        if name in _LENGTHS:
            return value.strip() if _LENGTH.match(value) or (tag == "font" and name == "size") else None
        if name in _COLOURS:
            return value.strip() if _COLOUR.match(value) else None
        return value[:2_000]

    def _picture(self, value: str) -> str | None:
        """The private address of a picture: one of the message's own, or a number for one elsewhere."""
        source = value.strip(" \t\r\n\f")
        if _PRIVATE.match(source):
            return source
        section = self._own(source)
        if section is not None:
            return PART_URL + section
        if source[:5].lower() == "data:":
            return source if len(source) < _MAX_DATA_URL and _DATA_PICTURE.match(source) else None
        if source.startswith("//"):
            source = f"https:{source}"
        link = links.check(source) if _REMOTE.match(source) else None
        if link is None or len(self.urls) >= MAX_REMOTE:
            return None
        private = self._private.get(link.url)
        if private is None:
            private = f"{REMOTE_URL}{self._number}"
            self._number += 1
            self._private[link.url] = private
            self.urls[private] = link.url
        return private

    def _own(self, source: str) -> str | None:
        if source[:4].lower() == "cid:":
            name = "cid:" + source[4:]
            return self._pictures.get(name) or self._pictures.get("cid:" + unquote(source[4:]))
        return self._pictures.get(source) if source else None


def _lines(html: str) -> str:
    return html.replace("\r\n", "\n").replace("\r", "\n")


def _hashed(colour: str) -> str:
    return f"#{colour}" if re.fullmatch(r"[0-9a-fA-F]{6}", colour) else colour
