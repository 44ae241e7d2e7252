"""The bundled facts: every entry is well formed and means TLS."""

from __future__ import annotations

import json

import pytest

from desktopmail.domain.account import Endpoint, Security
from desktopmail.protocols.autoconfig import facts
from desktopmail.protocols.autoconfig.facts import look_up, providers


@pytest.mark.parametrize(
    ("address", "imap", "smtp"),
    [
        ("ada@gmail.com", "imap.gmail.com 993 tls ada@gmail.com", "smtp.gmail.com 465 tls ada@gmail.com"),
        (
            "Ada@GoogleMail.com",
            "imap.gmail.com 993 tls Ada@googlemail.com",
            "smtp.gmail.com 465 tls Ada@googlemail.com",
        ),
        ("ada@icloud.com", "imap.mail.me.com 993 tls ada", "smtp.mail.me.com 587 starttls ada@icloud.com"),
        (
            "ada@outlook.com",
            "outlook.office365.com 993 tls ada@outlook.com",
            "smtp-mail.outlook.com 587 starttls ada@outlook.com",
        ),
        ("ada@inbox.lv", "mail.inbox.lv 993 tls ada@inbox.lv", "mail.inbox.lv 465 tls ada@inbox.lv"),
        ("ada@mailbox.org", "imap.mailbox.org 993 tls ada@mailbox.org", "smtp.mailbox.org 465 tls ada@mailbox.org"),
        ("ada@proton.me", "127.0.0.1 1143 starttls ada@proton.me", "127.0.0.1 1025 starttls ada@proton.me"),
    ],
)
def test_known_providers(address: str, imap: str, smtp: str) -> None:
    found = look_up(address)
    assert found is not None
    assert found.source == "bundled facts"
    assert (_line(found.imap[0]), _line(found.smtp[0])) == (imap, smtp)


def _line(endpoint: Endpoint) -> str:
    return f"{endpoint.host} {endpoint.port} {endpoint.security.value} {endpoint.user}"


def test_unknown() -> None:
    assert look_up("ada@example.org") is None
    assert look_up("ada") is None


def test_advice_comes_before_the_password() -> None:
    for address in ("a@gmail.com", "a@yahoo.com", "a@icloud.com", "a@gmx.de", "a@outlook.com", "a@tuta.com"):
        found = look_up(address)
        assert found is not None and found.password_help


def test_providers_without_access_have_no_servers() -> None:
    found = look_up("ada@tuta.com")
    assert found is not None
    assert not (found.imap or found.pop3 or found.smtp)


def test_every_entry_is_well_formed() -> None:
    known = providers()
    assert len(known) > 800
    for domain in known:
        assert domain == domain.lower() and "." in domain
        found = look_up(f"ada@{domain}")
        assert found is not None and found.provider
        for endpoint in (*found.imap, *found.pop3, *found.smtp):
            assert endpoint.security in (Security.TLS, Security.STARTTLS)
            assert 0 < endpoint.port < 65536 and endpoint.host.isascii() and " " not in endpoint.host
        for servers in (found.imap, found.pop3, found.smtp):
            order = [endpoint.security is Security.STARTTLS for endpoint in servers]
            assert order == sorted(order)


def test_the_source_is_named() -> None:
    foreign = json.loads((facts.FOLDER / "ispdb.json").read_text(encoding="utf-8"))
    assert "Mozilla ISPDB" in foreign["source"] and "mozilla.org/MPL/2.0" in foreign["licence"]


def test_all_advice_is_used() -> None:
    own = json.loads((facts.FOLDER / "own.json").read_text(encoding="utf-8"))
    hosts = {
        written.split()[1] for provider in providers().values() for written in (*provider.imap, *provider.pop3)[:1]
    }
    assert set(own["help"]) <= hosts
