"""From the greeting to the first folder, against servers that lie, stall and inject."""

from __future__ import annotations

import asyncio
import base64
import logging
import re
from collections.abc import Coroutine
from typing import Any, TypeVar

import pytest

from desktopmail.domain.account import Security
from desktopmail.domain.errors import (
    BadCertificate,
    ConnectionLost,
    InsecureServer,
    MailError,
    ProtocolViolation,
    Refused,
    SignInRefused,
    Stalled,
    Unreachable,
)
from desktopmail.protocols.imap.session import ImapSession
from tests.fakes.imap_script import CLOSE, DROP, ENDLESS, OFFERED, STALL, ImapScript, Reply
from tests.servers.certificates import Certificates, Pair

T = TypeVar("T")
PASSWORD = "secret words"
PLAIN = base64.b64encode(f"\0alice\0{PASSWORD}".encode())
CLEAR_FIRST = [b"STARTTLS"]


def run(work: Coroutine[Any, Any, T]) -> T:
    async def limited() -> T:
        async with asyncio.timeout(30):
            return await work

    return asyncio.run(limited())


@pytest.fixture
def pair(certificates: Certificates) -> Pair:
    return certificates.good


def script_of(pair: Pair, implicit: bool = True, offered: str = OFFERED, **answers: Reply | list[Reply]) -> ImapScript:
    return ImapScript(pair.context(), implicit, offered, dict(answers))


async def opened(script: ImapScript, security: Security, timeout: float = 10) -> ImapSession:
    return await ImapSession.open(script.endpoint(security), PASSWORD, timeout=timeout)


def left_over() -> list[asyncio.Task[Any]]:
    """Tasks of the product that still run."""
    codes = {task: getattr(task.get_coro(), "cr_code", None) for task in asyncio.all_tasks()}
    return [task for task, code in codes.items() if code is not None and "/desktopmail/" in code.co_filename]


def refused(script: ImapScript, security: Security = Security.STARTTLS, timeout: float = 10) -> MailError:
    """The error of an attempt to open; the connection is closed and nothing secret was said in clear."""

    async def attempt() -> MailError:
        async with script:
            with pytest.raises(MailError) as caught:
                await opened(script, security, timeout)
            async with asyncio.timeout(5):
                await script.until(lambda: script.open == 0)
            assert left_over() == []
            return caught.value

    error = run(attempt())
    said = b"\n".join(script.in_clear)
    assert not re.search(rb"LOGIN|AUTHENTICATE|SELECT|APPEND", said) and PASSWORD.encode() not in said
    assert PASSWORD not in repr(error) + error.title + error.detail + error.log
    return error


def said(script: ImapScript, security: Security = Security.STARTTLS) -> list[bytes]:
    """The commands of a whole session with one folder listed."""

    async def attempt() -> list[bytes]:
        async with script:
            session = await opened(script, security)
            await session.list_folders()
            await session.logout()
            return script.lines

    return run(attempt())


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
def test_a_session(pair: Pair, security: Security) -> None:
    script = script_of(pair, security is Security.TLS)
    assert said(script, security)[-6:] == [
        b"CAPABILITY",
        b"AUTHENTICATE PLAIN " + PLAIN,
        b"CAPABILITY",
        b"ENABLE CONDSTORE",
        b'LIST "" "*" RETURN (SUBSCRIBED CHILDREN SPECIAL-USE)',
        b"LOGOUT",
    ]
    assert script.in_clear == ([b"STARTTLS"] if security is Security.STARTTLS else [])


# The server does not offer, or takes back, encryption.


@pytest.mark.parametrize("answer", [b"<tag> BAD what\r\n", b"<tag> NO not now\r\n", b"+ go on\r\n", CLOSE, DROP])
@pytest.mark.parametrize("greeting", [b"* OK hi\r\n", b"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hi\r\n"])
def test_starttls_is_not_to_be_had(pair: Pair, greeting: bytes, answer: Reply) -> None:  # T01 T02
    script = script_of(pair, False, greeting=greeting, STARTTLS=answer)
    assert isinstance(refused(script), InsecureServer | ConnectionLost)
    assert script.in_clear == [b"STARTTLS"]


@pytest.mark.parametrize("offered", ["IMAP4", "IMAP4 AUTH=PLAIN STARTTLS"])
@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
def test_an_older_protocol(pair: Pair, offered: str, security: Security) -> None:  # T04
    script = script_of(pair, security is Security.TLS, offered)
    assert isinstance(refused(script, security), ProtocolViolation)
    assert script.lines[-1] == b"CAPABILITY"
    script = script_of(pair, security is Security.TLS, CAPABILITY=b"<tag> BAD what\r\n")
    assert isinstance(refused(script, security), Refused)
    assert script.lines[-1] == b"CAPABILITY"


