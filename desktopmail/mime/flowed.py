"""Paragraphs that were sent as flowing lines (RFC 3676)."""

from __future__ import annotations


def unwrap(text: str, *, delsp: bool = False) -> str:
    """Joins flowing lines into paragraphs, quotations level by level; signature separators stay alone."""
    out: list[str] = []
    paragraph: list[str] = []
    depth = 0
    for line in text.replace("\r\n", "\n").split("\n"):
        content = line.lstrip(">")
        level = len(line) - len(content)
        content = content.removeprefix(" ")
        flows = content.endswith(" ") and content != "-- "
        if paragraph and (level != depth or content == "-- "):
            out.append(_line(depth, paragraph))
            paragraph = []
        depth = level
        paragraph.append(content[:-1] if flows and delsp else content)
        if not flows:
            out.append(_line(depth, paragraph))
            paragraph = []
    if paragraph:
        out.append(_line(depth, paragraph))
    return "\n".join(out)


def _line(depth: int, pieces: list[str]) -> str:
    text = "".join(pieces)
    return f"{'>' * depth} {text}" if depth else text
