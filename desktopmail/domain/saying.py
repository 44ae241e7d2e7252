"""Sentences for a person, said by parts of the program that know no window, in the language of the face.

A face that speaks another language says so once (`speak`); without it everything is English. Every text is a whole
sentence or a whole label, because other languages put its words in another order.
"""

from __future__ import annotations

from collections.abc import Callable

CONTEXT = "engine"
"""Under this name translations hold the texts given to `phrase` and `plural`, and what is marked for `said`;
`packaging/texts.py` collects them."""


class _Voice:
    def __init__(self) -> None:
        self.translate: Callable[[str], str] = str


_voice = _Voice()


def phrase(text: str, *parts: object) -> str:
    """`text`, a literal, in the language of the face; `{0}`, `{1}` … are replaced by `parts`. In the window's own code
    Qt's `tr` does this."""
    return said(text, *parts)


def plural(count: int, one: str, many: str, *parts: object) -> str:
    """`one` or `many`, both literals, as `phrase` says them; `{0}` is the count, `{1}` … are `parts`."""
    return said(one if count == 1 else many, count, *parts)


def said(marked: str, *parts: object) -> str:
    """A text that stands in a table, marked there with `mark("engine", …)`, as `phrase` says it: tables are made before
    a face says its language. Where a translation has other places than its text, the text is said as it is."""
    words = _voice.translate(marked)
    if not parts:
        return words
    try:
        return words.format(*parts)
    except (IndexError, KeyError, ValueError, AttributeError):
        return marked.format(*parts)


def speak(translate: Callable[[str], str]) -> None:
    """From now on `translate` gives each text in the language of the face."""
    _voice.translate = translate
