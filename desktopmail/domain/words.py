"""Words as the index knows them. Han, Kana and Hangul have no blanks between words: there, every two neighbouring
characters count as a word, in the index and in the question alike."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

_RUN = re.compile(
    "[\u1100-\u11ff\u3005-\u3007\u3040-\u30ff\u3130-\u318f\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f"
    "\uac00-\ud7ff\uf900-\ufaff\uff66-\uff9f\U0001b000-\U0001b16f\U00020000-\U0003ffff]+"
)


def folded(text: str) -> str:
    """`text` without case and accents, as the index compares words."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(one for one in plain if not unicodedata.combining(one))


def _pairs(run: str) -> str:
    if len(run) == 1:
        return run
    return " ".join(map("".join, pairwise(run)))


def _in_pairs(text: str) -> str:
    return text if text.isascii() else _RUN.sub(lambda found: f" {_pairs(found.group())} ", text)


def indexed_form(text: str) -> str:
    """`text` as the index gets it: each run of characters without blanks as overlapping pairs.

    A single character is found as the beginning of a pair; the last one of a run begins none and is added at the end,
    where it stands between no other words.
    """
    if text.isascii():
        return text
    ends = {run[-1] for run in _RUN.findall(text) if len(run) > 1}
    return " ".join([_in_pairs(text), *sorted(ends)])


def match_phrase(words: str, *, prefix: bool = False) -> str:
    """An FTS5 string that finds `words` one after the other; with `prefix` the last may go on.

    Quotes make everything inside a plain word: no operator of the query syntax can get through. Empty when nothing
    in it can be found.
    """
    plain = words.replace("\x00", " ").encode("utf-8", "replace").decode()
    if not any(one.isalnum() for one in plain):
        return ""
    lone = _RUN.fullmatch(plain.strip()) is not None and len(plain.strip()) == 1
    quoted = '"' + _in_pairs(plain).strip().replace('"', '""') + '"'
    return quoted + "*" if prefix or lone else quoted
