"""Mail out of the profile and into it, in files that other programs read. Nothing is left out silently."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from desktopmail.domain.account import Account
from desktopmail.domain.action import Receipt
from desktopmail.domain.errors import MailError, NotFound, StoreFailed
from desktopmail.domain.filename import safe_name
from desktopmail.domain.folder import Folder
from desktopmail.domain.ids import MessageId
from desktopmail.domain.message import Flags, Summary
from desktopmail.domain.saying import phrase
from desktopmail.engine import deeds, undo
from desktopmail.engine.arrival import Arriving, Door, arrive
from desktopmail.engine.library import Library
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


Put = Callable[[Summary, bytes], bool]
Found = tuple[str, bytes, Flags]


class Transfer:
    """Export and import. Both may be repeated after an interruption and go on where they were."""

    def __init__(self, store: Store, library: Library, reading: Reading) -> None:
        self._store = store
        self._library = library
        self._reading = reading

    async def export(self, folders: Sequence[Folder], kind: str, target: Path) -> TransferReport:
        """Write folders into `target`, each into a file or folder named by its path; messages that are still on the
        server are fetched. Raises StoreFailed, DiskFull."""
        report = TransferReport()
        several = len({each.account for each in folders}) > 1
        names = {each.id: each.address for each in self._library.accounts()}
        for folder in folders:
            parts = [*([names[folder.account]] if several else []), *folder.path.split("/")]
            place = target.joinpath(*(safe_name(part, "folder") for part in parts))
            with _Destination(kind, place) as put:
                await self._export_folder(folder, put, report)
        return report

    async def _export_folder(self, folder: Folder, put: Put, report: TransferReport) -> None:
        ids = [MessageId(each) for each in reversed(self._library.ids(folder.id))]
        for row in self._library.summaries(ids):
            report.read += 1
            try:
                raw = await self._reading.raw(row.id)
            except MailError as error:
                report.skipped.append(f"{folder.path}: {row.id} “{row.subject}”: {error.title}")
                continue
            if await asyncio.to_thread(put, row, raw):
                report.written += 1
            else:
                report.known += 1

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
        good = [each for each in batch if each[1]]
        report.skipped += [phrase("{0}: it is empty", name) for name, raw, _ in batch if not raw]
        shas = await self._store.content(lambda content: content.put_many([raw for _, raw, _ in good]))
        rows = []
        for (_, raw, flags), sha in zip(good, shas, strict=True):
            if sha in here:
                report.known += 1
                continue
            here.add(sha)
            text = await asyncio.to_thread(for_index, raw)
            rows.append(
                Arriving(
                    raw[:200_000], len(raw), 0, flags, content=sha, preview=text.preview, attachments=text.attachments
                )
            )
        arrived = await self._store.write(lambda tx: arrive(tx, door, rows), durable=True) if rows else None
        new = arrived.new if arrived else ()
        report.written += len(new)
        return new


class _Destination:
    """Where one folder is written to. Entered, it gives the function that writes a message."""

    def __init__(self, kind: str, place: Path) -> None:
        self._kind = kind
        self._place = place

    def __enter__(self) -> Put:
        place = self._place
        try:
            (place.parent if self._kind == "mbox" else place).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreFailed(phrase("The folder could not be made"), str(place), str(error)) from error
        match self._kind:
            case "maildir":
                maildir.create(place)
                return lambda row, raw: maildir.write(place, f"{row.date}.{row.id}.desktopmail", raw, row.flags)
            case "eml":
                return lambda row, raw: _eml(place, row, raw)
            case _:
                self._part = place.with_name(f"{place.name}.mbox.part")
                self._stream = self._part.open("wb")
                return self._mbox

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._kind == "mbox":
            self._stream.close()
            if kind is None:
                self._part.replace(self._part.with_suffix(""))

    def _mbox(self, row: Summary, raw: bytes) -> bool:
        sender = row.sender[0].address if row.sender else ""
        mbox.write(self._stream, raw, sender=sender, date=row.date)
        return True


def _eml(place: Path, row: Summary, raw: bytes) -> bool:
    path = place / eml.file_name(row.subject, row.id)
    if path.exists() and path.stat().st_size == len(raw):
        return False
    eml.write(path, raw)
    return True


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
