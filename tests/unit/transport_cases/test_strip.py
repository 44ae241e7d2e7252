"""Encryption that is not offered, taken back, or answered with something else: nothing is said without it."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktopmail.domain.account import Security
from desktopmail.domain.draft import Sending
from desktopmail.domain.errors import InsecureServer, MailError, ProtocolViolation
from desktopmail.engine.outbox import Outbox
from tests.fakes import imap_script as at_imap
from tests.fakes import smtp_script as at_smtp
from tests.fakes.smtp_script import USUAL, SmtpScript
from tests.servers.certificates import Pair
from tests.unit.engine.profile import profile
from tests.unit.transport_cases.judge import imap, refusal, run, smtp, unsaid

GREETINGS = [
    b"* OK ready\r\n",
    b"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] ready\r\n",
    b"* OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] ready\r\n",
    b"* OK ready\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN AUTH=LOGIN\r\n",
]
IMAP_ANSWERS: list[at_imap.Reply] = [
    b"<tag> BAD unknown command\r\n",
    b"<tag> NO not now\r\n",
    b"<tag> BAD [ALERT] encryption is off today, sign in without\r\n",
    b"<tag> NO [REFERRAL imap://evil.example/] elsewhere\r\n",
    b"<tag> BYE\r\n",
    b"<tag> PREAUTH begin\r\n",
    b"<tag> OKAY begin\r\n",
    b"<tag>  OK begin\r\n",
    b"<tag>\tOK begin\r\n",
    b"<tag> \0OK begin\r\n",
    b"\0<tag> OK begin\r\n",
    b"X9 OK begin\r\n",
    b"+ OK begin\r\n",
    b"+ \r\n<tag> NO\r\n",
    b"+\r\n",
    b"<tag>\r\n",
    b"OK begin\r\n",
    b"* BYE\r\n",
    b"220 begin\r\n",
    b"HTTP/1.1 200 OK\r\n\r\n",
    b"x" * 200_000,
    b"* LIST () {60000}\r\n" + b"y" * 70_000,
    b"* 1 FETCH (BODY[] {70000}\r\n",
    b"* OK still\r\n" * 20_000,
    at_imap.CLOSE,
    at_imap.DROP,
]


@pytest.mark.parametrize("greeting", GREETINGS)
@pytest.mark.parametrize("answer", IMAP_ANSWERS)
def test_imap(pair: Pair, greeting: bytes, answer: at_imap.Reply) -> None:  # T01 T02
    script = imap(pair, greeting=greeting, STARTTLS=answer)
    refusal(script)
    assert script.lines == [b"STARTTLS"]


@pytest.mark.parametrize("answer", [at_imap.STALL, at_imap.ENDLESS, b"* OK begin\r\n", b""])
def test_imap_kept_waiting(pair: Pair, answer: at_imap.Reply) -> None:  # T02
    script = imap(pair, STARTTLS=answer)
    assert refusal(script, timeout=0.7).kind == "stalled"
    assert script.lines == [b"STARTTLS"]


@pytest.mark.parametrize("answer", IMAP_ANSWERS[:4])
def test_the_refusal_is_specific(pair: Pair, answer: bytes) -> None:  # T01 T02 T18
    """The person learns that it is the encryption, reads no instructions of the server's, and is offered the
    settings, not a way around."""
    error = refusal(imap(pair, STARTTLS=answer))
    assert isinstance(error, InsecureServer) and error.title == "localhost does not offer an encrypted connection"
    assert "sign in without" not in error.title + error.detail
    assert error.remedy.value == "open-settings" and not error.passing


OLD = ["IMAP4", "IMAP2", "IMAP4 AUTH=PLAIN", "AUTH=PLAIN", "IMAP4rev", "IMAP4rev1x STARTTLS"]


@pytest.mark.parametrize("offered", OLD)
@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_imap_of_old(pair: Pair, offered: str, security: Security) -> None:  # T04
    script = imap(pair, security is Security.TLS)
    script.offered = offered
    assert isinstance(refusal(script, security), ProtocolViolation)
    unsaid(script)


@pytest.mark.parametrize(
    "answer",
    [
        b"<tag> BAD what\r\n",
        b"<tag> NO what\r\n",
        b"<tag> OK nothing listed\r\n",
        b"* CAPABILITY\r\n<tag> OK\r\n",
        b"* BYE\r\n",
        b"+ \r\n",
        at_imap.CLOSE,
    ],
)
@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_imap_without_capabilities(pair: Pair, answer: at_imap.Reply, security: Security) -> None:  # T04
    script = imap(pair, security is Security.TLS, CAPABILITY=answer)
    refusal(script, security)
    unsaid(script)


STRIPPED = [
    b"250 script\r\n",
    b"250-script\r\n250 AUTH PLAIN LOGIN\r\n",
    b"250-script\r\n250-AUTH=PLAIN LOGIN\r\n250 XSTARTTLS\r\n",
    b"250-script\r\n250-AUTH PLAIN STARTTLS\r\n250 SIZE 1\r\n",
    b"250-STARTTLS\r\n250 AUTH PLAIN\r\n",
    b"250-script\r\n250 START TLS\r\n",
]


@pytest.mark.parametrize("ehlo", STRIPPED)
def test_smtp(pair: Pair, ehlo: bytes) -> None:  # T21
    script = smtp(pair, ehlo=ehlo)
    assert isinstance(refusal(script), InsecureServer)
    assert script.lines == [b"EHLO [127.0.0.1]"]


SMTP_ANSWERS: list[at_smtp.Reply] = [
    b"502 5.5.1 unknown\r\n",
    b"454 4.7.0 not now\r\n",
    b"354 go on\r\n",
    b"334 \r\n",
    b"235 2.7.0 welcome\r\n",
    b"250 ok\r\n",
    b"221 bye\r\n",
    b"421 bye\r\n",
    b"554 [ALERT] encryption is off today, sign in without\r\n",
    b"220\0 begin\r\n",
    b"22O begin\r\n",
    b"+220 begin\r\n",
    b" 220 begin\r\n",
    b"220begin\r\n",
    b"220-begin\r\n454 not now\r\n",
    b"454-not now\r\n220 begin\r\n",
    b"220-begin\r\n250 begin\r\n",
    b"220-\r\n",
    b"220-begin\r\n\r\n",
    b"2200 begin\r\n",
    b"\r\n220 begin\r\n",
    b"220 " + b"x" * 200_000 + b"\r\n",
    b"220-more\r\n" * 20_000,
    b"* OK begin\r\n",
    at_smtp.CLOSE,
    at_smtp.DROP,
    at_smtp.ENDLESS,
    at_smtp.DRIP,
    at_smtp.STALL,
]


@pytest.mark.parametrize("answer", SMTP_ANSWERS)
def test_smtp_taken_back(pair: Pair, answer: at_smtp.Reply) -> None:  # T21
    script = smtp(pair, starttls=answer)
    endless = isinstance(answer, at_smtp.Act) or answer == b"220-\r\n"
    refusal(script, timeout=0.7 if endless else 10)
    assert script.lines == [b"EHLO [127.0.0.1]", b"STARTTLS"]


@pytest.mark.parametrize(
    "ehlo",
    [
        b"500 unknown\r\n",
        b"502 try HELO\r\n",
        b"550 no\r\n",
        b"421 later\r\n",
        b"220 hello\r\n",
        b"354 go on\r\n",
        b"250-script\r\n500 unknown\r\n",
        at_smtp.CLOSE,
    ],
)
def test_smtp_of_old(pair: Pair, ehlo: at_smtp.Reply) -> None:  # T22
    script = smtp(pair, ehlo=ehlo, challenge=b"250 script\r\n")
    refusal(script)
    assert script.lines == [b"EHLO [127.0.0.1]"]


WAITS: list[dict[str, at_smtp.Reply | list[at_smtp.Reply]]] = [
    {"ehlo": STRIPPED[1]},
    {"ehlo": b"500 unknown\r\n", "challenge": b"250 helo\r\n"},
    {"starttls": b"502 5.5.1 unknown\r\n"},
    {"starttls": b"454 4.7.0 not now\r\n"},
    {"starttls": b"354 go on\r\n"},
    {"starttls": USUAL["starttls"] + b"250-script\r\n250 AUTH PLAIN\r\n"},
]


@pytest.mark.parametrize("answers", WAITS)
def test_mail_stays_in_the_outbox(
    pair: Pair, tmp_path: Path, answers: dict[str, at_smtp.Reply | list[at_smtp.Reply]]
) -> None:  # T21 T22 T23
    """Nothing of it is lost and nothing is said in clear; with an honest server it goes once."""
    script = SmtpScript(pair.context(), answers=answers)

    async def work() -> None:
        async with script, profile(tmp_path, script.endpoint(Security.STARTTLS)) as opened:
            account = await opened.store.read(lambda tx: tx.accounts.get(opened.account))
            await opened.passwords.set(account, "outgoing", "canary words")
            outbox = Outbox(opened.store, opened.passwords)
            message = await opened.queue()
            with pytest.raises(MailError):
                await outbox.send_now(message)
            (entry,) = await outbox.list()
            assert entry.state in (Sending.WAITING, Sending.REFUSED) and script.messages == []
            assert all(line.split(b" ")[0] in (b"EHLO", b"STARTTLS") for line in script.in_clear)
            script.answers = {}
            assert (await outbox.send_now(message)).state is Sending.SENT
            assert len(script.messages) == 1 and all(where == "tls" for where, line in script.ledger if b"AUTH" in line)

    run(work())
