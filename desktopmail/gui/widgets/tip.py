"""Tool tips that show text as it is."""

from __future__ import annotations

import html


def plain_tip(text: str) -> str:
    """Text for a tool tip that is never taken for markup."""
    return "<p style='white-space:pre-wrap'>" + html.escape(text) + "</p>"
