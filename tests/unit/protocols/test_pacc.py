"""Reading settings for user agents that a stranger wrote, and their digest."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopmail.domain.account import Endpoint, Security, SignIn
from desktopmail.domain.errors import ProtocolViolation
from desktopmail.protocols.autoconfig.answer import Candidate
from desktopmail.protocols.autoconfig.pacc import Document, confirmed, read
from desktopmail.protocols.autoconfig.probe import Speech

ADDRESS = "ada@example.org"


def found(document: Any) -> Document:
    return read(json.dumps(document).encode(), ADDRESS)


def test_what_it_says() -> None:
    document = {
        "protocols": {
            "imap": {"host": "IMAP.example.org"},
            "submit": {"host": "smtp.example.org"},
            "smtp": {"host": "old.example.org"},
            "jmap": {"url": "https://example.org/jmap"},
        },
        "authentication": {"oauth-public": {"issuer": "https://auth.example.org/x"}, "password": True},
        "info": {"provider": {"name": "Example\n Mail"}, "help": {"documentation": "https://example.org/help"}},
    }
    expected = (
        Candidate(Speech.IMAP, Endpoint("imap.example.org", 993, Security.TLS, ADDRESS)),
        Candidate(Speech.SMTP, Endpoint("smtp.example.org", 465, Security.TLS, ADDRESS)),
    )
    ways = (SignIn.OAUTH2, SignIn.WORD)
    issuer = "https://auth.example.org/x"
    assert found(document) == Document("Example Mail", expected, "https://example.org/help", ways, issuer)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "a b.example", "", None, 7, ["imap.example.org"], "[::1]"])
def test_no_host(host: object) -> None:
    assert found({"protocols": {"imap": {"host": host}}}).candidates == ()


@pytest.mark.parametrize(
    "issuer",
    ["http://auth.example.org", "https://127.0.0.1", "https://a@auth.example.org", "https://", 1, "https://[x"],
)
def test_no_issuer(issuer: object) -> None:
    assert found({"authentication": {"oauth-public": {"issuer": issuer}}}).issuer == ""


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe\x00", b"[" * 100_000, b"<xml/>"])
def test_no_document(body: bytes) -> None:
    with pytest.raises(ProtocolViolation):
        read(body, ADDRESS)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["protocols", "imap", "host", "info", "authentication"]), inner, max_size=3)
    ),
    max_leaves=15,
)


@given(values)
def test_any_document(document: Any) -> None:
    assert all(each.endpoint.host.isascii() for each in found(document).candidates)


def test_the_digest() -> None:
    body = b"{}"
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    assert confirmed(body, ["v=spf1 -all", f"v=UAAC1; a=sha256; d={digest}"])
    for record in (f"v=UAAC2; a=sha256; d={digest}", f"v=UAAC1; a=md5; d={digest}", "v=UAAC1; a=sha256; d=", ";;=", ""):
        assert not confirmed(body, [record])
    assert not confirmed(b"{} ", [f"v=UAAC1; a=sha256; d={digest}"])
    assert not confirmed(body, ["v=UAAC1; a=sha256; d=ünsinn"])
