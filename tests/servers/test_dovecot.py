"""The test server itself: starts, knows its users, numbers seeded messages in order."""

from __future__ import annotations

import imaplib
import ssl
import time

import pytest

from tests.servers.certificates import Certificates
from tests.servers.dovecot import Dovecot, User


def _signed_in(server: Dovecot, user: User) -> imaplib.IMAP4_SSL:
    context = ssl.create_default_context(cafile=str(server.certificates.authority))
    line = imaplib.IMAP4_SSL("localhost", server.ports["imaps"], ssl_context=context)
    try:
        line.login(user.name, user.password)
    except imaplib.IMAP4.error:
        line.shutdown()
        raise
    return line


def _message(number: int) -> bytes:
    return b"From: a@example.org\r\nSubject: number %d\r\n\r\nHello\r\n" % number


def test_seeded_messages_come_in_order(dovecot: Dovecot, dovecot_user: User) -> None:
    dovecot.seed(dovecot_user, "INBOX", (_message(number) for number in range(1, 51)), flags="S")
    dovecot.seed(dovecot_user, "Projets/Été", [_message(7)], received=1_000_000_000)
    with _signed_in(dovecot, dovecot_user) as line:
        assert line.select("INBOX")[1] == [b"50"]
        answer = line.uid("FETCH", "1:*", "(FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)])")[1]
        subjects = [item[1].strip() for item in answer if isinstance(item, tuple)]
        assert subjects == [b"Subject: number %d" % number for number in range(1, 51)]
        assert all(b"\\Seen" in item[0] for item in answer if isinstance(item, tuple))
        assert line.select('"Projets/&AMk-t&AOk-"')[1] == [b"1"]
        assert b"09-Sep-2001" in line.uid("FETCH", "1", "(INTERNALDATE)")[1][0]
        line.unselect()


def test_twenty_thousand_messages_take_seconds(dovecot: Dovecot, dovecot_user: User) -> None:
    start = time.monotonic()
    assert dovecot.seed(dovecot_user, "Big", (_message(number) for number in range(20_000))) == 20_000
    assert time.monotonic() - start < 20


def test_users_and_passwords_count_at_once(dovecot: Dovecot) -> None:
    for _ in range(3):
        user = dovecot.add_user()
        _signed_in(dovecot, user).logout()
    changed = dovecot.set_password(user, "another")
    _signed_in(dovecot, changed).logout()
    with pytest.raises(imaplib.IMAP4.error):
        _signed_in(dovecot, user)


def test_an_own_server_can_be_halted_and_started_again(certificates: Certificates) -> None:
    server = Dovecot(certificates=certificates)
    try:
        server.start()
        user = server.add_user("alice", "open sesame")
        server.seed(user, "INBOX", [_message(1)])
        server.halt()
        server.start()
        with _signed_in(server, user) as line:
            assert line.select("INBOX")[1] == [b"1"]
            line.unselect()
        assert server.messages(user) == [_message(1)]
    finally:
        server.stop()


def test_a_lesser_server(certificates: Certificates) -> None:
    server = Dovecot(certificates=certificates, quota="10k", capabilities="IMAP4rev1 IDLE", special={})
    try:
        server.start()
        user = server.add_user()
        with _signed_in(server, user) as line:
            assert line.capability()[1][-1] == b"IMAP4rev1 IDLE"
            assert line.list()[1] == [b'(\\HasNoChildren) "/" INBOX']
            status, words = line.append("INBOX", "", "", b"X: y\r\n" * 5000)
            assert status == "NO" and b"OVERQUOTA" in words[0]
    finally:
        server.stop()
