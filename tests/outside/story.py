"""The story that is played, with its servers: a letter that waits, who answers it, and what has to have come of it."""

from __future__ import annotations

from dataclasses import dataclass

from tests.servers.dovecot import Dovecot, User
from tests.servers.postfix import Postfix
from tests.servers.process import wait_until

ACTS = ["set up", "read", "answered"]
"""What the person of `person.py` says, in this order."""
LETTER = (
    "From: Noor Haddad <{sender}>\r\nTo: Ada <{receiver}>\r\nSubject: Lunch on Friday\r\n"
    "Date: Wed, 25 Nov 2026 10:00:00 +0000\r\nMessage-ID: <lunch@haddad.test>\r\nMIME-Version: 1.0\r\n"
    "Content-Type: text/html; charset=utf-8\r\n\r\n<h1>At noon?</h1><p>Shall we meet by the river?</p>\r\n"
)
ANSWER = "Noon is fine."
DELIVERY = 60


@dataclass(frozen=True, slots=True)
class Story:
    """Ada has a letter of Noor's on the server, and no program yet."""

    dovecot: Dovecot
    postfix: Postfix
    ada: User
    noor: User

    def facts(self) -> dict[str, str]:
        """What Ada knows."""
        return {
            "address": self.ada.address,
            "user": self.ada.name,
            "password": self.ada.password,
            "host": "localhost",
            "imaps": str(self.dovecot.ports["imaps"]),
            "smtps": str(self.postfix.ports["smtps"]),
            "subject": "Lunch on Friday",
            "heading": "At noon?",
            "answer": ANSWER,
        }

    def lacks(self) -> str:
        """What is not on the server that has to be there when Ada has answered; empty when nothing is amiss."""
        wait_until(lambda: bool(self.dovecot.messages(self.noor)), DELIVERY)
        arrived = self.dovecot.messages(self.noor)
        kept = self.dovecot.messages(self.ada, "Sent")
        if len(arrived) != 1 or len(kept) != 1:
            return f"{len(arrived)} answers arrived, {len(kept)} were kept"
        wanted = (b"In-Reply-To: <lunch@haddad.test>", b"Subject: Re: Lunch on Friday", ANSWER.encode())
        gone = [words.decode() for words in wanted if words not in arrived[0]]
        return ", ".join(gone) or ("" if ANSWER.encode() in kept[0] else "the kept one says something else")


def begin(dovecot: Dovecot, postfix: Postfix) -> Story:
    """Two people, and the letter."""
    story = Story(dovecot, postfix, dovecot.add_user(), dovecot.add_user())
    letter = LETTER.format(sender=story.noor.address, receiver=story.ada.address)
    dovecot.seed(story.ada, "INBOX", [letter.encode()])
    return story
