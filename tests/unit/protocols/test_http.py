"""Answers of web servers, in every cut and with everything too much."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

import pytest

from desktopmail.protocols import http

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


def answer(wire: bytes, most: int = 100, cuts: int = 0) -> tuple[int, bytes]:
    async def read() -> tuple[int, bytes]:
        reader = asyncio.StreamReader(limit=http.LINE_BYTES)

        async def give() -> None:
            for start in range(0, len(wire), cuts or len(wire) or 1):
                reader.feed_data(wire[start : start + (cuts or len(wire))])
                await asyncio.sleep(0)
            reader.feed_eof()

        giving = asyncio.ensure_future(give())
        try:
            head = await http.head(reader)
            return head.status, await http.body(reader, head, most)
        finally:
            giving.cancel()

    return asyncio.run(read())


@pytest.mark.parametrize("cuts", [0, 1, 7])
@pytest.mark.parametrize(
    ("wire", "expected"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello and more", (200, b"hello")),
        (b"HTTP/1.0 404\r\n\r\nall to the end", (404, b"all to the end")),
        (b"HTTP/1.1 100 Go on\r\n\r\nHTTP/1.1 200 OK\nContent-Length: 2\n\nok", (200, b"ok")),
        (CHUNKED + b"3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n", (200, b"abc0123456789")),
        (b"HTTP/1.1 204 Nothing\r\nContent-Length: 0\r\n\r\n", (204, b"")),
    ],
)
def test_answers(wire: bytes, expected: tuple[int, bytes], cuts: int) -> None:
    assert answer(wire, cuts=cuts) == expected


@pytest.mark.parametrize(
    "wire",
    [
        b"",
        b"hello\r\n\r\n",
        b"HTTP/2 200\r\n\r\n",
        b"HTTP/1.1 2000 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n",
        b"HTTP/1.1 100 Wait\r\n\r\n" * 10,
        CHUNKED + b"x\r\n",
        CHUNKED + b"3\r\nabcX\r\n",
        CHUNKED + b"3\r\nab",
    ],
)
def test_nonsense(wire: bytes) -> None:
    with pytest.raises(http.Unreadable):
        answer(wire)


@pytest.mark.parametrize(
    "wire",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9999999999999999999\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 101,
        CHUNKED + b"65\r\n",
        CHUNKED + b"1\r\nx\r\n" * 101,
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000,
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 1_000,
    ],
)
def test_too_much(wire: bytes) -> None:
    with pytest.raises(http.TooLarge):
        answer(wire)


def test_requests() -> None:
    asked = http.request("GET", urlsplit("https://example.org:8443?a=b"), ["Accept: */*"])
    assert asked == b"GET /?a=b HTTP/1.1\r\nHost: example.org:8443\r\nAccept: */*\r\nConnection: close\r\n\r\n"
    sent = http.request("POST", urlsplit("http://[::1]:80/x"), [], b"k=v")
    assert sent == b"POST /x HTTP/1.1\r\nHost: [::1]\r\nConnection: close\r\nContent-Length: 3\r\n\r\nk=v"
