"""Looking for a newer version: only when wanted, only over https, never fooled, and nothing says who asks.

U07
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from desktopmail.domain.errors import (
    BadCertificate,
    ConnectionLost,
    MailError,
    NotFound,
    NotGenuine,
    ProtocolViolation,
    Refused,
    Stalled,
    Unreachable,
)
from desktopmail.domain.release import Release
from desktopmail.engine.engine import Engine
from desktopmail.engine.settings import SettingsVerbs
from desktopmail.engine.updates import AFTER_FAILURE, BETWEEN, DAY, Source, Updates, shipped
from desktopmail.formats.release import write
from desktopmail.protocols import updates as far
from desktopmail.store.secrets import Memory
from desktopmail.store.store import Store
from tests.fakes.web_script import SILENT, WebScript, moved, page
from tests.release.test_notices import KEY, KEYS, NOTICE, NOW, OTHER, RELEASE
from tests.servers.certificates import Certificates, Pair

PLACE = "localhost/notice.json"


class Scene:
    """A profile, a web server with a certificate, and a clock that a test moves."""

    def __init__(self, store: Store, web: WebScript) -> None:
        self.store, self.web = store, web
        self.now = NOW
        self.visited: list[tuple[str, int, str]] = []
        self.updates = self.at(f"https://localhost:{web.port}/notice.json")

    def at(self, address: str, version: str = "1.1.0") -> Updates:
        source = Source(address, KEYS)
        return Updates(self.store, source, version=version, clock=lambda: self.now, noting=self._note)

    def _note(self, *seen: Any) -> None:
        self.visited.append(seen)

    def says(self, release: Release, key: Any = KEY) -> None:
        self.web.pages[PLACE] = page(write(release, {"2026": key}))

    async def want(self) -> None:
        await SettingsVerbs(self.store).change(look_for_updates=True)


Play = Callable[..., None]


@pytest.fixture
def play(tmp_path: Path, certificates: Certificates) -> Play:
    def run(scene: Callable[[Scene], Coroutine[Any, Any, None]], pair: Pair | None = None) -> None:
        async def work() -> None:
            store = Store.open(tmp_path / "profile")
            try:
                async with WebScript({PLACE: page(NOTICE)}, (pair or certificates.good).context()) as web:
                    await scene(Scene(store, web))
            finally:
                await store.close()

        asyncio.run(asyncio.wait_for(work(), 60))

    return run


def test_a_newer_version_is_found_and_remembered(play: Play) -> None:
    async def scene(it: Scene) -> None:
        assert await it.updates.answered() == 0
        assert await it.updates.look() == RELEASE
        assert await it.updates.answered() == NOW
        news = await it.updates.news()
        assert news is not None
        assert (news.version, news.page) == ("1.2.0", RELEASE.page)
        await it.updates.put_off(news)
        assert await it.updates.news() is None
        it.says(replace(RELEASE, version="1.3.0", sequence=8))
        assert await it.updates.look()
        assert (found := await it.updates.news()) and found.version == "1.3.0"

    play(scene)


def test_the_version_that_runs_is_no_news(play: Play) -> None:
    async def scene(it: Scene) -> None:
        assert await it.at(it.updates._source.address, "1.2.0").look() is None
        assert await it.at(it.updates._source.address, "1.2.0").news() is None

    play(scene)


def test_nothing_says_who_asks(play: Play) -> None:
    """One line, four fields: no version, no system, no name, nothing that stays the same."""

    async def scene(it: Scene) -> None:
        await it.updates.look()
        (head,) = it.web.heads
        fields = head.decode().split("\r\n")
        assert fields[:3] == ["GET /notice.json HTTP/1.1", f"Host: localhost:{it.web.port}", "User-Agent: desktopmail"]
        assert fields[3:] == ["Accept: application/json, */*;q=0.1", "Connection: close", "", ""]
        assert it.visited == [("localhost", it.web.port, "updates")]

    play(scene)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (page(NOTICE[:-20]), NotGenuine),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n" + NOTICE[:200], ProtocolViolation),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 1_000_000, ProtocolViolation),
        (page(b" " * (far.MOST_BYTES + 1)), ProtocolViolation),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 70_000, ProtocolViolation),
        (page(b"", status="404 Not Found"), NotFound),
        (page(b"", status="500 Oh"), Refused),
        (moved("http://localhost/notice.json"), Refused),
        (moved("file:///etc/passwd"), Refused),
        (moved(""), Refused),
        (moved("/notice.json"), Refused),
        (b"\r\n", ProtocolViolation),
        (page(write(replace(RELEASE, expires=NOW), {"2026": KEY})), NotGenuine),
        (page(write(RELEASE, {"2026": OTHER})), NotGenuine),
        (page(NOTICE.replace(b"1.2.0", b"9.2.0")), NotGenuine),
    ],
)
def test_refused(play: Play, answer: bytes, kind: type[MailError]) -> None:
    """U07: truncated, endless, http, round in circles, expired, wrong key, altered. The old version keeps running."""

    async def scene(it: Scene) -> None:
        it.web.pages[PLACE] = answer
        with pytest.raises(kind) as refused:
            await it.updates.look()
        assert "Nothing was changed" in refused.value.detail
        assert await it.updates.answered() == 0
        assert await it.updates.news() is None

    play(scene)


def test_slow_data(play: Play) -> None:
    """U07: a server that keeps silent is left after the deadline, here a short one."""

    async def scene(it: Scene) -> None:
        it.web.pages[PLACE] = SILENT
        with pytest.raises(Stalled):
            await far.fetch(it.updates._source.address, seconds=0.2)

    play(scene)


def test_data_that_drips_for_ever(certificates: Certificates) -> None:
    """U07: every byte comes soon after the last; the deadline is for all of it."""

    ended = asyncio.Event()

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
            while not writer.is_closing():
                writer.write(b" ")
                await writer.drain()
                await asyncio.sleep(0.01)
        writer.transport.abort()
        ended.set()

    async def scene() -> None:
        server = await asyncio.start_server(drip, "127.0.0.1", 0, ssl=certificates.good.context())
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(Stalled):
            await far.fetch(f"https://localhost:{port}/", seconds=0.5)
        server.close()
        await ended.wait()

    asyncio.run(asyncio.wait_for(scene(), 60))


def test_to_another_https_address(play: Play, certificates: Certificates, monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, port, *rest, **more: real("127.0.0.1", port, *rest, **more))

    async def scene(it: Scene) -> None:
        async with WebScript({"example.org/here": page(NOTICE)}, certificates.many.context()) as other:
            it.web.pages["localhost/notice.json"] = moved(f"https://example.org:{other.port}/here")
            assert await it.updates.look() == RELEASE

    play(scene)


def test_never_to_an_address_without_a_name(play: Play) -> None:
    async def scene(it: Scene) -> None:
        it.web.pages["localhost/notice.json"] = moved(f"https://127.0.0.1:{it.web.port}/here")
        it.web.pages["127.0.0.1/here"] = page(NOTICE)
        with pytest.raises(Refused):
            await it.updates.look()
        assert it.web.asked == ["localhost/notice.json"]

    play(scene)


@pytest.mark.parametrize(
    "address", ["http://localhost/x", "ftp://localhost/x", "https://a@localhost/x", "nonsense", ""]
)
def test_only_https(address: str) -> None:
    with pytest.raises(Refused):
        asyncio.run(far.fetch(address))


def test_a_server_that_cannot_prove_its_name(play: Play, certificates: Certificates) -> None:
    async def scene(it: Scene) -> None:
        with pytest.raises(BadCertificate):
            await it.updates.look()
        assert it.web.heads == []

    play(scene, certificates.other_name)


def test_an_older_notice_is_not_believed(play: Play) -> None:
    """U07: played back, or another one under the same number."""

    async def scene(it: Scene) -> None:
        it.says(replace(RELEASE, version="1.3.0", sequence=9))
        await it.updates.look()
        for older in (
            replace(RELEASE, sequence=8),
            replace(RELEASE, version="1.3.0", sequence=9, page="https://mail.example.org/other"),
            replace(RELEASE, version="1.2.9", sequence=10),
        ):
            it.says(older)
            with pytest.raises(NotGenuine) as refused:
                await it.updates.look()
            assert "older than the last one" in refused.value.title
        it.says(replace(RELEASE, version="1.3.0", sequence=9))
        assert await it.updates.look()
        assert (news := await it.updates.news()) and news.version == "1.3.0"

    play(scene)


def test_nobody_is_asked_before_the_person_says_so(play: Play) -> None:
    async def scene(it: Scene) -> None:
        assert await it.updates.look_if_due() is None
        assert it.web.asked == []
        await it.want()
        assert await it.updates.look_if_due()
        assert len(it.web.asked) == 1

    play(scene)


def test_once_a_week_and_a_day_after_trouble(play: Play) -> None:
    async def scene(it: Scene) -> None:
        await it.want()
        for later, count in ((0, 1), (BETWEEN - 1, 1), (BETWEEN, 2)):
            it.now = NOW + later
            await it.updates.look_if_due()
            assert len(it.web.asked) == count
        it.web.pages[PLACE] = page(b"", status="500 Oh")
        for later, count in ((2 * BETWEEN, 3), (2 * BETWEEN + AFTER_FAILURE - 1, 3), (2 * BETWEEN + AFTER_FAILURE, 4)):
            it.now = NOW + later
            assert await it.updates.look_if_due()  # what was found before is still told
            assert len(it.web.asked) == count

    play(scene)


def test_a_clock_that_was_wrong_does_not_end_the_looking(play: Play) -> None:
    async def scene(it: Scene) -> None:
        await it.want()
        it.now = NOW + 29 * DAY
        await it.updates.look_if_due()
        it.now = NOW
        await it.updates.look_if_due()
        assert len(it.web.asked) == 2

    play(scene)


def test_the_question_comes_once_after_some_days(play: Play) -> None:
    async def scene(it: Scene) -> None:
        assert not await it.updates.should_ask()
        it.now = NOW + 2 * DAY
        assert not await it.updates.should_ask()
        it.now = NOW + 3 * DAY
        assert await it.updates.should_ask()
        await it.updates.asked()
        assert not await it.updates.should_ask()

    play(scene)


def test_who_switched_it_on_is_not_asked(play: Play) -> None:
    async def scene(it: Scene) -> None:
        await it.updates.should_ask()
        await it.want()
        it.now = NOW + 9 * DAY
        assert not await it.updates.should_ask()

    play(scene)


def test_a_build_without_address_or_key_neither_asks_nor_looks(play: Play) -> None:
    async def scene(it: Scene) -> None:
        for source in (Source(), Source("https://localhost/x"), Source("", KEYS)):
            updates = Updates(it.store, source, clock=lambda: it.now)
            await it.want()
            assert not updates.possible
            assert await updates.look_if_due() is None
            with pytest.raises(NotFound):
                await updates.look()

    play(scene)


def test_nothing_is_looked_for_offline(tmp_path: Path) -> None:
    async def story() -> None:
        engine = await Engine.open(tmp_path / "profile", passwords=Memory(), offline=True)
        assert not engine.updates.possible
        await engine.close()

    asyncio.run(story())


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"address": "https://x", "keys": {"a": "!"}}', '{"keys": 3}', "\0"])
def test_a_broken_file_is_no_source(tmp_path: Path, text: str) -> None:
    file = tmp_path / "updates.json"
    file.write_text(text)
    assert not shipped(file)


def test_the_file_that_ships_can_be_read() -> None:
    assert isinstance(shipped(), Source)
    assert all(len(key) == 32 for key in shipped().keys.values())


def test_no_way_there(play: Play) -> None:
    async def scene(it: Scene) -> None:
        updates = it.at("https://127.0.0.1:1/notice.json")
        with pytest.raises((Unreachable, ConnectionLost)):
            await updates.look()

    play(scene)
