"""The general reader of responses, for all that is not of the one common shape. Iterative, linear, without trust."""

from __future__ import annotations

import re

from desktopmail.protocols.imap.framing import violation

LITERAL, QUOTED, GROUP, ATOM, NIL = "literal", "quoted", "group", "atom", "nil"
Token = tuple[str, bytes]
"""Kind and bytes: literals and quoted strings without their dress, groups with their parentheses, unopened."""

_LITERAL = re.compile(rb"~?\{([0-9]{1,19})\}\r\n")
_QUOTED = re.compile(rb'"((?:[^"\\\r\n]|\\.)*)"', re.DOTALL)
_ATOM = re.compile(rb'[^ ()"{\r\n]+(?:\[[^\]\r\n]*\](?:<[0-9]+>)?)?')
_TURN = re.compile(rb'[()"{]')
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)
_SECTION = re.compile(rb"[A-Za-z0-9.\-]+(?:\[)?")


def take(raw: bytes, position: int) -> tuple[Token, int]:
    """The token at `position` and the position behind it. Raises ProtocolViolation when there is none."""
    first = raw[position : position + 1]
    if first == b'"':
        found = _QUOTED.match(raw, position)
        if found is None:
            raise violation("quoted string without end")
        return (QUOTED, unescaped(found[1])), found.end()
    if first in (b"{", b"~"):
        found = _LITERAL.match(raw, position)
        if found is not None:
            end = found.end() + int(found[1])
            return (LITERAL, raw[found.end() : end]), end
    if first == b"(":
        end = _group_end(raw, position)
        return (GROUP, raw[position:end]), end
    found = _ATOM.match(raw, position)
    if found is None:
        raise violation("unreadable response")
    word = found[0]
    return (NIL if word.upper() == b"NIL" else ATOM, word), found.end()


def _group_end(raw: bytes, position: int) -> int:
    """The position behind the parenthesis that closes the one at `position`; any depth."""
    depth = 0
    while found := _TURN.search(raw, position):
        sign = found[0]
        position = found.end()
        if sign == b"(":
            depth += 1
        elif sign == b")":
            depth -= 1
            if depth == 0:
                return position
        elif sign == b'"':
            quoted = _QUOTED.match(raw, position - 1)
            if quoted is None:
                raise violation("quoted string without end")
            position = quoted.end()
        elif literal := _LITERAL.match(raw, position - 1):
            position = literal.end() + int(literal[1])
    raise violation("parenthesis without end")


def tokens(raw: bytes, limit: int = 10_000) -> list[Token]:
    """All tokens of `raw`, at most `limit` of them."""
    position, end = 0, len(raw)
    found: list[Token] = []
    while position < end:
        if raw[position] == 0x20:
            position += 1
            continue
        token, position = take(raw, position)
        found.append(token)
        if len(found) > limit:
            raise violation("too many words in one response")
    return found


def members(group: Token, limit: int = 10_000) -> list[Token]:
    """The tokens inside a group; ProtocolViolation when it is none."""
    if group[0] != GROUP:
        raise violation("no list where one belongs")
    return tokens(group[1][1:-1], limit)


def attributes(raw: bytes) -> dict[str, Token]:
    """The items of `* n FETCH (…)` by upper-case name; sections without their field list (`BODY[HEADER.FIELDS]`),
    partials without their origin."""
    position = raw.find(b"(")
    if position < 0:
        raise violation("FETCH without items")
    position += 1
    found: dict[str, Token] = {}
    while True:
        while raw[position : position + 1] == b" ":
            position += 1
        if raw[position : position + 1] in (b")", b""):
            return found
        name, position = _name(raw, position)
        while raw[position : position + 1] == b" ":
            position += 1
        found[name], position = take(raw, position)


def _name(raw: bytes, position: int) -> tuple[str, int]:
    found = _SECTION.match(raw, position)
    if found is None:
        raise violation("FETCH item without a name")
    end = found.end()
    name = found[0].decode("ascii").upper()
    if not name.endswith("["):
        return name, end
    close = raw.find(b"]", end)
    if close < 0:
        raise violation("section without end")
    section = raw[end:close].split(b" ")[0].decode("latin-1").upper()
    end = close + 1
    if raw[end : end + 1] == b"<":
        end = raw.find(b">", end) + 1 or len(raw)
    return f"{name}{section}]", end


def unescaped(text: bytes) -> bytes:
    """The inside of a quoted string without its backslashes."""
    return _ESCAPED.sub(rb"\1", text) if b"\\" in text else text
