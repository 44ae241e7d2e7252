"""From what differs to what is done: pure functions, so that no operation is ever stored.

Operations come in one fixed natural order: folders made and renamed, uploads, flags, moves, expunges, folders dropped.
A move keeps flags, so flags are set where the message still is; an expunge needs no flags at all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from desktopmail.domain.ids import FolderId, MessageId
from desktopmail.domain.message import Flags
from desktopmail.protocols.imap.mailboxes import Namespace
from desktopmail.store.rows import Difference, FolderDifference, Known

NO_TAGS: frozenset[str] = frozenset()


class Row(NamedTuple):
    """One message inside an operation; `flags` and `tags` are what the server holds once the operation is done."""

    message: MessageId
    uid: int
    flags: Flags
    tags: frozenset[str]


class Spot(NamedTuple):
    """A folder on the server: ours and the server's name for it."""

    folder: FolderId
    name: str


class Create(NamedTuple):
    """CREATE a folder that exists here only."""

    spot: Spot
    delimiter: str


class Rename(NamedTuple):
    """RENAME a folder to the name it has here."""

    spot: Spot
    old: str


class Drop(NamedTuple):
    """DELETE a folder that was removed here."""

    spot: Spot


class Append(NamedTuple):
    """Upload a message the server does not have; `content` is the SHA-256 of its bytes."""

    target: Spot
    row: Row
    content: bytes


class Copy(NamedTuple):
    """COPY a twin that is on the server already, instead of uploading the same bytes. The rows' UIDs are the twins'."""

    source: Spot
    target: Spot
    rows: tuple[Row, ...]


class StoreFlags(NamedTuple):
    """STORE the same change on several messages of one folder."""

    source: Spot
    rows: tuple[Row, ...]
    add: Flags
    remove: Flags
    add_tags: frozenset[str] = NO_TAGS
    remove_tags: frozenset[str] = NO_TAGS


class Move(NamedTuple):
    """MOVE several messages from one folder to another."""

    source: Spot
    target: Spot
    rows: tuple[Row, ...]


class Expunge(NamedTuple):
    """UID EXPUNGE several messages of one folder."""

    source: Spot
    rows: tuple[Row, ...]


FolderOperation = Create | Rename | Drop
MessageOperation = Append | Copy | StoreFlags | Move | Expunge


class FolderPlan(NamedTuple):
    """What happens to folders before and after what happens to messages."""

    before: list[Create | Rename]
    after: list[Drop]


def plan_folders(
    folders: Sequence[FolderDifference], needed: Collection[FolderId], with_role: Collection[FolderId], space: Namespace
) -> FolderPlan:
    """The folders to make, rename and drop; `folders` has parents before children and deletions deepest first.

    A folder with a role is made only when it is `needed` by a message, one of the person's own always. `space`
    says what the server wants in front of names at the top ('INBOX.' on some) and between levels. Slashes, which
    separate the levels of our paths, and the server's own delimiter cannot be part of a name there."""
    before: list[Create | Rename] = []
    after: list[Drop] = []
    names: dict[str, str] = {}
    for folder in folders:
        if folder.path is None:
            if folder.server_name is not None:
                after.append(Drop(Spot(folder.folder, folder.server_name)))
            continue
        between = (folder.delimiter if folder.server_name is not None else space.delimiter) or "-"
        above = folder.path[: -len(folder.name) - 1]
        parent = names.get(above, folder.parent_name)
        own = folder.name.replace(between, "-").replace("/", "-")
        name = f"{parent}{between}{own}" if parent is not None else space.prefix + own
        if folder.server_name is not None:
            now = _taken_along(folder.server_name, before, between)
            if now != name:
                before.append(Rename(Spot(folder.folder, name), now))
        elif folder.folder in needed or folder.folder not in with_role:
            before.append(Create(Spot(folder.folder, name), between))
        names[folder.path] = name
    return FolderPlan(before, after)


def _taken_along(name: str, before: Iterable[Create | Rename], between: str) -> str:
    """What a folder is called after folders above it were renamed."""
    for operation in before:
        if isinstance(operation, Rename) and name.startswith(operation.old + between):
            name = operation.spot.name + name[len(operation.old) :]
    return name


def plan_messages(differences: Iterable[Difference]) -> list[MessageOperation]:
    """The operations that make the server agree, in the order to carry them out.

    What cannot be done now is left out: a wanted folder the server does not have yet, an upload of something whose
    bytes are not here, leaving for a folder of this computer before the bytes are stored."""
    groups = _Groups()
    for difference in differences:
        groups.take(difference)
    return groups.operations()


_FlagKey = tuple[Spot, Flags, Flags, frozenset[str], frozenset[str]]


class _Groups:
    """Differences sorted into groups of one request each."""

    def __init__(self) -> None:
        self._appends: list[Append] = []
        self._copies: dict[tuple[Spot, Spot], list[Row]] = {}
        self._flags: dict[_FlagKey, list[Row]] = {}
        self._moves: dict[tuple[Spot, Spot], list[Row]] = {}
        self._expunges: dict[Spot, list[Row]] = {}

    def take(self, difference: Difference) -> None:
        wanted, known = difference.wanted, difference.known
        if known is None:
            if not wanted.removed and wanted.server_name is not None:
                self._upload(difference, Spot(wanted.folder, wanted.server_name))
            return
        source = Spot(known.folder, known.server_name)
        if wanted.removed or (wanted.here and difference.content):
            row = Row(difference.message, known.uid, known.flags, known.tags)
            self._expunges.setdefault(source, []).append(row)
            return
        row = Row(difference.message, known.uid, wanted.flags, wanted.tags)
        self._change_flags(source, row, known)
        if wanted.folder != known.folder and wanted.server_name is not None:
            self._moves.setdefault((source, Spot(wanted.folder, wanted.server_name)), []).append(row)

    def _upload(self, difference: Difference, target: Spot) -> None:
        twin = difference.twin
        if twin is not None:
            row = Row(difference.message, twin.uid, twin.flags, twin.tags)
            self._copies.setdefault((Spot(twin.folder, twin.server_name), target), []).append(row)
        elif difference.content:
            row = Row(difference.message, 0, difference.wanted.flags, difference.wanted.tags)
            self._appends.append(Append(target, row, difference.content))

    def _change_flags(self, source: Spot, row: Row, known: Known) -> None:
        add, remove = row.flags & ~known.flags, known.flags & ~row.flags
        add_tags, remove_tags = row.tags - known.tags, known.tags - row.tags
        if add or remove or add_tags or remove_tags:
            self._flags.setdefault((source, add, remove, add_tags, remove_tags), []).append(row)

    def operations(self) -> list[MessageOperation]:
        """Uploads, flags, moves, expunges; inside each kind the requests of one folder stand together."""
        done: list[MessageOperation] = [*sorted(self._appends, key=lambda append: append.target.name)]
        for (source, target), rows in sorted(self._copies.items(), key=lambda item: item[0][0].name):
            done.append(Copy(source, target, tuple(rows)))
        for (source, add, remove, add_tags, remove_tags), rows in sorted(
            self._flags.items(), key=lambda item: item[0][0].name
        ):
            done.append(StoreFlags(source, tuple(rows), add, remove, add_tags, remove_tags))
        for (source, target), rows in sorted(self._moves.items(), key=lambda item: item[0][0].name):
            done.append(Move(source, target, tuple(rows)))
        for source, rows in sorted(self._expunges.items(), key=lambda item: item[0].name):
            done.append(Expunge(source, tuple(rows)))
        return done
