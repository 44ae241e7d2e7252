"""Files are harmed after they were written: it is noticed, what is harmed is kept, and mail that is nowhere else is
brought back or named. Never is a profile silently empty. D11"""

from __future__ import annotations

import asyncio
import contextlib
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import apsw
import pytest

from desktopmail.domain.account import Keep, Leave
from desktopmail.domain.errors import StoreDamaged
from desktopmail.engine import keeping
from desktopmail.engine.keeping import Health
from desktopmail.store.store import Store
from tests.durability.receiving import lead_to
from tests.durability.server import here
from tests.fakes.pop3_mailbox import Pop3Mailbox
from tests.unit.pop3_engine.desk import PopDesk, letters

LETTERS = letters(60)
PAGE = {"mail.db": 4096, "content.db": 16384}
RULES = {"nowhere-else": Leave(Keep.NO), "on-the-server": Leave()}


class Scene:
    """A profile into which POP3 mail came: as it was left when the program ended, and as it was while it ran."""

    def __init__(self, place: Path, leave: Leave) -> None:
        self.leave = leave
        self.box = Pop3Mailbox.of(LETTERS)
        self.ended, self.running = place / "ended", place / "running"
        desk = PopDesk(place / "profile", self.box, leave)
        with pytest.MonkeyPatch.context() as patch:
            lead_to(patch, desk)
            desk.clean_sync()
        shutil.copytree(place / "profile", self.running)
        desk.close()
        shutil.copytree(place / "profile", self.ended)

    def visited(self, folder: Path) -> list[bytes]:
        """What is shown after the next visit to the mailbox, if its account is still known."""
        with contextlib.closing(apsw.Connection(str(folder / "mail.db"))) as db:
            if not db.execute("SELECT count(*) FROM server").get:
                return here(folder)
        desk = PopDesk(folder, Pop3Mailbox.of(self.box.left), self.leave)
        try:
            with pytest.MonkeyPatch.context() as patch:
                lead_to(patch, desk)
                desk.clean_sync()
        finally:
            desk.close()
        return here(folder)


