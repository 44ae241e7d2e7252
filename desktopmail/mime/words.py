"""Encoded words of headers (RFC 2047, RFC 2231 section 5) and the text of unstructured fields. Linear and total."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator

from desktopmail.mime import charset

_FOLD = re.compile(rb"(?<![ \t])[ \t]*+\r?\n[ \t]*+|\r")
_SPACES = re.compile(r"[ \t\r\n]+")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f\ufeff\u202a-\u202e\u2066-\u2069]")
_HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]|(?<![^\x00-\u02ff])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\u02ff])"
)
_ONE_WORD = re.compile(rb"=\?([A-Za-z0-9_-]{1,40})\?(?:[bB]\?([A-Za-z0-9+/]*+={0,2})|[qQ]\?([^?\s]*+))\?=")
_MAX_CHARSET = 64
_LONGEST_LABEL = 2100

Piece = tuple[str, str, str, str]
"""(text before, charset, encoding, encoded text); charset is empty for the last piece."""


def raw_text(raw: bytes) -> str:
    """Header bytes as text, unfolded, encoded words untouched; UTF-8 (RFC 6532) or the most likely reading."""
    if b"\n" in raw or b"\r" in raw:
        raw = _FOLD.sub(b" ", raw)
    raw = raw.strip()
    if raw.isascii() and b"\x1b" not in raw:
        return charset.scrub(raw.decode("ascii"))
    return charset.scrub(charset.guess(raw))


def unstructured(raw: bytes) -> str:
    """The text of an unstructured field such as Subject, for people: decoded, one line, controls made visible."""
    one = _ONE_WORD.fullmatch(raw)
    if one is not None:
        text = _decode_one(one)
    else:
        text = raw_text(raw)
        if "=?" in text:
            text = decode(text)
    return visible(text)


def _decode_one(word: re.Match[bytes]) -> str:
    """The text of an encoded word that stands alone, as most do."""
    label, letters, quoted = word.groups()
    if letters is None:
        data = binascii.a2b_qp(quoted, header=True)
    elif len(letters) % 4:
        data = base64_letters(letters.rstrip(b"="))
    else:
        data = binascii.a2b_base64(letters)
    return charset.decode(data, label.decode("ascii").lower())


def visible(text: str) -> str:
    """One line of text in which controls and direction overrides cannot act: each becomes U+FFFD."""
    if text.isprintable() and (text.isascii() or "  " not in text):
        return text if text.isascii() else text.strip()
    return _CONTROLS.sub(charset.UNREADABLE, _SPACES.sub(" ", text)).strip()


def unmasked(text: str) -> str:
    """A display name in which nothing is hidden: controls, direction marks and zero-width characters become U+FFFD.
    Joiners between letters that need them (Indic, Persian, emoji) stay."""
    if text.isascii() and text.isprintable():
        return text
    return _HIDDEN.sub(charset.UNREADABLE, _SPACES.sub(" ", text)).strip()


def has_hidden(text: str) -> bool:
    """Whether the text holds controls, direction marks or zero-width characters."""
    return not (text.isascii() and text.isprintable()) and _HIDDEN.search(_SPACES.sub(" ", text)) is not None


def decode(text: str) -> str:
    """Text with its encoded words decoded. White space between adjacent words goes; words of one charset are joined
    before decoding, so that characters split between two words survive."""
    if "=?" not in text:
        return text
    out: list[str] = []
    held: list[tuple[str, bytes]] = []
    held_charset = ""
    for before, label, encoding, encoded in _pieces(text):
        joined = bool(held) and bool(label) and not before.strip(" \t\r\n")
        if held and not (joined and label == held_charset):
            out.append(_join(held, held_charset))
            held = []
        if not joined:
            out.append(before)
        if label:
            held_charset = label
            held.append((encoding, encoded.encode("utf-8", "replace")))
    return charset.scrub("".join(out))


def _pieces(text: str) -> Iterator[Piece]:
    """Cuts the text at its encoded words; the last piece has no word."""
    start = position = 0
    while True:
        opened = text.find("=?", position)
        if opened < 0:
            break
        first = text.find("?", opened + 2, opened + 2 + _LONGEST_LABEL)
        label = text[opened + 2 : first] if first > 0 else ""
        encoding = text[first + 1 : first + 3].lower()
        if encoding not in ("q?", "b?") or not label or " " in label:
            position = opened + 2
            continue
        closed = text.find("?=", first + 3)
        if closed < 0:
            break
        yield text[start:opened], label.partition("*")[0][:_MAX_CHARSET].lower(), encoding[0], text[first + 3 : closed]
        start = position = closed + 2
    yield text[start:], "", "", ""


def _join(words: list[tuple[str, bytes]], label: str) -> str:
    data: list[bytes] = []
    carried = b""
    for encoding, encoded in words:
        if encoding == "b":
            letters = carried + _NOT_BASE64.sub(b"", encoded)
            whole = len(letters) if encoded.rstrip().endswith(b"=") else len(letters) & ~3
            data.append(base64_letters(letters[:whole]))
            carried = letters[whole:]
        else:
            data.append(base64_letters(carried))
            carried = b""
            data.append(binascii.a2b_qp(encoded, header=True))
    data.append(base64_letters(carried))
    return charset.decode(b"".join(data), label)


def base64_letters(letters: bytes) -> bytes:
    """Decodes pure base64 letters of any length; a lone surplus letter is dropped."""
    surplus = len(letters) % 4
    if surplus == 1:
        letters = letters[:-1]
        surplus = 0
    return binascii.a2b_base64(letters + b"==="[: (4 - surplus) % 4])
