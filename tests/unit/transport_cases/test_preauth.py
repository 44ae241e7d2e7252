"""Greetings that claim more, or less, than a greeting may: the status word alone decides, and nobody is signed in by
claim."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desktopmail.domain.account import Security, SignIn
from desktopmail.domain.errors import ConnectionLost, InsecureServer, MailError, ProtocolViolation, Refused
from desktopmail.protocols.imap.session import ImapSession
from tests.fakes.imap_script import ImapScript
from tests.fakes.smtp_script import CLOSE, DROP, Reply
from tests.servers.certificates import Certificates, Pair
from tests.unit.transport_cases.judge import BOTH, imap, refusal, run, smtp, unsaid

CODES = [
    b"",
    b"[CAPABILITY IMAP4rev1] ",
    b"[CAPABILITY IMAP4rev1 STARTTLS] ",
    b"[CAPABILITY IMAP4rev1 AUTH=PLAIN] ",
    b"[CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN] ",
    b"[CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] ",
    b"[ALERT] ",
]
BEHIND = [b"", b"* CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN\r\n", b'* LIST () "/" Sent\r\n* 3 EXISTS\r\n']


@pytest.mark.parametrize("word", [b"PREAUTH", b"preauth", b"PreAuth"])
@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("behind", BEHIND)
@pytest.mark.parametrize("security", BOTH)
def test_somebody_is_said_to_be_signed_in(
    pair: Pair, word: bytes, code: bytes, behind: bytes, security: Security
) -> None:  # T05
    script = imap(pair, security is Security.TLS, greeting=b"* " + word + b" " + code + b"welcome\r\n" + behind)
    assert isinstance(refusal(script, security), InsecureServer)
    assert script.lines == []


def test_a_greeting_of_one_word(pair: Pair) -> None:  # T05
    script = imap(pair, greeting=b"* PREAUTH\r\n")
    refusal(script)
    assert script.lines == []


def test_capabilities_before_the_greeting(pair: Pair) -> None:  # T05 T20
    script = imap(pair, greeting=b"* CAPABILITY IMAP4rev1\r\n* PREAUTH hi\r\n")
    assert isinstance(refusal(script), ProtocolViolation)
    assert script.lines == []


def test_a_second_greeting_is_none(pair: Pair) -> None:  # T05 T20
    """PREAUTH behind OK, in clear: no state comes of it, and the sign-in happens inside TLS as ever."""
    script = imap(pair, greeting=b"* OK hi\r\n* PREAUTH hi again\r\n")
    run(_session(script, Security.STARTTLS))
    assert script.in_clear == [b"STARTTLS"] and any(b"AUTHENTICATE" in line for line in script.lines)


@pytest.mark.parametrize("sign_in", SignIn)
@pytest.mark.parametrize("shown", [True, False])
@pytest.mark.parametrize("security", BOTH)
def test_only_who_was_shown_a_certificate_may_know_us(
    certificates: Certificates, sign_in: SignIn, shown: bool, security: Security
) -> None:  # T05
    """Inside implicit TLS, to an account that signs in by its certificate, PREAUTH is what RFC 3501 made it for; the
    capabilities are asked for all the same."""
    script = ImapScript(
        certificates.mutual() if shown else certificates.good.context(),
        security is Security.TLS,
        answers={"greeting": b"* PREAUTH [CAPABILITY IMAP4rev1 X-FORGED] welcome alice\r\n"},
    )
    certificate = str(certificates.client) if shown else ""

    async def attempt() -> frozenset[str]:
        async with script:
            endpoint = replace(script.endpoint(security), sign_in=sign_in, certificate=certificate)
            session = await ImapSession.open(endpoint, "canary words", timeout=10)
            await session.list_folders()
            await session.logout()
            return session.capabilities

    if sign_in is SignIn.CERTIFICATE and shown and security is Security.TLS:
        assert "X-FORGED" not in run(attempt())
        assert script.lines[0] == b"CAPABILITY" and not any(b"AUTH" in line for line in script.lines)
    else:
        with pytest.raises(InsecureServer):
            run(attempt())
        assert script.lines == []
    unsaid(script)


WORDS = (
    b"* BAD PREAUTH OK|* NO OK|* NO [CAPABILITY IMAP4rev1] OK|* BYE PREAUTH OK|* BYE [ALERT] OK|* FOO OK|* OKPREAUTH|"
    b"*OK|*  OK hi|* \tOK|A1 OK hi|A1 PREAUTH|+ OK|+ PREAUTH|OK|PREAUTH|* OK1 PREAUTH|* 1 EXISTS|* 1 OK|* PRE AUTH|"
    b"* CAPABILITY IMAP4rev1|* 220 OK|220 OK|HTTP/1.1 200 OK|* |*|**|\0* OK|* \0OK|* OK\0|"
    b'* LIST () "/" {2}\r\nOK\r\n* OK|* {2}\r\nOK'
).split(b"|")


@pytest.mark.parametrize("words", WORDS)
@pytest.mark.parametrize("security", BOTH)
def test_imap_greetings_that_are_none(pair: Pair, words: bytes, security: Security) -> None:  # T07 T20
    script = imap(pair, security is Security.TLS, greeting=words + b"\r\n")
    assert isinstance(refusal(script, security, timeout=0.5), MailError)
    assert script.lines == []


@pytest.mark.parametrize(
    "words", [b"* OK PREAUTH BYE NO\r\n", b"* OK [ALERT] NO\r\n", b"* ok * BYE\r\n", b"* OK {5}\r\n"]
)
def test_text_is_no_status(pair: Pair, words: bytes) -> None:  # T07
    script = imap(pair, greeting=words)
    run(_session(script, Security.STARTTLS))
    assert script.in_clear == [b"STARTTLS"]


SMTP_WORDS: list[Reply] = [
    b"554 220 OK\r\n",
    b"421 220 OK\r\n",
    b"250 220\r\n",
    b"354 220\r\n",
    b"235 welcome\r\n",
    b" 220 hi\r\n",
    b"\0220 hi\r\n",
    b"220-hi\r\n554 no\r\n",
    b"220-hi\r\n250-script\r\n250 AUTH PLAIN\r\n",
    b"220 hi\r\n250-script\r\n250 AUTH PLAIN\r\n",
    b"220-hi\r\n\r\n220 hi\r\n",
    b"* OK hi\r\n",
    b"+OK hi\r\n",
    b"HTTP/1.1 220 OK\r\n\r\n",
    b"\xff\xfe220 hi\r\n",
    b"220-" + b"x" * 100_000,
    CLOSE,
    DROP,
]


@pytest.mark.parametrize("words", SMTP_WORDS)
@pytest.mark.parametrize("security", BOTH)
def test_smtp_greetings_that_are_none(pair: Pair, words: Reply, security: Security) -> None:  # T07
    script = smtp(pair, security is Security.TLS, greeting=words)
    error = refusal(script, security)
    assert isinstance(error, ProtocolViolation | ConnectionLost | Refused)
    unsaid(script)
    assert set(script.lines) <= {b"EHLO [127.0.0.1]"}


async def _session(script: ImapScript, security: Security) -> None:
    async with script:
        session = await ImapSession.open(script.endpoint(security), "canary words", timeout=10)
        await session.logout()
