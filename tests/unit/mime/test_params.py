"""Content-Type and Content-Disposition, contradictory and hostile."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopmail.mime import params
from tests.cost import least


@pytest.mark.parametrize(
    ("raw", "value", "expected"),
    [
        (b'text/plain; charset="utf-8"', "text/plain", {"charset": "utf-8"}),
        (b"text/plain; charset=utf-8; charset=koi8-r", "text/plain", {"charset": "utf-8"}),
        (b"text/plain (comment); charset=x", "text/plain", {"charset": "x"}),
        (b"attachment; filename=my file.pdf", "attachment", {"filename": "my file.pdf"}),
        (b'attachment; filename="a\\"b.pdf"', "attachment", {"filename": 'a"b.pdf'}),
        (b'attachment; filename="C:\\dir\\a.pdf"', "attachment", {"filename": "C:\\dir\\a.pdf"}),
        (b'attachment; filename="open', "attachment", {"filename": "open"}),
        (b"attachment; filename*=utf-8''Per%C3%A9", "attachment", {"filename": "Peré"}),
        (b"attachment; filename*=''Per%E9", "attachment", {"filename": "Peré"}),
        (b"attachment; filename*=iso-8859-1'fr'Per%E9", "attachment", {"filename": "Peré"}),
        (b"attachment; filename=x; filename*=utf-8''y", "attachment", {"filename": "y"}),
        (b"x; n*0*=utf-8''a; n*1=b; n*2*=%20c", "x", {"n": "ab c"}),
        (b"x; n*2=c; n*0=a; n*1=b", "x", {"n": "abc"}),
        (b"x; n*0=a; n*5=b", "x", {"n": "ab"}),
        (b"x; n*0=a; n*0=z; n*1=b", "x", {"n": "ab"}),
        (b"x; n*0=a; n*1000000000=b", "x", {"n": "a", "n*1000000000": "b"}),
        (b'x; name="=?utf-8?q?Per=C3=A9?="', "x", {"name": "Peré"}),
        (b"x; name=Per\xe9", "x", {"name": "Peré"}),
        (b";;; ;=;a=b", "", {"a": "b"}),
        (b'"text/html"; x', "text/html", {}),
    ],
)
def test_parse(raw: bytes, value: str, expected: dict[str, str]) -> None:  # P07
    assert params.parse(raw) == (value, expected)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"TEXT/HTML", "text/html"),
        (b"text", "text/plain"),
        (b"multipart", "multipart/mixed"),
        (b"text/", "text/plain"),
        (b"image/", "application/octet-stream"),
        (b"nonsense", "text/plain"),
        (b"", "text/plain"),
    ],
)
def test_types(raw: bytes, expected: str) -> None:
    assert params.content_type(raw).value == expected


@given(st.binary(max_size=200))
def test_any_bytes(raw: bytes) -> None:
    for text in params.parse(raw).params.values():
        text.encode("utf-8")


@pytest.mark.parametrize(
    "raw",
    [
        b"text/plain" + b"".join(b"; a%d=b" % number for number in range(10_000)),
        b"text/plain" + b"".join(b"; name*%d*=%%41" % number for number in range(10_000)),
        b"text/plain; " + b";" * 200_000 + b"(",
        b"text/plain; a=" + b'"' * 200_000,
        b"text/plain; " + b" " * 200_000 + b"=",
    ],
    ids=["parameters", "segments", "semicolons", "quotes", "spaces"],
)
def test_hostile_fields_are_quick(raw: bytes) -> None:  # P07
    assert least(lambda: params.parse(raw), 0.1) < 0.1
