"""Names that strangers write, and whose they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopmail.domain.hostname import belongs, host_name, owner


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("imap.Example.ORG.", "imap.example.org"),
        (" mail.example.org ", "mail.example.org"),
        ("_x.example.org", "_x.example.org"),
        ("imap.bücher.example", "imap.xn--bcher-kva.example"),
        ("imap。example。org", "imap.example.org"),
        ("localhost", ""),
        ("a.localhost", ""),
        ("127.0.0.1", ""),
        ("127.1", ""),
        ("[::1]", ""),
        ("::1", ""),
        ("1.2.3.0x4", ""),
        ("a..example.org", ""),
        ("-a.example.org", ""),
        ("a.example.org:993", ""),
        ("a@example.org", ""),
        ("a/example.org", ""),
        ("a\n.example.org", ""),
        ("x" * 64 + ".example.org", ""),
        ("", ""),
        (".", ""),
        ("ü" * 5000, ""),
    ],
)
def test_host_name(written: str, name: str) -> None:
    assert host_name(written) == name


@given(st.text(max_size=80))
def test_any_text(text: str) -> None:
    name = host_name(text)
    assert name == "" or (name.isascii() and host_name(name) == name)


@pytest.mark.parametrize(
    ("host", "registered"),
    [
        ("imap.example.org", "example.org"),
        ("example.org", "example.org"),
        ("a.b.example.co.uk", "example.co.uk"),
        ("mail.firma.or.at", "firma.or.at"),
        ("mail.example.com.au", "example.com.au"),
        ("a.evil.github.io", "evil.github.io"),
        ("x.uk.com", "x.uk.com"),
        ("mail.green.eco.br", "green.eco.br"),
        ("imap.example.de", "example.de"),
        ("org", "org"),
    ],
)
def test_owner(host: str, registered: str) -> None:
    assert owner(host) == registered


@pytest.mark.parametrize(
    ("host", "domain", "same"),
    [
        ("imap.example.org", "example.org", True),
        ("mail.example.org", "students.example.org", True),
        ("imap.EXAMPLE.org", "example.org", True),
        ("example.org.evil.net", "example.org", False),
        ("badexample.org", "example.org", False),
        ("victim.co.uk", "evil.co.uk", False),
        ("imap.o2.pl", "o2.pl", True),
        ("imap.gmx.net", "gmx.at", False),
        ("xn--exmple-cua.org", "example.org", False),
    ],
)
def test_belongs(host: str, domain: str, same: bool) -> None:
    assert belongs(host, domain) is same
