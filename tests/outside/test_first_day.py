"""The first day with the program, driven from outside as a person would: from the wizard to the answered letter.

`DESKTOPMAIL_PROGRAM` names an installed program to drive instead of this checkout's.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.outside import stage
from tests.servers.dovecot import Dovecot, User
from tests.servers.postfix import Postfix
from tests.servers.process import wait_until

LETTER = (
    "From: Noor Haddad <{sender}>\r\nTo: Ada <{receiver}>\r\nSubject: Lunch on Friday\r\n"
    "Date: Wed, 25 Nov 2026 10:00:00 +0000\r\nMessage-ID: <lunch@haddad.test>\r\nMIME-Version: 1.0\r\n"
    "Content-Type: text/html; charset=utf-8\r\n\r\n<h1>At noon?</h1><p>Shall we meet by the river?</p>\r\n"
)


@pytest.mark.slow
def test_from_the_wizard_to_the_answered_letter(
    tmp_path: Path, dovecot: Dovecot, dovecot_user: User, postfix: Postfix
) -> None:
    if reason := stage.missing():
        pytest.skip(reason)
    noor = dovecot.add_user()
    dovecot.seed(dovecot_user, "INBOX", [LETTER.format(sender=noor.address, receiver=dovecot_user.address).encode()])
    facts = {
        "address": dovecot_user.address,
        "user": dovecot_user.name,
        "password": dovecot_user.password,
        "host": "localhost",
        "imaps": str(dovecot.ports["imaps"]),
        "smtps": str(postfix.ports["smtps"]),
        "subject": "Lunch on Friday",
        "heading": "At noon?",
        "answer": "Noon is fine.",
    }
    told = stage.play(stage.own_program(), tmp_path / "profile", facts)
    assert (told.returncode, told.stdout.split("\n")[:3]) == (0, ["set up", "read", "answered"]), told.stderr
    assert wait_until(lambda: bool(dovecot.messages(noor, "INBOX")), 30)
    (answer,) = dovecot.messages(noor, "INBOX")
    assert b"In-Reply-To: <lunch@haddad.test>" in answer and b"Noon is fine." in answer
    assert b"Subject: Re: Lunch on Friday" in answer
    (kept,) = dovecot.messages(dovecot_user, "Sent")
    assert b"Noon is fine." in kept
