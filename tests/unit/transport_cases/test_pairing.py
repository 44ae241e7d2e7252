"""Replies that belong to no command, to a later one, or to another server: the conversation ends, and nobody else is
spoken to."""

from __future__ import annotations

import re
from typing import Any

import pytest

from desktopmail.domain.account import Security
from desktopmail.domain.errors import ConnectionLost, MailError, ProtocolViolation, Refused, SignInRefused
from desktopmail.protocols.imap.session import ImapSession
from desktopmail.protocols.smtp.words import MessageRefused
from tests.fakes.imap_script import CLOSE, DROP, USUAL, ImapScript, Reply
from tests.fakes.smtp_script import USUAL as SMTP_USUAL
from tests.servers.certificates import Pair
from tests.unit.transport_cases.judge import (
    BOTH,
    PASSWORD,
    hand_over,
    imap,
    only,
    product_tasks,
    refusal,
    run,
    smtp,
    unsaid,
    watched,
)

STEPS = ["CAPABILITY", "AUTHENTICATE", "ENABLE", "LIST", "SELECT"]


class NextTags(ImapScript):
    """Knows the tag of the command to come: `<next>`."""

    def reply(self, step: str, tag: bytes, where: str) -> Reply:
        found = super().reply(step, tag, where)
        number = re.search(rb"\d+\Z", tag)
        if isinstance(found, bytes) and number:
            found = found.replace(b"<next>", tag[: number.start()] + b"%d" % (int(number[0]) + 1))
        return found


UNPAIRED = [
    b"<tag> OK again\r\n",
    b"<tag> NO after all\r\n",
    b"<next> OK ahead of time\r\n",
    b"<next> OK ahead\r\n<next> OK twice\r\n",
    b"X1 OK whose\r\n",
    b"* 1 OK\r\n",
    b"OK\r\n",
    b"+ go on\r\n",
    b"+\r\n",
    b"\0\r\n",
    b"<tag>\0 OK again\r\n",
    b"*\r\n",
    b"* \r\n",
    b"A" * 30 + b" OK\r\n",
]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("behind", UNPAIRED)
def test_behind_the_answer(pair: Pair, step: str, behind: bytes) -> None:  # T20
    """Whatever stands behind an answer and is none ends the session before the next command can take it for its own."""
    script = NextTags(pair.context(), True, answers={step: USUAL.get(step, b"<tag> OK\r\n") + behind})
    assert isinstance(refusal(script, Security.TLS), ProtocolViolation)
    later = STEPS[STEPS.index(step) + 2 :]
    assert not any(line.split(b" ")[0].decode() in later for line in script.lines)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize(
    "answer", [b"<next> OK\r\n", b"X1 OK\r\n", b"<tag>1 OK\r\n", b"<tag> YES\r\n", b"<tag> OKAY\r\n", b"<tag>\r\n"]
)
def test_instead_of_the_answer(pair: Pair, step: str, answer: bytes) -> None:  # T20
    script = NextTags(pair.context(), True, answers={step: answer})
    assert isinstance(refusal(script, Security.TLS), ProtocolViolation)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize(
    "answer",
    [
        b"* BYE going\r\n",
        b"* BYE\r\n<tag> OK\r\n",
        b"* bye [ALERT] going\r\n",
        b"* BYE [REFERRAL imap://evil.example/] there\r\n",
        CLOSE,
        DROP,
    ],
)
@pytest.mark.parametrize("security", BOTH)
def test_farewell_at_any_point(pair: Pair, step: str, answer: Reply, security: Security) -> None:  # T07 T11
    script = imap(pair, security is Security.TLS)
    script.answers[step] = answer
    assert isinstance(refusal(script, security), ConnectionLost)


@pytest.mark.parametrize("greeting", [b"A1 OK hi\r\n", b"0 OK hi\r\n", b"+ OK hi\r\n", b"<tag> OK hi\r\n"])
@pytest.mark.parametrize("security", BOTH)
def test_a_tagged_greeting(pair: Pair, greeting: bytes, security: Security) -> None:  # T20
    script = imap(pair, security is Security.TLS, greeting=greeting)
    refusal(script, security)
    assert script.lines == []


REFERRALS = [
    b"<tag> NO [REFERRAL imap://alice;AUTH=*@evil.example/] go there\r\n",
    b"<tag> BAD [REFERRAL imap://evil.example/] go there\r\n",
    b"* NO [REFERRAL imap://evil.example/] go there\r\n<tag> NO no\r\n",
    b"* OK [REFERRAL imap://evil.example/] go there\r\n<tag> NO no\r\n",
    b"<tag> NO [ALERT] [REFERRAL imap://evil.example/] go there\r\n",
    b"<tag> NO go to imap://evil.example/\r\n",
]


