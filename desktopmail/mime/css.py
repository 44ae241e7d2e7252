"""Style of mail, reduced to what cannot load, cover or move anything: properties, values, selectors by allow-list.

What comes out is written anew from tokens, so that reading it again gives the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import tinycss2

MAX_SHEET = 150_000
_MAX_STYLE = 20_000
_MAX_DEPTH = 4
_MAX_MEDIA_DEPTH = 3

_SIDES = ("top", "right", "bottom", "left")
PROPERTIES = frozenset(
    {
        *(
            "background",
            "background-color",
            "background-image",
            "background-clip",
            "background-repeat",
            "background-size",
        ),
        *("background-position", "border", "border-collapse", "border-color", "border-radius", "border-spacing"),
        *("border-style", "border-width", "box-shadow", "box-sizing", "caption-side", "clear", "color", "color-scheme"),
        *("column-count", "column-gap", "direction", "display", "empty-cells", "float", "flex", "flex-direction"),
        *("flex-wrap", "flex-grow", "flex-shrink", "flex-basis", "align-items", "align-content", "align-self"),
        *("justify-content", "justify-items", "gap", "row-gap", "font", "font-family", "font-feature-settings"),
        *("font-size", "font-stretch", "font-style", "font-variant", "font-weight", "height", "hyphens"),
        *("letter-spacing", "line-break", "line-height", "list-style", "list-style-position", "list-style-type"),
        *("margin", "max-height", "max-width", "min-height", "min-width", "object-fit", "opacity", "outline"),
        *("outline-color", "outline-style", "outline-width", "overflow", "overflow-wrap", "overflow-x", "overflow-y"),
        *("padding", "page-break-after", "page-break-before", "page-break-inside", "break-inside", "quotes"),
        *("tab-size", "table-layout", "text-align", "text-align-last", "text-decoration", "text-decoration-color"),
        *("text-decoration-line", "text-decoration-style", "text-indent", "text-overflow", "text-shadow"),
        *("text-transform", "unicode-bidi", "vertical-align", "visibility", "white-space", "width", "word-break"),
        *("word-spacing", "word-wrap", "writing-mode"),
        *("border-top-left-radius", "border-top-right-radius", "border-bottom-left-radius"),
        "border-bottom-right-radius",
        *(f"{name}-{side}" for name in ("border", "margin", "padding") for side in _SIDES),
        *(f"border-{side}-{what}" for side in _SIDES for what in ("color", "style", "width")),
    }
)
_FUNCTIONS = frozenset(
    {"rgb", "rgba", "hsl", "hsla", "hwb", "lab", "lch", "oklab", "oklch", "calc", "min", "max", "clamp"}
    | {"linear-gradient", "radial-gradient"}
)
_DISPLAY = frozenset(
    {
        *("block", "flex", "grid", "inline", "inline-block", "inline-flex", "inline-table", "list-item", "none"),
        *("table", "table-caption", "table-cell", "table-column", "table-column-group", "table-footer-group"),
        *("table-header-group", "table-row", "table-row-group", "initial", "inherit", "unset"),
    }
)
_NO_NEGATIVES = ("margin", "text-indent", "outline")
_VIEWPORT = re.compile(r"\d(?:[sld]?v(?:w|h|i|b|min|max)|cq(?:w|h|i|b|min|max))\b", re.I)
_NEGATIVE = re.compile(r"(?:^|[\s,(*/+-])-\s*[\d.]")
_SIMPLE_VALUE = re.compile(r"[-#\w\s.,%+]*\Z", re.ASCII)
_SELECTOR = re.compile(r"[\w\s.#:>,+~*\[\]=\"'()^$|\u00a0-\uffff-]+\Z")
_MEDIA = re.compile(r"[\w\s.,:()<>=/-]*\Z", re.ASCII)
_REMOTE = re.compile(r"url\(\s*[\"']?\s*(?:https?:)?//|@import", re.I)
_NOT_COLOURS = frozenset({"repeat", "no-repeat", "repeat-x", "repeat-y", "scroll", "fixed", "local", "center", *_SIDES})

Node = Any
"""A node of tinycss2, which has no types of its own."""


def remote_references(css: str) -> int:
    """How many things a style would load from elsewhere."""
    return len(_REMOTE.findall(css)) if "url(" in css.lower() or "@import" in css.lower() else 0


@lru_cache(maxsize=4_096)
def style_attribute(text: str) -> str:
    """The harmless declarations of a style attribute, written anew; empty when there are none."""
    if len(text) > _MAX_STYLE:
        return ""
    if not any(mark in text for mark in "()\"'\\/@{}<>!*"):
        return _simple(text)
    return "; ".join(_declarations(text))


def _simple(text: str) -> str:
    """Declarations without strings, functions, escapes and comments: most of all style attributes."""
    out: list[str] = []
    for piece in text.split(";"):
        name, colon, value = piece.partition(":")
        name = name.strip().lower()
        if not colon or name not in PROPERTIES or not _SIMPLE_VALUE.match(value):
            continue
        value = " ".join(value.split())
        if value and _fits(name, value):
            out.append(f"{name}: {value}")
    return "; ".join(out)


def _declarations(source: str | Iterable[Node]) -> list[str]:
    out: list[str] = []
    try:
        nodes = tinycss2.parse_blocks_contents(source, skip_comments=True, skip_whitespace=True)
    except (ValueError, RecursionError):
        return []
    for node in nodes:
        if node.type != "declaration" or node.lower_name not in PROPERTIES:
            continue
        value = _value(node.value)
        name = node.lower_name
        if value is None and name == "background":
            value, name = _background_colour(node.value), "background-color"
        if value and _fits(name, value):
            out.append(f"{name}: {value}{' !important' if node.important else ''}")
    return out


def _fits(name: str, value: str) -> bool:
    """Rules for single properties, on a value that is harmless by itself."""
    if name == "display":
        return value.lower() in _DISPLAY
    if name.startswith(_NO_NEGATIVES) and (_NEGATIVE.search(value) or "calc" in value.lower()):
        return False
    return not _VIEWPORT.search(value)


def _value(tokens: Iterable[Node]) -> str | None:
    """The value written anew; None when any token is not on the list."""
    out: list[str] = []
    stack: list[tuple[Iterable[Node], str]] = [(iter(list(tokens)), "")]
    while stack:
        rest, closing = stack[-1]
        for token in rest:
            text = _token(token)
            if text is None:
                return None
            out.append(text)
            if token.type == "function":
                if len(stack) > _MAX_DEPTH:
                    return None
                stack.append((iter(list(token.arguments)), ")"))
                break
        else:
            stack.pop()
            out.append(closing)
    value = " ".join("".join(out).split())
    return None if any(mark in value for mark in "<>\\;{}@") or "/*" in value else value


def _token(token: Node) -> str | None:
    kind = token.type
    if kind in ("number", "percentage", "dimension", "hash", "ident", "string"):
        return str(token.serialize())
    if kind == "whitespace":
        return " "
    if kind == "literal":
        return str(token.value) if token.value in (",", "/", "+", "-", "*") else None
    if kind == "function" and token.lower_name in _FUNCTIONS:
        return f"{token.lower_name}("
    return None


def _background_colour(tokens: Iterable[Node]) -> str | None:
    """The colour of a background that also wanted a picture."""
    for token in tokens:
        if token.type == "hash" or (token.type == "function" and token.lower_name in ("rgb", "rgba", "hsl", "hsla")):
            return _value([token])
        if token.type == "ident" and token.lower_value not in _NOT_COLOURS:
            return _value([token])
    return None


@lru_cache(maxsize=64)
def sheet(text: str) -> str:
    """A style sheet reduced to harmless rules; @media stays, every other at-rule goes. Empty when nothing is left or
    when the sheet is too large to be worth it."""
    if len(text) > MAX_SHEET:
        return ""
    text = text.replace("<!--", " ").replace("-->", " ")
    try:
        rules = tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True)
    except (ValueError, RecursionError):
        return ""
    return "\n".join(_rules(rules, 0))


def _rules(rules: Iterable[Node], depth: int) -> list[str]:
    out: list[str] = []
    for rule in rules:
        if rule.type == "qualified-rule":
            selector = _selector(rule.prelude)
            declarations = _declarations(rule.content) if selector else []
            if declarations:
                out.append(f"{selector} {{ {'; '.join(declarations)} }}")
        elif rule.type == "at-rule" and rule.lower_at_keyword == "media" and rule.content is not None:
            condition = _text(rule.prelude)
            if depth >= _MAX_MEDIA_DEPTH or condition is None or not _MEDIA.match(condition):
                continue
            inner = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
            kept = _rules(inner, depth + 1)
            if kept:
                out.append(f"@media {condition} {{\n" + "\n".join(kept) + "\n}")
    return out


def _selector(prelude: Iterable[Node]) -> str:
    text = _text(prelude)
    return text if text is not None and _SELECTOR.match(text) else ""


def _text(tokens: Iterable[Node]) -> str | None:
    """Tokens as text on one line; None when they are too long, nested too deep, or could end a style element."""
    nodes = list(tokens)
    if len(nodes) > 2_000 or _depth(nodes) > _MAX_DEPTH:
        return None
    text = " ".join(str(tinycss2.serialize(nodes)).replace("/**/", "").split())
    return None if "</" in text or "\\" in text or "<!" in text else text


def _depth(nodes: Iterable[Node]) -> int:
    level, deepest = list(nodes), 0
    while level and deepest <= _MAX_DEPTH + 1:
        deepest += 1
        level = [
            child
            for node in level
            for child in (getattr(node, "content", None) or getattr(node, "arguments", None) or ())
        ]
    return deepest
