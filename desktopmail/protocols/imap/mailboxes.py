"""What a server tells about its folders: LIST, STATUS, NAMESPACE and SELECT as values. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from desktopmail.domain.errors import ProtocolViolation
from desktopmail.domain.folder import Role
from desktopmail.domain.message import Flags
from desktopmail.protocols.imap import roles
from desktopmail.protocols.imap.flags import words_to_add
from desktopmail.protocols.imap.framing import violation
from desktopmail.protocols.imap.names import decode
from desktopmail.protocols.imap.request import response_code
from desktopmail.protocols.imap.tokens import ATOM, LITERAL, NIL, QUOTED, Token, members, take, tokens

STATUS_ITEMS = {
    b"MESSAGES": "messages",
    b"UIDNEXT": "uid_next",
    b"UIDVALIDITY": "uid_validity",
    b"UNSEEN": "unseen",
    b"HIGHESTMODSEQ": "highest_mod_seq",
}
NOT_SELECTABLE = {"\\noselect", "\\nonexistent"}
_NUMBER = re.compile(rb"\d{1,20}")


@dataclass(frozen=True, slots=True)
class FolderStatus:
    """Counters of a folder; 0 where the server said nothing (`highest_mod_seq`: it keeps none)."""

    messages: int = 0
    uid_next: int = 0
    uid_validity: int = 0
    unseen: int = 0
    highest_mod_seq: int = 0


@dataclass(frozen=True, slots=True)
class ListedFolder:
    """One folder of the server. `name` is the whole name decoded, with the server's `delimiter` (empty: no levels);
    `attributes` as the server spelt them. `status` is None when not asked for or not given."""

    name: str
    delimiter: str
    attributes: frozenset[str]
    role: Role = Role.NONE
    subscribed: bool = False
    status: FolderStatus | None = None

    @property
    def selectable(self) -> bool:
        """Whether messages can be in it."""
        return not any(word.lower() in NOT_SELECTABLE for word in self.attributes)

    @property
    def can_have_children(self) -> bool:
        """Whether folders may be made below it."""
        return bool(self.delimiter) and not any(word.lower() == "\\noinferiors" for word in self.attributes)


@dataclass(frozen=True, slots=True)
class Namespace:
    """Where the person's own folders live: a prefix ('' or 'INBOX.') and the delimiter ('' for none)."""

    prefix: str = ""
    delimiter: str = "/"


@dataclass(frozen=True, slots=True)
class Selected:
    """A folder that was opened. `permanent` are the flags it keeps, in lower case, with `\\*` when it takes new
    keywords; `flags` all those in use; `highest_mod_seq` 0: it keeps none. Save that number only after everything
    below it was learned."""

    name: str
    uid_validity: int
    uid_next: int
    exists: int
    highest_mod_seq: int
    permanent: frozenset[str] = field(default_factory=frozenset)
    read_only: bool = False
    flags: frozenset[str] = field(default_factory=frozenset)

    def keeps(self, flags: Flags, tags: Iterable[str] = ()) -> tuple[Flags, frozenset[str]]:
        """Which of these the folder can remember."""
        if self.read_only:
            return Flags.NONE, frozenset()
        kept = Flags.NONE
        for flag in flags:
            if self._keeps(words_to_add(flag, ())[0]):
                kept |= flag
        return kept, frozenset(tag for tag in tags if self._keeps(words_to_add(Flags.NONE, (tag,))[0]))

    def _keeps(self, word: str) -> bool:
        return word.lower() in self.permanent or (not word.startswith("\\") and "\\*" in self.permanent)

    def knows(self, word: str) -> bool:
        """Whether a message here may carry this flag or keyword."""
        return self._keeps(word) or word.lower() in self.flags


def listed(lines: Iterable[bytes]) -> list[ListedFolder]:
    """Folders from LIST (and, for `RETURN (STATUS)`, STATUS) lines, in the server's order, each once."""
    found: dict[str, ListedFolder] = {}
    counters: dict[str, FolderStatus] = {}
    for line in lines:
        kind, _, rest = line.partition(b" ")
        if kind.upper() == b"LIST":
            folder = _listed(rest)
            found.setdefault(folder.name, folder)
        elif kind.upper() == b"STATUS":
            name, status = _status(rest)
            counters[name] = status
    return [replace(folder, status=counters.get(name)) for name, folder in found.items()]


