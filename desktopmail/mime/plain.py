"""Plain text as safe HTML: quotations as nested blocks, links, the signature set apart. No markup of the text lives."""

from __future__ import annotations

import re

from desktopmail.mime.links import linkify

MAX_LEVELS = 20
_QUOTE_MARKS = re.compile(r"(?:> ?)+")


def text_to_html(text: str) -> str:
    """Safe HTML with the text's lines and spaces kept. Quotations are nested `blockquote class="quote level-N"`,
    the signature (RFC 3676 section 4.3) is a `div class="signature"`. Linear."""
    out: list[str] = ['<div class="plain-text" style="white-space: pre-wrap">']
    level = 0
    run: list[str] = []
    signature = False
    short = {"": (0, ""), ">": (1, "")}
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        depth, content = short.get(line) or _depth(line)
        if depth != level:
            _flush(out, run)
            _change_level(out, level, depth)
            level = depth
        if content == "-- " and not depth and not signature:
            _flush(out, run)
            out.append('<div class="signature">')
            signature = True
        run.append(content)
    _flush(out, run)
    _change_level(out, level, 0)
    if signature:
        out.append("</div>")
    out.append("</div>")
    return "".join(out)


def _depth(line: str) -> tuple[int, str]:
    if not line.startswith(">"):
        return 0, line
    match = _QUOTE_MARKS.match(line)
    assert match is not None
    return min(match[0].count(">"), MAX_LEVELS), line[match.end() :]


def _flush(out: list[str], run: list[str]) -> None:
    if run:
        out.append(linkify("\n".join(run)).replace("\n", "<br>"))
        run.clear()


def _change_level(out: list[str], level: int, depth: int) -> None:
    out.extend("</blockquote>" for _ in range(level - depth))
    out.extend(f'<blockquote class="quote level-{number}">' for number in range(level + 1, depth + 1))
