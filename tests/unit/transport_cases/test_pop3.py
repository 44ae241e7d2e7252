"""The way to a POP3 mailbox under attack, family by family."""

from __future__ import annotations

import asyncio

import pytest

from desktopmail.domain.account import Endpoint, Security
from desktopmail.domain.errors import (
    BadCertificate,
    ConnectionLost,
    InsecureServer,
    MailError,
    ProtocolViolation,
    Refused,
    SignInRefused,
)
from desktopmail.protocols.pop3.session import Pop3Session
from tests.fakes.pop3_script import CLOSE, DROP, ENDLESS, STALL, Pop3Script, Reply, many
from tests.servers.certificates import Certificates, Pair
from tests.unit.transport_cases.judge import BOTH, PASSWORD, leaks, pop3, product_tasks, refusal, run, unsaid

OK = b"+OK begin\r\n"
GREETINGS = [
    b"+OK ready\r\n",
    b"+OK ready <1.2@script>\r\n",
    b"+OK [SASL PLAIN] ready\r\n",
    b"+OK [ALERT] encryption is off today, sign in without\r\n",
]
TAKEN_BACK: list[Reply] = [
    b"-ERR unknown command\r\n",
    b"-ERR [SYS/TEMP] not now\r\n",
    b"-ERR [AUTH] encryption is off today, sign in without\r\n",
    b"-ERR already signed in\r\n",
    b"-ERR\r\n",
    b"+ OK begin\r\n",
    b"+ \r\n",
    b"+OKAY begin\r\n",
    b"+OK\0 begin\r\n",
    b" +OK begin\r\n",
    b"+ok begin\r\n",
    b"+OK begin\n",
    b"+OK begin\r\r\n",
    b"\r\n+OK begin\r\n",
    b"\0+OK begin\r\n",
    b"OK begin\r\n",
    b"* OK begin\r\n",
    b"220 begin\r\n",
    b".\r\n",
    b"+OK " + b"x" * 200_000 + b"\r\n",
    b"x" * 200_000,
    CLOSE,
    DROP,
]


@pytest.mark.parametrize("greeting", GREETINGS)
@pytest.mark.parametrize("answer", TAKEN_BACK)
def test_encryption_taken_back(pair: Pair, greeting: bytes, answer: Reply) -> None:  # T25
    script = pop3(pair, greeting=greeting, STLS=answer)
    error = refusal(script)
    assert "sign in without" not in error.title + error.detail + error.log
    assert script.lines == [b"STLS"]


@pytest.mark.parametrize("answer", TAKEN_BACK[:5])
@pytest.mark.parametrize("capa", [b"-ERR unknown\r\n", many(b"USER", b"SASL PLAIN"), many()])
def test_the_refusal_is_specific(pair: Pair, answer: bytes, capa: bytes) -> None:  # T25
    """The person learns that it is the encryption and is offered the settings, not a way around."""
    error = refusal(pop3(pair, STLS=answer, CAPA=capa))
    assert isinstance(error, InsecureServer) and error.title == "localhost does not offer an encrypted connection"
    assert error.remedy.value == "open-settings" and not error.passing


@pytest.mark.parametrize("answer", [STALL, ENDLESS, b"", b"+OK"])
@pytest.mark.parametrize("step", ["greeting", "STLS"])
def test_kept_waiting(pair: Pair, step: str, answer: Reply) -> None:  # T25 P30
    script = pop3(pair, False, **{step: answer})
    assert refusal(script, timeout=0.3).kind == "stalled"
    assert script.lines == ([b"STLS"] if step == "STLS" else [])


FORGED = {
    "answer to the next command": many(b"USER", b"SASL PLAIN", b"X-FORGED"),
    "yes": b"+OK forged\r\n",
    "several": b"+OK forged\r\n" * 5,
    "no": b"-ERR forged\r\n",
    "taken back": b"-ERR not after all\r\n",
    "unfinished": b"+OK forged",
    "unfinished list": b"+OK forged\r\nUSER\r\n",
    "challenge": b"+ Zm9yZ2Vk\r\n",
    "one letter": b"+",
    "dot": b".\r\n",
    "line end": b"\r\n",
    "new line": b"\n",
    "null": b"\0",
    "blank": b" ",
    "record": b"\x16\x03\x03\x00\x04\x02\x00\x00\x00",
    "alert record": b"\x15\x03\x03\x00\x02\x01\x00",
    "junk": bytes(range(256)),
    "flood": b"+OK forged\r\n" * 3000,
}


