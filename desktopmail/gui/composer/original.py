"""The message that is answered or passed on, as it stands below the person's own text in a draft. Pure."""

from __future__ import annotations

import re

_FORWARDED = re.compile(r"<p>-{6,} ?Forwarded message ?-{6,}")
_QUOTED = re.compile(r'<p>[^<]{1,400}</p>\s*<blockquote type="cite"')
_RICH = re.compile(r"<(?:table|style|img|center)\b|\bbgcolor=|background(?:-color)?\s*:", re.IGNORECASE)


def split_original(html: str) -> tuple[str, str]:
    """(own text, original) of a draft's HTML. The original is cut off only when it has a layout of its own, which an
    editor for text would take from it; otherwise everything is own text."""
    found = _FORWARDED.search(html) or _QUOTED.search(html)
    if found and _RICH.search(html, found.start()):
        return html[: found.start()], html[found.start() :]
    return html, ""