@pytest.mark.parametrize("step", ["AUTHENTICATE", "LOGIN", "sasl"])
@pytest.mark.parametrize("answer", REFERRALS)
@pytest.mark.parametrize("security", BOTH)
def test_a_sign_in_is_not_taken_elsewhere(pair: Pair, step: str, answer: bytes, security: Security) -> None:  # T16
    script = imap(pair, security is Security.TLS)
    script.answers[step] = answer
    script.offered = {"LOGIN": "IMAP4rev1", "sasl": "IMAP4rev1 AUTH=PLAIN"}.get(step, script.offered)
    error = refusal(script, security)
    assert isinstance(error, SignInRefused) and "evil" not in error.title + error.detail
    assert script.connections == 1


@pytest.mark.parametrize("step", ["LIST", "SELECT"])
@pytest.mark.parametrize("answer", REFERRALS)
def test_a_folder_is_not_opened_elsewhere(pair: Pair, step: str, answer: bytes) -> None:  # T16
    script = imap(pair, True)
    script.answers[step] = answer
    assert isinstance(refusal(script, Security.TLS), Refused)
    assert script.connections == 1


def test_a_referral_beside_a_yes(pair: Pair) -> None:  # T16
    words = b"<tag> OK [REFERRAL imap://evil.example/] welcome\r\n"
    script = imap(pair, True, AUTHENTICATE=words, LIST=b'* RLIST () "/" imap://evil.example/x\r\n' + USUAL["LIST"])

    async def attempt() -> list[str]:
        async with script:
            session = await ImapSession.open(script.endpoint(Security.TLS), PASSWORD, timeout=10)
            folders = await session.list_folders()
            await session.logout()
            return [each.name for each in folders]

    with watched() as wires:
        assert run(attempt()) == ["INBOX", "Sent"]
    only(wires, script.port)
    assert script.connections == 1


SMTP_ELSEWHERE: list[tuple[str, bytes, type[MailError]]] = [
    ("rcpt", b"551 5.7.1 user not local, try <bob@evil.example>\r\n", MessageRefused),
    ("auth", b"535 5.7.8 sign in at smtp://evil.example\r\n", SignInRefused),
    ("auth", b"432 4.7.12 try evil.example\r\n", Refused),
    ("mail", b"521 5.3.0 evil.example takes it\r\n", MessageRefused),
    ("greeting", b"521 evil.example takes mail\r\n", Refused),
]


@pytest.mark.parametrize(("step", "answer", "kind"), SMTP_ELSEWHERE)
def test_mail_is_not_handed_over_elsewhere(pair: Pair, step: str, answer: bytes, kind: type[MailError]) -> None:  # T16
    script = smtp(pair, True, **{step: answer})
    assert isinstance(refusal(script, Security.TLS), kind)
    assert script.connections == 1 and not script.messages


SMTP_STEPS = ["tls_ehlo", "auth", "mail", "rcpt", "data"]
SMTP_ANSWERS: list[Any] = [
    b"350 hm\r\n",
    b"150 soon\r\n",
    b"99 x\r\n",
    b"250\0ok\r\n",
    b"250-ok\r\n251 ok\r\n",
    b"250-ok\r\n550 no\r\n",
    b"250-ok\r\n\r\n",
    b"25 0 ok\r\n",
    b"<250 ok\r\n",
    b"+250 ok\r\n",
    b"0250 ok\r\n",
    b"2_0 ok\r\n",
    b"250ok\r\n",
    b"250\tok\r\n",
    b"\xef\xbc\x92\xef\xbc\x95\xef\xbc\x90 ok\r\n",
]


@pytest.mark.parametrize("step", SMTP_STEPS)
@pytest.mark.parametrize("answer", SMTP_ANSWERS)
def test_smtp_answers_that_are_none(pair: Pair, step: str, answer: bytes) -> None:  # T20
    script = smtp(pair, True, **{step: answer})
    error = refusal(script, Security.TLS)
    assert isinstance(error, ProtocolViolation | Refused | SignInRefused)
    assert not script.messages
    if step == "tls_ehlo":
        unsaid(script)


def test_long_replies_of_one_code_are_one_reply(pair: Pair) -> None:
    """What honest servers do, however they cut it."""
    script = smtp(
        pair,
        True,
        greeting=b"220-hello\r\n220-and\r\n220 welcome\r\n",
        auth=b"235-2.7.0 yes\r\n235\r\n",
        rcpt=b"250-2.1.5 yes\r\n250-\r\n250 \r\n",
        dot=b"250-2.0.0 queued\r\n250 as 1\r\n",
        data=SMTP_USUAL["data"],
    )

    async def attempt() -> None:
        async with script:
            await hand_over(script, Security.TLS, 10)
            assert product_tasks() == []

    run(attempt())
    assert len(script.messages) == 1
