"""The MIME tree of a message (RFC 2045, 2046): an iterative parser over the raw bytes that never copies content.

Depth and number of parts have ceilings; what lies beyond stays reachable as one undivided part.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from weakref import ref

from desktopmail.mime import fields, params, tnef, transfer
from desktopmail.mime.headers import Headers

MAX_DEPTH = 100
MAX_PARTS = 10_000
_MAX_TNEF = 50_000_000
_GUESS = re.compile(rb"(?:\A|\n)--([^\r\n]{0,250}?)[ \t]{0,20}\r?\n(?=[Cc]ontent-[A-Za-z-]+:|\r?\n)")
_MESSAGE_TYPES = frozenset({"message/rfc822", "message/news", "message/global"})
_TNEF_TYPES = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})


class Entity:
    """One node of the tree: a header block and a body inside `source[start:end]`. Knows its section number, its
    children and, as long as somebody has the message, its parent; decodes its content only when asked."""

    __slots__ = ("__weakref__", "_parent", "body", "children", "end", "headers", "section", "source", "start", "type",
                 "type_params")  # fmt: skip

    def __init__(self, source: bytes, start: int, end: int, section: str, parent: Entity | None, default: str) -> None:
        self.source = source
        self.start = start
        self.end = end
        self.section = section
        self._parent = ref(parent) if parent is not None else None
        self.children: list[Entity] = []
        self.headers = Headers.read(source, start, end) if parent is None else Headers.of_part(source, start, end)
        self.body = min(self.headers.end, end)
        raw_type = self.headers.raw("content-type")
        self.type, self.type_params = params.content_type(raw_type, default) if raw_type else (default, {})

    @property
    def parent(self) -> Entity | None:
        """The entity this is a part of. Held weakly: a message is gone as soon as nobody has it, however large."""
        return self._parent() if self._parent is not None else None

    @property
    def encoding(self) -> str:
        """The transfer encoding in lower case; empty when none is named."""
        return self.headers.value("content-transfer-encoding").value.replace(" ", "").rstrip(".")

    @property
    def disposition(self) -> params.Value:
        """Content-Disposition; its value is empty when there is none."""
        return self.headers.value("content-disposition")

    @property
    def name(self) -> str:
        """The file name as the sender gave it, not yet safe to use: the disposition's, else the type's."""
        found = self.disposition.params.get("filename") or self.type_params.get("name") or ""
        if not found and self.encoding.startswith(("x-uu", "uu")):
            found = transfer.uuencoded_name(self.raw_body[:10_000]).decode("utf-8", "replace")
        return found

    @property
    def content_id(self) -> str:
        """Content-ID without its angle brackets."""
        return self.headers.text("content-id").strip("<> ")

    @property
    def is_multipart(self) -> bool:
        """Whether the type says that the body is divided."""
        return self.type.startswith("multipart/")

    @property
    def is_message(self) -> bool:
        """Whether the body is itself a message."""
        return self.type in _MESSAGE_TYPES

    @property
    def raw_body(self) -> bytes:
        """The body as it stands, still encoded."""
        return self.source[self.body : self.end]

    @property
    def content(self) -> bytes:
        """The decoded body."""
        return transfer.decode(self.raw_body, self.encoding)

    def __repr__(self) -> str:
        return f"<Entity {self.section or 'root'} {self.type} {self.end - self.body} bytes>"


class FileEntity(Entity):
    """A file that was found inside another part (a TNEF wrapper); it has no header, only a name and content."""

    __slots__ = ("_file_name",)

    def __init__(self, file: tnef.File, section: str, parent: Entity) -> None:
        super().__init__(b"", 0, 0, section, parent, file.type)
        self.source = file.data
        self.end = len(file.data)
        self._file_name = file.name

    @property
    def name(self) -> str:
        """The name inside the wrapper."""
        return self._file_name


class Message:
    """A parsed message. `problems` are warning kinds ('too-deep', 'damaged-structure') with a word of detail."""

    def __init__(self, root: Entity) -> None:
        self.root = root
        self.problems: dict[str, str] = {}

    @property
    def headers(self) -> Headers:
        """The header block of the message itself."""
        return self.root.headers

    def walk(self) -> Iterator[Entity]:
        """All nodes in the order of the message, parents first."""
        waiting = [self.root]
        while waiting:
            entity = waiting.pop()
            yield entity
            waiting.extend(reversed(entity.children))

    @property
    def leaves(self) -> list[Entity]:
        """All nodes without children, and TNEF wrappers before their files, in order."""
        return [entity for entity in self.walk() if not entity.children or entity.type in _TNEF_TYPES]

    def find(self, section: str) -> Entity | None:
        """The node with that section number; a leaf or message before a container that shares it."""
        found: Entity | None = None
        for entity in self.walk():
            if entity.section == section and (found is None or not entity.is_multipart):
                found = entity
        return found


def parse(raw: bytes, *, expand: bool = True, most: int = MAX_PARTS) -> Message:
    """The tree of a message. Never raises. `expand=False` leaves TNEF wrappers closed (nothing is decoded then). What
    has more than `most` parts has the problem 'too-large'."""
    if raw.find(b"\n", 0, 100_000) < 0 <= raw.find(b"\r", 0, 100_000) and b"\n" not in raw:
        raw = raw.replace(b"\r", b"\n")
    return _Parser(raw, expand, most).run()


class _Parser:
    def __init__(self, raw: bytes, expand: bool, most: int) -> None:
        self._expand = expand
        self._most = most
        root = Entity(raw, 0, len(raw), "", None, "text/plain")
        self._message = Message(root)
        self._parts = 1
        self._waiting: list[tuple[Entity, int]] = [(root, 0)]

    def run(self) -> Message:
        """Divides one node after the other; no recursion, so depth costs nothing but list entries."""
        while self._waiting:
            entity, depth = self._waiting.pop()
            if entity.is_multipart:
                if self._may_divide(depth):
                    self._divide(entity, depth)
            elif entity.is_message:
                if self._may_divide(depth):
                    self._open(entity, depth)
            elif self._expand and entity.type in _TNEF_TYPES:
                self._unwrap(entity)
        root = self._message.root
        if not root.section and not root.is_multipart:
            root.section = "1"
        return self._message

    def _may_divide(self, depth: int) -> bool:
        if depth >= MAX_DEPTH:
            self._message.problems["too-deep"] = f"nested more than {MAX_DEPTH} levels"
            return False
        if self._parts >= self._most:
            self._message.problems["too-large"] = f"more than {self._most} parts"
            return False
        return True

    def _problem(self, detail: str) -> None:
        self._message.problems.setdefault("damaged-structure", detail)

    def _child(self, parent: Entity, span: tuple[int, int], section: str, depth: int) -> Entity:
        default = "message/rfc822" if parent.type == "multipart/digest" else "text/plain"
        child = Entity(parent.source, span[0], span[1], section, parent, default)
        parent.children.append(child)
        self._parts += 1
        return child

    def _divide(self, entity: Entity, depth: int) -> None:
        boundary = entity.type_params.get("boundary", "").rstrip().encode("utf-8", "surrogateescape")
        spans, closed = _spans(entity, boundary, self._most) if boundary else ([], False)
        if not spans:
            guessed = _GUESS.search(entity.source, entity.body, entity.end)
            if guessed is not None:
                spans, closed = _spans(entity, guessed[1], self._most)
            if entity.end > entity.body:
                self._problem("boundary missing or wrong")
        elif not closed:
            self._problem("closing boundary missing")
        if not spans:
            self._text_instead(entity)
            return
        prefix = f"{entity.section}." if entity.section else ""
        room = max(1, self._most - self._parts)
        if len(spans) > room:
            self._message.problems["too-large"] = f"more than {self._most} parts"
        children = [
            self._child(entity, span, f"{prefix}{number}", depth) for number, span in enumerate(spans[:room], 1)
        ]
        self._waiting.extend((child, depth + 1) for child in reversed(children))

    def _text_instead(self, entity: Entity) -> None:
        """A multipart in which no part can be found: its body is text that may be read."""
        entity.type = "text/plain"
        entity.section = entity.section or "1"

    def _open(self, entity: Entity, depth: int) -> None:
        """A message inside: its own parts are numbered below this section (RFC 3501 section 6.4.5)."""
        entity.section = entity.section or "1"
        source, start, end = entity.source, entity.body, entity.end
        if entity.encoding in ("base64", "quoted-printable"):
            source = entity.content
            start, end = 0, len(source)
        inner = Entity(source, start, end, entity.section, entity, "text/plain")
        if inner.end <= inner.start:
            return
        self._parts += 1
        entity.children.append(inner)
        if not inner.is_multipart:
            inner.section = f"{entity.section}.1"
        self._waiting.append((inner, depth + 1))

    def _unwrap(self, entity: Entity) -> None:
        if entity.end - entity.body > _MAX_TNEF:
            return
        entity.section = entity.section or "1"
        files = tnef.files(entity.content)
        entity.children = [
            FileEntity(file, f"{entity.section}.{number}", entity) for number, file in enumerate(files, 1)
        ]


def _spans(entity: Entity, boundary: bytes, most: int = MAX_PARTS) -> tuple[list[tuple[int, int]], bool]:
    """Where the parts of a multipart lie, and whether it was closed. The line end before a delimiter belongs to it."""
    source, end, body = entity.source, entity.end, entity.body
    marker = b"--" + boundary
    spans: list[tuple[int, int]] = []
    opened, closed, position = -1, False, body
    while len(spans) <= most:
        found = source.find(marker, position, end)
        if found < 0:
            break
        position = found + len(marker)
        if found > entity.start and source[found - 1] != 10 and found != body:
            continue
        if source.startswith(b"\r\n", position, end):
            line_end, closing = position + 2, False
        else:
            line_end, closing = _delimiter_end(source, position, end)
            if line_end < 0:
                continue
        if opened >= 0:
            before = found - 2 if source.startswith(b"\r\n", found - 2) else _without_line_end(source, found, opened)
            spans.append((opened, before if before > opened else opened))
        opened = -1 if closing else line_end
        closed = closed or closing
        position = max(position, line_end - 1)
    if opened >= 0:
        spans.append((opened, end))
    return spans, closed


def _delimiter_end(source: bytes, position: int, end: int) -> tuple[int, bool]:
    """(offset behind the delimiter line or -1 if it is none, whether it closes)."""
    if source.startswith(b"--\r\n", position, end):
        return position + 4, True
    line_end = source.find(b"\n", position, min(end, position + 1_000))
    stop = line_end if line_end >= 0 else end
    rest = source[position : min(stop, position + 1_000)].rstrip(b" \t\r")
    if rest and rest != b"--":
        return -1, False
    if line_end < 0 and stop - position > 900:
        return -1, False
    return (line_end + 1 if line_end >= 0 else end), rest == b"--"


def _without_line_end(source: bytes, found: int, opened: int) -> int:
    if found - 1 >= opened and source[found - 1] == 10:
        found -= 1
        if found - 1 >= opened and source[found - 1] == 13:
            found -= 1
    return found


def header_end(raw: bytes) -> int:
    """Where the body of a message begins."""
    return fields.split(raw).end
