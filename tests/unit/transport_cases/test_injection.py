"""Words in clear around the agreement to encrypt: in front of it, behind it, in its segment or in one of their own."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable

import pytest

from desktopmail.domain.account import Endpoint, Security
from desktopmail.domain.errors import ConnectionLost, InsecureServer, MailError, ProtocolViolation
from desktopmail.protocols.imap.session import ImapSession
from desktopmail.protocols.smtp.session import check
from tests.fakes.smtp_script import USUAL
from tests.servers.certificates import Pair
from tests.unit.transport_cases.judge import PASSWORD, imap, leaks, product_tasks, refusal, run, serving, smtp, unsaid

FORGED = {
    "answer to the next command": b"* CAPABILITY IMAP4rev1 AUTH=PLAIN X-FORGED\r\n<tag> OK done\r\n",
    "answer with the next tag": b"* CAPABILITY IMAP4rev1 X-FORGED\r\n<next> OK forged\r\n",
    "answers to several": b"<next> OK forged\r\n" * 5,
    "untagged": b"* CAPABILITY IMAP4rev1 X-FORGED\r\n",
    "alert": b"* OK [ALERT] forged\r\n",
    "bye": b"* BYE forged\r\n",
    "preauth": b"* PREAUTH forged\r\n",
    "unfinished": b"* OK [ALERT] forged",
    "one letter": b"*",
    "unfinished literal": b"* 1 FETCH (BODY[] {100000}\r\nforged",
    "line end": b"\r\n",
    "new line": b"\n",
    "null": b"\0",
    "blank": b" ",
    "record": b"\x16\x03\x03\x00\x04\x02\x00\x00\x00",
    "alert record": b"\x15\x03\x03\x00\x02\x01\x00",
    "junk": bytes(range(256)),
    "flood": b"* OK forged\r\n" * 3000,
    "repeated": b"<tag> OK begin\r\n",
    "taken back": b"<tag> NO not after all\r\n",
}


@pytest.mark.parametrize("behind", FORGED.values(), ids=FORGED)
def test_imap_behind_in_one_segment(pair: Pair, behind: bytes) -> None:  # T08
    """An error, not silence: who injects must not learn that it does no harm."""
    script = imap(pair)
    script.answers["STARTTLS"] = b"<tag> OK begin\r\n" + behind.replace(b"<next>", b"<tag>1")
    error = refusal(script)
    assert isinstance(error, InsecureServer | ConnectionLost)
    assert "forged" not in error.title + error.detail + error.log
    assert script.lines == [b"STARTTLS"]


SMTP_FORGED = {
    "answer to EHLO": b"250-script\r\n250 AUTH PLAIN LOGIN\r\n",
    "unfinished answer": b"250-script\r\n250-AUTH PLAIN\r\n",
    "second 220": b"220 again\r\n",
    "bye": b"221 bye\r\n",
    "unfinished": b"250 AUTH",
    "one letter": b"2",
    "line end": b"\r\n",
    "new line": b"\n",
    "null": b"\0",
    "record": b"\x16\x03\x03\x00\x04\x02\x00\x00\x00",
    "junk": bytes(range(256)),
    "taken back": b"454 not after all\r\n",
    "flood": b"250-forged\r\n" * 2000,
}


@pytest.mark.parametrize("behind", SMTP_FORGED.values(), ids=SMTP_FORGED)
def test_smtp_behind_in_one_segment(pair: Pair, behind: bytes) -> None:  # T23
    script = smtp(pair, starttls=USUAL["starttls"] + behind)
    assert isinstance(refusal(script), ProtocolViolation)
    assert script.lines == [b"EHLO [127.0.0.1]", b"STARTTLS"]


@pytest.mark.parametrize("step", ["greeting", "ehlo"])
@pytest.mark.parametrize("behind", SMTP_FORGED.values(), ids=SMTP_FORGED)
def test_smtp_behind_what_comes_before(pair: Pair, step: str, behind: bytes) -> None:  # T23
    script = smtp(pair, **{step: USUAL[step] + behind})
    assert isinstance(refusal(script), ProtocolViolation)
    assert set(script.lines) <= {b"EHLO [127.0.0.1]"}


IN_FRONT = [
    b"* OK [ALERT] forged\r\n",
    b"* NO [ALERT] forged\r\n",
    b"* BAD [ALERT] forged\r\n",
    b"* OK [REFERRAL imap://evil.example/] forged\r\n",
    b"* CAPABILITY IMAP4rev1 X-FORGED\r\n",
    b"* OK [CAPABILITY IMAP4rev1 X-FORGED] forged\r\n",
    b"* PREAUTH forged\r\n",
    b"* FORGED\r\n",
]


@pytest.mark.parametrize("front", IN_FRONT)
@pytest.mark.parametrize("step", ["greeting", "STARTTLS"])
def test_imap_in_front(pair: Pair, step: str, front: bytes) -> None:  # T11 T15 T18
    """What stands in front of the agreement may be honest (RFC 3501 section 7), so it is not an error; it has no
    effect and is shown to nobody."""
    usual = {"greeting": b"* OK ready\r\n" + front, "STARTTLS": front + b"<tag> OK begin\r\n"}
    script = imap(pair, **{step: usual[step]})

    async def attempt() -> ImapSession:
        async with script:
            session = await ImapSession.open(script.endpoint(Security.STARTTLS), PASSWORD, timeout=10)
            await session.list_folders()
            await session.logout()
            return session

    session = run(attempt())
    assert session.alerts == [] and "X-FORGED" not in session.capabilities
    assert script.in_clear == [b"STARTTLS"]


@pytest.mark.parametrize(
    "front", [b"* BYE forged\r\n", b"<tag> NO first\r\n", b"+ forged\r\n", b"X1 OK forged\r\n", b"forged\r\n", b"\r\n"]
)
def test_imap_in_front_that_ends_it(pair: Pair, front: bytes) -> None:  # T11 T20
    script = imap(pair, STARTTLS=front + b"<tag> OK begin\r\n")
    if front != b"\r\n":
        refusal(script)
        assert script.lines == [b"STARTTLS"]


class LateWords:
    """Agrees to encrypt, and says more in clear a moment later, when the agreement has been read already: `turns`
    turns of the loop later, or (None) when the client's first TLS record has come."""

    def __init__(self, context: ssl.SSLContext, speech: str, turns: int | None) -> None:
        self.context = context
        self.agreed = b"220 go ahead\r\n" if speech == "smtp" else b"%s OK begin\r\n"
        self.late = b"250-script\r\n250 AUTH PLAIN\r\n" if speech == "smtp" else b"* OK [ALERT] forged\r\n"
        self.greeting = USUAL["greeting"] if speech == "smtp" else b"* OK ready\r\n"
        self.turns = turns
        self.heard = b""

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(self.greeting)
        while not (line := await reader.readline()).strip().endswith(b"STARTTLS"):
            writer.write(USUAL["ehlo"] if line else b"")
        writer.write(self.agreed % line.split()[0] if b"%s" in self.agreed else self.agreed)
        await writer.drain()
        if self.turns is None:
            self.heard += await reader.read(1)
        else:
            for _ in range(self.turns):
                await asyncio.sleep(0)
        writer.write(self.late)
        await writer.drain()
        self.heard += await reader.read()


