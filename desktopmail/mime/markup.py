"""HTML cut into tags and text, tolerant and linear. Whoever writes these pieces anew sees all that passes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from desktopmail.mime.htmltext import unescape

MAX_ATTRIBUTES = 64
"""Attributes kept per tag; more are read over."""

_NAME = re.compile(r"[a-zA-Z][^\s/>]*+")
_ATTRIBUTE = re.compile(
    r"""[\s/]*+(?:(>)|([^\s/>][^\s/>=]*+)(?:\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s>"'][^\s>]*+|)))?)"""
)
_COMMENT_END = re.compile(r"--!?>")
RAW = frozenset({"script", "style", "title", "textarea", "iframe", "noembed", "noframes", "xmp", "plaintext"})
"""Elements whose content is no markup."""
_ENDS = {name: re.compile(rf"</{name}(?=[\s/>])[^>]*>?", re.I) for name in RAW}


class Text(NamedTuple):
    """Character data as it stands, references unresolved, without any '<'."""

    text: str


class Start(NamedTuple):
    """A start tag: lower-case name, attributes by lower-case name with references resolved, the first one counts."""

    name: str
    attributes: dict[str, str]


class End(NamedTuple):
    """An end tag."""

    name: str


class Raw(NamedTuple):
    """An element with content that is no markup, such as a style sheet."""

    name: str
    attributes: dict[str, str]
    content: str


Piece = Text | Start | End | Raw


def pieces(html: str) -> Iterator[Piece]:
    """Everything but comments and declarations, in order."""
    position = 0
    never_closed: set[str] = set()
    while True:
        opened = html.find("<", position)
        if opened < 0:
            if position < len(html):
                yield Text(html[position:])
            return
        if opened > position:
            yield Text(html[position:opened])
        following = html[opened + 1 : opened + 2]
        if following in "!?" and following:
            position = _behind_declaration(html, opened, never_closed)
            continue
        closing = following == "/"
        name = _NAME.match(html, opened + 1 + closing)
        if name is None:
            yield Text("&lt;")
            position = opened + 1
            continue
        tag = name[0].lower()
        attributes, position = _attributes(html, name.end())
        if closing:
            yield End(tag)
        elif tag in RAW:
            content, position = _raw(html, tag, position)
            yield Raw(tag, attributes, content)
        else:
            yield Start(tag, attributes)


def _behind_declaration(html: str, opened: int, never_closed: set[str]) -> int:
    """Behind a comment, a doctype or a processing instruction; an unclosed comment is ended by the next '>'."""
    if html.startswith("<!--", opened):
        if html.startswith((">", "->"), opened + 4):
            return html.index(">", opened + 4) + 1
        if "--" not in never_closed:
            found = _COMMENT_END.search(html, opened + 4)
            if found is not None:
                return found.end()
            never_closed.add("--")
    end = -1 if ">" in never_closed else html.find(">", opened)
    if end < 0:
        never_closed.add(">")
        return len(html)
    return end + 1


def _attributes(html: str, position: int) -> tuple[dict[str, str], int]:
    """(attributes, offset behind the '>')."""
    found: dict[str, str] = {}
    while True:
        match = _ATTRIBUTE.match(html, position)
        if match is None:
            return found, len(html)
        position = match.end()
        end, name, double, single, bare = match.groups()
        if end:
            return found, position
        if len(found) < MAX_ATTRIBUTES:
            name = name.lower()
            if name not in found:
                found[name] = unescape(double or single or bare or "")


def _raw(html: str, tag: str, position: int) -> tuple[str, int]:
    """(content, offset behind the element); without an end tag everything that follows is content."""
    end = _ENDS[tag].search(html, position) if tag != "plaintext" else None
    if end is None:
        return html[position:], len(html)
    return html[position : end.start()], end.end()
