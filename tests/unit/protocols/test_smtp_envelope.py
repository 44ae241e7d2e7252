"""Addresses on the line: domains in ASCII, nothing that could become another command."""

from __future__ import annotations

import pytest

from desktopmail.domain.errors import WrongUsage
from desktopmail.protocols.smtp.envelope import Envelope, Path, path


@pytest.mark.parametrize(
    ("address", "wire"),
    [
        ("ada@example.org", Path("ada@example.org", True)),
        ("a.b+tag'x/y=z@sub.example.org", Path("a.b+tag'x/y=z@sub.example.org", True)),
        ('"two words"@example.org', Path('"two words"@example.org', True)),
        ('"a>b"@example.org', Path('"a>b"@example.org', True)),
        ('"a@b"@example.org', Path('"a@b"@example.org', True)),
        ("u@bücher.example", Path("u@xn--bcher-kva.example", True)),
        ("u@BÜCHER.example", Path("u@xn--bcher-kva.example", True)),
        ("jürgen@bücher.example", Path("jürgen@xn--bcher-kva.example", False)),
        ("u@[192.0.2.1]", Path("u@[192.0.2.1]", True)),
        ("u@[IPv6:2001:db8::1]", Path("u@[IPv6:2001:db8::1]", True)),
        ("u@localhost", Path("u@localhost", True)),
        ("u@under_score.example", Path("u@under_score.example", True)),
        ("", Path("", True)),
    ],
)
def test_wire_form(address: str, wire: Path) -> None:
    assert path(address) == wire


@pytest.mark.parametrize(
    "address",
    [
        "nobody",
        "@example.org",
        "a@",
        "a@b@c@",
        "a b@example.org",
        "a@x>\r\nRCPT TO:<b@x",
        "a\r\n@example.org",
        "a@exam\nple.org",
        "a@x.org> SIZE=1",
        "a\0@example.org",
        "a,b@example.org",
        "<a@example.org>",
        '"a"b"@example.org',
        '"a\\"@example.org',
        "a@-x.org",
        "a@x..org",
        "a@" + "x" * 64 + ".org",
        "a@exa mple.ørg",
        "a" * 1000 + "@example.org",
    ],
)
def test_what_is_refused(address: str) -> None:
    with pytest.raises(WrongUsage):
        path(address)


def test_a_message_is_never_printed() -> None:
    assert "secret" not in repr(Envelope("a@x.org", ("b@x.org",), b"secret"))
