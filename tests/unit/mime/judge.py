"""An independent look at sanitised HTML: what in it should not be there."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from desktopmail.domain.body import PART_URL, REMOTE_URL
from desktopmail.mime import allowed

FORBIDDEN_ATTRIBUTES = {"srcset", "background", "poster", "action", "formaction", "ping", "cite", "data", "xlink:href"}

_MOVES = re.compile(r"(?:^|[;{\s])position\s*:")


class Judge(HTMLParser):
    """An independent reader of what came out; collects everything that must not be there."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[str] = []
        self.urls: list[str] = []
        self._style = False
        self.style = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._style = tag == "style"
        if tag not in allowed.TAGS | {"style"}:
            self.wrong.append(tag)
        for name, value in attrs:
            value = value or ""
            if name.startswith("on") or name in FORBIDDEN_ATTRIBUTES:
                self.wrong.append(f"{tag} {name}")
            elif name in ("href", "src"):
                self.urls.append(value)
                good = ("http://", "https://", "mailto:") if tag == "a" else (PART_URL, REMOTE_URL, "data:image/")
                if not value.startswith(good):
                    self.wrong.append(f"{tag} {name}={value}")
            elif name == "style" and (
                ("(" in value and "url" in value.lower()) or "\\" in value or _MOVES.search(value)
            ):
                self.wrong.append(f"{tag} style={value}")

    def handle_endtag(self, tag: str) -> None:
        self._style = self._style and tag != "style"

    def handle_data(self, data: str) -> None:
        if self._style:
            self.style += data


def judged(html: str) -> Judge:
    judge = Judge()
    judge.feed(html)
    judge.close()
    lowered = judge.style.lower()
    for bad in ("url(", "@import", "@font-face", "\\", "expression", "var("):
        if bad in lowered:
            judge.wrong.append(f"sheet: {bad}")
    if _MOVES.search(lowered):
        judge.wrong.append("sheet: position")
    return judge