@pytest.fixture(params=list(RULES), scope="module")
def scene(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    yield Scene(tmp_path_factory.mktemp("damage"), RULES[request.param])


def opens(folder: Path) -> bool:
    """Whether the profile opens; damage is the only thing that may keep it from that."""
    try:
        Store.open(folder).close_now()
    except StoreDamaged:
        return False
    return True


def mended(folder: Path) -> Health:
    """What the person is told to do. The profile is sound afterwards."""
    done = asyncio.run(keeping.repair(folder))
    again = asyncio.run(keeping.check(folder))
    assert again.findings == () and again.orphans == 0
    return done


def swept(folder: Path) -> None:
    """A day later, what nobody names is swept away."""
    with contextlib.closing(apsw.Connection(str(folder / "content.db"))) as db:
        db.execute("UPDATE content SET stored_at = stored_at - 86400")
    store = Store.open(folder)
    asyncio.run(store.sweep())
    store.close_now()


def brought_back(scene: Scene, folder: Path, done: Health) -> None:
    """Everything is shown after the next visit, or its loss was told."""
    swept(folder)
    back = set(scene.visited(folder)) & set(LETTERS)
    unread = sum("was stored only here" in each for each in done.lost)
    assert len(back) + unread >= len(LETTERS) or (scene.leave.keep is Keep.FOREVER and done.refetch)
    assert len(LETTERS) - len(back) <= unread + done.refetch


@pytest.mark.parametrize("how", ["gone", "empty", "shorter", "rubbish"])
@pytest.mark.parametrize("name", ["mail.db", "content.db"])
def test_a_file_is_harmed_as_a_whole(scene: Scene, place: Path, name: str, how: str) -> None:
    folder = shutil.copytree(scene.ended, place / "profile")
    harms: dict[str, Callable[[bytes], bytes]] = {
        "empty": lambda raw: b"",
        "shorter": lambda raw: raw[: len(raw) // PAGE[name] // 2 * PAGE[name]],
        "rubbish": lambda raw: b"no database " * 2_000,
    }
    if how == "gone":
        (folder / name).unlink()
    else:
        (folder / name).write_bytes(harms[how]((folder / name).read_bytes()))
    harmed = (folder / name).read_bytes() if how != "gone" else b""
    assert not opens(folder) and not opens(folder)
    if how != "gone":
        assert (folder / name).read_bytes() == harmed, "what is harmed is left alone until it is repaired"
    done = mended(folder)
    if how != "gone":
        assert [Path(each).read_bytes() for each in done.aside] == [harmed]
    if name == "mail.db":
        assert set(here(folder)) == set(LETTERS), "the bytes were all there"
        assert done.recovered or how == "shorter"
    brought_back(scene, folder, done)


@pytest.mark.parametrize("table", ["account", "folder", "message", "content"])
def test_a_page_is_zeroed(scene: Scene, place: Path, table: str) -> None:
    """Without the page of its account or its folder, no message has a place any more."""
    name = "content.db" if table == "content" else "mail.db"
    with contextlib.closing(apsw.Connection(str(scene.ended / name))) as db:
        pages = [page for (page,) in db.execute("SELECT pageno - 1 FROM dbstat WHERE name = ?", (table,))]
    raw, size = (scene.ended / name).read_bytes(), PAGE[name]
    for page in {pages[0], pages[-1]}:
        harm(scene, place / "page", name, raw[: page * size] + bytes(size) + raw[(page + 1) * size :])


def test_any_bit_is_flipped(scene: Scene, place: Path) -> None:
    chance = random.Random(12)
    for name in PAGE:
        raw = (scene.ended / name).read_bytes()
        for byte in chance.sample(range(len(raw)), 2):
            flipped = bytearray(raw)
            flipped[byte] ^= 1 << chance.randrange(8)
            harm(scene, place / f"{name}-{byte}", name, bytes(flipped))


@pytest.mark.slow
@pytest.mark.timeout(1_800)
def test_every_page_is_zeroed_and_many_bits_are_flipped(scene: Scene, place: Path) -> None:
    chance = random.Random(13)
    for name, size in PAGE.items():
        raw = (scene.ended / name).read_bytes()
        for page in range(len(raw) // size):
            harm(scene, place / "page", name, raw[: page * size] + bytes(size) + raw[(page + 1) * size :])
        for byte in chance.sample(range(len(raw)), 150):
            flipped = bytearray(raw)
            flipped[byte] ^= 1 << chance.randrange(8)
            harm(scene, place / "bit", name, bytes(flipped))


def harm(scene: Scene, folder: Path, name: str, raw: bytes) -> None:
    """One harmed file: whatever a person does next, mail is shown, comes again, or is named as lost. What is not
    noticed at the start harmed nothing, or is noticed by a check."""
    shutil.copytree(scene.ended, folder)
    (folder / name).write_bytes(raw)
    if not opens(folder):
        assert (folder / name).read_bytes() == raw
    done = mended(folder)
    if name == "mail.db":
        swept(folder)
        assert set(scene.visited(folder)) >= set(LETTERS)
    else:
        brought_back(scene, folder, done)
    shutil.rmtree(folder)


def torn(scene: Scene, folder: Path, name: str, size: int) -> None:
    """A log that was cut: whatever its commits named is gathered, or comes from the server."""
    shutil.copytree(scene.running, folder)
    with (folder / f"{name}-wal").open("r+b") as log:
        log.truncate(size)
    if opens(folder):
        swept(folder)
    done = mended(folder)
    if name == "mail.db":
        assert set(scene.visited(folder)) >= set(LETTERS)
    else:
        brought_back(scene, folder, done)
    shutil.rmtree(folder)


@pytest.mark.parametrize("name", ["mail.db", "content.db"])
def test_a_log_is_torn(scene: Scene, place: Path, name: str) -> None:
    whole = (scene.running / f"{name}-wal").stat().st_size
    for size in {512, whole // 1024 * 512}:
        torn(scene, place / "torn", name, size)


@pytest.mark.slow
@pytest.mark.timeout(1_800)
@pytest.mark.parametrize("name", ["mail.db", "content.db"])
def test_a_log_is_torn_at_every_sector(scene: Scene, place: Path, name: str) -> None:
    for size in range(0, (scene.running / f"{name}-wal").stat().st_size, 512):
        torn(scene, place / "torn", name, size)


@pytest.mark.parametrize("gone", ["mail.db-shm", "content.db-shm", "mail.db-wal", "content.db-wal", "search.db-wal"])
def test_a_file_beside_a_database_is_deleted(scene: Scene, place: Path, gone: str) -> None:
    folder = shutil.copytree(scene.running, place / "profile")
    (folder / gone).unlink()
    if not gone.endswith("-wal") or gone.startswith("search"):
        assert opens(folder) and set(here(folder)) == set(LETTERS)
        return
    assert not opens(folder)
    done = mended(folder)
    if gone.startswith("mail"):
        assert set(here(folder)) == set(LETTERS)
    brought_back(scene, folder, done)


def test_a_repair_that_is_broken_off_is_taken_up_again(
    scene: Scene, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = shutil.copytree(scene.ended, place / "profile")
    (folder / "mail.db").write_bytes((folder / "mail.db").read_bytes()[:-20_480])

    def power_cut(path: Path) -> Path:
        path.unlink()
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("desktopmail.store.repair.keep_aside", power_cut)
        asyncio.run(keeping.repair(folder))
    assert not opens(folder), "a new profile in the place of the old one"
    mended(folder)
    assert set(here(folder)) == set(LETTERS)