@pytest.mark.parametrize("behind", FORGED.values(), ids=FORGED)
@pytest.mark.parametrize("step", ["greeting", "STLS"])
def test_behind_in_one_segment(pair: Pair, step: str, behind: bytes) -> None:  # T08 T11 T12 T27
    """What is in the segment of the greeting may come before or after our first word: both end it."""
    script = pop3(pair, False, **{step: OK + behind})
    error = refusal(script)
    assert isinstance(error, ProtocolViolation | InsecureServer | ConnectionLost)
    assert "forged" not in error.title + error.detail + error.log
    assert set(script.lines) <= {b"STLS"}


@pytest.mark.parametrize("turns", [None, 0, 1, 2, 3, 5, 10, 30])
@pytest.mark.parametrize("behind", [FORGED["answer to the next command"], FORGED["record"], FORGED["yes"]])
def test_behind_in_a_segment_of_its_own(pair: Pair, behind: bytes, turns: int | None) -> None:  # T27
    heard: list[bytes] = []

    async def late(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(OK)
        await reader.readline()
        writer.write(OK)
        await writer.drain()
        if turns is None:
            heard.append(await reader.read(1))
        for _ in range(turns or 0):
            await asyncio.sleep(0)
        writer.write(behind)
        await writer.drain()
        heard.append(await reader.read())
        writer.transport.abort()

    async def attempt() -> None:
        server = await asyncio.start_server(late, "127.0.0.1", 0)
        endpoint = Endpoint("localhost", server.sockets[0].getsockname()[1], Security.STARTTLS, "alice")
        with pytest.raises(MailError) as caught:
            await Pop3Session.open(endpoint, PASSWORD, timeout=5)
        assert isinstance(caught.value, InsecureServer | ProtocolViolation | ConnectionLost)
        assert "forged" not in caught.value.title + caught.value.detail + caught.value.log
        assert product_tasks() == []
        server.close()
        if others := asyncio.all_tasks() - {asyncio.current_task()}:
            await asyncio.wait(others)

    run(attempt())
    assert not leaks(b"".join(heard), PASSWORD)


@pytest.mark.parametrize("kind", ["self_signed", "unknown_root", "other_name", "expired"])
@pytest.mark.parametrize("security", BOTH)
def test_certificates(certificates: Certificates, kind: str, security: Security) -> None:  # T28
    pair: Pair = getattr(certificates, kind)
    script = pop3(pair, security is Security.TLS)
    error = refusal(script, security)
    assert isinstance(error, BadCertificate) and error.fingerprint == pair.fingerprint
    assert error.remedy.value == "certificate" and not error.passing
    unsaid(script)
    assert set(script.lines) <= {b"STLS"}


@pytest.mark.parametrize("security", BOTH)
@pytest.mark.parametrize("greeting", [b"-ERR +OK PREAUTH\r\n", b"-ERR\r\n", b"-ERR [SYS/PERM] +OK ready\r\n"])
def test_a_greeting_that_is_a_no(pair: Pair, security: Security, greeting: bytes) -> None:  # T07
    script = pop3(pair, security is Security.TLS, greeting=greeting)
    assert isinstance(refusal(script, security), Refused)
    assert script.lines == []


@pytest.mark.parametrize("security", BOTH)
@pytest.mark.parametrize(
    "greeting",
    [b"OK\r\n", b"+OK\n", b"* OK ready\r\n", b"+ ready\r\n", b"PREAUTH +OK\r\n", b"A1 +OK\r\n", b"\r\n+OK\r\n"],
)
def test_a_greeting_that_is_none(pair: Pair, security: Security, greeting: bytes) -> None:  # T07 T20
    script = pop3(pair, security is Security.TLS, greeting=greeting)
    assert isinstance(refusal(script, security), ProtocolViolation)
    assert script.lines == []


@pytest.mark.parametrize("text", [b"PREAUTH", b"-ERR no", b"[IN-USE] +OK", b"\xff\xfe", b""])
def test_a_greeting_is_its_status_alone(pair: Pair, text: bytes) -> None:  # T07
    script = pop3(pair, greeting=b"+OK " + text + b"\r\n")
    run(_whole(script))
    assert script.in_clear == [b"STLS"] and script.handed == script.mails


def test_before_encryption_nothing_is_learnt(pair: Pair) -> None:  # T12 T15
    """A list of capabilities in clear is not asked for; what is used was said within TLS, and again after sign-in."""
    script = pop3(pair, greeting=b"+OK [EXPIRE 0] <forged@stamp>\r\n")
    script.answers["CAPA"] = many(b"APOP", b"SASL FORGED PLAIN", b"LOGIN-DELAY 99999")
    script.answers["tls:CAPA"] = [many(b"USER", b"TOP", b"X-BEFORE"), many(b"TOP", b"PIPELINING", b"EXPIRE NEVER")]
    session = run(_whole(script))
    assert script.in_clear == [b"STLS"]
    assert [line.split(b" ")[0] for line in script.lines[:5]] == [b"STLS", b"CAPA", b"USER", b"PASS", b"CAPA"]
    assert session.offered.pipelining and session.offered.expire == -1 and session.offered.login_delay == 0
    assert "X-BEFORE" not in session.offered.words and session.mechanism == "USER"


STEPS = ["CAPA", "UTF8", "AUTH", "STAT", "LIST", "DELE", "QUIT"]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize(
    "behind", [b"+OK again\r\n", b"-ERR after all\r\n", b"+ go\r\n", b"x", b"\r\n", b".\r\n", b"\0"]
)
def test_behind_an_answer(pair: Pair, step: str, behind: bytes) -> None:  # T20
    """Whatever was not asked for ends the session before a later command can take it for its own."""
    script = pop3(pair, True)
    script.offered += "\nUTF8"
    usual = script._usual(step, [1])
    script.answers[step] = usual + behind

    async def act(script: Pop3Script, security: Security, timeout: float) -> None:
        session = await Pop3Session.open(script.endpoint(security), PASSWORD, timeout=timeout)
        await session.sizes()
        await session.delete([1])
        await session.noop()
        await session.quit()
        if step == "QUIT":
            raise ProtocolViolation("left already")

    error = refusal(script, Security.TLS, act=act)
    assert isinstance(error, ProtocolViolation)
    assert step == "QUIT" or b"NOOP" not in script.lines


@pytest.mark.parametrize("cut", ["STAT", "LIST", "RETR 1", "RETR 2", "QUIT"])
@pytest.mark.parametrize("how", [CLOSE, DROP])
@pytest.mark.parametrize("security", BOTH)
def test_a_line_that_breaks(pair: Pair, cut: str, how: Reply, security: Security) -> None:  # T33
    script = pop3(pair, security is Security.TLS, **{cut: how})
    assert isinstance(refusal(script, security), ConnectionLost)
    assert script.handed == (script.mails if cut == "QUIT" else script.mails[:1] if cut == "RETR 2" else [])


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_message_that_breaks_off(pair: Pair, share: float) -> None:  # T33
    """The end of TCP without the end of TLS, wherever in a message: nothing of it is handed on."""
    script = pop3(pair, True)
    whole = script._usual("RETR", [2])
    script.answers["RETR 2"] = whole[: int(len(whole) * share)]

    async def act(script: Pop3Script, security: Security, timeout: float) -> None:
        session = await Pop3Session.open(script.endpoint(security), PASSWORD, timeout=timeout)
        work = asyncio.ensure_future(session.retrieve([1, 2], {}, lambda _, raw: script.handed.append(raw)))
        await script.until(lambda: b"RETR 2" in script.lines)
        script.cut()
        await work

    assert isinstance(refusal(script, Security.TLS, act=act), ConnectionLost)
    assert script.handed in ([], script.mails[:1])


ODD = " ".join(f"X-ODD-{number}" for number in range(50))


def test_the_strongest_way_to_sign_in(pair: Pair) -> None:  # T36
    """Unknown names are ignored; nothing is said in clear, whatever is offered there."""
    for offered, said in (("LOGIN PLAIN", b"AUTH PLAIN "), ("PLAIN SCRAM-SHA-256", b"AUTH SCRAM-SHA-256 ")):
        script = pop3(pair)
        script.offered = f"USER\nSASL {ODD} {offered}"
        script.answers["AUTH"] = b"-ERR [AUTH] no\r\n"
        assert isinstance(refusal(script), SignInRefused)
        tries = [line for line in script.lines if line.split(b" ")[0] in (b"AUTH", b"USER", b"PASS", b"APOP")]
        assert len(tries) == 1 and tries[0].startswith(said)


@pytest.mark.parametrize("offered", ["", "SASL NONE-KNOWN", f"SASL {ODD}"])
def test_no_way_to_sign_in(pair: Pair, offered: str) -> None:  # T36
    script = pop3(pair)
    script.offered = f"TOP\n{offered}"
    assert isinstance(refusal(script), Refused)
    unsaid(script)


async def _whole(script: Pop3Script) -> Pop3Session:
    async with script:
        session = await Pop3Session.open(script.endpoint(Security.STARTTLS), PASSWORD, timeout=10)
        sizes = dict(await session.sizes())
        await session.retrieve(list(sizes), sizes, lambda _, raw: script.handed.append(raw))
        await session.quit()
        return session