@pytest.mark.parametrize("code", [b"", b"[CAPABILITY IMAP4rev1 STARTTLS] ", b"[CAPABILITY IMAP4rev1 AUTH=PLAIN] "])
@pytest.mark.parametrize("more", [b"", b"* CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN\r\n"])
@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
def test_preauth(pair: Pair, code: bytes, more: bytes, security: Security) -> None:  # T05
    script = script_of(pair, security is Security.TLS, greeting=b"* PREAUTH " + code + b"hi\r\n" + more)
    assert isinstance(refused(script, security), InsecureServer)
    assert script.lines == []


NO_GREETINGS = (
    b"* BAD PREAUTH OK|* NO OK|* BYE PREAUTH OK|* FOO OK|A1 OK hi|+ OK|OK|* OK1 PREAUTH|* 1 EXISTS|"
    b"* CAPABILITY IMAP4rev1|* 220 OK|HTTP/1.1 200 OK|* "
)


@pytest.mark.parametrize("words", NO_GREETINGS.split(b"|"))
@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
def test_greetings_that_are_none(pair: Pair, words: bytes, security: Security) -> None:  # T07 T20
    script = script_of(pair, security is Security.TLS, greeting=words + b"\r\n")
    assert isinstance(refused(script, security), ProtocolViolation | ConnectionLost)
    assert script.lines == []


def test_ok_with_preauth_in_its_text_is_ok(pair: Pair) -> None:  # T07
    assert said(script_of(pair, False, greeting=b"* OK PREAUTH BYE NO\r\n"))[0] == b"STARTTLS"


# Injection behind and before the agreement.


@pytest.mark.parametrize(
    "behind",
    [
        b"* CAPABILITY IMAP4rev1 AUTH=PLAIN X-FORGED\r\n<tag> OK done\r\n",
        b"* CAPABILITY IMAP4rev1 X-FORGED\r\n",
        b"* BYE forged\r\n",
        b"* OK [ALERT] call this number",
        b"\x16\x03\x01\x00junk",
        b"\r\n",
        b"<tag> OK again\r\n",
        b"* 1 FETCH (BODY[] {100000}\r\n",
    ],
)
def test_words_behind_the_agreement(pair: Pair, behind: bytes) -> None:  # T08 T11
    script = script_of(pair, False, STARTTLS=b"<tag> OK begin\r\n" + behind)
    error = refused(script)
    assert isinstance(error, InsecureServer)
    assert "forged" not in error.log and "call" not in error.title + error.detail + error.log


TAMPERING = (
    b'* LIST () "/" Forged\r\n* LSUB () "/" Forged\r\n* STATUS INBOX (MESSAGES 9)\r\n* STATUS Sent (UIDNEXT 9)\r\n'
    b"* SEARCH 1 2 3\r\n* FLAGS (\\Forged)\r\n* 99 EXISTS\r\n* 99 RECENT\r\n* 1 EXPUNGE\r\n"
    b"* 1 FETCH (UID 1 FLAGS () BODY[] {6}\r\nForged)\r\n* OK [ALERT] Forged\r\n* CAPABILITY IMAP4rev1 X-FORGED\r\n"
    b"* NO [ALERT] Forged\r\n* VANISHED 1:99\r\n* NAMESPACE NIL NIL NIL\r\n"
)


@pytest.mark.parametrize("place", ["greeting", "STARTTLS"])
def test_words_before_the_agreement_change_nothing(pair: Pair, place: str) -> None:  # T11 T12 T15 T18
    usual: dict[str, bytes] = {"greeting": b"* OK ready\r\n" + TAMPERING, "STARTTLS": TAMPERING + b"<tag> OK begin\r\n"}

    async def state(script: ImapScript) -> object:
        async with script:
            session = await opened(script, Security.STARTTLS)
            folders = await session.list_folders()
            await session.select("INBOX")
            news = await session.fetch_flags("1:*")
            found = session.capabilities, session.alerts, session.exists, folders, news, session.take_news()
            await session.logout()
            return found, script.lines

    touched = run(state(script_of(pair, False, OFFERED, **{place: usual[place]})))
    assert touched == run(state(script_of(pair, False)))
    assert b"orged" not in repr(touched).encode()


def test_bye_before_the_agreement_ends_it(pair: Pair) -> None:  # T11
    assert isinstance(refused(script_of(pair, False, STARTTLS=b"* BYE no\r\n<tag> OK begin\r\n")), ConnectionLost)


