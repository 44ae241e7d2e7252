"""Every sample file as a message on a real server: it arrives, has a row and a body, keeps its bytes, and can be shown.

P01 P03 P04 D43
"""

from __future__ import annotations

import asyncio
import hashlib
import imaplib
import logging
import ssl
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from desktopmail.domain.account import ImapServer, NewAccount
from desktopmail.domain.body import Body
from desktopmail.domain.folder import Role
from desktopmail.domain.message import Copy, Fetched
from desktopmail.engine.engine import Engine
from desktopmail.store.secrets import Memory
from tests.corpus.conftest import FILES, samples
from tests.gui.conftest import qloop, run  # noqa: F401 - fixtures
from tests.journeys.house import House, house, until
from tests.servers.dovecot import Dovecot, User

NASTY = 60
"""How many of the worst are opened in the window."""


@dataclass(frozen=True, slots=True)
class Synced:
    """A profile that holds all samples; `files` in the order of their UIDs, which begin with 1."""

    profile: Path
    user: User
    files: list[Path]
    problems: list[object]


@pytest.fixture(scope="module")
def synced(tmp_path_factory: pytest.TempPathFactory, dovecot: Dovecot) -> Synced:
    """All samples, on the server and here."""
    if not FILES.is_dir():
        pytest.skip("no sample mail beside the project")
    user, profile = dovecot.add_user(), tmp_path_factory.mktemp("corpus") / "profile"
    files = samples()
    dovecot.seed(user, "INBOX", (path.read_bytes() for path in files))

    async def bring() -> list[object]:
        engine = await Engine.open(profile, passwords=Memory())
        new = NewAccount(user.address, "Test", "Ada", ImapServer(dovecot.endpoint("imaps", user)), None)
        await engine.accounts.add(new, user.password)
        reports = await engine.sync()
        await engine.close()
        return [problem for report in reports for problem in report.problems]

    return Synced(profile, user, files, asyncio.run(bring()))


def served(dovecot: Dovecot, user: User) -> dict[int, bytes]:
    """What another program gets, by UID."""
    context = ssl.create_default_context(cafile=str(dovecot.certificates.authority))
    line = imaplib.IMAP4_SSL("localhost", dovecot.ports["imaps"], ssl_context=context)
    line.login(user.name, user.password)
    line.select("INBOX", readonly=True)
    answer = line.uid("FETCH", "1:*", "(UID BODY.PEEK[])")[1]
    line.logout()
    pairs = [each for each in answer if isinstance(each, tuple)]
    return {int(head.split(b"UID ")[1].split()[0]): raw for head, raw in pairs}


async def rows_by_uid(engine: Engine) -> dict[int, Any]:
    """Summaries of the Inbox by UID."""
    inbox = next(each.id for each in engine.library.folders() if each.role is Role.INBOX)
    uids = await engine._store.read(lambda tx: tx.copies.uids(inbox))
    return {uid: engine.library.summary(known[0]) for uid, known in uids.items()}


def test_all_of_them_arrive(synced: Synced, dovecot: Dovecot) -> None:
    async def look() -> None:
        engine = await Engine.open(synced.profile, passwords=Memory(), offline=True)
        try:
            rows, there = await rows_by_uid(engine), served(dovecot, synced.user)
            assert synced.problems == []
            assert sorted(rows) == sorted(there)
            assert len(there) == len(synced.files)
            for uid, raw in there.items():
                row = rows[uid]
                assert (row.copy, row.fetched) == (Copy.BOTH, Fetched.FULL), synced.files[uid - 1]
                here = await engine.reading.raw(row.id)
                assert hashlib.sha256(here).digest() == hashlib.sha256(raw).digest(), synced.files[uid - 1]
        finally:
            await engine.close()

    asyncio.run(look())


def test_each_has_a_body_or_says_why_not(synced: Synced, caplog: pytest.LogCaptureFixture) -> None:
    async def look() -> None:
        engine = await Engine.open(synced.profile, passwords=Memory(), offline=True)
        try:
            for uid, row in (await rows_by_uid(engine)).items():
                name = synced.files[uid - 1]
                body = await engine.reading.load(row.id)
                assert says_something(body), name
                assert (row.subject, row.sender) == (body.subject, body.sender), name
                for part in body.parts:
                    await engine.reading.part(row.id, part.section)
        finally:
            await engine.close()

    with caplog.at_level(logging.WARNING):
        asyncio.run(look())
    assert caplog.records == []


def says_something(body: Body) -> bool:
    """Whether a reader has anything to show: words, a page, files, or a sentence about what is wrong."""
    return bool(body.text.strip() or body.html.strip() or body.parts or body.warnings)


def nastiness(path: Path) -> int:
    """How far from a decent message a file is: the more, the worse."""
    raw = path.read_bytes()
    head = raw[:4000].replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    lines = head.split(b"\n")
    odd = sum(1 for line in lines if line[:1] not in (b" ", b"\t") and b":" not in line)
    high = sum(byte >= 0x80 or byte < 9 for byte in raw[:4000])
    return odd * 10 + high + raw.lower().count(b"boundary") * 5 + raw.lower().count(b"<style") * 40 + len(raw) // 20_000


def test_the_worst_are_shown(run: Any, synced: Synced, caplog: pytest.LogCaptureFixture) -> None:  # noqa: F811
    async def look() -> None:
        async with house(synced.profile) as home:
            rows = await rows_by_uid(home.engine)
            order = sorted(rows, key=lambda uid: nastiness(synced.files[uid - 1]), reverse=True)
            for uid in order[:NASTY]:
                row = rows[uid]
                home.window.messages.choose([row.id], focus=True)
                await until(partial(shown, home, row.id))
                views = home.window.reader.reader._views  # type: ignore[union-attr]
                assert any(each.content is not None for each in views if each.summary.id == row.id), uid

    with caplog.at_level(logging.WARNING):
        run(look())
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


def shown(home: House, message: int) -> bool:
    """Whether the reader has this message open and on screen."""
    reader = home.window.reader.reader
    return reader is not None and reader.settled and any(v.summary.id == message and v.is_open for v in reader._views)
