"""Remote pictures: what is asked, what is refused, and what never leaves this computer."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

import pytest

from desktopmail.domain.errors import ConnectionLost, MailError, Refused, Unreachable
from desktopmail.domain.hosts import PICTURES
from desktopmail.engine import pictures
from desktopmail.engine.pictures import Pictures, is_public, picture_type

PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 100


class Web:
    """A web server that answers what it was told for each path, and keeps every request."""

    def __init__(self, answers: dict[str, bytes]) -> None:
        self.answers = answers
        self.requests: list[str] = []
        self.port = 0

    async def __aenter__(self) -> Web:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        await self._server.wait_closed()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.requests.append(request)
        writer.write(self.answers.get(request.split(" ")[1], b"HTTP/1.1 404 No\r\n\r\n"))
        writer.close()


def ok(body: bytes, *fields: str) -> bytes:
    head = "\r\n".join(["HTTP/1.1 200 OK", f"Content-Length: {len(body)}", *fields])
    return head.encode() + b"\r\n\r\n" + body


def run(test: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(test())  # type: ignore[arg-type]


def near() -> Pictures:
    return Pictures(ssl.create_default_context, local=True)


def test_a_picture_comes_with_its_true_type_and_nothing_is_told() -> None:
    async def test() -> None:
        async with Web({"/a.png?id=%C3%A9": ok(PNG, "Content-Type: text/html", "Set-Cookie: a=b")}) as web:
            assert await near().fetch(web.url("/a.png?id=é#part")) == ("image/png", PNG)
            assert await near().fetch(web.url("/a.png?id=é")) == ("image/png", PNG)
            for request in web.requests:
                names = {line.partition(":")[0].lower() for line in request.split("\r\n")[1:] if line}
                assert names == {"host", "user-agent", "accept", "accept-encoding", "connection"}

    run(test)


def test_every_host_is_noted_and_none_that_was_refused() -> None:
    async def test() -> None:
        noted: list[tuple[str, int, str]] = []
        async with Web({"/a.png": ok(PNG)}) as web:
            url = web.url("/a.png")
            await Pictures(ssl.create_default_context, local=True, noting=lambda *seen: noted.append(seen)).fetch(url)
            with pytest.raises(Refused):
                await Pictures(ssl.create_default_context, noting=lambda *seen: noted.append(seen)).fetch(
                    "http://127.0.0.1/a.png"
                )
            parts = urlsplit(url)
            assert noted == [(parts.hostname, parts.port, PICTURES)]

    run(test)


def test_chunked_and_open_ended_answers() -> None:
    chunks = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n\x89PNG\r\n\x1a\n\r\n3;x=y\r\nabc\r\n0\r\n\r\n"
    answers = {"/chunks": chunks, "/open": b"HTTP/1.0 200 OK\r\n\r\n" + PNG}

    async def test() -> None:
        async with Web(answers) as web:
            assert await near().fetch(web.url("/chunks")) == ("image/png", b"\x89PNG\r\n\x1a\nabc")
            assert await near().fetch(web.url("/open")) == ("image/png", PNG)

    run(test)


def moved(to: str) -> bytes:
    return f"HTTP/1.1 302 Found\r\nLocation: {to}\r\n\r\n".encode()


def test_redirections_are_followed_three_times_and_only_to_the_web() -> None:
    answers = {
        "/1": moved("/2"),
        "/2": moved("/3"),
        "/3": moved("/4"),
        "/4": ok(PNG),
        "/0": moved("/1"),
        "/file": moved("file:///etc/passwd"),
        "/loop": moved("/loop"),
    }

    async def test() -> None:
        async with Web(answers) as web:
            assert (await near().fetch(web.url("/1")))[1] == PNG
            for path in ("/0", "/file", "/loop"):
                with pytest.raises(Refused):
                    await near().fetch(web.url(path))

    run(test)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (ok(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "Content-Type: image/png"), Refused),
        (ok(b"<html>", "Content-Type: image/png"), Refused),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n", Refused),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n", Refused),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" + PNG, ConnectionLost),
        (b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n", ConnectionLost),
        (b"hello\r\n\r\n", ConnectionLost),
        (b"", ConnectionLost),
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n\r\n", Refused),
        (b"HTTP/1.1 500 No\r\n\r\n", Refused),
    ],
)
def test_what_is_no_picture_is_refused(answer: bytes, error: type[MailError]) -> None:
    async def test() -> None:
        async with Web({"/a": answer}) as web:
            with pytest.raises(error):
                await near().fetch(web.url("/a"))

    run(test)


def test_an_endless_answer_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "LARGEST", 1000)

    async def test() -> None:
        async with Web({"/a": b"HTTP/1.1 200 OK\r\n\r\n" + PNG * 20}) as web:
            with pytest.raises(Refused):
                await near().fetch(web.url("/a"))

    run(test)


def test_this_computer_and_its_network_are_never_asked() -> None:
    async def test() -> None:
        async with Web({"/a": ok(PNG)}) as web:
            far = Pictures(ssl.create_default_context)
            for url in (web.url("/a"), f"http://localhost:{web.port}/a", "http://localhost/a", "https://[::1]/a"):
                with pytest.raises(Refused):
                    await far.fetch(url)
            assert web.requests == []

    run(test)


@pytest.mark.parametrize(
    "url", ["ftp://example.org/a", "file:///a", "http:///a", "http://user@example.org/", "http://[", "javascript:1", ""]
)
def test_addresses_that_are_none(url: str) -> None:
    async def test() -> None:
        with pytest.raises(Refused):
            await Pictures(ssl.create_default_context).fetch(url)

    run(test)


def test_nobody_there() -> None:
    async def test() -> None:
        async with Web({}) as web:
            pass
        with pytest.raises(Unreachable):
            await near().fetch(web.url("/a"))

    run(test)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:93.184.216.34", True),
        ("64:ff9b::a00:1", False),
        ("2002:7f00:1::", False),
        ("not an address", False),
    ],
)
def test_what_is_public(address: str, public: bool) -> None:
    assert is_public(address) is public


def test_types_by_their_first_bytes() -> None:
    assert picture_type(b"RIFF\0\0\0\0WEBPVP8 ") == "image/webp"
    assert picture_type(b"GIF89a") == "image/gif"
