"""Bytes to text under whatever label mail carries: aliases, wrong, missing and hostile charset names. Never raises."""

from __future__ import annotations

import codecs
import re
from functools import lru_cache

UNREADABLE = "\ufffd"

_ALIASES = {
    "ansi_x3.110-1983": "iso8859-1",
    "ascii": "ascii",
    "big5": "big5hkscs",
    "big5-eten": "big5hkscs",
    "big5-hkscs": "big5hkscs",
    "cn-big5": "big5hkscs",
    "cn-gb": "gb18030",
    "cp-850": "cp850",
    "euc-cn": "gb18030",
    "euc-kr": "cp949",
    "euckr": "cp949",
    "gb2312": "gb18030",
    "gb_2312-80": "gb18030",
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "cp936": "gb18030",
    "windows-936": "gb18030",
    "x-gbk": "gb18030",
    "hz-gb-2312": "hz",
    "iso-2022-jp": "iso-2022-jp",
    "iso-2022-jp-1": "iso-2022-jp",
    "csiso2022jp": "iso-2022-jp",
    "cp50220": "iso-2022-jp",
    "cp50221": "iso-2022-jp",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "iso_8859-1": "cp1252",
    "iso-8859-8-i": "iso8859-8",
    "iso-8859-8-e": "iso8859-8",
    "iso-8859-9": "cp1254",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601-1989": "cp949",
    "ksc_5601": "cp949",
    "ksc5601": "cp949",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "macintosh": "mac-roman",
    "mac": "mac-roman",
    "x-mac-roman": "mac-roman",
    "x-mac-cyrillic": "mac-cyrillic",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "x-sjis": "cp932",
    "ms_kanji": "cp932",
    "windows-31j": "cp932",
    "unicode-1-1-utf-7": "utf-7",
    "unicode-1-1-utf-8": "utf-8",
    "unicode": "utf-16",
    "ucs-2": "utf-16",
    "utf8": "utf-8",
    "utf8mb4": "utf-8",
    "windows-1250": "cp1250",
    "windows-874": "cp874",
    "x-euc-jp": "euc_jp",
    "x-windows-949": "cp949",
}
_GUESSED = frozenset(
    [
        "us-ascii",
        "ascii",
        "ansi_x3.4-1968",
        "646",
        "default",
        "unknown",
        "x-unknown",
        "unknown-8bit",
        "x-unknown-8bit",
        "binary",
        "8bit",
        "7bit",
        "none",
        "x-user-defined",
        "us_ascii",
        "iso-10646",
        "text",
        "utf",
        "utf-8859-1",
    ]
)
_NOT_CHARSETS = frozenset(
    ["idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "charmap", "mbcs", "oem"],
)
_JIS_ESCAPE = re.compile(rb"\x1b(\([BJIH]|\$[@B]|\$\([DOPQ])")
_UTF8_SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_SURROGATES = re.compile("[\x00\ud800-\udfff]")
_LATIN_HOLES = {code: chr(code) for code in (0x81, 0x8D, 0x8F, 0x90, 0x9D)}


def scrub(text: str) -> str:
    """The text without NUL and lone surrogates, which databases and toolkits refuse; U+FFFD stands for each."""
    if text.isascii():
        return text.replace("\0", UNREADABLE) if "\0" in text else text
    return text if text.isprintable() else _SURROGATES.sub(UNREADABLE, text)


@lru_cache(maxsize=256)
def canonical(label: str) -> str | None:
    """The codec a charset label stands for; None when the label says nothing and the bytes have to decide."""
    name = label.strip(" \t\r\n\"'").lower()
    if not name or len(name) > 40 or name in _GUESSED:
        return None
    if name in _ALIASES:
        return _ALIASES[name]
    if not name.isascii() or "\0" in name:
        return None
    try:
        info = codecs.lookup(name)
    except (LookupError, ValueError, UnicodeError):
        return None
    if not getattr(info, "_is_text_encoding", True) or info.name.replace("-", "_") in _NOT_CHARSETS:
        return None
    found = info.name
    return _ALIASES.get(found, found)


def decode(data: bytes, label: str | None = None) -> str:
    """Text of the bytes under the label, or the most likely reading if the label is missing, unknown or wrong.
    Undecodable bytes become U+FFFD; NUL and lone surrogates never come out."""
    codec = canonical(label[:64]) if label else None
    if codec is None:
        return scrub(guess(data))
    if codec == "utf-8":
        return scrub(_decode_utf8(data))
    if codec == "cp1252":
        return scrub(_decode_latin(data))
    if codec == "iso-2022-jp":
        return scrub(_decode_jis(data))
    if codec == "ascii":
        return scrub(guess(data))
    try:
        return scrub(data.decode(codec, "replace"))
    except (UnicodeError, LookupError, ValueError):
        return scrub(guess(data))


def decodes_cleanly(data: bytes, label: str | None) -> bool:
    """Whether every byte has a meaning under the label; an unknown label counts as clean only for ASCII."""
    codec = canonical(label[:64]) if label else None
    if codec is None:
        return data.isascii() or (not label and UNREADABLE not in guess(data))
    if codec in ("cp1252", "iso-2022-jp"):
        return True
    try:
        data.decode(codec)
    except (UnicodeError, LookupError, ValueError):
        return False
    return True


def is_known(label: str) -> bool:
    """Whether the label names a charset, or says openly that it names none."""
    return canonical(label[:64]) is not None or label.strip(" \t\r\n\"'").lower() in _GUESSED


def guess(data: bytes) -> str:
    """The most likely text of unlabelled bytes: a byte order mark, Japanese escapes, UTF-8, else Windows-1252."""
    if data.isascii():
        if b"\x1b$" in data and _JIS_ESCAPE.search(data):
            return _decode_jis(data)
        return data.decode("ascii")
    if data.startswith(b"\xef\xbb\xbf"):
        return data[3:].decode("utf-8", "replace")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    return _decode_utf8(data)


def _decode_utf8(data: bytes) -> str:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        if _UTF8_SEQUENCE.search(data):
            return data.decode("utf-8", "replace")
        return _decode_latin(data)
    return text[1:] if text.startswith("\ufeff") else text


def _decode_latin(data: bytes) -> str:
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return data.decode("latin-1").translate(_CP1252)


_CP1252 = {code: bytes([code]).decode("cp1252") for code in range(0x80, 0xA0) if code not in _LATIN_HOLES}


def _decode_jis(data: bytes) -> str:
    """ISO-2022-JP with what mail adds to it: half-width katakana, NEC rows, JIS X 0212, an end without escape."""
    pieces: list[str] = []
    mode = b"(B"
    position = 0
    for match in _JIS_ESCAPE.finditer(data):
        pieces.append(_jis_run(data[position : match.start()], mode))
        mode = match.group(1)
        position = match.end()
    pieces.append(_jis_run(data[position:], mode))
    return "".join(pieces)


def _jis_run(run: bytes, mode: bytes) -> str:
    if not run:
        return ""
    if mode in (b"(B", b"(J", b"(H"):
        return guess(run) if not run.isascii() else run.decode("ascii")
    if mode == b"(I":
        return bytes(byte | 0x80 if 0x21 <= byte <= 0x5F else byte for byte in run).decode("cp932", "replace")
    if mode == b"$(D":
        marked = b"".join(b"\x8f" + bytes((a | 0x80, b | 0x80)) for a, b in zip(run[::2], run[1::2], strict=False))
        return marked.decode("euc_jp", "replace")
    if mode in (b"$(O", b"$(P", b"$(Q"):
        return (b"\x1b" + mode + run + b"\x1b(B").decode("iso2022_jp_2004", "replace")
    return _double_bytes(run)


def _double_bytes(run: bytes) -> str:
    """JIS X 0208 by way of Shift_JIS, whose Windows form knows the NEC and IBM rows."""
    out = bytearray()
    index = 0
    while index < len(run):
        first = run[index]
        if first < 0x21 or index + 1 >= len(run):
            out.append(first)
            index += 1
            continue
        row, cell = first & 0x7F, run[index + 1] & 0x7F
        lead = ((row - 0x21) >> 1) + 0x81
        if lead > 0x9F:
            lead += 0x40
        trail = cell + (0x1F if cell <= 0x5F else 0x20) if row & 1 else cell + 0x7E
        out += bytes((lead & 0xFF, trail & 0xFF))
        index += 2
    return out.decode("cp932", "replace")
