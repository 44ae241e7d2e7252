"""Names and kinds of attachments: what is safe to write, what must never open by one click, which picture stands for
it. Names come from strangers."""

from __future__ import annotations

import re
from pathlib import Path

LONGEST = 200
"""UTF-8 bytes of a name that is written, with room for a number and for file systems that allow 255."""

_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"/\\|?*\ud800-\udfff]')
_HIDDEN = re.compile(r"[\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")
_SPACES = re.compile(r"\s+")
_RESERVED = re.compile(r"^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(\..*)?$", re.IGNORECASE)

_EXECUTABLE = (
    "ade adp action apk app appimage appinstaller appref-ms application appx appxbundle asp aspx bas bash bat bin cab "
    "chm class cmd cnt com command cpl crt csh deb der desktop dll dmg doc-m docm dotm dylib elf exe ex_ fish fon fxp "
    "gadget grp hlp hpj hta htc htm html img inf ins iqy iso isp its jar jnlp js jse ksh lib lnk mad maf mag mam maq "
    "mar mas mat mau mav maw mcf mda mdb mde mdt mdw mdz mht mhtml msc msh msh1 msh2 msi msix msixbundle mso msp mst "
    "msu ocx one ops osd out pcd phar php pif pkg pl plg potm ppam ppsm pptm prf prg printerexport ps1 ps1xml ps2 "
    "ps2xml psc1 psc2 psd1 psdm1 psm1 pst py pyc pyo pyw pyz pyzw rb reg rpm run scf scpt scr sct sh shb shs shtml "
    "sldm slk snap svg swf sys terminal theme tmp tool udl url vb vbe vbp vbs vhd vhdx vsmacros vsw vxd wasm webloc "
    "website wiz ws wsb wsc wsf wsh xbap xhtml xla xlam xll xlm xlsb xlsm xltm xml xnk xpi xsl zsh"
)
EXECUTABLE = frozenset(_EXECUTABLE.split())
"""Types that can run something when opened; they are saved, never opened from here."""

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


def safe_name(name: str, fallback: str = "attachment") -> str:
    """A name that stays inside the folder it is written to, on every system: no path, no controls, no reserved or
    hidden name, not too long; the last ending is kept."""
    clean = _HIDDEN.sub("", _FORBIDDEN.sub("_", name.encode("utf-8", "replace").decode("utf-8")))
    clean = _SPACES.sub(" ", clean).strip(" .")
    clean = clean.lstrip("-~")
    if not clean.strip("._ "):
        clean = fallback
    if _RESERVED.match(clean):
        clean = "_" + clean
    return _shorten(clean)


def shown_name(name: str, fallback: str = "attachment") -> str:
    """The name as it is shown: hidden characters made visible as a mark, so that the true ending is at the end."""
    clean = _SPACES.sub(" ", _HIDDEN.sub("\ufffd", _FORBIDDEN.sub("_", name))).strip()
    return clean or fallback


def ending(name: str) -> str:
    """The last ending in lower case, as the system will see it; empty when there is none."""
    return safe_name(name, "x").rpartition(".")[2].lower() if "." in safe_name(name, "x") else ""


def runs_something(name: str, kind: str = "") -> bool:
    """Whether opening this file could run a program (C40): by any of its last two endings, or by its type."""
    endings = safe_name(name, "x").lower().split(".")[1:]
    types = ("application/x-msdownload", "application/x-sh", "application/x-executable", "application/javascript",
             "application/x-desktop", "text/html", "image/svg+xml", "application/java-archive")  # fmt: skip
    return bool(endings and endings[-1] in EXECUTABLE) or kind.lower().startswith(types) or not endings


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


def _shorten(name: str) -> str:
    stem, dot, last = name.rpartition(".")
    if not dot or len(last.encode()) > 20:
        stem, dot, last = name, "", ""
    room = LONGEST - len(last.encode()) - 1
    cut = stem.encode()[:room].decode("utf-8", "ignore").rstrip(" .")
    return f"{cut}{dot}{last}" if cut else name.encode()[:LONGEST].decode("utf-8", "ignore")
