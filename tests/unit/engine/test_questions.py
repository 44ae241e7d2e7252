"""Whose servers need a question before they are used."""

from __future__ import annotations

import pytest

from desktopmail.domain.account import Endpoint, Security
from desktopmail.engine.finding.ranking import questions

OWN = frozenset({"example.org"})


@pytest.mark.parametrize(
    "host", ["127.evil.example", "127.0.0.1.evil.example", "imap.evil.example", "xn--exmple-cua.org"]
)
def test_a_stranger_is_asked_about_whatever_its_name_begins_with(host: str) -> None:
    (asked,) = questions([Endpoint(host, 993, Security.TLS, "ada")], OWN, "ada@example.org")
    assert asked.startswith(f"{host} belongs to ")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "imap.example.org", "example.org"])
def test_nobody_is_asked_about_the_own_domain_and_this_computer(host: str) -> None:
    assert questions([Endpoint(host, 993, Security.TLS, "ada")], OWN, "ada@example.org") == ()
