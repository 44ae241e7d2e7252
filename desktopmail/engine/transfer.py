"""Mail out of the profile and into it, in files that other programs read. Nothing is left out silently."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import islice
from pathlib import Path

from desktopmail.domain.account import Account
from desktopmail.domain.action import Receipt
from desktopmail.domain.errors import MailError, NotFound
from desktopmail.domain.filename import safe_name
from desktopmail.domain.folder import Folder
from desktopmail.domain.ids import MessageId
from desktopmail.domain.message import Flags, Summary
from desktopmail.domain.progress import Part, Progress
from desktopmail.domain.saying import phrase
from desktopmail.engine import deeds, undo
from desktopmail.engine.arrival import Arriving, Door, arrive
from desktopmail.engine.library import Library
from desktopmail.engine.outlet import Outlet, Pouring
from desktopmail.engine.reading import Reading
from desktopmail.formats import eml, maildir, mbox
from desktopmail.mime.text import for_index
from desktopmail.store.store import Store

SLICE = 200
FORMATS = ("mbox", "maildir", "eml")


@dataclass(slots=True)
class TransferReport:
    """What a transfer did. `skipped` says for each message that was left out which one and why; `known` counts those
    that were there already. `receipt` takes an import back."""

    read: int = 0
    written: int = 0
    known: int = 0
    skipped: list[str] = field(default_factory=list)
    receipt: Receipt | None = None


Found = tuple[str, bytes, Flags]


class Transfer:
    """Export and import. Both may be repeated after an interruption and go on where they were."""

    def __init__(self, store: Store, library: Library, reading: Reading) -> None:
        self._store = store
        self._library = library
        self._reading = reading

    async def export(
        self, folders: Sequence[Folder], kind: str, target: Path, progress: Progress | None = None
    ) -> TransferReport:
        """Write folders into `target`, each into a file or folder named by its path; messages that are still on the
        server are fetched. Stopped or cancelled it leaves no half message, and begun again it goes on where it was.
        Raises Stopped, StoreFailed, DiskFull."""
        report, progress = TransferReport(), progress or Progress()
        whole = sum(each.total for each in folders)
        several = len({each.account for each in folders}) > 1
        names = {each.id: each.address for each in self._library.accounts()}
        for folder in folders:
            parts = [*([names[folder.account]] if several else []), *folder.path.split("/")]
            place = target.joinpath(*(safe_name(part, "folder") for part in parts))
            part = progress.between(report.read / max(1, whole), (report.read + folder.total) / max(1, whole))
            await self._export_folder(folder, Outlet(kind, place), report, part)
        return report

    async def _export_folder(self, folder: Folder, outlet: Outlet, report: TransferReport, progress: Part) -> None:
        ids = [MessageId(each) for each in reversed(self._library.ids(folder.id))]
        whole = False
        try:
            await asyncio.to_thread(outlet.open)
            for place, row in enumerate(self._library.summaries(ids)):
                progress.reached(place / len(ids))
                report.read += 1
                await self._export_message(folder, row, outlet, report)
            whole = True
        finally:
            await asyncio.shield(asyncio.to_thread(outlet.close, whole=whole))

    async def _export_message(self, folder: Folder, row: Summary, outlet: Outlet, report: TransferReport) -> None:
        """Write one message. One that cannot be read is skipped; a disk that takes no more is the end."""
        if outlet.knows(row):
            report.known += 1
            return
        pouring = Pouring(lambda: outlet.begin(row))
        try:
            raw = await self._reading.raw_unless_large(row.id)
            if isinstance(raw, int):
                await self._reading.pour(row.id, pouring.add)
        except MailError as error:
            pouring.stop()
            if pouring.failed:
                raise
            report.skipped.append(f"{folder.path}: {row.id} “{row.subject}”: {error.title}")
            return
        except asyncio.CancelledError:
            pouring.stop()
            raise
        if isinstance(raw, bytes):
            new = await asyncio.to_thread(outlet.put, row, raw)
        else:
            new = await asyncio.to_thread(pouring.finish)
        report.written += new
        report.known += not new

    async def take_in(self, paths: Sequence[Path], account: Account, folder: Folder) -> TransferReport:
        """Import several files, as `import_` does, with a receipt that takes all of it back."""
        report, made = TransferReport(), list[MessageId]()
        for path in paths:
            made += await self._import(path, account, folder, report)
        if made:
            done = deeds.imported(folder.path)
            report.receipt = await self._store.write(lambda tx: undo.receipt(tx, done, (), made))
        return report

    async def import_(self, path: Path, account: Account, folder: Folder, *, most: int | None = None) -> TransferReport:
        """Take in an mbox file, an eml file, a Maildir, or a folder of such files; of many messages the first `most`.
        What the folder has already is not taken in again. Raises NotFound, StoreFailed, DiskFull."""
        report = TransferReport()
        await self._import(path, account, folder, report, most)
        return report

    async def _import(
        self, path: Path, account: Account, folder: Folder, report: TransferReport, most: int | None = None
    ) -> list[MessageId]:
        """Take in one path; the rows it made."""
        door = Door(account, folder, first=True)
        ids = [MessageId(each) for each in self._library.ids(folder.id)]
        here = await self._store.read(lambda tx: {tx.messages.facts(each).content for each in ids})
        messages = islice(_messages(path), most)
        made: list[MessageId] = []
        while batch := await asyncio.to_thread(_take, messages):
            report.read += len(batch)
            made += await self._import_batch(batch, door, here, report)
        return made

    async def _import_batch(
        self, batch: Sequence[Found], door: Door, here: set[bytes | None], report: TransferReport
    ) -> Sequence[MessageId]:
        report.skipped += [phrase("{0}: it is empty", name) for name, raw, _ in batch if not raw]
        new: list[tuple[bytes, bytes, Flags]] = []
        for sha, twin, raw, flags in await asyncio.to_thread(_named, [each for each in batch if each[1]]):
            if sha in here or twin in here:
                report.known += 1
            else:
                here.add(sha)
                new.append((sha, raw, flags))
        await self._store.content(
            lambda content: content.put_many([raw for _, raw, _ in new], [sha for sha, _, _ in new])
        )
        rows = []
        for sha, raw, flags in new:
            text = await asyncio.to_thread(for_index, raw)
            rows.append(
                Arriving(
                    raw[:200_000], len(raw), 0, flags, content=sha, preview=text.preview, attachments=text.attachments
                )
            )
        arrived = await self._store.write(lambda tx: arrive(tx, door, rows), durable=True) if rows else None
        made = arrived.new if arrived else ()
        report.written += len(made)
        return made


def _named(batch: Sequence[Found]) -> list[tuple[bytes, bytes, bytes, Flags]]:
    """Messages as they are on the wire, with their SHA-256, and what it would be without the line end that a mailbox
    file adds."""
    found = []
    for _, raw, flags in batch:
        whole = raw if b"\r\n" in raw else raw.replace(b"\n", b"\r\n")
        found.append((sha256(whole).digest(), sha256(whole.removesuffix(b"\r\n")).digest(), whole, flags))
    return found


def _take(messages: Iterator[Found]) -> list[Found]:
    taken, size = [], 0
    for each in messages:
        taken.append(each)
        size += len(each[1])
        if len(taken) >= SLICE or size > 32_000_000:
            break
    return taken


def _messages(path: Path) -> Iterator[Found]:
    """Every message in a file or folder, with a name for the report."""
    if not path.exists():
        raise NotFound(phrase("There is no such file"), str(path))
    if path.is_dir():
        if (path / "cur").is_dir():
            for file, flags in maildir.read(path):
                yield file.name, eml.read(file), flags
            return
        for file in _files(path):
            yield from _messages(file)
        return
    with path.open("rb") as stream:
        start = stream.read(5)
        stream.seek(0)
        if start == b"From ":
            for number, raw in enumerate(mbox.read(stream), 1):
                yield phrase("{0} message {1}", path.name, number), raw, Flags.NONE
            return
    yield path.name, eml.read(path), Flags.NONE


def _files(folder: Path) -> Iterable[Path]:
    return sorted(each for each in folder.rglob("*") if each.is_file() and not each.name.startswith("."))
