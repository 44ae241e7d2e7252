"""HTML to the text a person would read: iterative, linear, tolerant. Its output is text and must be shown as such."""

from __future__ import annotations

import html as markup
import re

from desktopmail.mime.charset import scrub

_LONGEST_TAG = 65_536
_MAX_FAILURES = 200
_TAG_NAME = re.compile(r"(/?)([a-zA-Z][a-zA-Z0-9:-]*)")
_TAG_REST = re.compile(r"""[^>"']*+(?:"[^"]*+"[^>"']*+|'[^']*+'[^>"']*+)*+>""")
_HREF = re.compile(r"""\bhref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.I)
_ALT = re.compile(r"""\balt\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.I)
_SPACE = re.compile(r"[ \t\r\n\f]+")
_BREAKS = re.compile(r"(?<![ \t])[ \t]*+\n[ \t]*+")
_MANY_BREAKS = re.compile(r"\n{3,}")
_HUGE_NUMBER = re.compile(r"&#[xX]?[0-9a-fA-F]{8,};?")
_INVISIBLE = re.compile("[\u200b\u2060\ufeff\u00ad]|\u034f[ \u00a0]*|(?<![^ \u00a0\u200c])\u200c(?:[ \u00a0]*\u200c)*")
_LINKABLE = re.compile(r"(?:https?://|mailto:)[^\s\x00-\x1f\x7f<>]{1,300}\Z", re.I)
_MARKS = str.maketrans("", "", "\x01\x02\x03\x04")

_DROPPED = frozenset(
    {"script", "style", "title", "template", "svg", "math", "object", "noframes", "noembed", "iframe", "xmp"}
)
_PARAGRAPHS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "table", "pre", "hr"})
_LINES = frozenset(
    {
        *("address", "article", "aside", "body", "center", "dd", "details", "dir", "div", "dt", "fieldset"),
        *("figcaption", "figure", "footer", "form", "header", "li", "main", "menu", "nav", "option", "section"),
        *("summary", "tr", "caption", "legend"),
    }
)
_OPEN_QUOTE, _CLOSE_QUOTE, _KEPT_SPACE, _KEPT_BREAK = "\x01", "\x02", "\x03", "\x04"


def text_of(html: str, *, links: bool = True, limit: int = 2_000_000) -> str:
    """The readable text. Block elements become lines, quotations get '> ', list items '- '; with `links`, the target
    follows the words of a link when they differ. At most `limit` characters of HTML are read."""
    return _Reader(html[:limit].translate(_MARKS), links).text()


def unescape(text: str) -> str:
    """Character references resolved; absurdly large numbers become U+FFFD instead of an error."""
    if "&" not in text:
        return text
    if "&#" in text:
        text = _HUGE_NUMBER.sub("\ufffd", text)
    return scrub(markup.unescape(text))


