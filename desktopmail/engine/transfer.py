"""Mail out of the profile and into it, in files that other programs read. Nothing is left out silently."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import islice
from pathlib import Path

from desktopmail.domain.account import Account
from desktopmail.domain.action import Receipt
from desktopmail.domain.errors import MailError, Stopped, StoreFailed
from desktopmail.domain.filename import safe_name
from desktopmail.domain.folder import Folder
from desktopmail.domain.ids import MessageId
from desktopmail.domain.message import Flags, Summary
from desktopmail.domain.progress import Part, Progress
from desktopmail.engine import deeds, sources, undo
from desktopmail.engine.arrival import Arriving, Door, arrive
from desktopmail.engine.library import Library
from desktopmail.engine.outlet import Outlet, Pouring
from desktopmail.engine.reading import Reading
from desktopmail.engine.sources import Found
from desktopmail.mime.text import for_index
from desktopmail.store.store import Store

SLICE = 200
LONGEST = 80
"""Letters of a subject that are said of a message that was left out."""
FORMATS = ("mbox", "maildir", "eml")


@dataclass(slots=True)
class TransferReport:
    """What a transfer did. `skipped` says for each message that was left out which one and why; `known` counts those
    that were there already. `receipt` takes an import back, `ended` says why one ended early."""

    read: int = 0
    written: int = 0
    known: int = 0
    skipped: list[str] = field(default_factory=list)
    receipt: Receipt | None = None
    ended: MailError | None = None


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
            report.skipped.append(f"{folder.path}: {row.id} “{row.subject[:LONGEST]}”: {error.title}")
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

    async def take_in(
        self, paths: Sequence[Path], account: Account, folder: Folder, progress: Progress | None = None
    ) -> TransferReport:
        """Import several files, as `import_` does, with a receipt that takes all of it back; also after it was stopped
        or a disk was full, for what was taken in until then stays. Raises NotFound when there was nothing."""
        report, made = TransferReport(), list[MessageId]()
        progress, door = progress or Progress(), Door(account, folder, first=True)
        whole = max(1, await asyncio.to_thread(lambda: sum(map(sources.size, paths))))
        done = 0
        try:
            for path in paths:
                size = await asyncio.to_thread(sources.size, path)
                part = progress.between(done / whole, (done + size) / whole)
                await self._import(path, door, report, made, part)
                done += size
        except (Stopped, StoreFailed) as error:
            report.ended = error
        if made:
            what = deeds.imported(folder.path)
            report.receipt = await self._store.write(lambda tx: undo.receipt(tx, what, (), made))
        return report

    async def import_(self, path: Path, account: Account, folder: Folder, *, most: int | None = None) -> TransferReport:
        """Take in an mbox file, an eml file, a Maildir, or a folder of such files; of many messages the first `most`.
        What the folder has already is not taken in again. Raises NotFound, StoreFailed, DiskFull."""
        report = TransferReport()
        await self._import(path, Door(account, folder, first=True), report, [], Progress().between(0, 1), most)
        return report

    async def _import(
        self,
        path: Path,
        door: Door,
        report: TransferReport,
        made: list[MessageId],
        progress: Part,
        most: int | None = None,
    ) -> None:
        """Take in one path; the rows it made are added to `made`."""
        ids = [MessageId(each) for each in self._library.ids(door.folder.id)]
        here = await self._store.read(lambda tx: {tx.messages.facts(each).content for each in ids})
        messages = islice(sources.messages(path), most)
        whole, done = max(1, await asyncio.to_thread(sources.size, path)), 0
        while batch := await asyncio.to_thread(_take, messages):
            progress.reached(done / whole)
            report.read += len(batch)
            made += await self._import_batch(batch, door, here, report)
            done += sum(len(each.raw) for each in batch)

    async def _import_batch(
        self, batch: Sequence[Found], door: Door, here: set[bytes | None], report: TransferReport
    ) -> Sequence[MessageId]:
        report.skipped += [f"{each.name}: {each.why}" for each in batch if each.why]
        new: list[tuple[bytes, bytes, Flags]] = []
        for sha, twin, raw, flags in await asyncio.to_thread(_named, [each for each in batch if not each.why]):
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
    for _, raw, flags, _ in batch:
        whole = raw if b"\r\n" in raw else raw.replace(b"\n", b"\r\n")
        found.append((sha256(whole).digest(), sha256(whole.removesuffix(b"\r\n")).digest(), whole, flags))
    return found


def _take(messages: Iterator[Found]) -> list[Found]:
    taken, size = [], 0
    for each in messages:
        taken.append(each)
        size += len(each.raw)
        if len(taken) >= SLICE or size > 32_000_000:
            break
    return taken
