"""Words from outside that must wrap: names of servers, addresses, and what servers say."""

from __future__ import annotations

import re

LONG = re.compile(r"\S{24}(?=\S{8})")
BREAK = "\u200b"


def breakable(text: str) -> str:
    """The same text with places to break inside very long words; what is seen does not change."""
    return LONG.sub(lambda found: found.group() + BREAK, text)
