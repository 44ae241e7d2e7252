"""Finding servers: bundled facts first, then whoever answers with TLS and a good certificate."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

import pytest

from desktopmail.domain.account import Endpoint, Security
from desktopmail.domain.errors import (
    BadCertificate,
    ConnectionLost,
    InsecureServer,
    MailError,
    ProtocolViolation,
    WrongUsage,
)
from desktopmail.domain.found import FoundServers
from desktopmail.engine.discovery import Discovery
from desktopmail.protocols.autoconfig.probe import Speech, probe
from tests.fakes.smtp_script import CLOSE, ENDLESS, STALL, Reply, SmtpScript
from tests.servers.certificates import Certificates
from tests.servers.dovecot import Dovecot
from tests.servers.postfix import Postfix

T = TypeVar("T")
TLS, STARTTLS = Security.TLS, Security.STARTTLS


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(asyncio.wait_for(work, 30))


def test_known_without_asking() -> None:
    said: list[str] = []
    found = run(Discovery().find("ada@gmail.com", offline=True, say=said.append))
    assert found.provider == "Google Mail" and not said


def test_offline_nobody_is_asked() -> None:
    assert run(Discovery().find("ada@example.org", offline=True)) == FoundServers(
        "ada@example.org", "", "nothing found"
    )


@pytest.mark.parametrize("address", ["", "ada", "ada@", "@example.org", "a da@example.org", "ada@exam ple.org"])
def test_no_address(address: str) -> None:
    with pytest.raises(WrongUsage):
        run(Discovery().find(address))


def test_found_by_trying(dovecot: Dovecot, postfix: Postfix) -> None:
    imap, imaps, pop3, pop3s = (dovecot.ports[kind] for kind in ("imap", "imaps", "pop3", "pop3s"))
    usual = {
        Speech.IMAP: (("imap.", imaps, TLS), ("", imap, TLS), ("", imaps, TLS), ("", imap, STARTTLS)),
        Speech.POP3: (("", pop3, TLS), ("", pop3, STARTTLS), ("", pop3s, TLS)),
        Speech.SMTP: (("", imaps, TLS), ("", postfix.ports["submission"], STARTTLS)),
    }
    said: list[str] = []
    found = run(Discovery(usual=usual).find("ada@127.0.0.1", say=said.append))
    assert found.imap[0] == Endpoint("127.0.0.1", imaps, TLS, "ada@127.0.0.1")
    # T34: TLS from the first byte comes before TLS by command, in whatever order they are tried.
    assert found.pop3[0] == Endpoint("127.0.0.1", pop3s, TLS, "ada@127.0.0.1")
    assert found.seen[found.imap[0]].tls and "IDLE" in found.seen[found.imap[0]].capabilities
    assert "UIDL" in found.seen[found.pop3[0]].capabilities
    assert "PLAIN" in found.seen[found.smtp[0]].mechanisms and found.seen[found.smtp[0]].size_limit > 0
    assert found.smtp == (Endpoint("127.0.0.1", postfix.ports["submission"], STARTTLS, "ada@127.0.0.1"),)
    assert found.source == "found by trying"
    assert said == ["Looking for the mail servers of 127.0.0.1…"]


@pytest.mark.parametrize(("kind", "speech"), [("imaps", Speech.IMAP), ("imap", Speech.IMAP), ("pop3", Speech.POP3)])
def test_probe(dovecot: Dovecot, kind: str, speech: Speech) -> None:
    user = dovecot.add_user()
    run(probe(dovecot.endpoint(kind, user), speech, timeout=10))
    assert user.name not in dovecot.log()


def _refused(script: SmtpScript, security: Security) -> MailError:
    async def work() -> None:
        async with script:
            await probe(script.endpoint(security), Speech.SMTP, timeout=0.5)

    with pytest.raises(MailError) as caught:
        run(work())
    assert not any(line.startswith((b"AUTH", b"MAIL")) for line in script.lines)
    return caught.value


@pytest.mark.parametrize("name", ["expired", "other_name", "self_signed", "unknown_root"])
@pytest.mark.parametrize("security", [TLS, STARTTLS])
def test_a_bad_certificate_is_no_answer(certificates: Certificates, name: str, security: Security) -> None:
    pair = getattr(certificates, name)
    assert isinstance(_refused(SmtpScript(pair.context(), security is TLS), security), BadCertificate)


def test_clear_text_is_no_answer(certificates: Certificates) -> None:
    assert isinstance(_refused(SmtpScript(certificates.good.context()), TLS), InsecureServer)


@pytest.mark.parametrize(
    ("answers", "kind"),
    [
        ({"greeting": CLOSE}, ConnectionLost),
        ({"greeting": b"554 go away\r\n"}, MailError),
        ({"greeting": STALL}, MailError),
        ({"greeting": ENDLESS}, ProtocolViolation),
        ({"starttls": b"454 no\r\n"}, MailError),
        ({"starttls": b"220 go\r\n250 forged\r\n"}, ProtocolViolation),
    ],
)
def test_other_answers(
    certificates: Certificates, answers: dict[str, Reply | list[Reply]], kind: type[MailError]
) -> None:
    assert isinstance(_refused(SmtpScript(certificates.good.context(), answers=answers), STARTTLS), kind)
