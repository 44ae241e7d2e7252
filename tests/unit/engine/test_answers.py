"""Answering: recipients, subjects, references and quotations, by tables."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desktopmail.domain.account import Account, Identity
from desktopmail.domain.address import Address
from desktopmail.domain.body import Body
from desktopmail.domain.ids import AccountId, IdentityId
from desktopmail.engine.answers import (
    Recipients,
    attribution,
    chain,
    forward_subject,
    forward_text,
    quote_html,
    quote_text,
    reply_recipients,
    reply_subject,
    writes_as,
)
from desktopmail.engine.quoting import signature_text

ADA, BOB, EVE, ME = (Address(name, f"{name.lower()}@example.org") for name in ("Ada", "Bob", "Eve", "Me"))
LIST = Address("", "list@example.org")
OWN = ["me@example.org", "ME2@example.org"]


def mail(
    sender: Address = ADA,
    to: tuple[Address, ...] = (ME,),
    cc: tuple[Address, ...] = (),
    reply_to: tuple[Address, ...] = (),
) -> Body:
    return Body(
        subject="Plans",
        date=1_772_550_000,
        sender=(sender,),
        to=to,
        cc=cc,
        bcc=(),
        reply_to=reply_to,
        message_id="<c@x>",
        references=("<a@x>", "<b@x>"),
        html="",
        text="Hello\n> earlier\n\nBye\n-- \nAda\n",
        parts=(),
    )


@pytest.mark.parametrize(
    ("body", "everybody", "expected"),
    [
        (mail(), False, Recipients((ADA,))),
        (mail(reply_to=(LIST,)), False, Recipients((LIST,))),
        (mail(to=(ME, BOB), cc=(EVE,)), False, Recipients((ADA,))),
        (mail(to=(ME, BOB), cc=(EVE,)), True, Recipients((ADA, BOB), (EVE,))),
        (mail(to=(ME, ADA), cc=(BOB, ADA, ME, BOB)), True, Recipients((ADA,), (BOB,))),
        (mail(to=(LIST,), reply_to=(LIST,)), True, Recipients((LIST,))),
        (mail(sender=ME, to=(BOB,), cc=(EVE,)), False, Recipients((BOB,))),
        (mail(sender=ME, to=(BOB,), cc=(EVE, ME)), True, Recipients((BOB,), (EVE,))),
        (mail(sender=ME, to=(ME,)), False, Recipients((ME,))),
        (mail(sender=ME, to=(ME,)), True, Recipients((ME,))),
        (mail(to=(Address("", "me2@EXAMPLE.org"), BOB)), True, Recipients((ADA, BOB))),
        (mail(sender=Address("nobody", "")), False, Recipients(())),
    ],
)
def test_who_gets_the_reply(body: Body, everybody: bool, expected: Recipients) -> None:
    assert reply_recipients(body, OWN, everybody=everybody) == expected


@pytest.mark.parametrize(
    ("subject", "reply"),
    [
        ("Plans", "Re: Plans"),
        ("Re: Plans", "Re: Plans"),
        ("RE: re: AW: Plans", "Re: Plans"),
        ("Re[2]: Plans", "Re: Plans"),
        ("SV: VS: Plans", "Re: Plans"),
        ("回复：计划", "Re: 计划"),
        ("Fwd: Plans", "Re: Fwd: Plans"),
        ("Reading: a book", "Re: Reading: a book"),
        ("", "Re:"),
    ],
)
def test_reply_subjects(subject: str, reply: str) -> None:
    assert reply_subject(subject) == reply


@pytest.mark.parametrize(
    ("subject", "forward"),
    [("Plans", "Fwd: Plans"), ("WG: Fw: Plans", "Fwd: Plans"), ("Re: Plans", "Fwd: Re: Plans")],
)
def test_forward_subjects(subject: str, forward: str) -> None:
    assert forward_subject(subject) == forward


def test_the_chain_goes_on() -> None:
    assert chain(mail()) == ("<a@x>", "<b@x>", "<c@x>")
    assert chain(replace(mail(), message_id="", references=())) == ()


def test_a_very_long_chain_keeps_root_and_end() -> None:
    found = chain(replace(mail(), references=tuple(f"<{number}@x>" for number in range(500))))
    assert (found[0], found[-1], len(found)) == ("<0@x>", "<c@x>", 40)


@pytest.mark.parametrize("typed", ["Ada", "-- \nAda", "--\n\nAda\n", "  Ada  "])
def test_a_signature_has_one_delimiter_whether_or_not_it_was_typed(typed: str) -> None:
    assert signature_text(typed, answering=False) == "\n\n-- \nAda\n"
    assert signature_text(typed, answering=True) == "\n\nAda\n"


def test_a_delimiter_alone_is_no_signature() -> None:
    assert signature_text("-- \n", answering=False) == ""
    assert signature_text(" ", answering=False) == ""


def test_the_quotation_names_day_and_person_and_drops_the_signature() -> None:
    assert attribution(mail()) == "On 3 March 2026, Ada wrote:"
    assert quote_text(mail()) == "On 3 March 2026, Ada wrote:\n> Hello\n>> earlier\n>\n> Bye\n"


def test_a_name_cannot_break_out_of_the_quotation() -> None:
    body = mail(sender=Address("<script>\nEve", "e@x"))
    assert "<script>" not in quote_html(body, "<p>hi</p>")
    assert attribution(body).count("\n") == 0


def test_a_forward_tells_where_it_came_from() -> None:
    text = forward_text(mail(cc=(EVE,)))
    assert "From: Ada <ada@example.org>\nDate: 3 March 2026 at" in text
    assert "Cc: Eve <eve@example.org>" in text


def test_the_answer_is_written_under_the_name_that_was_written_to() -> None:
    first = Identity(IdentityId(1), "Me", "me@example.org")
    second = Identity(IdentityId(2), "Me", "me2@example.org")
    account = Account(AccountId(1), "", "me@example.org", None, None, (first, second))
    assert writes_as(mail(to=(Address("", "ME2@example.org"),)), account) == second
    assert writes_as(mail(to=(BOB,)), account) == first