def _listed(rest: bytes) -> ListedFolder:
    words = tokens(rest, 100)
    if len(words) < 3:
        raise violation("unreadable LIST")
    attributes = frozenset(word.decode("latin-1") for _kind, word in members(words[0], 100))
    delimiter = "" if words[1][0] == NIL else words[1][1].decode("latin-1")[:1]
    name = folder_name(words[2])
    subscribed = any(word.lower() == "\\subscribed" for word in attributes)
    return ListedFolder(name, delimiter, attributes, roles.role_of(attributes, name), subscribed)


def folder_name(token: Token) -> str:
    """The name of a folder from its token; INBOX in any spelling is INBOX (RFC 3501 section 5.1)."""
    kind, value = token
    if kind not in (ATOM, QUOTED, LITERAL, NIL):
        raise violation("unreadable folder name")
    return "INBOX" if value.upper() == b"INBOX" else decode(value)


def _status(rest: bytes) -> tuple[str, FolderStatus]:
    token, position = take(rest, 0)
    words = tokens(rest[position:], 100)
    if len(words) != 1:
        raise violation("unreadable STATUS")
    items = members(words[0], 100)
    values: dict[str, int] = {}
    for (_kind, name), (_other, value) in zip(items[::2], items[1::2], strict=False):
        if (known := STATUS_ITEMS.get(name.upper())) and _NUMBER.fullmatch(value):
            values[known] = int(value)
    return folder_name(token), FolderStatus(**values)


def statuses(lines: Iterable[bytes]) -> dict[str, FolderStatus]:
    """STATUS lines by folder name."""
    return dict(_status(line.partition(b" ")[2]) for line in lines)


def with_roles(folders: list[ListedFolder]) -> list[ListedFolder]:
    """The same folders with roles guessed for what the server left unsaid, and no role given twice."""
    taken: set[Role] = set()
    single: list[ListedFolder] = []
    for folder in folders:
        twice = folder.role is not Role.NONE and (folder.role in taken or not folder.selectable)
        single.append(replace(folder, role=Role.NONE) if twice else folder)
        taken.add(single[-1].role)
    for index, role in roles.guess(single, taken).items():
        if single[index].role is Role.NONE:
            single[index] = replace(single[index], role=role)
    return single


def namespace(line: bytes) -> Namespace:
    """The first personal namespace of a NAMESPACE response (RFC 2342); the usual one when it names none."""
    try:
        personal = tokens(line.partition(b" ")[2], 10)[0]
        prefix, delimiter = members(members(personal, 100)[0], 100)[:2]
    except (IndexError, ValueError, ProtocolViolation):
        return Namespace()
    return Namespace(decode(prefix[1]), "" if delimiter[0] == NIL else delimiter[1].decode("latin-1")[:1])


def selected(name: str, lines: Iterable[bytes], reply: bytes, *, read_only: bool) -> Selected:
    """What SELECT or EXAMINE said. Raises ProtocolViolation without a UIDVALIDITY: nothing could be remembered."""
    numbers = {"UIDVALIDITY": 0, "UIDNEXT": 0, "HIGHESTMODSEQ": 0}
    exists = 0
    flags: frozenset[str] = frozenset()
    permanent: frozenset[str] | None = None
    for line in lines:
        first, _, rest = line.partition(b" ")
        if rest[:6].upper() == b"EXISTS" and _NUMBER.fullmatch(first):
            exists = int(first)
        elif first.upper() == b"FLAGS":
            flags = _flag_words(rest)
        elif first.upper() == b"OK":
            code, words = response_code(rest)
            if code in numbers and _NUMBER.fullmatch(words):
                numbers[code] = int(words)
            elif code == "PERMANENTFLAGS":
                permanent = _flag_words(words)
    if not 0 < numbers["UIDVALIDITY"] < 2**32:
        raise violation("folder without UIDVALIDITY")
    closed = read_only or response_code(reply)[0] == "READ-ONLY"
    validity, following, mod_seq = numbers.values()
    return Selected(
        name, validity, following, exists, mod_seq, flags if permanent is None else permanent, closed, flags
    )


def _flag_words(words: bytes) -> frozenset[str]:
    return frozenset(words.decode("latin-1").strip("() ").lower().split())
