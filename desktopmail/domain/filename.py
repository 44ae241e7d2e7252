"""File names of attachments: safe to save, true in what they show, and what their endings mean."""

from __future__ import annotations

import re
import unicodedata

from desktopmail.domain.saying import phrase

MAX_BYTES = 200
"""Leaves room below the 255 bytes of file systems for a number that makes a name unique."""

_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_HIDDEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffc\U000e0000-\U000e0fff]"
)
_FORBIDDEN = re.compile('[<>:"|?*\ufffd]')
_SPACES = re.compile(r"[\s\u3164\u2800\uffa0]+")
_DEVICE = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|clock\$|(?:com|lpt)[0-9\u00b9\u00b2\u00b3])\Z", re.I)
_DRIVE = re.compile(r"\A[A-Za-z]:(?=[\\/]|[^\\/.]+\.)")

_TYPES = {
    "avif": "image/avif", "bmp": "image/bmp", "gif": "image/gif", "heic": "image/heic", "ico": "image/x-icon",
    "jpeg": "image/jpeg", "jpg": "image/jpeg", "png": "image/png", "svg": "image/svg+xml", "tif": "image/tiff",
    "tiff": "image/tiff", "webp": "image/webp",
    "aac": "audio/aac", "flac": "audio/flac", "m4a": "audio/mp4", "mp3": "audio/mpeg", "ogg": "audio/ogg",
    "opus": "audio/opus", "wav": "audio/wav",
    "avi": "video/x-msvideo", "mkv": "video/x-matroska", "mov": "video/quicktime", "mp4": "video/mp4",
    "mpeg": "video/mpeg", "mpg": "video/mpeg", "webm": "video/webm",
    "css": "text/css", "csv": "text/csv", "diff": "text/x-diff", "htm": "text/html", "html": "text/html",
    "ics": "text/calendar", "md": "text/markdown", "patch": "text/x-diff", "rtf": "application/rtf",
    "txt": "text/plain", "vcf": "text/vcard", "xml": "application/xml",
    "doc": "application/msword", "dot": "application/msword", "eml": "message/rfc822", "epub": "application/epub+zip",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "json": "application/json", "odp": "application/vnd.oasis.opendocument.presentation",
    "ods": "application/vnd.oasis.opendocument.spreadsheet", "odt": "application/vnd.oasis.opendocument.text",
    "p7m": "application/pkcs7-mime", "p7s": "application/pkcs7-signature", "pdf": "application/pdf",
    "asc": "application/pgp-signature", "ppt": "application/vnd.ms-powerpoint",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "ps": "application/postscript", "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "7z": "application/x-7z-compressed", "bz2": "application/x-bzip2", "gz": "application/gzip",
    "rar": "application/vnd.rar", "tar": "application/x-tar", "tgz": "application/gzip", "xz": "application/x-xz",
    "zip": "application/zip",
}  # fmt: skip

_RUNS = """
    action ade adp apk app appimage appinstaller application appref-ms appx appxbundle asp aspx bas bash bat bin cab
    chm class cmd cnt com command cpl crt csh deb der desktop diagcab dll dmg docm dotm dylib elf ex_ exe fish
    flatpakref fon fxp gadget grp hlp hpj hta htc htm html img inf ins iqy iso isp its jar jnlp js jse ksh lib
    library-ms lnk mad maf mag mam maq mar mas mat mau mav maw mcf mda mdb mde mdt mdw mdz mht mhtml mjs msc msh
    msh1 msh2 msi msix msixbundle mso msp mst msu ocx one ops osd out pcd phar php pif pkg pl plg potm ppam ppsm
    pptm prf prg printerexport ps1 ps1xml ps2 ps2xml psc1 psc2 psd1 psdm1 psm1 pst py pyc pyo pyw pyz pyzw rb reg
    rpm run scf scpt scr sct search-ms settingcontent-ms sh shb shs shtml sldm slk snap svg svgz swf sys terminal
    theme tmp tool udl url vb vbe vbp vbs vhd vhdx vsmacros vsw vxd wasm webloc website wiz workflow ws wsb wsc wsf
    wsh xbap xht xhtml xla xlam xll xlm xlsb xlsm xltm xml xnk xpi xsl xslt zsh
"""
EXECUTABLE = frozenset(_RUNS.split())
"""Endings of files that run, install, mount or open a door when opened."""

_EXECUTABLE_TYPES = frozenset(
    {
        *("application/x-msdownload", "application/x-msdos-program", "application/x-ms-dos-executable"),
        *("application/x-sh", "application/x-executable", "application/vnd.microsoft.portable-executable"),
        *("application/java-archive", "application/x-desktop", "application/hta", "application/javascript"),
        *("text/javascript", "application/x-javascript", "application/ecmascript", "text/vbscript"),
        *("application/x-ms-shortcut", "application/x-iso9660-image", "application/x-msi", "application/x-python"),
    }
)