class _Reader:
    """One pass over the HTML by finding the next '<'."""

    def __init__(self, html: str, links: bool) -> None:
        self._html = html
        self._links = links
        self._out: list[str] = []
        self._pre = 0
        self._quotes = 0
        self._failures = 0
        self._never_closed: set[str] = set()
        self._link: tuple[str, int] | None = None

    def text(self) -> str:
        """Runs through and tidies up."""
        html, position = self._html, 0
        while True:
            opened = html.find("<", position)
            if opened < 0:
                self._data(html[position:])
                break
            if opened > position:
                self._data(html[position:opened])
            position = self._markup(opened)
        return self._tidy("".join(self._out))

    def _data(self, raw: str) -> None:
        text = unescape(raw)
        if self._pre:
            self._out.append(text.replace("\r", "").replace(" ", _KEPT_SPACE).replace("\n", _KEPT_BREAK))
        else:
            self._out.append(_SPACE.sub(" ", text))

    def _markup(self, opened: int) -> int:
        """Handles what begins with '<'; returns the position behind it."""
        html = self._html
        name = _TAG_NAME.match(html, opened + 1)
        if name is None:
            if html.startswith("<!--", opened):
                return self._behind("-->", opened + 4)
            if html.startswith(("<!", "<?"), opened):
                return self._behind(">", opened + 2)
            self._out.append("<")
            return opened + 1
        end = self._tag_end(name.end())
        closing, tag = bool(name[1]), name[2].lower()
        if not closing and tag in _DROPPED:
            return self._behind_element(tag, end)
        self._tag(tag, closing, name.end(), end)
        return end

    def _behind(self, mark: str, position: int) -> int:
        if mark in self._never_closed:
            return len(self._html)
        found = self._html.find(mark, position)
        if found < 0:
            self._never_closed.add(mark)
            return len(self._html) if mark == ">" else position
        return found + len(mark)

    def _behind_element(self, tag: str, position: int) -> int:
        if tag in self._never_closed:
            return position
        found = re.compile(rf"</{tag}\b[^>]*>?", re.I).search(self._html, position)
        if found is None:
            self._never_closed.add(tag)
            return len(self._html) if tag in ("script", "style") else position
        return found.end()

    def _tag_end(self, position: int) -> int:
        """Behind the '>' of a tag, quoted values respected as long as quotes are balanced."""
        if self._failures < _MAX_FAILURES:
            match = _TAG_REST.match(self._html, position, position + _LONGEST_TAG)
            if match is not None:
                return match.end()
            self._failures += 1
        found = self._html.find(">", position)
        return len(self._html) if found < 0 else found + 1

    def _tag(self, tag: str, closing: bool, start: int, end: int) -> None:
        out = self._out
        if tag == "br":
            out.append(_KEPT_BREAK if self._pre else "\n")
        elif tag == "li" and not closing:
            out.append("\n- ")
        elif tag in _LINES:
            out.append("\n")
        elif tag in _PARAGRAPHS:
            if tag == "pre":
                self._pre = max(0, self._pre + (-1 if closing else 1))
            out.append("\n----------\n" if tag == "hr" else "\n\n")
        elif tag in ("td", "th"):
            out.append(" ")
        elif tag == "blockquote":
            self._quotes += 1
            out.append(f"\n{_CLOSE_QUOTE if closing else _OPEN_QUOTE}\n")
        elif tag == "a" and self._links:
            self._anchor(closing, start, end)
        elif tag == "img" and self._links:
            alt = _ALT.search(self._html, start, min(end, start + 4_000))
            out.append(_SPACE.sub(" ", unescape(alt[1] or alt[2] or "")) if alt else "")

    def _anchor(self, closing: bool, start: int, end: int) -> None:
        if not closing:
            href = _HREF.search(self._html, start, min(end, start + 4_000))
            target = unescape(href[1] or href[2] or href[3] or "").strip() if href else ""
            self._link = (target, len(self._out)) if _LINKABLE.match(target) else None
            return
        if self._link is None:
            return
        target, since = self._link
        self._link = None
        words = "".join(self._out[since:]).strip()
        shown = target[7:] if target.lower().startswith("mailto:") else target
        if words and _bare(words) not in (_bare(shown), _bare(shown.partition("?")[0])):
            self._out.append(f" <{shown}>")

    def _tidy(self, text: str) -> str:
        text = _INVISIBLE.sub("", text).replace("\u00a0", " ")
        text = _BREAKS.sub("\n", re.sub(r"[ \t]{2,}", " ", text))
        if self._quotes:
            text = _quoted(text)
        text = text.replace(_KEPT_SPACE, " ").replace(_KEPT_BREAK, "\n")
        return _MANY_BREAKS.sub("\n\n", text).strip("\n ")


def _bare(url: str) -> str:
    return url.strip().lower().removeprefix("https://").removeprefix("http://").removeprefix("www.").rstrip("/")


def _quoted(text: str) -> str:
    """Puts '> ' in front of the lines between the marks of quotations."""
    out: list[str] = []
    depth = 0
    for line in _MANY_BREAKS.sub("\n\n", text).replace(_KEPT_BREAK, "\n").split("\n"):
        if line == _OPEN_QUOTE:
            depth += 1
        elif line == _CLOSE_QUOTE:
            while out and out[-1] and not out[-1].strip(">"):
                out.pop()
            depth = max(0, depth - 1)
        else:
            mark = ">" * min(depth, 20)
            out.append(f"{mark} {line}" if mark and line else mark or line)
    return "\n".join(out)
