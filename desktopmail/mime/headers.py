"""The header of a message: `quick` for thousands of list rows, `Headers` for one message with everything in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from desktopmail.domain.address import Address
from desktopmail.mime import addresses, dates, fields, params, words

_MESSAGE_ID = re.compile(rb"<[^<>\s]{1,990}>")
_SHOWN = 65_536
_LONGEST_LIST = 2_000
_MAX_REFERENCES = 100
_MAX_PEOPLE_FIELDS = 1_000
_SHORT_BLOCK, _MOST_BLOCKS = 400, 1_000
_NO_VALUE = params.Value("", {})


class QuickHeader(NamedTuple):
    """What a row of the list needs. `date` is seconds since 1970 UTC (0: none). `references` are the ancestors,
    oldest first, In-Reply-To included; ids keep their angle brackets. `attachments` is a guess: 0 or 1."""

    date: int
    sender: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    subject: str
    message_id: str
    references: tuple[str, ...]
    list_id: str
    attachments: int


_WANTED_FIELDS = (
    "from",
    "to",
    "cc",
    "subject",
    "date",
    "message-id",
    "references",
    "in-reply-to",
    "list-id",
    "content-type",
)
_WANTED = {
    spelling.encode(): name
    for name in _WANTED_FIELDS
    for spelling in (name, name.title(), name.upper(), name.title().replace("-Id", "-ID"))
}
_WANTED_LOWER = frozenset(name.encode() for name in _WANTED.values())
_LENGTHS = frozenset(len(name) for name in _WANTED)


def quick(header: bytes) -> QuickHeader:
    """The row of a header block (with or without the body behind it). Agrees with `Headers` on every message."""
    more: dict[str, list[bytes]] = {}
    found = _plain_fields(header)
    if found is None:
        found = _any_fields(header, more)
    return _row(found, more)


def _row(found: dict[str, bytes], more: dict[str, list[bytes]]) -> QuickHeader:
    get = found.get
    when = dates.parse(get("date", b"").strip())
    subject = get("subject", b"").strip()
    return QuickHeader(
        when[0] if when else 0,
        _people(found, more, "from"),
        _people(found, more, "to"),
        _people(found, more, "cc"),
        subject.decode("ascii") if _is_plain(subject) else words.unstructured(subject[:_SHOWN]),
        message_id(get("message-id", b"")),
        ancestors(get("references", b""), get("in-reply-to", b"")),
        list_id(found["list-id"][:_LONGEST_LIST]) if "list-id" in found else "",
        1 if b"mixed" in get("content-type", b"")[:40].lower() else 0,
    )


def _plain_fields(header: bytes) -> dict[str, bytes] | None:
    """The wanted fields of an undamaged block with CRLF line ends, each once; None hands over to `_any_fields`."""
    end = header.find(b"\r\n\r\n")
    if end <= 0:
        return None
    lines = header[:end].split(b"\r\n")
    if header.count(b"\n", 0, end) != len(lines) - 1:
        return None
    found: dict[str, bytes] = {}
    wanted, last = _WANTED.get, None
    for line in lines:
        name, colon, value = line.partition(b":")
        key = wanted(name)
        if key is None:
            if line[:1] in (b" ", b"\t") and last is not None:
                if last:
                    found[last] += b"\r\n" + line
                continue
            if not colon or not fields.is_name(name) or name.lower() in _WANTED_LOWER:
                return None
            last = ""
        elif not colon or key in found:
            return None
        else:
            found[key] = value
            last = key
    return found


def _any_fields(header: bytes, more: dict[str, list[bytes]]) -> dict[str, bytes]:
    """The first wanted field of each name, the others in `more`; from any block."""
    found: dict[str, bytes] = {}
    for name, value in fields.split(header).fields:
        key = _WANTED.get(name)
        if key is None:
            if len(name) not in _LENGTHS or (lowered := name.lower()) not in _WANTED_LOWER:
                continue
            key = lowered.decode("ascii")
        if key in found:
            more.setdefault(key, []).append(value)
        else:
            found[key] = value
    return found


def _is_plain(value: bytes) -> bool:
    return value.isascii() and b"=?" not in value and b"\n" not in value and value.decode("ascii").isprintable()


def _people(found: dict[str, bytes], more: dict[str, list[bytes]], key: str) -> tuple[Address, ...]:
    value = found.get(key)
    if value is None:
        return ()
    people = addresses.parse(value.strip())
    if key in more:
        people += tuple(one for extra in more[key][: _MAX_PEOPLE_FIELDS - 1] for one in addresses.parse(extra.strip()))
    return people


def message_id(raw: bytes) -> str:
    """A Message-ID with its angle brackets; a bare one gets them; empty when there is none."""
    match = _MESSAGE_ID.search(raw)
    if match is not None:
        return _id_text(match[0])
    word = words.visible(words.raw_text(raw[:2_000]))
    word = word.strip("<> ").partition(" ")[0][:990]
    return f"<{word}>" if word else ""


def message_ids(raw: bytes) -> tuple[str, ...]:
    """All ids of a References or In-Reply-To field in order, each once; too many are thinned, the first kept."""
    if not raw:
        return ()
    tokens = raw.split()
    if raw.count(b"<") == len(tokens) < 20:
        whole = [_id_text(one) for one in tokens if one[0] == 60 and one[-1] == 62]
        if len(whole) == len(tokens):
            return tuple(dict.fromkeys(whole))
    found = _MESSAGE_ID.findall(raw)
    if len(found) > 1:
        found = list(dict.fromkeys(found))
        if len(found) > _MAX_REFERENCES:
            found[1 : 1 - _MAX_REFERENCES] = []
    return tuple([_id_text(one) for one in found])


def _id_text(raw: bytes) -> str:
    text = raw.decode("ascii") if raw.isascii() else words.raw_text(raw)
    return text if text.isprintable() else words.visible(text)


def ancestors(references: bytes, in_reply_to: bytes) -> tuple[str, ...]:
    """The thread above a message: References, and In-Reply-To where References do not have it (RFC 5322 3.6.4)."""
    found = message_ids(references)
    if not in_reply_to or in_reply_to.strip() in references:
        return found
    return found + tuple([one for one in message_ids(in_reply_to)[:4] if one not in found])


@lru_cache(maxsize=2_048)
def list_id(raw: bytes) -> str:
    """The identifier of a mailing list (RFC 2919): what stands in angle brackets, in lower case."""
    text = words.raw_text(raw)
    opened, closed = text.rfind("<"), text.rfind(">")
    return words.visible(text[opened + 1 : closed] if 0 <= opened < closed else text).strip().lower()[:255]


class Field(NamedTuple):
    """One field as it stands in the message."""

    name: str
    raw: bytes

    @property
    def text(self) -> str:
        """The value for people: decoded, one line."""
        return words.unstructured(self.raw[:_SHOWN])


class Headers:
    """All fields of one header block in order, raw values kept, duplicates visible. `damaged` says that the block
    had to be repaired to be read; `end` is where the body begins in the bytes the block was read from."""

    __slots__ = ("_fields", "_index", "_people", "_values", "damaged", "end")

    def __init__(self, block: fields.Block) -> None:
        self._fields, self.end, self.damaged = block
        self._people: dict[str, addresses.AddressList] = {}
        self._values: dict[str, params.Value] = {}
        self._index: dict[str, list[bytes]] = {}
        index = self._index
        for name, value in self._fields:
            folded = fields.folded_name(name)
            if folded in index:
                index[folded].append(value)
            else:
                index[folded] = [value]

    @classmethod
    def read(cls, raw: bytes, start: int = 0, stop: int | None = None) -> Headers:
        """The header block that begins at `start`."""
        return cls(fields.split(raw, start, stop))

    @classmethod
    def of_part(cls, raw: bytes, start: int, stop: int) -> Headers:
        """The same for a part of a message: the short ones are remembered, for mail uses few."""
        _, body = fields.blank_line(raw, start, stop)
        if body == stop or body - start > _SHORT_BLOCK:
            return cls.read(raw, start, stop)
        block = raw[start:body]
        found = _blocks.get(block)
        if found is not None:
            return found._elsewhere(body)
        found = cls.read(raw, start, stop)
        if found.end == body and not found.damaged:
            if len(_blocks) >= _MOST_BLOCKS:
                _blocks.clear()
            _blocks[block] = found
        return found

    def _elsewhere(self, end: int) -> Headers:
        """The same block in another message; what was found out about it is shared."""
        same = Headers.__new__(Headers)
        same._fields, same._index, same._people, same._values = self._fields, self._index, self._people, self._values
        same.damaged, same.end = False, end
        return same

    def __len__(self) -> int:
        return len(self._fields)

    def __iter__(self) -> Iterator[Field]:
        for name, value in self._fields:
            yield Field(name.decode("latin-1"), value.strip())

    def __contains__(self, name: str) -> bool:
        return name in self._index

    def raw(self, name: str) -> bytes:
        """The raw value of the first field of that (lower-case) name; empty when there is none."""
        values = self._index.get(name)
        return values[0].strip() if values else b""

    def value(self, name: str) -> params.Value:
        """The first field of that name as a value with parameters; empty when there is none."""
        found = self._values.get(name)
        if found is None:
            raw = self.raw(name)
            found = self._values[name] = params.parse(raw) if raw else _NO_VALUE
        return found

    def raws(self, name: str) -> tuple[bytes, ...]:
        """The raw values of all fields of that (lower-case) name."""
        return tuple(value.strip() for value in self._index.get(name, ()))

    def text(self, name: str) -> str:
        """The first field of that name as text for people."""
        return words.unstructured(self.raw(name)[:_SHOWN])

    def people(self, name: str) -> tuple[Address, ...]:
        """The mailboxes of all fields of that name, in order."""
        return self._addresses(name).addresses

    def oddities(self, name: str) -> tuple[str, ...]:
        """What about the addresses of that field other programs may read differently."""
        return self._addresses(name).oddities

    def _addresses(self, name: str) -> addresses.AddressList:
        found = self._people.get(name)
        if found is None:
            people: list[Address] = []
            oddities: dict[str, None] = {}
            for value in self.raws(name)[:_MAX_PEOPLE_FIELDS]:
                one = addresses.parse_list(value)
                people.extend(one.addresses)
                oddities.update(dict.fromkeys(one.oddities))
            found = self._people[name] = addresses.AddressList(tuple(people), tuple(oddities))
        return found

    @property
    def row(self) -> QuickHeader:
        """What `quick` says of the same message."""
        found: dict[str, bytes] = {}
        more: dict[str, list[bytes]] = {}
        for key in _WANTED_FIELDS:
            values = self._index.get(key)
            if values is not None:
                found[key] = values[0]
                if len(values) > 1:
                    more[key] = values[1:]
        return _row(found, more)

    @property
    def date(self) -> tuple[int, int] | None:
        """(seconds since 1970 UTC, offset in seconds east of UTC), or None."""
        return dates.parse(self.raw("date"))

    @property
    def message_id(self) -> str:
        """The Message-ID with angle brackets; empty when there is none."""
        return message_id(self.raw("message-id"))

    @property
    def references(self) -> tuple[str, ...]:
        """The thread above this message, oldest first."""
        return ancestors(self.raw("references"), self.raw("in-reply-to"))

    @property
    def block(self) -> str:
        """The whole block as text for a source view: fields as they stand, undecoded, folding kept."""
        lines = (f"{name.decode('latin-1')}:{_source(value)}" for name, value in self._fields)
        return "\n".join(lines)[:1_000_000]


def _source(value: bytes) -> str:
    text = value.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
    return text.replace("\0", "\ufffd")


_blocks: dict[bytes, Headers] = {}
"""Header blocks of parts by their bytes."""