OPEN: dict[str, Callable[[Endpoint, str], Awaitable[object]]] = {"imap": ImapSession.open, "smtp": check}


@pytest.mark.parametrize("turns", [None, 0, 1, 2, 3, 5, 10, 30])
@pytest.mark.parametrize("speech", OPEN)
def test_behind_in_a_segment_of_its_own(pair: Pair, speech: str, turns: int | None) -> None:  # T08 T23
    late = LateWords(pair.context(), speech, turns)

    async def attempt() -> None:
        async with serving(late) as port:
            with pytest.raises(MailError) as caught:
                await OPEN[speech](Endpoint("localhost", port, Security.STARTTLS, "alice"), PASSWORD)
            assert isinstance(caught.value, InsecureServer | ProtocolViolation | ConnectionLost)
            assert "forged" not in caught.value.title + caught.value.detail + caught.value.log
            assert product_tasks() == []

    run(attempt())
    assert not leaks(late.heard, PASSWORD) and b"AUTH" not in late.heard


def test_the_next_session_asks_again(pair: Pair) -> None:  # T23 T15
    """Nothing of a session that broke is carried into the next: EHLO is said anew, and its answer counts."""
    script = smtp(pair, starttls=[USUAL["starttls"] + b"250 SIZE 1\r\n", USUAL["starttls"]], tls_ehlo=USUAL["tls_ehlo"])

    async def attempt() -> None:
        async with script:
            for number in range(2):
                try:
                    await check(script.endpoint(Security.STARTTLS), PASSWORD)
                except ProtocolViolation:
                    assert number == 0
                    unsaid(script)

    run(attempt())
    assert [line.split()[0] for line in script.lines] == [b"EHLO", b"STARTTLS"] * 2 + [b"EHLO", b"AUTH", b"QUIT"]