def test_capabilities_are_read_again(pair: Pair) -> None:  # T15
    before, after = b"IMAP4rev1 AUTH=PLAIN X-FIRST", b"IMAP4rev1 IDLE X-SECOND"
    reply = [b"* CAPABILITY " + words + b"\r\n<tag> OK done\r\n" for words in (before, after)]
    greeting = b"* OK [CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN X-FORGED] hi\r\n"

    async def attempt(script: ImapScript) -> frozenset[str]:
        async with script:
            session = await opened(script, Security.STARTTLS)
            await session.logout()
            return session.capabilities

    assert run(attempt(script_of(pair, False, greeting=greeting, CAPABILITY=list(reply)))) == {
        "IMAP4REV1",
        "IDLE",
        "X-SECOND",
    }
    told = b"<tag> OK [CAPABILITY IMAP4rev1 X-THIRD] welcome\r\n"
    assert "X-THIRD" in run(attempt(script_of(pair, False, AUTHENTICATE=told)))
    told = b"* CAPABILITY IMAP4rev1 X-FOURTH\r\n<tag> OK welcome\r\n"
    assert "X-FOURTH" in run(attempt(script_of(pair, False, AUTHENTICATE=told)))


# Certificates.


@pytest.mark.parametrize("kind", ["expired", "other_name", "self_signed", "unknown_root"])
@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
def test_bad_certificates(certificates: Certificates, kind: str, security: Security) -> None:  # T28
    pair: Pair = getattr(certificates, kind)
    script = script_of(pair, security is Security.TLS)
    error = refused(script, security)
    assert isinstance(error, BadCertificate)
    assert error.fingerprint == pair.fingerprint
    assert all(line == b"STARTTLS" for line in script.lines)


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
def test_a_pin_is_for_one_certificate(certificates: Certificates, security: Security) -> None:  # T30
    async def attempt(shown: Pair, pinned: Pair) -> list[bytes]:
        async with ImapScript(shown.context(), security is Security.TLS) as script:
            endpoint = script.endpoint(security, pins=frozenset({pinned.fingerprint.upper()}))
            session = await ImapSession.open(endpoint, PASSWORD)
            await session.logout()
            return script.lines

    assert b"LOGOUT" in run(attempt(certificates.self_signed, certificates.self_signed))
    for shown in (certificates.renewed, certificates.good, certificates.expired):
        with pytest.raises(BadCertificate) as caught:
            run(attempt(shown, certificates.self_signed))
        assert caught.value.fingerprint == shown.fingerprint


# Signing in.


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (b"<tag> NO [AUTHENTICATIONFAILED] wrong\r\n", SignInRefused),
        (b"<tag> NO wrong\r\n", SignInRefused),
        (b"<tag> BAD what\r\n", SignInRefused),
        (b"<tag> NO [EXPIRED] old\r\n", SignInRefused),
        (b"<tag> NO [UNAVAILABLE] later\r\n", Refused),
        (b"<tag> NO [PRIVACYREQUIRED] no\r\n", InsecureServer),
        (b"<tag> OK welcome\r\n<tag> OK welcome\r\n", ProtocolViolation),
        (b"X9 OK welcome\r\n", ProtocolViolation),
        (b"+ \r\n", ProtocolViolation),
        (b"+ ?\r\n", ProtocolViolation),
        (CLOSE, ConnectionLost),
        (DROP, ConnectionLost),
    ],
)
def test_sign_in_refused(pair: Pair, answer: Reply, kind: type[MailError]) -> None:  # T20
    script = script_of(pair, AUTHENTICATE=answer)
    error = refused(script, Security.TLS)
    assert type(error) is kind or (kind is Refused and isinstance(error, Refused))
    assert sum(line.startswith((b"AUTH", b"LOGIN")) for line in script.lines) == 1


@pytest.mark.parametrize("step", ["AUTHENTICATE", "LOGIN"])
def test_referrals_are_not_followed(pair: Pair, step: str) -> None:  # T16
    answer = b"<tag> NO [REFERRAL imap://alice;AUTH=*@evil.example/] go there\r\n"
    offered = "IMAP4rev1 SASL-IR AUTH=PLAIN" if step == "AUTHENTICATE" else "IMAP4rev1"
    script = script_of(pair, True, offered, **{step: answer})
    assert isinstance(refused(script, Security.TLS), SignInRefused)
    assert script.connections == 1


ODD = " ".join(f"AUTH=X-ODD-{number}" for number in range(50))


@pytest.mark.parametrize(
    ("offered", "line"),
    [
        (f"IMAP4rev1 SASL-IR {ODD} AUTH=PLAIN AUTH=LOGIN", b"AUTHENTICATE PLAIN " + PLAIN),
        (f"IMAP4rev1 {ODD} auth=plain", b"AUTHENTICATE PLAIN"),
        (f"IMAP4rev1 {ODD} AUTH=LOGIN AUTH=XOAUTH2", b'LOGIN "alice" "secret words"'),
    ],
)
def test_the_strongest_known_mechanism(pair: Pair, offered: str, line: bytes) -> None:  # T36
    script = script_of(pair, offered=offered)
    assert line in said(script, Security.TLS)
    if line == b"AUTHENTICATE PLAIN":
        assert PLAIN in script.lines


