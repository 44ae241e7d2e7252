"""What the search box offers while a person types: operators, their values, people and folders. Pure but for words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from desktopmail.domain.address import Address
from desktopmail.domain.folder import Folder
from desktopmail.gui.naming import ICONS, folder_title
from desktopmail.gui.style.tags import TAGS
from desktopmail.gui.widgets.choice import Choice

People = Callable[[str, int], Sequence[Address]]
MOST = 8
MOST_VALUES = 12
"""All words that an operator knows."""


@dataclass(frozen=True, slots=True)
class Hint:
    """Put `text` in place of the last `over` characters before the cursor. `go` when the search is complete then."""

    text: str
    over: int
    go: bool = True


def hints(typed: str, people: People, folders: Sequence[Folder]) -> list[Choice]:
    """Offers for what stands before the cursor. Nothing typed: the operators, as a reminder."""
    word = _last_word(typed)
    operator, colon, value = word.partition(":")
    if colon and operator.lower() in VALUES:
        return _values(operator.lower(), value.lstrip('"'), len(value), people, folders)[:MOST_VALUES]
    found = [Choice(Hint(f"{name}:", len(word), go=False), f"{name}:", _explained(name), "search")
             for name in OPERATORS if (word and name.startswith(word.lower())) or not typed.strip()]  # fmt: skip
    if len(word) >= 2:
        found = [*found[:4], *_people("from", word, len(word), people, 4)]
    return found[:MOST]


def _last_word(typed: str) -> str:
    """The word at the cursor; a quoted value with spaces counts as one."""
    quotes = typed.count('"')
    if quotes % 2:
        start = typed.rfind(" ", 0, typed.rfind('"')) + 1
        return typed[start:]
    return typed[typed.rfind(" ") + 1 :]


def _quoted(text: str) -> str:
    return f'"{text}"' if " " in text else text


def _values(operator: str, value: str, over: int, people: People, folders: Sequence[Folder]) -> list[Choice]:
    if operator in ("from", "to", "cc"):
        return _people("", value, over, people, MOST) if value else []
    if operator in ("in", "folder"):
        found = {each.path: each for each in folders if value.casefold() in folder_title(each).casefold()}
        return [Choice(Hint(f"{_quoted(each.path)} ", over), folder_title(each), "", ICONS[each.role])
                for each in found.values()][:MOST]  # fmt: skip
    if operator == "tag":
        return [Choice(Hint(f"{tag.keyword} ", over), tag.name, "", "tag") for tag in TAGS
                if value.casefold() in tag.name.casefold()]  # fmt: skip
    return [Choice(Hint(f"{word} ", over), word, "", "search") for word in VALUES[operator] if word.startswith(value)]


def _people(operator: str, value: str, over: int, people: People, most: int) -> list[Choice]:
    before = f"{operator}:" if operator else ""
    return [Choice(Hint(f"{before}{each.address} ", over), each.shown, each.address if each.name else "", "user")
            for each in people(value, most)]  # fmt: skip


OPERATORS = ("from", "to", "subject", "body", "in", "is", "has", "file", "tag", "before", "after", "larger")
VALUES: dict[str, tuple[str, ...]] = {
    "from": (),
    "to": (),
    "cc": (),
    "in": (),
    "folder": (),
    "tag": (),
    "is": (
        "unread",
        "read",
        "starred",
        "answered",
        "forwarded",
        "draft",
        "junk",
        "only-here",
        "only-on-server",
        "here-and-on-server",
    ),
    "has": ("attachment",),
    "before": ("today", "yesterday", "7d", "1m", "1y"),
    "after": ("today", "yesterday", "7d", "1m", "1y"),
    "on": ("today", "yesterday"),
    "larger": ("1M", "5M", "10M"),
    "smaller": ("100k", "1M"),
}


def _explained(operator: str) -> str:
    translate = QCoreApplication.translate
    return {
        "from": translate("hints", "who wrote it"),
        "to": translate("hints", "who got it"),
        "subject": translate("hints", "words of the subject"),
        "body": translate("hints", "words of the text"),
        "in": translate("hints", "a folder"),
        "is": translate("hints", "unread, starred, answered"),
        "has": translate("hints", "attachment"),
        "file": translate("hints", "name of an attachment"),
        "tag": translate("hints", "a tag"),
        "before": translate("hints", "a day, or 7d, 1m, 1y"),
        "after": translate("hints", "a day, or 7d, 1m, 1y"),
        "larger": translate("hints", "size, as 5M"),
    }[operator]
