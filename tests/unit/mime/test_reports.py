"""Delivery reports, in structure and in free words."""

from __future__ import annotations

import base64

import pytest

from desktopmail.domain.body import Delivery
from desktopmail.mime.body import read
from tests.unit.mime.samples import multipart, part

DAEMON = b"From: Mail Delivery System <MAILER-DAEMON@mx.example>\r\nSubject: Undelivered Mail Returned to Sender\r\n"
RECIPIENT = (
    b"Final-Recipient: rfc822; bob@example.net\r\nAction: failed\r\nStatus: 5.1.1\r\n"
    b"Diagnostic-Code: smtp; 550 5.1.1 unknown user\r\n"
)
ORIGINAL = part("message/rfc822", b"Message-ID: <sent@example.org>\r\nSubject: Hi\r\n\r\nHi")


def report(status: bytes, *more: bytes) -> bytes:
    return DAEMON + multipart(
        "report", "b", [part("text/plain", b"Sorry."), part("message/delivery-status", status), *more]
    )


def test_structured_report() -> None:
    found = read(report(b"Reporting-MTA: dns; mx.example\r\n\r\n" + RECIPIENT, ORIGINAL)).delivery
    assert found == (Delivery("bob@example.net", "failed", "5.1.1", "550 5.1.1 unknown user", "<sent@example.org>"),)


def test_several_recipients_and_actions() -> None:
    other = b"Original-Recipient: rfc822;eve@x.org\r\nAction: delayed\r\nStatus: 4.4.1 (timeout)\r\n"
    found = read(report(b"Reporting-MTA: dns; x\r\n\r\n" + RECIPIENT + b"\r\n \r\n" + other)).delivery
    assert [(one.recipient, one.action, one.status) for one in found] == [
        ("bob@example.net", "failed", "5.1.1"),
        ("eve@x.org", "delayed", "4.4.1"),
    ]


def test_headers_alone_name_the_original() -> None:
    headers = part("text/rfc822-headers", b"Message-ID: <sent@example.org>\r\n")
    assert read(report(b"X: y\r\n\r\n" + RECIPIENT, headers)).delivery[0].message_id == "<sent@example.org>"


def test_encoded_recipient_block() -> None:
    status = b"Reporting-MTA: dns; x\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(RECIPIENT)
    assert read(report(status)).delivery[0].recipient == "bob@example.net"


FREE = [
    (
        "Hi. This is the qmail-send program at mx.example.\nI'm afraid I could not deliver it.\n\n"
        "<bob@example.net>:\n192.0.2.1 does not like recipient.\nRemote host said: 550 5.1.1 User unknown\n\n"
        "--- Below this line is a copy of the message.\n\nReturn-Path: <ada@example.org>\n"
        "Message-ID: <sent@example.org>\n",
        ("bob@example.net", "failed", "5.1.1", "<sent@example.org>"),
    ),
    (
        "This message was created automatically by mail delivery software.\nA message that you sent\n"
        "could not be delivered to one or more of its recipients.\n\n  bob@example.net\n"
        "    host mx.example.net: 550 mailbox unavailable\n\n"
        "------ This is a copy of the message, including all the headers. ------\n\nMessage-Id: <sent@example.org>\n",
        ("bob@example.net", "failed", "", "<sent@example.org>"),
    ),
    (
        "THIS IS A WARNING MESSAGE ONLY\nYou do not need to resend your message.\n\nDelivery was delayed:\n"
        "bob@example.net: 451 4.7.1 try again\nI will keep trying.\n",
        ("bob@example.net", "delayed", "4.7.1", ""),
    ),
]


@pytest.mark.parametrize(("text", "expected"), FREE, ids=["qmail", "exim", "delay"])
def test_free_words(text: str, expected: tuple[str, str, str, str]) -> None:
    found = read(DAEMON + b"\r\n" + text.encode()).delivery
    assert [(one.recipient, one.action, one.status, one.message_id) for one in found] == [expected]


def test_failed_recipients_field() -> None:
    found = read(b"From: x@y.org\r\nX-Failed-Recipients: bob@example.net\r\nSubject: s\r\n\r\nNo such user.").delivery
    assert [(one.recipient, one.action) for one in found] == [("bob@example.net", "failed")]


def test_ordinary_mail_is_no_report() -> None:
    assert read(b"From: ada@x.org\r\nSubject: Delivery failure?\r\n\r\nbob@example.net: gone\r\n").delivery == ()
    forwarded = b"From: ada@x.org\r\nSubject: Fwd\r\n" + multipart(
        "mixed", "m", [part("text/plain", b"see"), part("message/rfc822", report(RECIPIENT))]
    )
    assert read(forwarded).delivery == ()