def test_no_password_where_none_is_taken(pair: Pair) -> None:
    script = script_of(pair, offered="IMAP4rev1 LOGINDISABLED AUTH=XOAUTH2")
    assert isinstance(refused(script, Security.TLS), InsecureServer)
    assert script.lines == [b"CAPABILITY"]


@pytest.mark.parametrize("offered", ["IMAP4rev1", "IMAP4rev1 LITERAL+"])
def test_a_password_beyond_ascii(pair: Pair, offered: str) -> None:
    async def attempt(script: ImapScript) -> list[bytes]:
        async with script:
            session = await ImapSession.open(script.endpoint(Security.TLS, 'a"b'), "pässwört")
            await session.logout()
            return script.lines

    plus = b"+" if "LITERAL" in offered else b""
    expected = b'LOGIN "a\\"b" {10' + plus + b"}\r\np\xc3\xa4ssw\xc3\xb6rt"
    assert expected in run(attempt(script_of(pair, offered=offered)))


def test_alerts_are_inert_and_short(pair: Pair) -> None:  # T18
    words = b"Your mailbox \x1b[31mis\x07 " + "\u202efull ".encode() + b"<b>now</b> " + b"x" * 1000
    greeting = b"* OK [ALERT] before\r\n"
    script = script_of(pair, False, greeting=greeting, LIST=b"* OK [ALERT] " + words + b"\r\n<tag> OK done\r\n")

    async def attempt() -> list[str]:
        async with script:
            session = await opened(script, Security.STARTTLS)
            await session.list_folders()
            await session.logout()
            return session.alerts

    (alert,) = run(attempt())
    assert alert.startswith("Your mailbox [31mis full <b>now</b> x") and len(alert) == 300 and alert.isprintable()


# Time.


@pytest.mark.parametrize("act", [STALL, ENDLESS, CLOSE, DROP])
@pytest.mark.parametrize("step", ["greeting", "STARTTLS", "CAPABILITY", "AUTHENTICATE"])
def test_every_step_ends(pair: Pair, step: str, act: Reply) -> None:  # P29 P30
    security = Security.STARTTLS if step == "STARTTLS" else Security.TLS
    error = refused(script_of(pair, step != "STARTTLS", OFFERED, **{step: act}), security, timeout=0.4)
    assert isinstance(error, Stalled if act in (STALL, ENDLESS) else ConnectionLost)


def test_a_handshake_that_never_comes(pair: Pair) -> None:  # P30 T32
    script = ImapScript(answers={"greeting": STALL})
    assert isinstance(refused(script, Security.TLS, timeout=0.4), Stalled)
    script = ImapScript(answers={"greeting": b"* OK in clear\r\n"})
    assert isinstance(refused(script, Security.TLS), InsecureServer)
    assert script.connections == 1


def test_cancelling_leaves_nothing(pair: Pair) -> None:  # P30
    async def attempt(step: str) -> None:
        script = script_of(pair, step != "STARTTLS", OFFERED, **{step: STALL})
        async with script:
            security = Security.STARTTLS if step == "STARTTLS" else Security.TLS
            task = asyncio.create_task(opened(script, security))
            await script.until(lambda: script.open == 1 and (step == "greeting" or step in str(script.lines)))
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await script.until(lambda: script.open == 0)
        assert left_over() == []

    for step in ["greeting", "STARTTLS", "CAPABILITY", "AUTHENTICATE"] * 25:
        run(attempt(step))


def test_nobody_there(pair: Pair) -> None:
    async def attempt() -> None:
        async with script_of(pair) as script:
            endpoint = script.endpoint(Security.TLS)
        await ImapSession.open(endpoint, PASSWORD)

    with pytest.raises(Unreachable):
        run(attempt())


def test_no_secret_in_any_log(pair: Pair, caplog: pytest.LogCaptureFixture) -> None:  # T40
    caplog.set_level(logging.DEBUG)
    said(script_of(pair), Security.TLS)
    said(script_of(pair, offered="IMAP4rev1"), Security.TLS)
    refused(script_of(pair, AUTHENTICATE=b"<tag> NO wrong\r\n"), Security.TLS)
    refused(script_of(pair, AUTHENTICATE=STALL), Security.TLS, timeout=0.2)
    assert PASSWORD not in caplog.text and PLAIN.decode() not in caplog.text
