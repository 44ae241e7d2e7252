"""Address lists (RFC 5322 section 3.4 and 4.4): groups, comments, routes and whatever real mail carries.

An address is what was parsed, never what an encoded word decodes to. Everything that other programs may read
differently is reported as an oddity. Linear in the length of the field.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from desktopmail.domain.address import Address
from desktopmail.domain.marking import mark
from desktopmail.mime import words

MAX_ADDRESSES = 50_000
_LONGEST_FIELD = 8_000_000
_LONGEST = 3_000
_MAX_FAILURES = 1_000
_WORD = rb"[A-Za-z0-9'_/!#$&*+.=?-]++"
_SIMPLE = re.compile(
    rb"[ \t\r\n]*+(?:(?:\"([ !#-Z\[\]-~]*+)\" ?|(" + _WORD + rb"(?: " + _WORD + rb")*+) ?|)"
    rb"<([A-Za-z0-9._%+=/'-]++@[A-Za-z0-9.-]++)>|([A-Za-z0-9._%+'/-]++@[A-Za-z0-9.-]++))[ \t\r\n]*+(,|\Z)"
)
_TOKEN = re.compile(r'[ \t\r\n]+|[<>,:;()"]|\\.?|[^ \t\r\n<>,:;()"\\]+', re.S)
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*+)"', re.S)
_COMMENT_STEP = re.compile(r"[^()\\]*(?:\\.[^()\\]*)*", re.S)
_ANGLE = re.compile(r'<((?:[^<>"]|"(?:[^"\\]|\\.)*+")*+)>', re.S)
_ESCAPED = re.compile(r"\\(.)", re.S)
_AFTER_COMMENT = frozenset({"", " ", "\t", "\r", "\n", ",", ";", "<", "("})
_SPACE = re.compile(r"[ \t\r\n]+")
_QUOTED_PART = re.compile(r'"(?:[^"\\]|\\.)*+"', re.S)


class AddressList(NamedTuple):
    """The mailboxes of a field in order, and what about the field other programs may read differently."""

    addresses: tuple[Address, ...]
    oddities: tuple[str, ...]


_remembered: dict[bytes, AddressList] = {}


def parse(raw: bytes) -> tuple[Address, ...]:
    """The mailboxes of a field's raw value, in order, members of groups included."""
    found = _remembered.get(raw)
    return (found or parse_list(raw)).addresses


def parse_list(raw: bytes) -> AddressList:
    """The mailboxes of a field's raw value with the oddities that a reader has to be told about."""
    found = _remembered.get(raw)
    if found is None:
        simple = _simple(raw)
        found = _Parser(words.raw_text(raw[:_LONGEST_FIELD])).result() if simple is None else AddressList(simple, ())
        if len(raw) < 2_000:
            if len(_remembered) > 8_000:
                _remembered.clear()
            _remembered[raw] = found
    return found


def _simple(raw: bytes) -> tuple[Address, ...] | None:
    """Lists without any of the difficult constructs; None hands over to the full parser."""
    out: list[Address] = []
    position = 0
    while position < len(raw):
        match = _SIMPLE.match(raw, position)
        if match is None:
            return None
        quoted, plain, address, bare, _ = match.groups()
        name = (quoted or plain or b"").decode("ascii").strip()
        if "=" in name:
            name = words.decode(name)
            if words.has_hidden(name):
                return None
            name = words.unmasked(name)
        out.append(Address(name, (address or bare).decode("ascii")))
        position = match.end()
    return tuple(out)


