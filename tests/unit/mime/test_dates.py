"""Dates, as the standard writes them and as programs do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopmail.mime import dates


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"Fri, 21 Nov 1997 09:55:06 -0600", "1997-11-21T09:55:06-06:00"),
        (b"21 Nov 1997 09:55 +0530", "1997-11-21T09:55:00+05:30"),
        (b"21 Nov 97 09:55:06 GMT", "1997-11-21T09:55:06+00:00"),
        (b"1 Feb 49 00:00 GMT", "2049-02-01T00:00:00+00:00"),
        (b"1 Feb 101 00:00 GMT", "2001-02-01T00:00:00+00:00"),
        (b"Thu, 13 Jun 1996 23:25:49 -0700 (PDT)", "1996-06-13T23:25:49-07:00"),
        (b"Tue, 1 Apr 2014 8:05:00 pm EST", "2014-04-01T20:05:00-05:00"),
        (b"Fri, 21 Nov 1997 09(comment):   55  :  06 -0600", "1997-11-21T09:55:06-06:00"),
        (b"Wed Nov  5 10:11:12 2003", "2003-11-05T10:11:12+00:00"),
        (b"2024-03-01T10:00:00+01:00", "2024-03-01T10:00:00+01:00"),
        (b"Sun, 06-Nov-94 08:49:37 GMT", "1994-11-06T08:49:37+00:00"),
        (b"Monday, 3 June 2019 10:00:00 +0000", "2019-06-03T10:00:00+00:00"),
        (b"Mon, 3 Jun 2019 10:00:00 +9999", "2019-06-03T10:00:00+00:00"),
        (b"Mon, 3 Jun 2019 10:00:00 nonsense", "2019-06-03T10:00:00+00:00"),
        (b"Mon, 3 Jun 2019 99:00:00 +0000", "2019-06-03T00:00:00+00:00"),
        (b"Mon, 31 Feb 2019 10:00:00 +0000", None),
        (b"Mon, 3 Jun 0000 10:00:00 +0000", None),
        (b"yesterday", None),
        (b"", None),
        (b"\xff" * 500, None),
    ],
)
def test_parse(raw: bytes, expected: str | None) -> None:
    found = dates.parse(raw)
    assert (dates.iso(*found) if found else None) == expected


@given(st.integers(-2_000_000_000, 250_000_000_000), st.integers(-14 * 60, 14 * 60))
def test_written_dates_are_read_back(seconds: int, offset: int) -> None:
    assert dates.parse(dates.rfc5322(seconds, offset).encode()) == (seconds, offset * 60)


@given(st.binary(max_size=80))
def test_any_bytes(raw: bytes) -> None:
    found = dates.parse(raw)
    assert found is None or dates.iso(*found)
