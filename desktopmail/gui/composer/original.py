"""The message that is answered or passed on, as it stands below the person's own text in a draft. Pure."""

from __future__ import annotations

import re

_FORWARDED = re.compile(r"<p>-{6,} ?Forwarded message ?-{6,}")
_QUOTED = re.compile(r'<p>[^<]{1,400}</p>\s*<blockquote type="cite"')
_RICH = re.compile(r"<(?:table|style|img|center)\b|\bbgcolor=|background(?:-color)?\s*:", re.IGNORECASE)


def split_original(html: str) -> tuple[str, str]:
    """(own text, original) of a draft's HTML. The original is cut off only when it has a layout of its own, which an
    editor for text would take from it, or when it is passed on; otherwise everything is own text."""
    forwarded = _FORWARDED.search(html)
    if forwarded:
        return html[: forwarded.start()], html[forwarded.start() :]
    quoted = _QUOTED.search(html)
    if quoted and _RICH.search(html, quoted.start()):
        return html[: quoted.start()], html[quoted.start() :]
    return html, ""
