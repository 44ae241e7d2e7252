"""Wrong usage of the command line, apart from the parser that finds it, which a start without words does not load."""

from __future__ import annotations


class UsageError(Exception):
    """The arguments make no sense. `usage` is the line that shows how it goes."""

    def __init__(self, message: str, usage: str) -> None:
        super().__init__(message)
        self.usage = usage
