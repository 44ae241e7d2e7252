"""Tags with a name and a colour. The first five are the keywords that other mail programs know by the same meaning."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from desktopmail.gui.marking import mark


@dataclass(frozen=True, slots=True)
class Tag:
    """`keyword` is what servers keep; `name` what people read; `colour` one of the eight."""

    keyword: str
    name: str
    colour: int


TAGS = (
    Tag("$label1", mark("tags", "Important"), 6),
    Tag("$label2", mark("tags", "Work"), 1),
    Tag("$label3", mark("tags", "Personal"), 2),
    Tag("$label4", mark("tags", "To do"), 0),
    Tag("$label5", mark("tags", "Later"), 3),
)
_KNOWN = {tag.keyword: tag for tag in TAGS}


def named(keyword: str) -> Tag:
    """A keyword with the name and colour it is shown with."""
    known = _KNOWN.get(keyword.lower())
    if known is not None:
        return Tag(known.keyword, QCoreApplication.translate("tags", known.name), known.colour)
    return Tag(keyword, keyword, sum(map(ord, keyword)))


def shown_tags(keywords: Iterable[str]) -> list[Tag]:
    """The tags among a message's keywords, by name; keywords that programs set for themselves are left out."""
    found = [named(each) for each in keywords if each.lower() in _KNOWN or not each.startswith(("$", "\\"))]
    return sorted(found, key=lambda tag: tag.name.casefold())
