"""What a server says about itself and about its refusals."""

from __future__ import annotations

import pytest

from desktopmail.domain.errors import MailboxBusy, Refused, RefusedForNow, TooSoon
from desktopmail.protocols.pop3.offered import NOTHING, Offered, read
from desktopmail.protocols.pop3.refusals import PATIENCE, at_sign_in, refusal

GMAIL = (
    b"USER\r\nRESP-CODES\r\nEXPIRE 0\r\nLOGIN-DELAY 300\r\nTOP\r\nUIDL\r\nX-GOOGLE-RICO\r\n"
    b"SASL PLAIN XOAUTH2 OAUTHBEARER\r\n"
)


def test_capabilities() -> None:
    offered = read(GMAIL)
    assert offered.known and offered.uidl and offered.top and offered.user and offered.resp_codes
    assert not offered.pipelining and not offered.utf8 and not offered.stls
    assert offered.sasl == {"PLAIN", "XOAUTH2", "OAUTHBEARER"}
    assert (offered.expire, offered.login_delay) == (0, 300)


@pytest.mark.parametrize(
    ("line", "expire", "delay"),
    [
        (b"EXPIRE NEVER", -1, 0),
        (b"expire never", -1, 0),
        (b"EXPIRE 30 USER", 30, 0),
        (b"EXPIRE", None, 0),
        (b"EXPIRE soon", None, 0),
        (b"EXPIRE -1", None, 0),
        (b"EXPIRE 99999999999999999999", None, 0),
        (b"LOGIN-DELAY 900 USER", None, 900),
        (b"LOGIN-DELAY 999999999", None, 86_400),
        (b"LOGIN-DELAY", None, 0),
        ("LOGIN-DELAY ٣".encode(), None, 0),
    ],
)
def test_how_long_and_how_often(line: bytes, expire: int | None, delay: int) -> None:
    offered = read(line + b"\r\n")
    assert (offered.expire, offered.login_delay) == (expire, delay)


@pytest.mark.parametrize(
    "lines", [b"", b"\r\n", b" \r\n\r\n", b"\xff\xfe\0\r\n", b"X" * 60_000 + b"\r\n", b"A\r\n" * 20_000]
)
def test_capabilities_that_make_no_sense(lines: bytes) -> None:
    assert read(lines).known and not read(lines).sasl


def test_the_name_of_the_software_is_inert() -> None:
    assert read(b"IMPLEMENTATION \x1b[31mbad " + b"x" * 500 + b"\r\n").implementation.isprintable()
    assert len(read(b"IMPLEMENTATION " + b"x" * 500 + b"\r\n").implementation) <= 60


def test_what_is_said_only_before_signing_in_stays() -> None:
    before = read(GMAIL)
    after = read(b"TOP\r\nPIPELINING\r\n").beside(before)
    assert after.sasl == before.sasl and after.expire == 0 and after.login_delay == 300
    assert after.pipelining and not after.uidl
    assert Offered() == NOTHING


def told(text: bytes, delay: int = 0) -> Refused:
    return refusal("It did not work", text, host="server.test", delay=delay)


def test_codes_told_apart() -> None:
    assert isinstance(told(b"[IN-USE] x"), MailboxBusy) and told(b"[in-use]").passing
    soon = told(b"[LOGIN-DELAY] x", 300)
    assert isinstance(soon, TooSoon) and soon.seconds == 300 and soon.passing and "5 minutes" in soon.detail
    assert isinstance(told(b"[LOGIN-DELAY]"), TooSoon) and told(b"[LOGIN-DELAY]").passing
    unsaid = told(b"[LOGIN-DELAY]")
    assert isinstance(unsaid, TooSoon) and unsaid.seconds == PATIENCE
    assert isinstance(told(b"[SYS/TEMP] x"), RefusedForNow) and not told(b"[SYS/PERM] x").passing
    assert told(b"no").title == "It did not work" and not told(b"no").passing
    assert not told(b"text [IN-USE]").passing


@pytest.mark.parametrize(
    "text",
    [
        b"maildrop already locked",
        b"Unable to lock maildrop: Mailbox is locked by POP server",
        b"mailbox in use",
        b"[IN-USE] Do you have another POP session running?",
        b"Your mailbox is busy, try again later",
        b"lock busy! Is another session active?",
    ],
)
def test_a_mailbox_that_is_open_elsewhere_is_no_wrong_password(text: bytes) -> None:
    assert isinstance(at_sign_in(text, "server.test", 0), MailboxBusy)


@pytest.mark.parametrize(
    "text",
    [
        b"[AUTH] Authentication failed.",
        b"invalid password",
        b"",
        b"account locked",
        b"user locked out",
        b"[AUTH] in use",
    ],
)
def test_a_wrong_password_is_one(text: bytes) -> None:
    assert at_sign_in(text, "server.test", 0) is None


def test_a_long_text_takes_no_time() -> None:
    assert at_sign_in(b"mailbox " * 1_000_000, "server.test", 0) is None
    assert len(told(b"\x1b[31m" + b"x" * 8000).log) <= 300 and told(b"\x1b[31m\0").log.isprintable()
