"""Finds quotations in a message, so that they can be folded away: in sanitised HTML and in plain text. Pure."""

from __future__ import annotations

import html as markup
import re
from collections.abc import Iterator
from dataclasses import dataclass

_OPENS = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_STOPS = re.compile(r"[>\"']")
_QUOTE_CLASS = re.compile(r"""\bclass\s*=\s*["'][^"']*\b(gmail_quote|moz-cite-prefix|yahoo_quoted)\b""")
_ATTRIBUTION = re.compile(
    r"(?:wrote|schrieb|écrit|escribió|scrisse|skrev|schreef|napisał\(a\)|написал|写道)\s*[:：]?\s*$"
)
LONG_RUN = 12
"""Quoted lines in the middle of an answer that are folded; shorter runs are what the answer speaks about."""


def fold_quotes(html: str, words: tuple[str, str]) -> str:
    """Wrap the quotation that ends a message into a closed `details`. Only constant text is put between tags; HTML
    whose quotation is not plainly the end, or that does not nest cleanly, comes back unchanged."""
    found = _last_quotation(html)
    if found is None:
        return html
    start, end = found
    if _seen_text(html[end:]) or not _seen_text(html[:start]):
        return html
    shut, opened = (markup.escape(word) for word in words)
    opening = (
        '<details class="folded-quote"><summary>'
        f'<span class="when-shut">{shut}</span><span class="when-open">{opened}</span></summary>'
    )
    return f"{html[:start]}{opening}{html[start:end]}</details>{html[end:]}"


def _last_quotation(html: str) -> tuple[int, int] | None:
    """Where the last outermost quoting element begins and ends."""
    stack: list[tuple[str, int, bool]] = []
    found = None
    inside = 0
    for tag in tags(html):
        if tag.name in _VOID or tag.rest.endswith("/"):
            continue
        if not tag.closing:
            quoting = tag.name == "blockquote" or bool(_QUOTE_CLASS.search(tag.rest))
            stack.append((tag.name, tag.start, quoting and not inside))
            inside += quoting and not inside
            continue
        while stack:
            opened, start, quoting = stack.pop()
            inside -= quoting
            if opened == tag.name:
                if quoting:
                    found = (start, tag.end)
                break
    return found


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag and where it stands; `rest` is what follows its name."""

    name: str
    closing: bool
    rest: str
    start: int
    end: int


def tags(html: str) -> Iterator[Tag]:
    """The tags of a piece of HTML in one pass; ends at the first that is not closed."""
    at = 0
    while (start := html.find("<", at)) >= 0:
        opened = _OPENS.match(html, start)
        if opened is None:
            at = start + 1
            continue
        at = opened.end()
        while True:
            stop = _STOPS.search(html, at)
            if stop is None:
                return
            at = stop.end()
            if stop.group() == ">":
                break
            at = html.find(stop.group(), at) + 1
            if at == 0:
                return
        yield Tag(opened.group(2).lower(), bool(opened.group(1)), html[opened.end() : at - 1], start, at)


def _bare(html: str) -> str:
    """What stands between the tags."""
    out, at = [], 0
    for tag in tags(html):
        out.append(html[at : tag.start])
        at = tag.end
    return " ".join([*out, html[at:]])


_VOID = frozenset(("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"))


def _seen_text(html: str) -> bool:
    """Whether a person would see anything here."""
    if "<img" in html.lower():
        return True
    return bool(markup.unescape(_bare(html)).replace("\xa0", " ").strip())


@dataclass(frozen=True, slots=True)
class Run:
    """Consecutive lines of plain text: as written, or quoted. `folds` says that a quotation is closed at first."""

    lines: tuple[str, ...]
    quoted: bool
    folds: bool = False


def runs(text: str) -> list[Run]:
    """Plain text as runs. The quotation at the end folds, with the line that introduces it; so do long ones."""
    groups: list[tuple[bool, list[str]]] = []
    for line in text.split("\n"):
        quoted = line.startswith(">")
        if groups and groups[-1][0] == quoted:
            groups[-1][1].append(line)
        else:
            groups.append((quoted, [line]))
    found: list[Run] = []
    last = _last_quoted(groups)
    for number, (quoted, lines) in enumerate(groups):
        ends = quoted and number == last
        if ends and found and len(lines) > 1:
            _take_attribution(found, lines)
        found.append(Run(tuple(lines), quoted, quoted and (len(lines) >= LONG_RUN or (ends and len(lines) > 1))))
    if not any(any(line.strip() for line in run.lines) for run in found if not run.folds):
        return [Run(run.lines, run.quoted) for run in found]
    return [run for run in found if run.lines]


def _last_quoted(groups: list[tuple[bool, list[str]]]) -> int:
    """Which group is the quotation that nothing but a signature or blank lines follow; -1 when there is none."""
    for number in range(len(groups) - 1, -1, -1):
        quoted, lines = groups[number]
        if quoted:
            return number
        rest = [line for line in lines if line.strip()]
        if rest and rest[0].rstrip() != "--":
            return -1
    return -1


def _take_attribution(found: list[Run], lines: list[str]) -> None:
    """Move 'On Monday Ada wrote:' from the run before to the head of the quotation."""
    before = list(found[-1].lines)
    tail = []
    while before and not before[-1].strip():
        tail.append(before.pop())
    taken: list[str] = []
    while before and before[-1].strip() and len(taken) < 3:
        taken.insert(0, before.pop())
    if taken and _ATTRIBUTION.search(taken[-1]) and (not before or not before[-1].strip()):
        lines[:0] = taken
        found[-1] = Run(tuple(before), False)
