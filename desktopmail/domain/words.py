"""Words as the index knows them. Han, Kana and Hangul have no blanks between words: there, every two neighbouring
characters count as a word, in the index and in the question alike."""

from __future__ import annotations

import re
from itertools import pairwise

_RUN = re.compile(
    "[\u1100-\u11ff\u3005-\u3007\u3040-\u30ff\u3130-\u318f\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f"
    "\uac00-\ud7ff\uf900-\ufaff\uff66-\uff9f\U0001b000-\U0001b16f\U00020000-\U0003ffff]+"
)


def _pairs(run: str) -> str:
    if len(run) == 1:
        return run
    return " ".join(map("".join, pairwise(run)))


def indexed_form(text: str) -> str:
    """`text` with each run of characters without blanks turned into overlapping pairs."""
    if text.isascii():
        return text
    return _RUN.sub(lambda found: f" {_pairs(found.group())} ", text)


def match_phrase(words: str, *, prefix: bool = False) -> str:
    """An FTS5 string that finds `words` one after the other; with `prefix` the last may go on.

    Quotes make everything inside a plain word: no operator of the query syntax can get through. Empty when nothing
    in it can be found.
    """
    plain = words.replace("\x00", " ").encode("utf-8", "replace").decode()
    if not any(one.isalnum() for one in plain):
        return ""
    lone = _RUN.fullmatch(plain.strip()) is not None and len(plain.strip()) == 1
    quoted = '"' + indexed_form(plain).strip().replace('"', '""') + '"'
    return quoted + "*" if prefix or lone else quoted
