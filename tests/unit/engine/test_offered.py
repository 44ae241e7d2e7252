"""What servers said of themselves, in sentences."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desktopmail.domain.account import Endpoint, Security
from desktopmail.domain.advice import Offers
from desktopmail.domain.found import FoundServers, Offer
from desktopmail.engine.offered import in_words, offers

POP = Endpoint("pop.example.org", 995, Security.TLS, "ada")


def pop(*capabilities: str, expire: int | None = None, delay: int = 0) -> Offer:
    return Offer(POP, "pop3", frozenset(capabilities), expire=expire, login_delay=delay)


@pytest.mark.parametrize(
    ("offer", "said"),
    [
        (pop("UIDL"), "It can tell old messages from new ones."),
        (pop("TOP"), "It cannot tell old messages from new ones."),
        (pop(expire=0), "It keeps no message once it was fetched."),
        (pop(expire=1), "It may remove messages by itself after 1 day."),
        (pop(expire=60), "It may remove messages by itself after 60 days."),
        (pop(expire=-1), "It never removes messages by itself."),
        (pop(delay=60), "It wants 60 seconds between two visits."),
        (pop(delay=900), "It wants 15 minutes between two visits."),
        (replace(pop(), protocol="smtp", size_limit=35_882_577), "It takes messages of up to 35 MB."),
        (replace(pop("IDLE"), protocol="imap"), "It announces new mail at once."),
        (replace(pop(), tls="TLSv1.3"), "pop.example.org speaks POP3, encrypted (TLS 1.3)."),
        (replace(pop(), mechanisms=frozenset({"SCRAM-SHA-256"})), "Your password can be proved without being sent."),
        (
            replace(pop(), mechanisms=frozenset({"XOAUTH2"})),
            "It accepts signing in by the provider's web page instead of a password.",
        ),
    ],
)
def test_each_sentence(offer: Offer, said: str) -> None:
    assert said in in_words(offer)


def test_nothing_is_said_of_what_was_not_heard() -> None:
    assert in_words(pop()) == ("pop.example.org speaks POP3.",)


def test_what_was_found_is_what_is_advised_on() -> None:
    found = FoundServers("ada@example.org", "Example", "entered", pop3=(POP,))
    assert offers(found) == Offers(False, True, False)
    assert offers(replace(found, seen={POP: pop("UIDL", expire=30)})) == Offers(False, True, False, 30, True)
    assert offers(replace(found, seen={POP: pop("TOP")})).uidl is False