class _Parser:
    """One pass over the tokens of one field. `_phrase` is what stands in front of an angle bracket."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._position = 0
        self._phrase: list[str] = []
        self._quoted = False
        self._comments: list[str] = []
        self._angle: str | None = None
        self._trailing = False
        self._quotes_close = '"' in text
        self._comments_close = ")" in text
        self._failures = 0
        self._found: list[Address] = []
        self._oddities: dict[str, None] = {}

    def result(self) -> AddressList:
        """Runs over the whole text."""
        text, length = self._text, len(self._text)
        while self._position < length and len(self._found) < MAX_ADDRESSES:
            match = _TOKEN.match(text, self._position)
            assert match is not None
            self._position = match.end()
            self._token(match[0], match.start())
        self._flush()
        return AddressList(tuple(self._found), tuple(self._oddities))

    def _token(self, piece: str, start: int) -> None:
        if piece == '"':
            self._quoted_string(start)
        elif piece == "(":
            self._comment(start)
        elif piece == "<":
            self._angle_address(start)
        elif piece in ",;":
            self._flush()
        elif piece == ":":
            self._group_name()
        elif piece[0] in " \t\r\n":
            if self._phrase:
                self._phrase.append(" ")
        elif piece[0] == "\\" and len(piece) > 1:
            self._odd(mark("engine", "quoted-pair outside quotes"))
            self._add(piece)
        elif piece not in ")>":
            self._add(piece)

    def _add(self, word: str) -> None:
        if self._angle is None:
            self._phrase.append(word)
        else:
            self._trailing = True

    def _odd(self, what: str) -> None:
        self._oddities[what] = None

    def _quoted_string(self, start: int) -> None:
        match = _QUOTED.match(self._text, start) if self._quotes_close else None
        if match is None:
            self._quotes_close = False
            return
        self._position = match.end()
        following = self._text[match.end() : match.end() + 1]
        if following == "@" and self._angle is None:
            self._phrase.append(match[0])
            return
        self._quoted = True
        self._add(_ESCAPED.sub(r"\1", match[1]) if "\\" in match[1] else match[1])

    def _comment(self, start: int) -> None:
        """Nested comments by counting; without its end a parenthesis is an ordinary character."""
        if not self._comments_close:
            return
        text, depth, position = self._text, 1, start + 1
        while depth:
            match = _COMMENT_STEP.match(text, position)
            position = match.end() if match else position
            if position >= len(text):
                self._comments_close = False
                return
            depth += 1 if text[position] == "(" else -1 if text[position] == ")" else 0
            position += 1
        self._comments.append(_ESCAPED.sub(r"\1", text[start + 1 : position - 1]))
        if self._phrase and self._phrase[-1] != " " and text[position : position + 1] not in _AFTER_COMMENT:
            self._odd(mark("engine", "comment inside an address"))
        self._position = position

    def _angle_address(self, start: int) -> None:
        if self._angle is not None:
            self._odd(mark("engine", "several addresses without a comma"))
            self._flush()
        match = _ANGLE.match(self._text, start, start + _LONGEST)
        if match is not None:
            self._angle = match[1]
            self._position = match.end()
            return
        self._failures += 1
        self._odd(mark("engine", "unclosed angle bracket"))
        if self._failures > _MAX_FAILURES:
            self._position = len(self._text)
            return
        following = self._text.find("<", start + 1)
        stop = len(self._text) if following < 0 else following
        ends = [found for sign in ">," if (found := self._text.find(sign, start, stop)) >= 0]
        end = ends[0] if ends else stop
        self._angle = self._text[start + 1 : end]
        self._position = end

    def _group_name(self) -> None:
        if self._angle is not None or not self._phrase:
            return
        name = "".join(self._phrase)
        if "@" in name:
            self._odd(mark("engine", "group name with an @"))
        self._phrase.clear()
        self._quoted = False
        self._comments.clear()

    def _flush(self) -> None:
        """Ends one mailbox."""
        phrase = "".join(self._phrase).strip()
        angle, comments, quoted = self._angle, self._comments, self._quoted
        trailing = self._trailing
        self._phrase, self._comments, self._angle = [], [], None
        self._quoted = self._trailing = False
        if angle is not None:
            if trailing:
                self._odd(mark("engine", "text after the address"))
            self._append(phrase or " ".join(comments), self._address_in(angle))
        elif phrase:
            self._bare(phrase, " ".join(comments), quoted)

    def _append(self, name: str, address: str) -> None:
        decoded = words.decode(name)
        if words.has_hidden(decoded) or words.has_hidden(address):
            self._odd(mark("engine", "control or direction characters"))
        name, address = words.unmasked(decoded), words.unmasked(address)
        if name or address:
            self._found.append(Address(name, address))

    def _address_in(self, angle: str) -> str:
        """The addr-spec between angle brackets: route dropped, comments and white space removed."""
        text = angle.strip()
        if len(text) > _LONGEST:
            self._odd(mark("engine", "address too long"))
            return text[:_LONGEST].replace('"', "")
        if text.startswith("@") and ":" in text:
            self._odd(mark("engine", "route address"))
            text = text.partition(":")[2]
        if "(" in text and ")" in text:
            self._odd(mark("engine", "comment inside an address"))
            text = _without_comments(text)
        bare = _QUOTED_PART.sub("", text) if '"' in text else text
        if "\\" in bare or "," in bare or bare.count("@") > 1:
            self._odd(mark("engine", "address with quoted or several parts"))
        if "=?" in text:
            self._odd(mark("engine", "encoded word inside an address"))
        return text if '"' in text else _SPACE.sub("", text)

    def _bare(self, phrase: str, comment: str, quoted: bool) -> None:
        """A mailbox without angle brackets."""
        compact = re.sub(r" ?([@.]) ?", r"\1", phrase) if " " in phrase and "@" in phrase else phrase
        if "=?" in compact:
            self._odd(mark("engine", "encoded word inside an address"))
            if "@" not in compact:
                self._append(compact, "")
                return
        if "@" in compact and (quoted or " " in compact):
            self._odd(mark("engine", "name and address without angle brackets"))
            self._name_and_word(compact)
        elif " " in compact or quoted:
            self._append(compact, "")
        else:
            self._append(comment, self._address_in(compact))

    def _name_and_word(self, text: str) -> None:
        pieces = text.split(" ")
        if all("@" in piece for piece in pieces):
            for piece in pieces:
                self._append("", self._address_in(piece))
            return
        index = max(i for i, piece in enumerate(pieces) if "@" in piece)
        self._append(" ".join(pieces[:index] + pieces[index + 1 :]), self._address_in(pieces[index]))


def _without_comments(text: str) -> str:
    out: list[str] = []
    depth = 0
    for piece in re.split(r"([()])", text):
        if piece == "(":
            depth += 1
        elif piece == ")":
            depth = max(0, depth - 1)
        elif not depth:
            out.append(piece)
    return "".join(out)
