"""What the packages of every system say about the product: its name, its identity, its version, where it lives."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NAME = "desktopmail"
TITLE = "Desktopmail"
APP_ID = "org.desktopmail.Desktopmail"
"""Names the desktop file, the metainfo and the macOS bundle; the same as `desktopmail.domain.product.APP_ID`."""
SUMMARY = "Read and write mail over IMAP or POP3"
PUBLISHER = "The desktopmail authors"
CONTACT = os.environ.get("DESKTOPMAIL_CONTACT", "The desktopmail authors <authors@desktopmail.example.org>")
HOME_PAGE = os.environ.get("DESKTOPMAIL_HOME_PAGE", "https://desktopmail.example.org")
"""The release sets the two; a build of one's own has no home page."""
PICTURES = os.environ.get("DESKTOPMAIL_PICTURES", f"{HOME_PAGE}/screenshots")
"""Where software centres fetch the pictures of `resources/screenshots` from; a release names those of its tag."""
LICENCE = "GPL-3.0-or-later"
DIST = ROOT / "dist"
WORK = ROOT / "build"


def version() -> str:
    """The version of this checkout, from the one place where it stands."""
    text = (ROOT / "desktopmail" / "__init__.py").read_text(encoding="utf-8")
    found = re.search(r'^__version__ = "([^"]+)"', text, re.MULTILINE)
    if found is None:
        raise ValueError("desktopmail/__init__.py names no version")
    return found.group(1)


def built_at() -> time.struct_time:
    """The moment that packages carry, so that two builds of one state agree: SOURCE_DATE_EPOCH, else the newest entry
    of the changelog, else now. In UTC."""
    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    return time.gmtime(int(given)) if given.isdigit() else time.gmtime()
