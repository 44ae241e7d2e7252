"""What a second start of the program, or the desktop, asks of the window that runs: a value with a fixed shape that
names nothing but what to open. Options never travel."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

MOST_BYTES = 65_536
"""A longer wish is refused, whatever it says."""
_ACTIVATION = r"(?a:[\w.:/+=@-]{1,200})"
_DRIVE = r"[A-Za-z]:[\\/]"


class Asked(Enum):
    """The kinds of wishes there are."""

    SHOW = "show"
    OPEN = "open"
    COMPOSE = "compose"
    CHECK = "check"
    QUIT = "quit"


@dataclass(frozen=True, slots=True)
class Wish:
    """`target` is the mailto: address or the absolute path of a file to open, and empty otherwise. `token` is what the
    desktop gave the second start so that the window may come to the front (XDG activation, startup notification)."""

    asked: Asked = Asked.SHOW
    target: str = ""
    token: str = ""

    def encode(self) -> bytes:
        """One line of JSON. Raises ValueError for a target that would be refused."""
        import json

        document: dict[str, object] = {self.asked.value: self.target if self.asked is Asked.OPEN else True}
        if re.fullmatch(_ACTIVATION, self.token):
            document["token"] = self.token
        line = json.dumps(document).encode() + b"\n"
        decode(line)
        return line


def decode(line: bytes) -> Wish:
    """A wish from another process. Raises ValueError for anything but `{"open": "mailto:…"}`, `{"open": "/path"}`,
    `{"show": true}`, `{"compose": true}`, `{"check": true}` and `{"quit": true}`, each with a `token` or without."""
    import json

    if len(line) > MOST_BYTES:
        raise ValueError("the wish is too long")
    try:
        document = json.loads(line)
    except RecursionError as error:
        raise ValueError("the wish is nested") from error
    if not isinstance(document, dict):
        raise ValueError("the wish is no object")
    token = document.pop("token", "")
    if not isinstance(token, str) or (token and not re.fullmatch(_ACTIVATION, token)):
        raise ValueError("the token is odd")
    if len(document) != 1:
        raise ValueError("one wish at a time")
    ((name, value),) = document.items()
    asked = Asked(name)
    if asked is not Asked.OPEN:
        if value is not True:
            raise ValueError("this wish has no value")
        return Wish(asked, "", token)
    if not isinstance(value, str) or not _may_be_opened(value):
        raise ValueError("neither a mailto: address nor a path")
    return Wish(asked, value, token)


def is_mailto(target: str) -> bool:
    """Whether it is an address rather than a file."""
    return target[:7].lower() == "mailto:"


def _may_be_opened(target: str) -> bool:
    if "\0" in target or any(0xD800 <= ord(each) < 0xE000 and not 0xDC80 <= ord(each) < 0xDD00 for each in target):
        return False
    return is_mailto(target) or target.startswith(("/", "\\\\")) or re.match(_DRIVE, target) is not None
