"""Checking, backing up, restoring and repairing a profile."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import apsw
import pytest

from desktopmail.domain.errors import NotFound, ProfileInUse, StoreDamaged, WrongUsage
from desktopmail.domain.folder import Role
from desktopmail.domain.message import Fetched
from desktopmail.store.backup import restore_profile
from desktopmail.store.content import name_nameless
from desktopmail.store.migrations import STEPS
from desktopmail.store.repair import KEEP_ALL, repair_profile
from desktopmail.store.salvage import salvage
from desktopmail.store.store import Store
from tests.unit.store.desk import Desk, counts_are_right


def filled(folder: Path, runner: asyncio.Runner, number: int = 300) -> tuple[Desk, list[bytes]]:
    """A profile with messages; every third is on the server, all have their bytes here."""
    desk = Desk(folder, runner)
    raws = [b"Subject: %d\r\n\r\n" % one + bytes([one % 256]) * 3000 for one in range(1, number + 1)]
    shas = desk.run(desk.store.content(lambda content: content.put_many(raws)))
    rows = [
        desk.new(one, content=shas[one - 1], fetched=Fetched.FULL, uid=0 if one % 3 else one)
        for one in range(1, number + 1)
    ]
    desk.put(*rows)
    return desk, shas


def sql(folder: Path, name: str, *statements: str) -> None:
    db = apsw.Connection(str(folder / name))
    for one in statements:
        db.execute(one)
    db.close()


def ruin_leaves(path: Path, table: str) -> bytes:
    """Overwrite every fifth leaf of a table; what the file is then."""
    db = apsw.Connection(str(path))
    leaves = [
        page for (page,) in db.execute("SELECT pageno FROM dbstat WHERE name = ? AND pagetype = 'leaf'", (table,))
    ]
    db.close()
    raw = bytearray(path.read_bytes())
    for page in leaves[2::5]:
        raw[(page - 1) * 4096 : page * 4096] = b"\xa5" * 4096
    path.write_bytes(raw)
    return bytes(raw)


def ruin_middle(path: Path, share: float = 0.2) -> bytes:
    """Overwrite pages in the middle of a file; what the file is then."""
    raw = bytearray(path.read_bytes())
    size = 16384 if path.name == "content.db" else 4096
    pages = len(raw) // size
    for page in range(int(pages * (0.5 - share / 2)), int(pages * (0.5 + share / 2))):
        raw[page * size : page * size + 200] = b"\xa5" * 200
    path.write_bytes(raw)
    return bytes(raw)


def test_a_sound_profile_has_nothing_to_report(tmp_path: Path, runner: asyncio.Runner) -> None:
    desk, _ = filled(tmp_path / "profile", runner)
    report = runner.run(desk.store.check())
    assert report.sound and report.findings == ()
    assert (report.messages, report.contents) == (300, 300)
    desk.close()


def test_a_check_finds_wrong_bytes_missing_bytes_and_wrong_counts(tmp_path: Path, runner: asyncio.Runner) -> None:
    desk, shas = filled(tmp_path / "profile", runner)
    desk.close()
    sql(
        desk.folder,
        "content.db",
        "UPDATE piece SET packing = 0, data = zeroblob((SELECT size FROM content WHERE content.id = piece.id >> 20))"
        " WHERE id >> 20 = 7",
        "DELETE FROM content WHERE id = 8",
    )
    sql(desk.folder, "mail.db", "UPDATE folder SET unread = unread + 1 WHERE role = 'inbox'")
    store = Store.open(desk.folder)
    report = runner.run(store.check())
    runner.run(store.close())
    assert report.bad == (shas[6],)
    assert report.missing == (7, 8)
    assert report.damaged == ()
    assert len(report.findings) == 4
    assert not report.sound


def test_a_backup_taken_while_mail_comes_in_opens_elsewhere(tmp_path: Path, runner: asyncio.Runner) -> None:
    desk, _ = filled(tmp_path / "profile", runner)

    async def work() -> None:
        backup = asyncio.ensure_future(desk.store.backup(tmp_path / "copy"))
        number = 1000
        while not backup.done():
            raw = b"x" * number
            sha = await desk.store.content(lambda content, r=raw: content.put(r))
            row = desk.new(number, content=sha, fetched=Fetched.FULL)
            await desk.store.write(lambda tx, r=row: tx.messages.insert([r]))
            number += 1
        await backup

    runner.run(work())
    desk.close()
    copy = Desk(tmp_path / "copy", runner)
    report = runner.run(copy.store.check())
    assert report.sound, report.findings
    assert report.messages >= 300
    assert copy.library.accounts() != ()
    copy.close()


def test_a_backup_overwrites_nothing_and_can_be_restored(tmp_path: Path, runner: asyncio.Runner) -> None:
    desk, shas = filled(tmp_path / "profile", runner, 30)
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "file").write_text("mine")
    with pytest.raises(WrongUsage):
        desk.run(desk.store.backup(tmp_path / "taken"))
    desk.run(desk.store.backup(tmp_path / "copy"))
    desk.close()
    with pytest.raises(WrongUsage):
        restore_profile(tmp_path / "copy", desk.folder)
    with pytest.raises(NotFound):
        restore_profile(tmp_path / "taken", tmp_path / "new")
    restore_profile(tmp_path / "copy", tmp_path / "new")
    again = Desk(tmp_path / "new", runner)
    assert runner.run(again.store.check()).messages == 30
    assert runner.run(again.store.raw(shas[3])) is not None
    again.close()


def test_a_damaged_backup_is_not_restored(tmp_path: Path, runner: asyncio.Runner) -> None:
    desk, _ = filled(tmp_path / "profile", runner)
    desk.run(desk.store.backup(tmp_path / "copy"))
    desk.close()
    ruin_middle(tmp_path / "copy" / "mail.db")
    with pytest.raises(StoreDamaged):
        restore_profile(tmp_path / "copy", tmp_path / "new")
    assert not (tmp_path / "new" / "mail.db").exists()


def test_a_repair_needs_the_profile_for_itself(desk: Desk) -> None:
    with pytest.raises(ProfileInUse):
        repair_profile(desk.folder)


def test_wrong_bytes_come_from_the_server_again_or_are_named(tmp_path: Path, runner: asyncio.Runner) -> None:
    desk, shas = filled(tmp_path / "profile", runner, 30)
    desk.close()
    sql(
        desk.folder,
        "content.db",
        "UPDATE piece SET packing = 0, data = zeroblob((SELECT size FROM content WHERE content.id = piece.id >> 20))"
        " WHERE id >> 20 IN (6, 7)",
    )
    report = repair_profile(desk.folder)
    assert report.refetch == 1
    assert report.lost == ("The text of “Subject 7” was stored only here and cannot be read any more",)
    assert {one.stem for one in (desk.folder / "damaged").iterdir()} == {shas[5].hex(), shas[6].hex()}
    desk = Desk(desk.folder, runner)
    assert runner.run(desk.store.check()).sound
    assert desk.library.summaries([6])[0].fetched is Fetched.HEADERS
    assert desk.library.summaries([7])[0].fetched is Fetched.UNREADABLE
    assert [one.message for one in desk.read(lambda tx: tx.messages.without_content(account=desk.account))] == [6]
    desk.close()


def test_a_damaged_mail_database_is_kept_and_most_of_it_saved(tmp_path: Path, runner: asyncio.Runner) -> None:
    desk, shas = filled(tmp_path / "profile", runner)
    desk.close()
    ruined = ruin_leaves(desk.folder / "mail.db", "message")
    with pytest.raises(StoreDamaged):
        Store.open(desk.folder)
    report = repair_profile(desk.folder)
    assert [one.read_bytes() for one in report.aside if one.name.startswith("mail.db.damaged-")] == [ruined]
    desk = Desk(desk.folder, runner)
    check = runner.run(desk.store.check())
    assert check.sound, check.findings
    assert 100 <= check.messages < 300, "pages were lost, most rows were not"
    assert len(desk.library.accounts()) == 1
    assert counts_are_right(desk)
    assert desk.read(lambda tx: tx.settings.get(KEEP_ALL)) is True
    assert desk.run(desk.store.sweep()) == 0
    (one,) = desk.put(desk.new(5000, desk.folder_of(Role.ARCHIVE)))
    assert one > 300, "an id never comes back"
    assert desk.run(desk.store.raw(shas[0])) is not None
    desk.close()


def test_a_damaged_content_database_is_kept_and_most_of_it_saved(tmp_path: Path, runner: asyncio.Runner) -> None:
    desk, _ = filled(tmp_path / "profile", runner)
    noise = [os.urandom(3000) for _ in range(900)]
    desk.run(desk.store.content(lambda content: content.put_many(noise)))
    desk.close()
    ruined = ruin_middle(desk.folder / "content.db", 0.3)
    report = repair_profile(desk.folder)
    assert [one.read_bytes() for one in report.aside] == [ruined]
    desk = Desk(desk.folder, runner)
    check = runner.run(desk.store.check())
    assert check.sound, check.findings
    assert check.messages == 300
    assert 500 < check.contents < 1200
    desk.close()


@pytest.mark.parametrize("name", ["mail.db", "content.db"])
def test_any_page_may_be_lost_and_most_of_the_rest_is_saved(tmp_path: Path, runner: asyncio.Runner, name: str) -> None:
    """Each page in turn is zeroed, the first with the header and those with the schema among them."""
    desk, _ = filled(tmp_path / "profile", runner, 60)
    noise = [os.urandom(3000) for _ in range(60)]
    desk.run(desk.store.content(lambda content: content.put_many(noise)))
    desk.close()
    size = 16384 if name == "content.db" else 4096
    whole = (desk.folder / name).read_bytes()
    pages = len(whole) // size
    for page in range(0, pages, max(1, pages // 12)):
        path = tmp_path / "try" / f"{page}-{name}"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(whole[: page * size] + bytes(size) + whole[(page + 1) * size :])
        fresh = tmp_path / "saved" / str(page) / name
        fresh.parent.mkdir(parents=True)
        salvage(path, fresh, STEPS[name])
        db = apsw.Connection(str(fresh))
        assert db.pragma("integrity_check") == "ok"
        if name == "mail.db":
            assert db.execute("SELECT count(*) FROM message").get >= (60 if 6 < page < 45 else 0)
            if page == 0:
                assert db.execute("SELECT count(*) FROM message").get == 60
                assert db.execute("SELECT count(*) FROM server").get == 2
        else:
            name_nameless(db)
            assert db.execute("SELECT count(*) FROM content").get >= 90
        db.close()


def test_a_file_beyond_saving_gives_an_empty_profile_and_is_kept(tmp_path: Path, runner: asyncio.Runner) -> None:
    desk, _ = filled(tmp_path / "profile", runner, 10)
    desk.close()
    (desk.folder / "mail.db").write_bytes(b"no database at all" * 500)
    report = repair_profile(desk.folder)
    assert report.aside[0].read_bytes() == b"no database at all" * 500
    assert report.lost
    store = Store.open(desk.folder)
    assert runner.run(store.sweep()) == 0
    assert len(runner.run(store.content(lambda content: content.shas()))) == 10
    store.close_now()


def test_nothing_to_repair_changes_nothing(tmp_path: Path, runner: asyncio.Runner) -> None:
    desk, _ = filled(tmp_path / "profile", runner, 10)
    desk.close()
    report = repair_profile(desk.folder)
    assert report.found.sound and report.aside == () and report.lost == () and report.refetch == 0
    names = {one.name.removesuffix("-wal").removesuffix("-shm") for one in desk.folder.glob("*.db*")}
    assert names == {"content.db", "mail.db", "search.db"}
