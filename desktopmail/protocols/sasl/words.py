"""User names and passwords as the mechanisms want them (SASLprep, RFC 4013)."""

from __future__ import annotations

import stringprep
import unicodedata

from desktopmail.domain.errors import WrongUsage
from desktopmail.domain.saying import phrase


def prepared(text: str) -> str:
    """SASLprep for a query string: spaces and width made alike, forbidden characters refused with WrongUsage."""
    if text.isascii() and text.isprintable():
        return text
    mapped = "".join(
        " " if stringprep.in_table_c12(letter) else letter for letter in text if not stringprep.in_table_b1(letter)
    )
    normal = unicodedata.normalize("NFKC", mapped)
    if any(stringprep.in_table_c21_c22(letter) or stringprep.in_table_c3(letter) for letter in normal):
        raise WrongUsage(phrase("User name and password cannot contain control characters"))
    return normal


def whole(text: str) -> str:
    """The text, which must be without null characters. Raises WrongUsage."""
    if "\0" in text:
        raise WrongUsage(phrase("User name and password cannot contain a null character"))
    return text
