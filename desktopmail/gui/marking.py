"""Marks texts that stand in tables of the window for translation."""

from __future__ import annotations

from desktopmail.domain.marking import mark

__all__ = ["mark"]
