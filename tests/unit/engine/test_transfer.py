"""Mail into files and back: every message once, whole or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import apsw
import pytest

from desktopmail.domain.account import Account
from desktopmail.domain.errors import Stopped, StoreFailed
from desktopmail.domain.folder import Folder, Role
from desktopmail.domain.ids import MessageId
from desktopmail.domain.progress import Progress
from desktopmail.engine import large
from desktopmail.engine.actions import Actions
from desktopmail.engine.transfer import Transfer, TransferReport
from desktopmail.formats import eml, mbox
from tests.unit.engine.test_composing import Desk, run

LETTERS = [
    b"From: a@x\r\nSubject: one\r\nMessage-ID: <1@x>\r\n\r\nFrom here\r\n>From there\r\n",
    b"From: a@x\r\nSubject: no line end\r\nMessage-ID: <2@x>\r\n\r\nlast words",
    b"From: a@x\r\nSubject: long\r\nMessage-ID: <3@x>\r\n\r\n" + b"word and word\r\n" * 5_000,
]


class Shelf:
    """An Inbox with mail in it, and what moves it in and out of files."""

    def __init__(self, desk: Desk, account: Account, inbox: Folder) -> None:
        self.desk, self.account, self.inbox = desk, account, inbox
        self.transfer = Transfer(desk.profile.store, desk.library, desk.reading)

    async def raws(self) -> list[bytes]:
        """The messages in the Inbox."""
        ids = self.desk.library.ids(self.inbox.id)
        return sorted([await self.desk.raw(MessageId(each)) for each in ids])


def shelf(folder: Path, story: Callable[[Shelf], Awaitable[None]]) -> None:
    async def inside(desk: Desk) -> None:
        for raw in LETTERS:
            await desk.receive(raw)
        account = desk.library.accounts()[0]
        inbox = next(each for each in desk.library.folders() if each.role is Role.INBOX)
        await story(Shelf(desk, account, inbox))

    run(folder / "profile", inside)


@pytest.mark.parametrize("kind", ["mbox", "maildir", "eml"])
@pytest.mark.parametrize("limit", [large.LARGE, 10])
def test_what_was_exported_is_known_when_it_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, limit: int
) -> None:  # D43
    monkeypatch.setattr(large, "LARGE", limit)

    async def story(here: Shelf) -> None:
        assert (await here.transfer.export([here.inbox], kind, tmp_path)).written == 3
        target = "Inbox.mbox" if kind == "mbox" else "Inbox"
        report = await here.transfer.import_(tmp_path / target, here.account, here.inbox)
        assert (report.read, report.written, report.known, report.skipped) == (3, 0, 3, [])
        assert await here.raws() == sorted(LETTERS)

    shelf(tmp_path, story)


def test_a_mailbox_file_of_another_program_becomes_mail_as_it_was_sent(tmp_path: Path) -> None:
    (tmp_path / "old").write_bytes(b"From a@x Tue Mar 12 09:30 2024\nSubject: old\n\n>From me\nx\n\n")

    async def story(here: Shelf) -> None:
        await here.transfer.import_(tmp_path / "old", here.account, here.inbox)
        assert b"Subject: old\r\n\r\nFrom me\r\nx\r\n" in await here.raws()

    shelf(tmp_path, story)


@pytest.mark.parametrize("limit", [large.LARGE, 10])
def test_a_damaged_message_is_left_out_and_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: int) -> None:
    monkeypatch.setattr(large, "LARGE", limit)

    async def story(here: Shelf) -> None:
        db = apsw.Connection(str(tmp_path / "profile" / "content.db"))
        db.execute("UPDATE piece SET data = zeroblob(length(data)) WHERE id = (SELECT max(id) FROM piece)")
        db.close()
        report = await here.transfer.export([here.inbox], "mbox", tmp_path)
        assert (report.read, report.written) == (3, 2)
        (why,) = report.skipped
        assert why.startswith("Inbox: ")
        with (tmp_path / "Inbox.mbox").open("rb") as stream:
            assert [raw.split(b"\n")[1] for raw in mbox.read(stream)] == [b"Subject: one", b"Subject: no line end"]

    shelf(tmp_path, story)


@pytest.mark.parametrize("kind", ["mbox", "maildir", "eml"])
def test_a_disk_that_is_full_ends_it_and_leaves_no_half(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    async def story(here: Shelf) -> None:
        resource = pytest.importorskip("resource")
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        target = tmp_path / "out"
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, before[1]))
        try:
            with pytest.raises(StoreFailed):
                await here.transfer.export([here.inbox], kind, target)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        left = [each for each in target.rglob("*") if each.is_file()]
        assert all(each.read_bytes() in LETTERS for each in left)
        assert kind != "mbox" or left == []
        report = await here.transfer.export([here.inbox], kind, target)
        assert report.written + report.known == 3

    shelf(tmp_path, story)


@pytest.mark.parametrize("how", [Stopped, asyncio.CancelledError])
def test_one_that_is_broken_off_goes_on_where_it_was(tmp_path: Path, how: type[BaseException]) -> None:
    class AfterOne(Progress):
        def reached(self, fraction: float) -> None:
            if fraction > 0.3:
                self.stop() if how is Stopped else going.cancel()
            super().reached(fraction)

    going: asyncio.Future[TransferReport]

    async def story(here: Shelf) -> None:
        nonlocal going
        out = tmp_path / "out"
        going = asyncio.ensure_future(here.transfer.export([here.inbox], "eml", out, AfterOne()))
        with pytest.raises(how):
            await going
        assert not list(out.rglob("*.part"))
        progress = Progress()
        report = await here.transfer.export([here.inbox], "eml", out, progress)
        assert (report.known, report.written) in ((1, 2), (2, 1)) and progress.fraction > 0.6

    shelf(tmp_path, story)


def many(folder: Path) -> None:
    """Two files with new mail, and one that is too large to be read."""
    folder.mkdir()
    for number in range(2):
        raws = [b"Subject: new %d.%d\n\nx\n" % (number, each) for each in range(250)]
        (folder / f"{number}.mbox").write_bytes(
            b"".join(b"From a@x Tue Mar 12 09:30 2024\n" + raw + b"\n" for raw in raws)
        )
    with (folder / "vast.eml").open("wb") as stream:
        stream.truncate(eml.LARGEST + 1)


def test_a_file_that_cannot_be_read_keeps_no_other_out(tmp_path: Path) -> None:
    many(tmp_path / "in")

    async def story(here: Shelf) -> None:
        report = await here.transfer.take_in([tmp_path / "in"], here.account, here.inbox)
        assert (report.written, report.skipped) == (500, ["vast.eml: The file is too large to be a message"])
        assert report.receipt is not None and report.ended is None

    shelf(tmp_path, story)


def test_an_import_that_is_stopped_can_be_taken_back(tmp_path: Path) -> None:
    class AfterSome(Progress):
        def reached(self, fraction: float) -> None:
            if fraction > 0:
                self.stop()
            super().reached(fraction)

    many(tmp_path / "in")

    async def story(here: Shelf) -> None:
        (tmp_path / "in" / "vast.eml").unlink()
        report = await here.transfer.take_in([tmp_path / "in"], here.account, here.inbox, AfterSome())
        assert isinstance(report.ended, Stopped) and report.receipt is not None
        assert 0 < report.written < 500 and len(await here.raws()) == 3 + report.written
        await Actions(here.desk.profile.store).undo(report.receipt.undo)
        assert await here.raws() == sorted(LETTERS)
        progress = Progress()
        again = await here.transfer.take_in([tmp_path / "in"], here.account, here.inbox, progress)
        assert again.written == 500 and progress.fraction > 0.2

    shelf(tmp_path, story)
