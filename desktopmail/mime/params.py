"""Structured fields with parameters: Content-Type, Content-Disposition (RFC 2045 section 5.1, RFC 2183, RFC 2231).

Continuations may come in any order, with gaps, twice, or with absurd numbers; the reading is the most useful one.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from desktopmail.mime import charset, words

_MAX_PARAMETERS = 2_000
_MAX_VALUE = 65_536
_GAP = re.compile(r"[\s;=\"()]*+")
_NAME = re.compile(r"([^\s=;\"()]{1,250})\s*+(=?)\s*+")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*+)"?', re.S)
_UNESCAPE = re.compile(r'\\(["\\])')
_PLAIN = re.compile(r"[^;]*")
_SEGMENT = re.compile(r"(.+?)\*(\d{1,4})?(\*)?\Z")
_TYPE = re.compile(r"\s*([!#$%&'*+.^_`|~0-9A-Za-z-]{1,127})\s*/\s*([!#$%&'*+.^_`|~0-9A-Za-z-]{1,127})")
_COMMENT = re.compile(r"\([^()]*\)")
_USUAL = re.compile(
    rb"([A-Za-z0-9.+/-]+)(?:;[ \t\r\n]*+([A-Za-z-]++)=(?:\"([ !#-\[\]-~]*+)\"|([A-Za-z0-9.+/:=_'-]++)))?"
)
"""A value with at most one parameter, nothing encoded: most fields are no more than that."""

_Segments = dict[int, tuple[bool, str]]


class Value(NamedTuple):
    """The leading value in lower case and the parameters by lower-case name; of duplicates the first counts."""

    value: str
    params: dict[str, str]


@lru_cache(maxsize=2_000)
def parse(raw: bytes) -> Value:
    """Reads a field such as 'attachment; filename*=utf-8''a%20b'. Never raises."""
    usual = _USUAL.fullmatch(raw)
    if usual is not None and len(raw) < 1_000 and b"=?" not in raw:
        value, name, quoted, plain = usual.groups()
        content = {} if name is None else {name.decode("ascii").lower(): (quoted or plain or b"").decode("ascii")}
        return Value(value[:200].decode("ascii").lower(), content)
    text = words.raw_text(raw[: 4 * _MAX_VALUE])
    value, semicolon, rest = text.partition(";")
    if "(" in value:
        value = _COMMENT.sub(" ", value)
    value = value.strip().strip('"').lower()
    return Value(value[:200], _combine(_raw_parameters(rest)) if semicolon else {})


@lru_cache(maxsize=2_000)
def content_type(raw: bytes, default: str = "text/plain") -> Value:
    """Reads a Content-Type; what is no type at all becomes the default (RFC 2045 section 5.2)."""
    found = parse(raw)
    match = _TYPE.match(found.value)
    if match is None:
        return Value(_repaired(found.value) if found.value else default, found.params)
    return Value(f"{match[1]}/{match[2]}", found.params)


def _repaired(value: str) -> str:
    """What a type without a subtype most likely meant."""
    return {"text": "text/plain", "html": "text/html", "multipart": "multipart/mixed"}.get(
        value.partition("/")[0].strip(), "text/plain" if "/" not in value else "application/octet-stream"
    )


def _raw_parameters(text: str) -> list[tuple[str, str]]:
    out: list[tuple[str, str]] = []
    position = 0
    while position < len(text) and len(out) < _MAX_PARAMETERS:
        gap = _GAP.match(text, position)
        match = _NAME.match(text, gap.end() if gap else position)
        if match is None:
            break
        position = match.end()
        if not match[2]:
            continue
        quoted = _QUOTED.match(text, position)
        if quoted is not None:
            value = _UNESCAPE.sub(r"\1", quoted[1])
            position = quoted.end()
        else:
            plain = _PLAIN.match(text, position)
            assert plain is not None
            value = plain[0].strip()
            position = plain.end()
        out.append((match[1].lower(), value[:_MAX_VALUE]))
    return out


def _combine(pairs: list[tuple[str, str]]) -> dict[str, str]:
    plain: dict[str, str] = {}
    pieces: dict[str, _Segments] = {}
    for name, value in pairs:
        match = _SEGMENT.match(name) if "*" in name else None
        if match is None:
            plain.setdefault(name, value)
        else:
            single = match[2] is None
            encoded = single or bool(match[3])
            pieces.setdefault(match[1], {}).setdefault(-1 if single else int(match[2]), (encoded, value))
    out = {name: charset.scrub(words.decode(value)) for name, value in plain.items()}
    for name, segments in pieces.items():
        decoded = _joined(segments)
        if decoded:
            out[name] = decoded
    return out


def _joined(segments: _Segments) -> str:
    """RFC 2231 sections 3 and 4: segments in the order of their numbers, the first may name charset and language."""
    label = ""
    data: list[bytes] = []
    if len(segments) > 1:
        segments.pop(-1, None)
    for index, number in enumerate(sorted(segments)):
        encoded, value = segments[number]
        if encoded and index == 0 and value.count("'") >= 2:
            label, _, value = value.split("'", 2)
        data.append(unquote_to_bytes(value) if encoded else value.encode("utf-8", "replace"))
    return charset.decode(b"".join(data), label or "utf-8")
