"""Names and kinds of attachments: what is safe to write, what must never open by one click, which picture stands for
it. Names come from strangers."""

from __future__ import annotations

import re
from pathlib import Path

from desktopmail.domain.filename import EXECUTABLE, ending, is_executable, safe_name

_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_HIDDEN = re.compile(r"[\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")
_SPACES = re.compile(r"\s+")

OPENING_DOORS = ("text/html", "image/svg+xml")
"""Types that are pages: opened in a browser, they may run scripts."""

_KINDS = {
    "image": ("image/",),
    "file-audio": ("audio/",),
    "file-video": ("video/",),
    "file-archive": ("application/zip", "application/gzip", "application/x-tar", "application/x-7z"),
    "file-spreadsheet": ("text/csv", "application/vnd.ms-excel", "application/vnd.oasis.opendocument.spreadsheet",
                         "application/vnd.openxmlformats-officedocument.spreadsheet"),
    "calendar": ("text/calendar",),
    "mail": ("message/",),
    "file-code": ("text/html", "application/json", "application/xml", "text/xml", "application/javascript"),
    "file-text": ("text/", "application/pdf", "application/msword", "application/vnd.openxmlformats", "application/rtf",
                  "application/vnd.oasis"),
}  # fmt: skip
_BY_ENDING = {
    "image": "png jpg jpeg gif webp bmp tif tiff heic avif svg", "file-audio": "mp3 ogg oga wav flac m4a",
    "file-video": "mp4 mov mkv webm avi", "file-archive": "zip gz tar 7z rar xz bz2 zst",
    "file-spreadsheet": "csv xls xlsx ods", "calendar": "ics", "mail": "eml", "file-code": "html htm js json xml py sh",
    "file-text": "txt pdf doc docx odt rtf md pptx ppt odp",
}  # fmt: skip
_ENDINGS = {ending: kind for kind, words in _BY_ENDING.items() for ending in words.split()}


def shown_name(name: str, fallback: str = "attachment") -> str:
    """The name as it is shown: hidden characters made visible as a mark, so that the true ending is at the end."""
    clean = _SPACES.sub(" ", _HIDDEN.sub("\ufffd", _UNSEEN.sub("_", name))).strip()
    return clean or fallback


def runs_something(name: str, kind: str = "") -> bool:
    """Whether opening this file could run a program (C40): by its true ending, by its type, or because it has none."""
    return is_executable(name, kind.lower()) or kind.lower().startswith(OPENING_DOORS) or not ending(name)


def icon_name(name: str, kind: str) -> str:
    """Which drawing stands for a file: by its true ending, else by its type."""
    last = ending(name)
    found = _ENDINGS.get(last)
    if found or last in EXECUTABLE:
        return found or "file"
    return next((icon for icon, starts in _KINDS.items() if kind.lower().startswith(starts)), "file")


def free_path(folder: Path, name: str) -> Path:
    """A path in `folder` that does not exist yet: 'plan.pdf', 'plan (2).pdf', …"""
    path = folder / safe_name(name)
    stem, suffix = path.stem, path.suffix
    number = 2
    while path.exists():
        path = folder / f"{stem} ({number}){suffix}"
        number += 1
    return path
