"""Sentences for a person, said by parts of the program that know no window, in the language of the face.

A face that speaks another language says so once (`speak`); without it everything is English.
"""

from __future__ import annotations

from collections.abc import Callable

CONTEXT = "engine"
"""Under this name translations hold the texts given to `phrase`; `packaging/texts.py` collects them."""


class _Voice:
    def __init__(self) -> None:
        self.translate: Callable[[str], str] = str


_voice = _Voice()


def phrase(text: str, *parts: object) -> str:
    """`text`, a literal, in the language of the face; `{0}`, `{1}` … are replaced by `parts`. In the window's own code
    Qt's `tr` does this."""
    said = _voice.translate(text)
    return said.format(*parts) if parts else said


def speak(translate: Callable[[str], str]) -> None:
    """From now on `translate` gives each text in the language of the face."""
    _voice.translate = translate
