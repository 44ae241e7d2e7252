"""Certificates that prove nothing: not a word to whoever shows one, and an exception holds for one certificate of one
host and port."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from desktopmail.domain.account import Endpoint, ImapServer, NewAccount, Security, SmtpServer
from desktopmail.domain.errors import BadCertificate
from desktopmail.domain.ids import AccountId
from desktopmail.protocols.imap.session import ImapSession
from desktopmail.protocols.smtp.session import check
from desktopmail.store.store import Store
from tests.fakes.imap_script import ImapScript
from tests.fakes.smtp_script import SmtpScript
from tests.servers.certificates import Certificates, Pair
from tests.unit.transport_cases.judge import BOTH, PASSWORD, hand_over, imap, refusal, run, smtp, try_out, unsaid

KINDS = ["self_signed", "unknown_root", "other_name", "expired"]
MORE = ["early", "common_name", "everybody", "for_clients", "forged_issuer", "hidden"]


@pytest.mark.parametrize("kind", KINDS + MORE)
@pytest.mark.parametrize("security", BOTH)
@pytest.mark.parametrize("speech", ["imap", "smtp", "smtp sending"])
def test_refused(certificates: Certificates, kind: str, security: Security, speech: str) -> None:  # T28
    """No credential inside that session, and the person learns what is wrong and of which certificate."""
    pair: Pair = getattr(certificates, kind)
    implicit = security is Security.TLS
    script = imap(pair, implicit) if speech == "imap" else smtp(pair, implicit)
    act = {"smtp": try_out, "smtp sending": hand_over}.get(speech)
    error = refusal(script, security, act=act)
    assert isinstance(error, BadCertificate) and error.fingerprint == pair.fingerprint
    assert error.remedy.value == "certificate" and not error.passing
    unsaid(script)
    assert {line.split(b" ")[0] for line in script.lines} <= {b"EHLO", b"STARTTLS"}


@pytest.mark.parametrize("security", BOTH)
@pytest.mark.parametrize("kind", KINDS)
def test_an_exception_is_for_one_certificate(certificates: Certificates, kind: str, security: Security) -> None:  # T30
    pair: Pair = getattr(certificates, kind)
    pins = frozenset({pair.fingerprint})

    async def session(shown: Pair) -> None:
        async with ImapScript(shown.context(), security is Security.TLS) as script:
            opened = await ImapSession.open(script.endpoint(security, pins=pins), PASSWORD, timeout=10)
            await opened.logout()
        async with SmtpScript(shown.context(), security is Security.TLS) as outgoing:
            await check(outgoing.endpoint(security, pins=pins), PASSWORD)

    run(session(pair))
    for other in (certificates.renewed, certificates.good, *(getattr(certificates, each) for each in KINDS)):
        if other is not pair:
            with pytest.raises(BadCertificate) as caught:
                run(session(other))
            assert caught.value.fingerprint == other.fingerprint


def test_an_exception_is_for_one_host_and_port(certificates: Certificates, tmp_path: Path) -> None:  # T30
    """The other port of the host, the host's other name and another account's server are as strict as before; when the
    exception is taken back, or another certificate is shown, it is blocked again."""
    pair = certificates.self_signed

    async def story() -> None:
        trusted, other = ImapScript(pair.context(), True), ImapScript(pair.context(), True)
        store = Store.open(tmp_path)
        async with trusted, other:
            endpoint = trusted.endpoint(Security.TLS, pins=frozenset({pair.fingerprint}))
            one = await _account(store, "one", endpoint)
            two = await _account(store, "two", other.endpoint(Security.TLS))
            three = await _account(store, "three", replace(endpoint, host="127.0.0.1", pins=frozenset()))
            await _opened(store, one)
            for each in (two, three):
                with pytest.raises(BadCertificate):
                    await _opened(store, each)
            assert other.lines == []
            await store.write(lambda tx: tx.trust.unpin("LOCALHOST", trusted.port))
            with pytest.raises(BadCertificate):
                await _opened(store, one)
        await store.close()

    run(story())


async def _account(store: Store, name: str, endpoint: Endpoint) -> AccountId:
    outgoing = SmtpServer(Endpoint("localhost", 1, Security.TLS, ""))
    new = NewAccount(f"{name}@x", name, name, ImapServer(endpoint), outgoing)
    return await store.write(lambda tx: tx.accounts.add(new))


async def _opened(store: Store, account: AccountId) -> None:
    found = await store.read(lambda tx: tx.accounts.get(account))
    assert found.incoming is not None
    session = await ImapSession.open(found.incoming.endpoint, PASSWORD, timeout=10)
    await session.logout()
