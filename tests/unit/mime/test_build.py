"""Messages on their way out: readable by ourselves and by the standard library, safe in every field."""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopmail.domain.account import Identity
from desktopmail.domain.address import Address
from desktopmail.domain.draft import Attachment, Draft
from desktopmail.domain.errors import WrongUsage
from desktopmail.domain.ids import IdentityId
from desktopmail.mime.body import content, read
from desktopmail.mime.build import build, new_message_id
from tests.cost import least

ADA = Identity(IdentityId(1), "Ada Lovelace", "ada@example.org")
PLAIN = Draft(IdentityId(1), to=(Address("Bob", "bob@example.net"),), subject="Hello", text="Hi Bob\n")


def made(draft: Draft, **changes: object) -> bytes:
    return build(replace(draft, **changes), ADA, date=1710232200, offset=60).raw  # type: ignore[arg-type]


def wire_is_clean(raw: bytes) -> bool:
    return raw.count(b"\n") == raw.count(b"\r\n") == raw.count(b"\r") and max(map(len, raw.split(b"\r\n"))) <= 998


def test_a_plain_message() -> None:
    found = build(PLAIN, ADA, date=1710232200, message_id="<1@example.org>", offset=60)
    assert found.raw == (
        b"Message-ID: <1@example.org>\r\n"
        b"Date: Tue, 12 Mar 2024 09:30:00 +0100\r\n"
        b"From: Ada Lovelace <ada@example.org>\r\n"
        b"To: Bob <bob@example.net>\r\n"
        b"Subject: Hello\r\n"
        b"MIME-Version: 1.0\r\n"
        b"Content-Type: text/plain; charset=us-ascii\r\n"
        b"Content-Transfer-Encoding: 7bit\r\n\r\n"
        b"Hi Bob\r\n"
    )
    assert found.recipients == ("bob@example.net",)
    assert not found.utf8


def test_blind_copies_are_split_off() -> None:
    draft = replace(
        PLAIN, cc=(Address("", "carol@x.org"),), bcc=(Address("Dan", "dan@x.org"), Address("", "BOB@example.net"))
    )
    found = build(draft, ADA, date=0)
    assert found.recipients == ("bob@example.net", "carol@x.org", "dan@x.org")
    assert b"dan@x.org" not in found.raw
    assert b"Bcc: Dan <dan@x.org>, BOB@example.net\r\n" in build(draft, ADA, date=0, keep_bcc=True).raw


def test_message_ids_name_only_the_domain() -> None:
    one, other = new_message_id("ada@example.org"), new_message_id("ada@example.org")
    assert one != other
    assert re.fullmatch(r"<[0-9a-f]{32}@example\.org>", one)
    assert new_message_id("nobody").endswith("@localhost.invalid>")


def test_answers_are_threaded() -> None:
    raw = made(PLAIN, in_reply_to="<b@x>", references=("<a@x>", "<b@x>"))
    assert b"In-Reply-To: <b@x>\r\nReferences: <a@x> <b@x>\r\n" in raw
    assert read(raw).references == ("<a@x>", "<b@x>")


def test_pictures_alternatives_and_files() -> None:
    files = (
        Attachment("logo.png", "image/png", b"\x89PNG\r\n\x1a\n", "logo@x"),
        Attachment("plan.pdf", "application/pdf", b"%PDF-1"),
    )
    raw = made(PLAIN, html='<p>Hi <img src="cid:logo@x"></p>', attachments=files)
    body = read(raw)
    assert [(one.section, one.type, one.inline) for one in body.parts] == [
        ("1.1", "text/plain", True),
        ("1.2.1", "text/html", True),
        ("1.2.2", "image/png", True),
        ("2", "application/pdf", False),
    ]
    assert content(raw, "2") is not None
    assert wire_is_clean(raw)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "ASCII\n",
            "Grüße und Dank\n",
            "日本語の文章です。" * 40 + "\n",
            "From here\n",
            "a\nFrom there\n",
            ".\n..\n",
            "trailing \n",
        ),
        *("x" * 5_000 + "\n", "ü" * 3_000 + "\n", "tab\there\n", "-- \nAda\n", "\n\n\n", "=3D\n", "", "no line end"),
    ],
)
def test_text_comes_back_as_it_was(text: str) -> None:
    raw = made(PLAIN, text=text)
    assert wire_is_clean(raw)
    assert not re.search(rb"\n(?:From |>From )", raw.partition(b"\r\n\r\n")[2])
    assert (
        read(raw).text == (text if text.endswith("\n") or not text else text + "\n").replace("\n\n\n", "\n\n\n")
        or not text.strip()
    )
    standard = email.message_from_bytes(raw, policy=email.policy.default)
    assert str(standard.get_content()).replace("\r\n", "\n") == (text if text.endswith("\n") else text + "\n")


TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=120)


@given(TEXTS, TEXTS, TEXTS.filter(lambda name: bool(name.strip())))
def test_fields_come_back_as_they_were(subject: str, person: str, file: str) -> None:
    subject, person = " ".join(subject.split(" ")), " ".join(person.split())
    draft = replace(
        PLAIN, subject=subject, to=(Address(person, "bob@example.net"),), attachments=(Attachment(file, "a/b", b"x"),)
    )
    raw = build(draft, ADA, date=0).raw
    assert wire_is_clean(raw)
    assert raw.partition(b"\r\n\r\n")[0].isascii()
    standard = email.message_from_bytes(raw, policy=email.policy.compat32)
    decoded = "".join(
        piece if isinstance(piece, str) else piece.decode(name or "ascii")
        for piece, name in email.header.decode_header(standard["subject"])
    )
    assert re.sub(r"\s", "", decoded) == re.sub(r"\s", "", subject)
    if subject.isprintable() and not re.search(r"\s{2}|^\s|\s$|[^\x20-\u02ff]", subject):
        assert read(raw).subject == subject
    assert read(raw).to[0].address == "bob@example.net"


HOSTILE = ["x\r\nBcc: eve@evil.example", "x\nBcc: eve@evil.example", "x\rBcc: y", "x\0y"]


@pytest.mark.parametrize("value", HOSTILE)
def test_line_breaks_are_refused_in_every_field(value: str) -> None:  # P27
    places = [
        replace(PLAIN, subject=value),
        replace(PLAIN, to=(Address(value, "bob@example.net"),)),
        replace(PLAIN, to=(Address("", f"bob@example.net{value}"),)),
        replace(PLAIN, cc=(Address("", value),)),
        replace(PLAIN, bcc=(Address(value, "bob@example.net"),)),
        replace(PLAIN, attachments=(Attachment(value, "text/plain", b""),)),
        replace(PLAIN, attachments=(Attachment("a", f"text/plain{value}", b""),)),
        replace(PLAIN, html="x", attachments=(Attachment("a", "image/png", b"", value),)),
    ]
    for draft in places:
        with pytest.raises(WrongUsage):
            build(draft, ADA, date=0)
    with pytest.raises(WrongUsage):
        build(PLAIN, replace(ADA, name=value), date=0)


@pytest.mark.parametrize("value", HOSTILE)
def test_ids_with_line_breaks_are_left_out(value: str) -> None:  # P27
    raw = build(
        replace(PLAIN, in_reply_to=value, references=(value,), message_id=value), ADA, date=0, message_id=value
    ).raw
    assert b"Bcc" not in raw
    assert b"In-Reply-To" not in raw


@pytest.mark.parametrize("value", HOSTILE)
def test_drafts_are_kept_without_line_breaks(value: str) -> None:
    draft = replace(PLAIN, subject=value, to=(Address(value, value),))
    raw = build(draft, ADA, date=0, keep_bcc=True).raw
    assert b"\r\nBcc" not in raw
    assert wire_is_clean(raw)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "bob",
        "@example.net",
        "bob@",
        "bob@exa mple.net",
        "bob>@example.net",
        "a@b@c",
        "bob@-x.org",
        "<bob@x.org>",
        "b ob@x.org",
    ],
)
def test_what_is_no_address_is_refused(address: str) -> None:  # P27
    if not address:
        assert build(replace(PLAIN, to=(Address("Bob", ""),)), ADA, date=0).recipients == ()
        return
    with pytest.raises(WrongUsage):
        build(replace(PLAIN, to=(Address("", address),)), ADA, date=0)


def test_international_addresses() -> None:
    found = build(replace(PLAIN, to=(Address("", "bob@müller.example"),)), ADA, date=0)
    assert found.recipients == ("bob@xn--mller-kva.example",)
    assert not found.utf8
    assert build(replace(PLAIN, to=(Address("", "jürgen@müller.example"),)), ADA, date=0).utf8


def test_nested_messages_travel_undisturbed() -> None:
    inner = b"Subject: inner\r\n\r\nhello\r\n"
    raw = made(PLAIN, attachments=(Attachment("inner.eml", "message/rfc822", inner),))
    assert b"\r\n\r\n" + inner in raw
    wide = made(PLAIN, attachments=(Attachment("inner.eml", "message/rfc822", "Subject: ü\r\n\r\nx".encode()),))
    assert b"application/octet-stream" in wide


def test_twenty_five_megabytes() -> None:
    draft = replace(
        PLAIN, attachments=(Attachment("big.bin", "application/octet-stream", bytes(range(256)) * 100_000),)
    )
    assert len(build(draft, ADA, date=0).raw) > 34_000_000
    assert least(lambda: build(draft, ADA, date=0), 1) < 1
