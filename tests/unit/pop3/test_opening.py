"""Signing in: one way, once, the strongest there is; and what a server may say instead of yes."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import logging
import traceback
from dataclasses import replace

import pytest

from desktopmail.domain.account import Endpoint, Security, SignIn
from desktopmail.domain.errors import (
    BadCertificate,
    MailboxBusy,
    MailError,
    ProtocolViolation,
    Refused,
    RefusedForNow,
    SignInRefused,
    TooSoon,
    WrongUsage,
)
from desktopmail.protocols.pop3.session import Pop3Session, check
from tests.fakes.pop3_script import DROP, STALL, Pop3Script, Reply, many
from tests.servers.certificates import Certificates, Pair
from tests.unit.transport_cases.judge import BODY, PASSWORD, leaks, product_tasks, run

TRIES = (b"AUTH", b"USER", b"PASS", b"APOP")


@pytest.fixture
def pair(certificates: Certificates) -> Pair:
    """A good certificate for localhost."""
    return certificates.good


async def opened(script: Pop3Script, endpoint: Endpoint, secret: str = PASSWORD) -> Pop3Session:
    session = await Pop3Session.open(endpoint, secret, timeout=10)
    await session.quit()
    return session


def signed_in(script: Pop3Script, secret: str = PASSWORD, **different: object) -> list[bytes]:
    """How one signed in, as the server heard it."""

    async def work() -> Pop3Session:
        async with script:
            endpoint = replace(script.endpoint(Security.TLS), **different)  # type: ignore[arg-type]
            return await opened(script, endpoint, secret)

    session = run(work())
    assert session.mechanism and session.encryption.version.startswith("TLSv1.")
    return tries(script)


def tries(script: Pop3Script) -> list[bytes]:
    """What was said between the lists of capabilities."""
    return [line for line in script.lines if line not in (b"CAPA", b"QUIT", b"UTF8")]


def refused(script: Pop3Script, security: Security = Security.TLS) -> MailError:
    async def work() -> MailError:
        async with script:
            with pytest.raises(MailError) as caught:
                await Pop3Session.open(script.endpoint(security), PASSWORD, timeout=1)
            await script.until(lambda: script.open == 0)
            assert product_tasks() == [] and script.connections == 1
            return caught.value

    return run(work())


def test_plain_in_one_step(pair: Pair) -> None:
    script = Pop3Script(pair.context(), True)
    coded = base64.b64encode(f"\0alice\0{PASSWORD}".encode())
    assert signed_in(script) == [b"AUTH PLAIN " + coded]


def test_a_long_secret_waits_for_the_go_ahead(pair: Pair) -> None:
    """No command longer than 255 bytes (RFC 2449 section 4)."""
    token = "t" * 2_000
    script = Pop3Script(pair.context(), True, offered="SASL XOAUTH2", answers={"AUTH": b"+ \r\n"})
    first, second = signed_in(script, token, sign_in=SignIn.OAUTH2)
    assert first == b"AUTH XOAUTH2" and token.encode() in base64.b64decode(second)


def test_a_refused_token(pair: Pair) -> None:
    told = base64.b64encode(b'{"status":"401"}')
    script = Pop3Script(pair.context(), True, offered="SASL OAUTHBEARER")
    script.answers = {"AUTH": b"+ " + told + b"\r\n", "challenge": b"-ERR [AUTH] no\r\n"}

    async def work() -> MailError:
        async with script:
            endpoint = replace(script.endpoint(Security.TLS), sign_in=SignIn.OAUTH2)
            with pytest.raises(SignInRefused) as caught:
                await Pop3Session.open(endpoint, "token", timeout=5)
            return caught.value

    error = run(work())
    assert "provider" in error.title and "401" in error.log and script.connections == 1


@pytest.mark.parametrize("offered", ["USER", "USER\nSASL LOGIN", "USER\nSASL X-ODD", ""])
def test_user_and_password(pair: Pair, offered: str) -> None:
    script = Pop3Script(pair.context(), True, offered=offered)
    if not offered:
        script.answers["CAPA"] = b"-ERR what\r\n"
    assert signed_in(script) == [b"USER alice", b"PASS " + PASSWORD.encode()]


def test_apop_where_nothing_else_is_offered(pair: Pair) -> None:
    """Only with a stamp that came over TLS."""
    digest = hashlib.md5(b"<1.2@script>" + PASSWORD.encode(), usedforsecurity=False).hexdigest()
    assert signed_in(Pop3Script(pair.context(), True, offered="TOP")) == [b"APOP alice " + digest.encode()]
    script = Pop3Script(pair.context(), False, offered="TOP")
    assert isinstance(refused(script, Security.STARTTLS), Refused) and tries(script) == [b"STLS"]
    script = Pop3Script(pair.context(), False, offered="TOP")
    assert isinstance(refused(script, Security.NONE), Refused) and tries(script) == [], "nor where nothing is encrypted"


def test_mail_as_it_is_where_it_may_have_any_letter(pair: Pair) -> None:
    script = Pop3Script(pair.context(), True, offered="USER\nUTF8", answers={"UTF8": b"-ERR what\r\n"})
    signed_in(script)
    assert script.lines[:2] == [b"CAPA", b"UTF8"]


def test_mail_as_it_is_is_asked_for_before_signing_in_and_behind_tls_alone(pair: Pair) -> None:
    """RFC 6856 section 2: not before STLS, not once signed in, and not where it is not offered."""
    script = Pop3Script(pair.context(), False, offered="USER\nUTF8 USER")

    async def work() -> None:
        async with script:
            await opened(script, script.endpoint(Security.STARTTLS))

    run(work())
    assert script.in_clear == [b"STLS"] and script.lines[:3] == [b"STLS", b"CAPA", b"UTF8"]
    late = Pop3Script(pair.context(), True)
    late.answers["CAPA"] = [many(b"USER"), many(b"USER", b"UTF8", b"LANG")]
    signed_in(late)
    assert b"UTF8" not in late.lines and not any(line.startswith(b"LANG") for line in late.lines)


def test_letters_of_any_language_stay_as_they_are(pair: Pair) -> None:
    raw = "From: Jörg <jörg@bücher.example>\r\nSubject: Grüße 你好\r\n\r\nÄ\r\n".encode()
    script = Pop3Script(pair.context(), True, offered="USER\nUTF8\nTOP", mails=[raw])

    async def work() -> list[bytes]:
        async with script:
            session = await Pop3Session.open(script.endpoint(Security.TLS, "jörg@bücher.example"), PASSWORD)
            got: list[bytes] = []
            await session.retrieve([1], {}, lambda _, mail: got.append(mail))
            await session.quit()
            return got

    assert run(work()) == [raw]
    assert "USER jörg@bücher.example".encode() in script.lines


@pytest.mark.parametrize(
    ("wish", "refuses", "asked"),
    [
        ("de_AT.UTF-8", (), [b"LANG de-AT"]),
        ("de_AT.UTF-8", ("LANG de-AT",), [b"LANG de-AT", b"LANG de"]),
        ("fr", ("LANG fr",), [b"LANG fr"]),
        ("C.UTF-8", (), []),
        ("en_US\r\nDELE 1", (), []),
    ],
)
def test_errors_in_the_person_s_language(
    pair: Pair, monkeypatch: pytest.MonkeyPatch, wish: str, refuses: tuple[str, ...], asked: list[bytes]
) -> None:
    """RFC 6856 section 3: asked for before signing in, so that a refusal is said in it already."""
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", wish)
    script = Pop3Script(pair.context(), True, offered="USER\nLANG")
    script.answers = {"PASS": "-ERR [AUTH] Falsches Paßwort\r\n".encode()}
    for line in refuses:
        script.answers[line] = b"-ERR no such language\r\n"
    error = refused(script)
    assert isinstance(error, SignInRefused) and "Falsches Paßwort" in error.log
    lines = [line for line in script.lines if line.startswith(b"LANG")]
    assert lines == asked and script.lines[-1].startswith(b"PASS")


SAID: list[tuple[bytes, type[MailError], bool]] = [
    (b"-ERR [AUTH] no", SignInRefused, False),
    (b"-ERR no", SignInRefused, False),
    (b"-ERR [IN-USE] open", MailboxBusy, True),
    (b"-ERR maildrop already locked", MailboxBusy, True),
    (b"-ERR [LOGIN-DELAY] slowly", TooSoon, True),
    (b"-ERR [SYS/TEMP] later", RefusedForNow, True),
    (b"-ERR [SYS/PERM] never", Refused, False),
    (b"-ERR [UTF8] this mailbox is international", Refused, False),
]


@pytest.mark.parametrize(("text", "kind", "passing"), SAID)
@pytest.mark.parametrize("step", ["AUTH", "USER", "PASS"])
def test_what_is_said_instead_of_yes(pair: Pair, step: str, text: bytes, kind: type[MailError], passing: bool) -> None:
    """Only a wrong password is one, and none of them is tried twice."""
    script = Pop3Script(pair.context(), True, answers={step: text + b"\r\n"})
    script.offered = "USER\nLOGIN-DELAY 5" + ("\nSASL PLAIN" if step == "AUTH" else "")
    error = refused(script)
    assert type(error) is kind and error.passing is passing
    assert not isinstance(error, TooSoon) or error.seconds == 5
    assert len(tries(script)) == (2 if step == "PASS" else 1)


@pytest.mark.parametrize("answer", [b"+ not base64!\r\n", b"+ Zm9yZ2Vk\r\n", b"+\r\n", b"++OK\r\n", b"334 \r\n"])
def test_challenges_that_make_no_sense(pair: Pair, answer: bytes) -> None:
    script = Pop3Script(pair.context(), True, answers={"AUTH": answer, "challenge": answer})
    assert isinstance(refused(script), ProtocolViolation)
    assert len(tries(script)) == 1


@pytest.mark.parametrize("text", ["alice\r\nDELE 1", "alice\nDELE 1", "a\0b", "x" * 20_000])
def test_nothing_of_a_name_or_password_becomes_a_command(pair: Pair, text: str) -> None:  # P26
    for user, secret in ((text, PASSWORD), ("alice", text)):
        script = Pop3Script(pair.context(), True, offered="USER")

        async def work(script: Pop3Script, user: str, secret: str) -> None:
            async with script:
                endpoint = replace(script.endpoint(Security.TLS), user=user)
                with pytest.raises(WrongUsage):
                    await Pop3Session.open(endpoint, secret)

        run(work(script, user, secret))
        assert set(tries(script)) <= {b"USER alice"}


def test_a_check_signs_in_and_leaves(pair: Pair) -> None:
    script = Pop3Script(pair.context())
    heard: list[list[bytes]] = []

    async def work() -> None:
        async with script:
            await check(script.endpoint(Security.STARTTLS), PASSWORD, connected=lambda: heard.append(script.lines))

    run(work())
    assert heard == [[b"STLS"]] and script.lines[-1] == b"QUIT" and script.kept == {1, 2}


OUTCOMES: list[dict[str, Reply | list[Reply]]] = [
    {},
    {"AUTH": b"-ERR [AUTH] no\r\n"},
    {"AUTH": b"+ !\r\n"},
    {"AUTH": DROP},
    {"AUTH": STALL},
    {"STLS": b"-ERR\r\n"},
    {"CAPA": b"nonsense\r\n"},
]


@pytest.mark.parametrize("offered", ["USER", "SASL PLAIN", "SASL LOGIN", "SASL CRAM-MD5"])
@pytest.mark.parametrize("answers", OUTCOMES)
def test_no_secret_in_any_log(
    pair: Pair, caplog: pytest.LogCaptureFixture, answers: dict[str, Reply | list[Reply]], offered: str
) -> None:  # T40
    """Neither in a record, nor in an error, nor in a traceback, however talkative everybody is."""
    letter = f"Subject: x\r\n\r\n{BODY}\r\n".encode()
    script = Pop3Script(pair.context(), offered=offered, mails=[letter], answers=dict(answers))
    if offered in ("SASL LOGIN", "SASL CRAM-MD5"):
        script.answers.setdefault("AUTH", b"+ VXNlcm5hbWU6\r\n")
    said = []

    async def work() -> None:
        loop = asyncio.get_running_loop()
        loop.set_debug(True)
        loop.slow_callback_duration = 0
        async with script:
            try:
                session = await Pop3Session.open(script.endpoint(Security.STARTTLS), PASSWORD, timeout=0.2)
                await session.retrieve([1], {}, lambda _, raw: script.handed.append(raw))
                await session.quit()
            except MailError as error:
                said.append(repr(error) + error.title + error.detail + error.log + repr(error.__cause__))
                said.append("".join(traceback.format_exception(error)))

    with caplog.at_level(logging.DEBUG):
        run(work())
    assert (said or script.handed == [letter]) and "asyncio" in caplog.text
    assert not leaks(("".join(said) + caplog.text).encode(), PASSWORD, BODY)


STALLS = ["greeting", "STLS", "CAPA", "AUTH", "challenge"]


@pytest.mark.parametrize("step", STALLS)
def test_a_hundred_rounds_leave_nothing(pair: Pair, step: str) -> None:  # P30
    """Stalled at each step, twenty times: each has its deadline, and no task and no socket is left."""

    async def work() -> None:
        async with Pop3Script(pair.context(), answers={step: STALL}) as script:
            if step == "challenge":
                script.answers["AUTH"] = b"+ \r\n"
            for _ in range(20):
                with pytest.raises(MailError) as caught:
                    await Pop3Session.open(script.endpoint(Security.STARTTLS), PASSWORD, timeout=0.02)
                assert caught.value.kind in ("stalled", "protocol")
            await script.until(lambda: script.open == 0)
            assert product_tasks() == []

    run(work())


@pytest.mark.parametrize("step", STALLS[:4])
def test_cancelled_at_any_step(pair: Pair, step: str) -> None:  # P30
    async def work() -> None:
        async with Pop3Script(pair.context(), answers={step: STALL}) as script:
            opening = asyncio.ensure_future(Pop3Session.open(script.endpoint(Security.STARTTLS), PASSWORD))
            words = {"greeting": 0, "STLS": 1, "CAPA": 2, "AUTH": 3}[step]
            await script.until(lambda: len(script.lines) >= words and script.connections == 1)
            opening.cancel()
            await asyncio.wait([opening])
            await script.until(lambda: script.open == 0)
            assert product_tasks() == []

    run(work())


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_an_exception_is_for_one_certificate(certificates: Certificates, security: Security) -> None:  # T30
    shown = certificates.self_signed

    async def attempt(pair: Pair) -> None:
        async with Pop3Script(pair.context(), security is Security.TLS) as script:
            pins = frozenset({shown.fingerprint})
            await check(script.endpoint(security, pins=pins), PASSWORD)

    run(attempt(shown))
    for other in (certificates.good, certificates.expired):
        with pytest.raises(BadCertificate):
            run(attempt(other))
