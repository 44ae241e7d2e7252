"""Addresses as typed, and what is said before a message leaves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopmail.domain.address import Address
from desktopmail.domain.draft import Attachment, Draft
from desktopmail.domain.ids import IdentityId
from desktopmail.gui.composer.addresses import is_sound, read, read_all, split
from desktopmail.gui.composer.checks import announced, findings

ADA = Address("Ada Lovelace", "ada@example.org")


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("ada@example.org", (Address("", "ada@example.org"),)),
        ("Ada Lovelace <ada@example.org>", (ADA,)),
        ('"Lovelace, Ada" <ada@example.org>', (Address("Lovelace, Ada", "ada@example.org"),)),
        ("a@b.example, c@d.example;e@f.example\ng@h.example", tuple(
            Address("", each) for each in ("a@b.example", "c@d.example", "e@f.example", "g@h.example"))),
        ("Ada Lovelace ada@example.org", (ADA,)),
        ("ada@example.org (Ada Lovelace)", (ADA,)),
        ("mailto:ada@example.org", (Address("", "ada@example.org"),)),
        ("nonsense", (Address("", "nonsense"),)),
        (" , ;", ()),
    ],
)  # fmt: skip
def test_addresses_as_typed(text: str, people: tuple[Address, ...]) -> None:
    assert read_all(text) == people


# P27
@given(st.text(max_size=80))
def test_no_address_carries_a_line_break(text: str) -> None:
    for person in read_all(text):
        assert not set("\r\n\0") & set(person.name + person.address)


@pytest.mark.parametrize("address", ["a@b.example", "a.b+c@d-e.example", "ü@münchen.example", "root@localhost"])
def test_sound_addresses(address: str) -> None:
    assert is_sound(Address("", address))


@pytest.mark.parametrize(
    "address", ["", "a", "a@", "@b.example", "a b@c.example", "a@b@c.example", "a@b..example", "a@b.c>"]
)
def test_broken_addresses(address: str) -> None:
    assert not is_sound(Address("", address))


@pytest.mark.parametrize(
    "text",
    [
        "I attach the plan", "see attached", "im Anhang", "anbei die Liste", "en pièce jointe", "adjunto el plan",
        "in allegato", "zie bijlage", "bifogad fil", "vedlagt", "w załączniku", "во вложении", "添付します",
        "见附件", "첨부합니다",
    ],
)  # fmt: skip
def test_a_forgotten_file_is_noticed(text: str) -> None:
    assert announced(text)
    draft = Draft(IdentityId(1), to=(ADA,), subject="x", text=text)
    assert [each.kind for each in findings(draft)] == ["no-attachment"]


@pytest.mark.parametrize(
    "text",
    [
        "no file here",
        "> see attached",
        "Hello\n---------- Forwarded message ----------\nattached",
        "Die Anlagenplanung",
    ],
)
def test_other_text_is_not(text: str) -> None:
    assert announced(text) == ""


def test_findings_in_order() -> None:
    draft = Draft(IdentityId(1), to=(Address("", "broken@"),), text="attached")
    assert [(each.kind, each.stops) for each in findings(draft)] == [
        ("broken-address", True),
        ("no-subject", False),
        ("no-attachment", False),
    ]
    assert findings(Draft(IdentityId(1), subject="x"))[0].kind == "nobody"
    picture = Attachment("p.png", "image/png", b"x", "p@x")
    file = Attachment("p.pdf", "application/pdf", b"x")
    base = Draft(IdentityId(1), to=(ADA,), subject="x", text="attached", attachments=(picture,))
    assert [each.kind for each in findings(base)] == ["no-attachment"]
    assert findings(Draft(IdentityId(1), to=(ADA,), subject="x", text="attached", attachments=(file,))) == []


def test_splitting_and_reading_one() -> None:
    assert split('"a;b" <x@y.example>; c') == ['"a;b" <x@y.example>', "c"]
    assert read("<ada@example.org>") == Address("", "ada@example.org")
