"""Gives out what the editor holds: small plain HTML for the wire, and the same as text."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from PySide6.QtGui import QFont, QTextBlock, QTextCharFormat, QTextDocument, QTextFragment, QTextListFormat

from desktopmail.gui.composer.taking import QUOTE, safe_link

QUOTE_TAG = '<blockquote type="cite" style="margin:0 0 0 0.8ex;border-left:2px solid #ccc;padding-left:1ex">'
LINE_SEPARATOR = "\u2028"
PICTURE = "\ufffc"


def to_html(document: QTextDocument) -> str:
    """The document as HTML: one `div` a line, quotations, lists, links, pictures by their address; no styles but the
    bar beside quotations."""
    out: list[str] = []
    quotes = 0
    lists: list[str] = []
    for block in blocks(document):
        level = _level(block)
        wanted = _lists(block) if block.textList() else []
        if level != quotes or lists[: len(wanted)] != wanted or len(lists) > len(wanted):
            keep = 0 if level != quotes else _common(lists, wanted)
            out.extend(f"</{name}>" for name in reversed(lists[keep:]))
            del lists[keep:]
        while quotes > level:
            out.append("</blockquote>")
            quotes -= 1
        while quotes < level:
            out.append(QUOTE_TAG)
            quotes += 1
        for name in wanted[len(lists) :]:
            out.append(f"<{name}>")
            lists.append(name)
        inside = _line_html(block)
        out.append(f"<li>{inside or '<br>'}</li>" if wanted else f"<div>{inside or '<br>'}</div>")
    out.extend(f"</{name}>" for name in reversed(lists))
    out.extend("</blockquote>" for _ in range(quotes))
    return "".join(out)


def to_text(document: QTextDocument) -> str:
    """The document as plain text: '> ' before quotations, '- ' or a number before list items, links behind their
    words."""
    lines = []
    for block in blocks(document):
        level = _level(block)
        mark = ""
        if (present := block.textList()) is not None:
            step = "  " * (present.format().indent() - 1)
            ordered = present.format().style() == QTextListFormat.Style.ListDecimal
            mark = step + (f"{present.itemNumber(block) + 1}. " if ordered else "- ")
        for number, line in enumerate(_line_text(block).split("\n")):
            before = ">" * level + " " if level else ""
            lines.append((before + (mark if number == 0 else " " * len(mark)) + line).rstrip())
    return "\n".join(lines).rstrip() + "\n" if any(lines) else ""


def is_plain(document: QTextDocument) -> bool:
    """Whether nothing in the document would be lost as plain text."""
    for block in blocks(document):
        if block.textList() is not None:
            return False
        for fragment in fragments(block):
            made = fragment.charFormat()
            marked = made.fontItalic() or made.fontStrikeOut() or made.fontWeight() > QFont.Weight.Medium
            if marked or made.isImageFormat() or made.isAnchor() or made.fontUnderline():
                return False
    return True


def blocks(document: QTextDocument) -> Iterator[QTextBlock]:
    """All lines, first to last."""
    block = document.begin()
    while block.isValid():
        yield block
        block = block.next()


def fragments(block: QTextBlock) -> Iterator[QTextFragment]:
    """The pieces of a line that share a format."""
    spot = block.begin()
    while not spot.atEnd():
        fragment = spot.fragment()
        if fragment.isValid():
            yield fragment
        spot += 1


def _level(block: QTextBlock) -> int:
    return int(block.blockFormat().intProperty(QUOTE))


def _lists(block: QTextBlock) -> list[str]:
    made = block.textList().format()
    name = "ol" if made.style() == QTextListFormat.Style.ListDecimal else "ul"
    return ["ul"] * (max(1, made.indent()) - 1) + [name]


def _common(one: list[str], other: list[str]) -> int:
    count = 0
    while count < min(len(one), len(other)) and one[count] == other[count]:
        count += 1
    return count


def _line_html(block: QTextBlock) -> str:
    out = []
    after_space = True
    for fragment in fragments(block):
        made = fragment.charFormat()
        if made.isImageFormat():
            after_space = False
            picture = made.toImageFormat()
            width = f' width="{round(picture.width())}"' if picture.width() > 0 else ""
            out.append(f'<img src="{escape(picture.name())}"{width} alt="">' * fragment.length())
        else:
            text = _kept_spaces(escape(fragment.text()), after_space).replace(LINE_SEPARATOR, "<br>")
            after_space = text.endswith((" ", "<br>"))
            out.append(_wrapped(text, made))
    return "".join(out)


def _wrapped(text: str, made: QTextCharFormat) -> str:
    href = safe_link(made.anchorHref()) if made.isAnchor() else ""
    tags = [
        ("b", made.fontWeight() > QFont.Weight.Medium),
        ("i", made.fontItalic()),
        ("u", made.fontUnderline() and not href),
        ("s", made.fontStrikeOut()),
        ("code", made.fontFixedPitch()),
    ]
    for name, on in reversed(tags):
        if on:
            text = f"<{name}>{text}</{name}>"
    return f'<a href="{escape(href)}">{text}</a>' if href else text


def _kept_spaces(text: str, after_space: bool) -> str:
    """Spaces that HTML would swallow, as ones it keeps."""
    text = text.replace("\xa0", "&nbsp;").replace("\t", "&nbsp;&nbsp;&nbsp; ")
    while "  " in text:
        text = text.replace("  ", "&nbsp; ", 1)
    return "&nbsp;" + text[1:] if after_space and text.startswith(" ") else text


def _line_text(block: QTextBlock) -> str:
    out = []
    for fragment in fragments(block):
        made = fragment.charFormat()
        text = fragment.text().replace(LINE_SEPARATOR, "\n").replace("\xa0", " ").replace(PICTURE, "")
        if made.isImageFormat():
            continue
        href = made.anchorHref() if made.isAnchor() else ""
        said = text.strip()
        if href and said and said not in (href, href.removeprefix("mailto:")) and href.rstrip("/") != said.rstrip("/"):
            text = f"{text} <{href}>"
        out.append(text)
    return "".join(out)
