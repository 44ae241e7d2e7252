"""Handing mail over to scripted servers: what is said, what is never said, and how far a message came."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Coroutine
from typing import Any, TypeVar

import pytest

from desktopmail.domain.account import Security
from desktopmail.domain.errors import (
    BadCertificate,
    ConnectionLost,
    InsecureServer,
    MailError,
    PossiblySent,
    ProtocolViolation,
    Refused,
    SignInRefused,
    Stalled,
    Unreachable,
    WrongUsage,
)
from desktopmail.protocols.smtp.envelope import Envelope
from desktopmail.protocols.smtp.session import Submission, check, submit
from desktopmail.protocols.smtp.words import MessageRefused
from tests.fakes.smtp_script import CLOSE, DROP, ENDLESS, STALL, USUAL, Reply, SmtpScript
from tests.servers.certificates import Certificates, Pair

T = TypeVar("T")
PASSWORD = "secret words"
RAW = b"From: alice@example.org\r\nSubject: hi\r\n\r\nHello\r\n.dot\r\n"
BOB = "bob@example.org"
MAIL = Envelope("alice@example.org", (BOB,), RAW)
PLAIN_LINE = base64.b64encode(f"\0alice\0{PASSWORD}".encode())


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(asyncio.wait_for(work, 30))


async def _submit(
    script: SmtpScript, security: Security = Security.TLS, mail: Envelope = MAIL, timeout: float = 10
) -> Submission:
    async with script:
        return await submit(script.endpoint(security), PASSWORD, mail, timeout=timeout)


def _error(
    script: SmtpScript, security: Security = Security.TLS, mail: Envelope = MAIL, timeout: float = 10
) -> MailError:
    with pytest.raises(MailError) as caught:
        run(_submit(script, security, mail, timeout))
    assert PASSWORD not in repr(caught.value) + caught.value.title + caught.value.detail + caught.value.log
    return caught.value


@pytest.fixture
def tls(certificates: Certificates) -> SmtpScript:
    return SmtpScript(context=certificates.good.context(), implicit=True)


@pytest.fixture
def starttls(certificates: Certificates) -> SmtpScript:
    return SmtpScript(context=certificates.good.context())


def test_over_implicit_tls(tls: SmtpScript) -> None:
    done = run(_submit(tls))
    assert tls.ledger == [
        ("tls", b"EHLO [127.0.0.1]"),
        ("tls", b"AUTH PLAIN " + PLAIN_LINE),
        ("tls", f"MAIL FROM:<alice@example.org> SIZE={len(RAW)}".encode()),
        ("tls", b"RCPT TO:<bob@example.org>"),
        ("tls", b"DATA"),
        ("tls", b"QUIT"),
    ]
    assert tls.messages == [RAW.replace(b"\r\n.dot", b"\r\n..dot")]
    assert [(each.address, each.code) for each in done.results] == [(BOB, 250)]
    assert done.text == "2.0.0 queued as 12345"


def test_over_starttls(starttls: SmtpScript) -> None:
    run(_submit(starttls, Security.STARTTLS))
    assert starttls.in_clear == [b"EHLO [127.0.0.1]", b"STARTTLS"]
    assert starttls.ledger[2] == ("tls", b"EHLO [127.0.0.1]")
    assert len(starttls.messages) == 1


def test_check_signs_in_and_leaves(tls: SmtpScript) -> None:
    async def work() -> None:
        async with tls:
            await check(tls.endpoint(Security.TLS), PASSWORD)

    run(work())
    assert [line.split()[0] for line in tls.lines] == [b"EHLO", b"AUTH", b"QUIT"]


def test_without_a_user_name_nobody_signs_in(tls: SmtpScript) -> None:
    async def work() -> None:
        async with tls:
            await submit(tls.endpoint(Security.TLS, user=""), "", MAIL)

    run(work())
    assert not any(line.startswith(b"AUTH") for line in tls.lines)


def test_the_last_word_before_the_message(tls: SmtpScript) -> None:
    async def work(trouble: MailError | None) -> list[bytes]:
        said: list[bytes] = []

        async def before_data() -> None:
            said.extend(script.lines)
            if trouble:
                raise trouble

        script = SmtpScript(tls.context, True)
        async with script:
            await submit(script.endpoint(Security.TLS), PASSWORD, MAIL, before_data=before_data)
        assert len(script.messages) == 1
        return said

    assert run(work(None))[-1] == b"RCPT TO:<bob@example.org>"
    with pytest.raises(WrongUsage):
        run(work(WrongUsage("taken back")))


def test_expressly_without_encryption() -> None:
    script = SmtpScript(answers={"ehlo": USUAL["tls_ehlo"]})
    run(_submit(script, Security.NONE))
    assert len(script.messages) == 1


STRIPPED = b"250-script\r\n250 AUTH PLAIN LOGIN\r\n"
FORGED = b"250-script\r\n250 AUTH PLAIN LOGIN\r\n"


@pytest.mark.parametrize(
    "answers",
    [
        {"ehlo": STRIPPED},
        {"starttls": b"502 5.5.1 unknown\r\n"},
        {"starttls": b"454 4.7.0 not now\r\n"},
        {"starttls": b"354 go on\r\n"},
        {"starttls": b"250 ok\r\n"},
        {"ehlo": b"500 unknown\r\n", "challenge": b"250 helo\r\n"},
        {"ehlo": b"421 later\r\n"},
    ],
)
def test_no_encryption_no_word(starttls: SmtpScript, answers: dict[str, Reply | list[Reply]]) -> None:
    starttls.answers = answers
    assert isinstance(_error(starttls, Security.STARTTLS), InsecureServer)
    assert {line.split()[0] for line in starttls.lines} <= {b"EHLO", b"STARTTLS"}
    assert not starttls.passwords and not starttls.messages and starttls.connections == 1


@pytest.mark.parametrize("surplus", [FORGED, b"250 x", b"\r\n", b"\0", b"221 bye\r\n"])
def test_nothing_may_come_behind_the_agreement_to_encrypt(starttls: SmtpScript, surplus: bytes) -> None:
    starttls.answers = {"starttls": USUAL["starttls"] + surplus}
    assert isinstance(_error(starttls, Security.STARTTLS), ProtocolViolation)
    assert starttls.lines == [b"EHLO [127.0.0.1]", b"STARTTLS"]


def test_nothing_may_come_before_it_is_asked_for(starttls: SmtpScript) -> None:
    starttls.answers = {"greeting": USUAL["greeting"] + FORGED}
    assert isinstance(_error(starttls, Security.STARTTLS), ProtocolViolation)
    assert not starttls.passwords


def test_what_was_offered_in_clear_is_forgotten(starttls: SmtpScript) -> None:
    starttls.answers = {
        "ehlo": b"250-script\r\n250-STARTTLS\r\n250-SIZE 1\r\n250 AUTH LOGIN\r\n",
        "tls_ehlo": b"250-script\r\n250 AUTH PLAIN\r\n",
    }
    run(_submit(starttls, Security.STARTTLS))
    assert b"MAIL FROM:<alice@example.org>" in starttls.lines


@pytest.mark.parametrize("name", ["expired", "other_name", "self_signed", "unknown_root"])
@pytest.mark.parametrize("implicit", [True, False])
def test_bad_certificates(certificates: Certificates, name: str, implicit: bool) -> None:
    pair: Pair = getattr(certificates, name)
    script = SmtpScript(context=pair.context(), implicit=implicit)
    error = _error(script, Security.TLS if implicit else Security.STARTTLS)
    assert isinstance(error, BadCertificate)
    assert all(line in (b"EHLO [127.0.0.1]", b"STARTTLS") for line in script.in_clear)
    assert not script.passwords and script.connections <= 1


def test_a_pin_is_for_one_certificate(certificates: Certificates) -> None:
    async def work(pin: str) -> SmtpScript:
        script = SmtpScript(context=certificates.self_signed.context(), implicit=True)
        async with script:
            await check(script.endpoint(Security.TLS, pins=frozenset({pin})), PASSWORD)
        return script

    assert run(work(certificates.self_signed.fingerprint)).passwords
    with pytest.raises(BadCertificate):
        run(work(certificates.good.fingerprint))


def test_a_clear_port_is_not_spoken_to_with_implicit_tls(starttls: SmtpScript) -> None:
    assert isinstance(_error(starttls, Security.TLS), InsecureServer)
    assert not starttls.passwords and starttls.connections <= 1


ODD = b" ".join(b"X-ODD-%d" % number for number in range(50))


@pytest.mark.parametrize(
    ("offered", "said"),
    [
        (ODD + b" PLAIN LOGIN", [b"AUTH PLAIN " + PLAIN_LINE]),
        (ODD + b" LOGIN", [b"AUTH LOGIN", base64.b64encode(b"alice"), base64.b64encode(PASSWORD.encode())]),
        (b"LOGIN CRAM-MD5 PLAIN", [b"AUTH PLAIN " + PLAIN_LINE]),
    ],
)
def test_one_mechanism_is_chosen(tls: SmtpScript, offered: bytes, said: list[bytes]) -> None:
    tls.answers = {
        "tls_ehlo": b"250-script\r\n250 AUTH " + offered + b"\r\n",
        "auth": USUAL["auth"] if b"PLAIN" in offered else b"334 VXNlcm5hbWU6\r\n",
        "challenge": [b"334 UGFzc3dvcmQ6\r\n", b"235 ok\r\n"],
    }
    run(_submit(tls))
    assert tls.lines[1 : 1 + len(said)] == said


@pytest.mark.parametrize(
    ("answers", "kind"),
    [
        ({"auth": b"535 5.7.8 wrong\r\n"}, SignInRefused),
        ({"auth": b"534 5.7.9 app password required\r\n"}, SignInRefused),
        ({"auth": b"454 4.7.0 try later\r\n"}, Refused),
        ({"auth": b"538 5.7.11 encryption required\r\n"}, InsecureServer),
        ({"auth": b"334 \r\n"}, ProtocolViolation),
        ({"auth": b"504 5.5.4 unknown mechanism\r\n"}, Refused),
        ({"tls_ehlo": b"250 script\r\n"}, Refused),
        ({"tls_ehlo": b"250-script\r\n250 AUTH GSSAPI\r\n"}, Refused),
    ],
)
def test_signing_in_is_tried_once(
    tls: SmtpScript, answers: dict[str, Reply | list[Reply]], kind: type[MailError]
) -> None:
    tls.answers = answers
    error = _error(tls)
    assert type(error).__mro__.index(kind) <= 1
    assert sum(line.startswith(b"AUTH") for line in tls.lines) <= 1
    assert b"DATA" not in tls.lines and tls.connections == 1
    assert error.passing == (answers.get("auth") in (b"454 4.7.0 try later\r\n", b"334 \r\n"))


PEOPLE = ("a@x.org", "b@x.org", "c@x.org")
TO_MANY = Envelope("alice@example.org", PEOPLE, RAW)
NO = b"550 5.1.1 nobody\r\n"
LATER = b"450 4.7.1 later\r\n"


def test_some_are_refused(tls: SmtpScript) -> None:
    tls.answers = {"rcpt": [NO, LATER, USUAL["rcpt"]]}
    done = run(_submit(tls, mail=TO_MANY))
    assert [each.code for each in done.results] == [550, 450, 250]
    assert done.results[0].text == "5.1.1 nobody"
    assert len(tls.messages) == 1


@pytest.mark.parametrize(
    ("answers", "codes", "passing"),
    [
        ({"rcpt": [NO, LATER, NO]}, [550, 450, 550], True),
        ({"rcpt": NO}, [550, 550, 550], False),
        ({"mail": b"553 5.7.1 not you\r\n"}, [553, 553, 553], False),
        ({"mail": b"451 4.3.0 later\r\n"}, [451, 451, 451], True),
        ({"rcpt": [USUAL["rcpt"], b"421 4.3.2 closing\r\n"]}, [421, 421, 421], True),
        ({"data": b"554 5.5.1 no\r\n"}, [554, 554, 554], False),
        ({"rcpt": [NO, USUAL["rcpt"]], "dot": b"552 5.3.4 too big\r\n"}, [550, 552, 552], False),
        ({"dot": b"451 4.3.0 later\r\n"}, [451, 451, 451], True),
        ({"dot": b"421 4.3.2 closing\r\n"}, [421, 421, 421], True),
    ],
)
def test_refusals(tls: SmtpScript, answers: dict[str, Reply | list[Reply]], codes: list[int], passing: bool) -> None:
    tls.answers = answers
    error = _error(tls, mail=TO_MANY)
    assert isinstance(error, MessageRefused)
    assert [each.code for each in error.results] == codes
    assert [each.address for each in error.results] == list(PEOPLE)
    assert error.passing is passing


def test_greeting_refused(tls: SmtpScript) -> None:
    tls.answers = {"greeting": b"554 5.3.2 no service\r\n"}
    assert isinstance(_error(tls), Refused)
    tls = SmtpScript(context=tls.context, implicit=True, answers={"greeting": b"421 4.3.2 busy\r\n"})
    assert _error(tls).passing


BEFORE = ["greeting", "tls_ehlo", "auth", "mail", "rcpt", "data"]


@pytest.mark.parametrize("step", BEFORE)
@pytest.mark.parametrize("act", [DROP, CLOSE])
def test_lost_before_the_message(tls: SmtpScript, step: str, act: Reply) -> None:
    tls.answers = {step: act}
    error = _error(tls)
    assert isinstance(error, ConnectionLost) and not isinstance(error, PossiblySent)
    assert error.passing and not tls.messages


@pytest.mark.parametrize("act", [DROP, CLOSE, b"2", b"nonsense\r\n", b"354 what\r\n", ENDLESS])
def test_lost_after_the_final_dot(tls: SmtpScript, act: Reply) -> None:
    tls.answers = {"dot": [act]}
    error = _error(tls, timeout=0.05)
    assert isinstance(error, PossiblySent) and not error.passing
    assert len(tls.messages) == 1


def test_silence_after_the_final_dot(tls: SmtpScript) -> None:
    tls.answers = {"dot": STALL}
    assert isinstance(_error(tls, timeout=0.05), PossiblySent)


@pytest.mark.parametrize("after", [0, 1, 1000, 300_000, 3_000_000])
def test_cut_inside_the_message(tls: SmtpScript, after: int) -> None:
    tls.cut_data_after = after
    error = _error(tls, mail=Envelope("a@x.org", (BOB,), RAW + b"x" * 70 + b"\r\n" + (b"y" * 76 + b"\r\n") * 50_000))
    assert isinstance(error, ConnectionLost) and not isinstance(error, PossiblySent)


@pytest.mark.parametrize("after", [1, 20, len(RAW) - 1])
def test_cut_inside_a_short_message(tls: SmtpScript, after: int) -> None:
    tls.cut_data_after = after
    assert not isinstance(_error(tls), PossiblySent)


def test_quit_changes_nothing(tls: SmtpScript) -> None:
    for reply in (DROP, CLOSE, b"500 no\r\n", b"rubbish"):
        script = SmtpScript(context=tls.context, implicit=True, answers={"quit": reply})
        assert run(_submit(script)).results[0].code == 250


def test_more_behind_the_last_answer_does_not_take_it_back(tls: SmtpScript) -> None:
    tls.answers = {"dot": USUAL["dot"] + b"421 4.4.2 closing\r\n"}
    assert run(_submit(tls)).results[0].code == 250


@pytest.mark.parametrize("step", BEFORE)
def test_stalls_are_bounded(tls: SmtpScript, step: str) -> None:
    tls.answers = {step: STALL}
    assert isinstance(_error(tls, timeout=0.2), Stalled)


@pytest.mark.parametrize("step", BEFORE)
@pytest.mark.parametrize(
    "rubbish", [ENDLESS, b"9" * 100_000, b"250", b"abc def\r\n", b"999 what\r\n", b"250 a\r\n250 b\r\n"]
)
def test_rubbish_is_bounded(tls: SmtpScript, step: str, rubbish: Reply) -> None:
    tls.answers = {step: rubbish}
    error = _error(tls, timeout=0.4)
    assert isinstance(error, ProtocolViolation | Stalled)
    assert not tls.messages


def test_a_yes_before_the_end_is_none(tls: SmtpScript) -> None:
    tls.early = b"250 queued\r\n"
    tls.answers = {"dot": STALL}
    error = _error(tls, mail=_large(3_000_000), timeout=1)
    assert isinstance(error, ProtocolViolation)


def test_a_no_before_the_end_counts(tls: SmtpScript) -> None:
    tls.early = b"552 5.3.4 too big\r\n"
    error = _error(tls, mail=_large(3_000_000))
    assert isinstance(error, MessageRefused) and error.results[0].code == 552


def _large(size: int) -> Envelope:
    return Envelope("alice@example.org", (BOB,), RAW + (b"z" * 76 + b"\r\n") * (size // 78))


def test_too_large_is_known_before(tls: SmtpScript) -> None:
    tls.answers = {"tls_ehlo": b"250-script\r\n250-SIZE 1000\r\n250 AUTH PLAIN\r\n"}
    error = _error(tls, mail=_large(5000))
    assert isinstance(error, MessageRefused) and error.results[0].code == 552
    assert not any(line.startswith(b"MAIL") for line in tls.lines)


def test_eight_bit_and_international_addresses(tls: SmtpScript) -> None:
    raw = RAW + "Grüße\r\n".encode()
    run(_submit(tls, mail=Envelope("alice@bücher.example", ("jürgen@x.org", BOB), raw)))
    assert tls.lines[2:5] == [
        f"MAIL FROM:<alice@xn--bcher-kva.example> SIZE={len(raw)} BODY=8BITMIME SMTPUTF8".encode(),
        "RCPT TO:<jürgen@x.org>".encode(),
        b"RCPT TO:<bob@example.org>",
    ]


POOR = b"250-script\r\n250 AUTH PLAIN\r\n"


def test_a_server_that_knows_ascii_only(tls: SmtpScript) -> None:
    tls.answers = {"tls_ehlo": POOR}
    done = run(_submit(tls, mail=Envelope("alice@x.org", ("jürgen@x.org", BOB), RAW)))
    assert [each.code for each in done.results] == [553, 250]
    assert not any(b"SMTPUTF8" in line for line in tls.lines)


@pytest.mark.parametrize(
    "mail",
    [
        Envelope("jürgen@x.org", (BOB,), RAW),
        Envelope("alice@x.org", (BOB,), RAW, utf8=True),
        Envelope("alice@x.org", (BOB,), RAW + b"\xff\r\n"),
        Envelope("alice@x.org", ("jürgen@x.org",), RAW),
    ],
)
def test_what_an_ascii_server_cannot_carry(tls: SmtpScript, mail: Envelope) -> None:
    tls.answers = {"tls_ehlo": POOR}
    assert isinstance(_error(tls, mail=mail), MessageRefused)
    assert not tls.messages


@pytest.mark.parametrize("address", ["b@x>\r\nRCPT TO:<c@x", "b@x> NOTIFY=NEVER", "b\n@x.org", "b"])
def test_bad_addresses_never_reach_the_line(tls: SmtpScript, address: str) -> None:
    assert isinstance(_error(tls, mail=Envelope("a@x.org", (address,), RAW)), WrongUsage)
    assert tls.connections == 0
    assert isinstance(_error(tls, mail=Envelope(address, (BOB,), RAW)), WrongUsage)
    assert isinstance(_error(tls, mail=Envelope("a@x.org", (), RAW)), WrongUsage)


def test_nobody_listens(tls: SmtpScript) -> None:
    async def work() -> None:
        async with tls:
            endpoint = tls.endpoint(Security.TLS)
        await check(endpoint, PASSWORD)

    with pytest.raises(Unreachable):
        run(work())


@pytest.mark.parametrize("step", [*BEFORE, "dot"])
def test_cancelling_leaves_nothing_behind(tls: SmtpScript, step: str) -> None:
    tls.answers = {step: STALL}

    async def work() -> None:
        async with tls:
            task = asyncio.create_task(submit(tls.endpoint(Security.TLS), PASSWORD, MAIL))
            reached = {"greeting": 0, "tls_ehlo": 1, "auth": 2, "mail": 3, "rcpt": 4, "data": 5, "dot": 5}[step]
            await tls.until(lambda: tls.connections == 1 and len(tls.ledger) >= reached)
            if step == "dot":
                await tls.until(lambda: bool(tls.messages))
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert [each for each in asyncio.all_tasks() if "submit" in repr(each)] == []

    run(work())
