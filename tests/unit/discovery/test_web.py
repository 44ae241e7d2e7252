"""Fetching a small document from a stranger's web server."""

from __future__ import annotations

import pytest

from desktopmail.domain.errors import BadCertificate, MailError, NotFound, ProtocolViolation, Refused, Stalled
from desktopmail.protocols.autoconfig import web
from desktopmail.protocols.document import Page
from tests.fakes.web_script import SILENT, WebScript, moved, page
from tests.unit.discovery.conftest import Play, World

BODY = b"<a>" + b"x" * 5000 + b"</a>"
BIG = b"x" * (web.MOST_BYTES + 1)


def url(world: World, path: str = "p", host: str = "example.org") -> str:
    return f"https://{host}:{world.web.port}/{path}"


@pytest.mark.parametrize(
    "answer",
    [
        page(BODY),
        b"HTTP/1.0 200\r\n\r\n" + BODY,
        b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + BODY,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\n<a>\r\n1388\r\n"
        + BODY[3:5003]
        + b"\r\n4\r\n</a>\r\n0\r\n",
    ],
)
def test_a_page(play: Play, answer: bytes) -> None:
    async def scene(world: World) -> None:
        world.web.pages["example.org/p"] = answer
        assert await web.get(url(world), timeout=5) == Page(url(world), BODY)

    play(scene)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (page(b"", status="404 Not Found"), NotFound),
        (page(b"", status="500 Oh"), Refused),
        (page(b"", status="401 Who"), Refused),
        (page(BIG), ProtocolViolation),
        (b"HTTP/1.1 200 OK\r\n\r\n" + BIG, ProtocolViolation),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n", ProtocolViolation),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", ProtocolViolation),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort", MailError),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffff\r\n" + BIG, ProtocolViolation),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 100_000, ProtocolViolation),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", ProtocolViolation),
        (page(b"x", "Content-Encoding: gzip"), ProtocolViolation),
        (b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 1000 + b"\r\n", ProtocolViolation),
        (b"HTTP/1.1 200 OK\r\nA: " + b"b" * 100_000 + b"\r\n\r\n", ProtocolViolation),
        (b"HTTP/2 200 OK\r\n\r\n", ProtocolViolation),
        (b"220 smtp\r\n", ProtocolViolation),
        (b"\n", ProtocolViolation),
        (SILENT, Stalled),
    ],
)
def test_an_answer_that_is_none(play: Play, answer: bytes, kind: type[MailError]) -> None:
    async def scene(world: World) -> None:
        world.web.pages["example.org/p"] = answer
        with pytest.raises(kind):
            await web.get(url(world), timeout=0.5 if answer == SILENT else 10)

    play(scene)


def test_sent_on_three_times_but_not_four(play: Play) -> None:
    async def scene(world: World) -> None:
        for step in range(4):
            world.web.pages[f"example.org/{step}"] = moved(f"/{step + 1}")
        world.web.pages["example.org/4"] = page(BODY)
        assert (await web.get(url(world, "1"), timeout=5)).url == url(world, "4")
        with pytest.raises(Refused):
            await web.get(url(world, "0"), timeout=5)
        assert world.web.asked[-1] == "example.org/3"

    play(scene)


@pytest.mark.parametrize(
    "to",
    [
        "http://example.org/p",
        "https://127.0.0.1/p",
        "https://localhost/p",
        "https://[::1]/p",
        "https://2130706433/p",
        "https://user:word@example.org/p",
        "https://example.org:0/p",
        "https://example.org:99999/p",
        "https://exa mple.org/p",
        "//127.1/p",
        "file:///etc/passwd",
        "",
        "https:///p",
        "https://[::1/p",
        "https://[not.an.address]/p",
        "https://example.org/\x7f\xff",
    ],
)
def test_never_sent_on_to(play: Play, names_here: list[str], to: str) -> None:
    async def scene(world: World) -> None:
        answer = b"HTTP/1.1 302 Found\r\nLocation: %s\r\n\r\n" % to.encode("latin-1")
        world.web.pages["example.org/p"] = answer
        with pytest.raises(MailError):
            await web.get(url(world), timeout=5)
        assert set(world.web.asked) == {"example.org/p"} and not world.plain.asked

    play(scene)


def test_a_loop_ends(play: Play) -> None:
    async def scene(world: World) -> None:
        world.web.pages["example.org/p"] = moved("/p")
        with pytest.raises(Refused):
            await web.get(url(world), timeout=5)
        assert len(world.web.asked) == 4

    play(scene)


@pytest.mark.parametrize("name", ["expired", "other_name", "self_signed", "unknown_root"])
def test_a_bad_certificate(play: Play, name: str) -> None:
    async def scene(world: World) -> None:
        async with WebScript({"example.org/p": page(BODY)}, getattr(world.certificates, name).context()) as bad:
            with pytest.raises(BadCertificate):
                await web.get(f"https://example.org:{bad.port}/p", timeout=5)
            assert not bad.asked

    play(scene)


def test_plain_is_never_sent_on(play: Play) -> None:
    async def scene(world: World) -> None:
        world.plain.pages["example.org/p"] = moved(url(world))
        with pytest.raises(Refused):
            await web.get(f"http://example.org:{world.plain.port}/p", timeout=5)
        assert not world.web.asked

    play(scene)