def safe_name(name: str, default: str = "attachment") -> str:
    """A name that stays inside the folder it is saved in, on every system: one path component of at most MAX_BYTES
    bytes, no controls, no reserved names, nothing hidden, the true ending last. Never empty, idempotent."""
    text = unicodedata.normalize("NFC", name[:4_096].encode("utf-8", "replace").decode("utf-8"))
    text = _CONTROLS.sub("_", _DRIVE.sub("", text))
    text = text.replace("\\", "/").rstrip("/ .").rpartition("/")[2]
    text = _SPACES.sub(" ", _FORBIDDEN.sub("_", _HIDDEN.sub("", text)))
    text = text.strip(" .").lstrip("-~ .").rstrip(" .")
    if _DEVICE.match(text.partition(".")[0].strip()):
        text = f"_{text}"
    return _shortened(text) or default


def _shortened(text: str) -> str:
    if len(text.encode("utf-8")) <= MAX_BYTES:
        return text
    stem, dot, ending = text.rpartition(".")
    if not dot or len(ending.encode("utf-8")) > 32:
        stem, dot, ending = text, "", ""
    room = MAX_BYTES - len(f"{dot}{ending}".encode())
    return stem.encode("utf-8")[:room].decode("utf-8", "ignore").rstrip(" .") + dot + ending


def ending(name: str) -> str:
    """The true last ending in lower case, without its dot; empty when there is none."""
    _, dot, found = safe_name(name).rpartition(".")
    return found.strip().lower() if dot else ""


def is_altered(given: str, safe: str) -> bool:
    """Whether making a name safe changed what a person would see, beyond white space and normal form."""
    plain = _SPACES.sub(" ", unicodedata.normalize("NFC", given)).strip()
    return plain != safe


def hides_ending(given: str) -> bool:
    """Whether a name tries to look like something else: direction overrides, zero-width characters, wide padding."""
    start = given[:2_000]
    return _HIDDEN.search(start) is not None or re.search(r"\s{4,}\S", start) is not None


def type_of(name: str) -> str:
    """The media type a file name stands for; application/octet-stream when unknown."""
    return _TYPES.get(ending(name), "application/octet-stream")


def ending_for(media_type: str) -> str:
    """A usual ending for a media type, without dot; empty when unknown."""
    for found, known in _TYPES.items():
        if known == media_type and found not in ("jpeg", "htm", "tiff", "dot"):
            return found
    return "jpg" if media_type in ("image/jpg", "image/pjpeg") else ""


def is_executable(name: str, media_type: str = "") -> bool:
    """Whether opening the file may run something: judged by the true ending, and by the type."""
    return ending(name) in EXECUTABLE or media_type in _EXECUTABLE_TYPES


_MAGIC = (
    (b"MZ", "application/x-msdownload"),
    (b"\x7fELF", "application/x-executable"),
    (b"#!", "application/x-sh"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"\xca\xfe\xba\xbe", "application/x-executable"),
    (b"\xcf\xfa\xed\xfe", "application/x-executable"),
)


def sniffed(data: bytes) -> str:
    """The type the first bytes give away; empty when they say nothing."""
    for start, media_type in _MAGIC:
        if data.startswith(start):
            return media_type
    return "image/webp" if data[:4] == b"RIFF" and data[8:12] == b"WEBP" else ""


def mismatch(name: str, media_type: str, data: bytes) -> str:
    """How type, name and content contradict each other, in words; empty when they agree or say nothing."""
    by_name = _TYPES.get(ending(name), "")
    found = sniffed(data[:16])
    if found in _EXECUTABLE_TYPES and not is_executable(name) and (by_name or media_type.startswith("image/")):
        return phrase("the content is a program")
    family = media_type.partition("/")[0]
    if family in ("image", "audio", "video") and by_name and by_name.partition("/")[0] != family:
        return phrase("sent as {0}, named like {1}", media_type, by_name)
    if family in ("image", "audio", "video") and ending(name) in EXECUTABLE:
        return phrase("sent as {0}, named .{1}", media_type, ending(name))
    if by_name.startswith("image/") and found and not found.startswith("image/"):
        return phrase("named like {0}, contains {1}", by_name, found)
    if media_type in ("application/pdf", "text/plain") and ending(name) in EXECUTABLE and by_name != media_type:
        return phrase("sent as {0}, named .{1}", media_type, ending(name))
    return ""
