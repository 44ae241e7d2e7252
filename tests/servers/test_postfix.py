"""The test submission server itself: signs people in, delivers, refuses what it should."""

from __future__ import annotations

import smtplib
import ssl

import pytest

from tests.servers.dovecot import User
from tests.servers.postfix import Postfix


def _signed_in(postfix: Postfix, user: User) -> smtplib.SMTP:
    context = ssl.create_default_context(cafile=str(postfix.dovecot.certificates.authority))
    line = smtplib.SMTP("localhost", postfix.ports["submission"])
    line.starttls(context=context)
    line.login(user.name, user.password)
    return line


def test_mail_is_delivered_and_some_people_are_refused(postfix: Postfix, dovecot_user: User) -> None:
    raw = b"From: a@mail.test\r\nSubject: hello\r\n\r\nHello\r\n"
    with _signed_in(postfix, dovecot_user) as line:
        refused = line.sendmail(
            "a@mail.test", [dovecot_user.address, "nosuch@mail.test", "full@mail.test", "greylist@mail.test"], raw
        )
        assert {address: code for address, (code, _) in refused.items()} == {
            "nosuch@mail.test": 550,
            "full@mail.test": 552,
            "greylist@mail.test": 450,
        }
        with pytest.raises(smtplib.SMTPDataError):
            line.sendmail("a@mail.test", [dovecot_user.address], b"X-Refuse: yes\r\n" + raw)
    [message] = postfix.delivered(dovecot_user)
    assert b"Subject: hello" in message


def test_nobody_sends_without_signing_in(postfix: Postfix) -> None:
    with smtplib.SMTP("localhost", postfix.ports["smtp"]) as line, pytest.raises(smtplib.SMTPRecipientsRefused):
        line.sendmail("a@mail.test", ["b@mail.test"], b"Subject: x\r\n\r\n")
