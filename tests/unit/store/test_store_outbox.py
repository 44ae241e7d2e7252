"""The Outbox, drafts, contacts, settings and what the person trusts."""

from __future__ import annotations

from desktopmail.domain.address import Address
from desktopmail.domain.draft import RecipientResult, Sending
from desktopmail.domain.folder import Role
from desktopmail.domain.ids import MessageId
from desktopmail.domain.settings import Settings
from desktopmail.store.drafts import VERSIONS_KEPT
from desktopmail.store.rows import DraftFacts, Envelope
from tests.unit.store.desk import Desk

ENVELOPE = Envelope("ada@example.org", ("bob@example.org", "eve@example.org"))


def queued(desk: Desk, number: int, due_at: int) -> MessageId:
    outbox = desk.folder_of(Role.OUTBOX)
    (one,) = desk.put(desk.new(number, outbox, uid=0, content=bytes([number]) * 32))
    desk.write(lambda tx: tx.outbox.put(one, ENVELOPE, due_at), durable=True)
    return one


def test_a_message_goes_out_when_it_is_due(desk: Desk) -> None:
    late, soon = queued(desk, 1, 200), queued(desk, 2, 100)
    assert desk.read(lambda tx: tx.outbox.due(desk.account, 99)) == ()
    assert desk.read(lambda tx: tx.outbox.due(desk.account, 150)) == (soon,)
    assert desk.read(lambda tx: tx.outbox.due(desk.account, 250)) == (soon, late)
    assert desk.read(lambda tx: tx.outbox.next_due(desk.account)) == 100
    assert [one.id for one in desk.library.outbox()] == [soon, late]
    assert desk.read(lambda tx: tx.outbox.envelope(soon)) == ENVELOPE
    assert desk.news[-1].outbox


def test_states_attempts_and_what_the_server_said(desk: Desk) -> None:
    one = queued(desk, 1, 0)
    desk.write(lambda tx: tx.outbox.set_state(one, Sending.SENDING), durable=True)
    assert desk.read(lambda tx: tx.outbox.stuck_sending()) == (one,)
    assert desk.read(lambda tx: tx.outbox.due(desk.account, 999)) == ()
    results = (RecipientResult("eve@example.org", 450, "busy \ud800"),)
    desk.write(lambda tx: tx.outbox.set_state(one, Sending.WAITING, "greylisted", results, next_try=500))
    entry = desk.library.outgoing(one)
    assert entry is not None
    assert (entry.state, entry.attempts, entry.error, entry.subject) == (Sending.WAITING, 1, "greylisted", "Subject 1")
    assert entry.recipients == (
        RecipientResult("bob@example.org", 0, ""),
        RecipientResult("eve@example.org", 450, "busy \ufffd"),
    )
    assert desk.read(lambda tx: tx.outbox.due(desk.account, 499)) == ()
    assert desk.read(lambda tx: tx.outbox.due(desk.account, 500)) == (one,)
    desk.write(lambda tx: tx.outbox.remove(one))
    assert desk.library.outbox() == () and desk.library.outgoing(one) is None
    assert desk.library.summary(one).subject == "Subject 1"


def test_a_message_moved_out_of_sight_does_not_go_out(desk: Desk) -> None:
    one = queued(desk, 1, 0)
    desk.write(lambda tx: tx.messages.remove([one]))
    assert desk.read(lambda tx: tx.outbox.due(desk.account, 999)) == ()
    assert desk.read(lambda tx: tx.outbox.next_due(desk.account)) is None


def test_drafts_remember_what_they_answer_and_their_versions(desk: Desk) -> None:
    original, draft = desk.put(desk.new(1), desk.new(2, desk.folder_of(Role.DRAFTS), uid=0))
    facts = DraftFacts(3, original, "reply-all")
    for number in range(VERSIONS_KEPT + 5):
        desk.write(lambda tx, n=number: tx.drafts.put(draft, facts, bytes([n]) * 32))
    desk.write(lambda tx: tx.drafts.put(draft, facts, bytes([VERSIONS_KEPT + 4]) * 32))
    assert desk.read(lambda tx: tx.drafts.get(draft)) == facts
    assert desk.read(lambda tx: tx.drafts.get(original)) is None
    versions = desk.read(lambda tx: tx.drafts.versions(draft))
    assert [content[0] for _, content in versions] == list(range(5, VERSIONS_KEPT + 5))
    assert bytes([7]) * 32 in desk.read(lambda tx: tx.messages.contents())


def test_people_are_found_by_the_beginnings_of_their_words(desk: Desk) -> None:
    people = [
        Address("Ada Lovelace", "ada@example.org"),
        Address("Adam Émile", "emile@example.net"),
        Address("", "list-request@ada.example"),
    ]
    desk.write(lambda tx: tx.contacts.seen(people, 100))
    desk.write(lambda tx: tx.contacts.seen([people[1]], 200, sent=True))
    assert desk.library.complete("ad") == (people[1], people[0], people[2])
    assert desk.library.complete("LOVE") == (people[0],)
    assert desk.library.complete("emi") == (people[1],)
    assert desk.library.complete("ada lov") == (people[0],)
    assert desk.library.complete("request") == (people[2],)
    assert desk.library.complete("") == () == desk.library.complete("  %")
    assert desk.library.complete("ad", 1) == (people[1],)


def test_people_are_counted_once_and_keep_their_first_name(desk: Desk) -> None:
    desk.write(lambda tx: tx.contacts.seen([Address("", "Ada@Example.org"), Address("Ada", "ada@example.org")], 5))
    desk.write(lambda tx: tx.contacts.seen([Address("Someone else", "ADA@example.org")], 9))
    assert desk.sql("SELECT name, seen, last_seen FROM contact") == [("Ada", 3, 9)]
    desk.write(lambda tx: tx.contacts.seen([Address("no address", "nobody"), Address("x", "@" + "y" * 400)], 5))
    assert len(desk.sql("SELECT * FROM contact")) == 1
    assert desk.read(lambda tx: tx.contacts.known("ada@EXAMPLE.org")) == Address("Ada", "ada@example.org")
    desk.write(lambda tx: tx.contacts.forget("ada@example.org"))
    assert desk.library.complete("ada") == ()


def test_many_people_at_once_are_counted_as_if_they_came_one_by_one(desk: Desk) -> None:
    nobody, ada, bob = Address("x", "nobody"), Address("Ada", "ada@example.org"), Address("", "bob@example.org")
    told = [
        nobody,
        ada,
        ada,
        nobody,
        ada,
        bob,
        bob,
        ada,
        *(Address(f"P {n % 90}", f"p{n % 90}@x.org") for n in range(200)),
    ]
    desk.write(lambda tx: tx.contacts.seen(told, 7))
    desk.write(lambda tx: tx.contacts.seen([*told, Address("Bob", "BOB@example.org")], 5))
    people = desk.sql("SELECT id, name, address, seen, last_seen FROM contact ORDER BY id")
    assert people[:2] == [(1, "Ada", "ada@example.org", 8, 7), (2, "Bob", "bob@example.org", 5, 7)]
    assert [(row[1], row[3]) for row in people[2:]] == [(f"P {n}", 6 if n < 20 else 4) for n in range(90)]
    assert desk.library.complete("bob exa") == (Address("Bob", "bob@example.org"),)
    assert len(desk.library.complete("p", 100)) == 90


def test_settings_keep_their_types(desk: Desk) -> None:
    assert desk.library.settings() == Settings()
    desk.write(lambda tx: tx.settings.set("theme", "dark"))
    desk.write(lambda tx: tx.settings.set("undo_send_seconds", 30))
    desk.write(lambda tx: tx.settings.set("letter_keys", "not a boolean"))
    desk.write(lambda tx: tx.settings.set("unheard_of", [1, {"a": None}]))
    assert desk.library.settings() == Settings(theme="dark", undo_send_seconds=30)
    assert desk.read(lambda tx: tx.settings.get("unheard_of")) == [1, {"a": None}]
    assert desk.read(lambda tx: tx.settings.get("missing", 7)) == 7
    assert desk.news[-1].settings


def test_certificates_are_trusted_for_one_host_and_port(desk: Desk) -> None:
    desk.write(lambda tx: tx.trust.pin("Mail.example.org", 993, "AB:CD"))
    assert desk.read(lambda tx: tx.trust.pins("mail.example.org", 993)) == {"abcd"}
    assert desk.read(lambda tx: tx.trust.pins("mail.example.org", 995)) == frozenset()
    assert desk.library.accounts()[0].incoming.endpoint.pins == {"abcd"}  # type: ignore[union-attr]
    desk.write(lambda tx: tx.trust.unpin("mail.example.org", 993))
    assert desk.read(lambda tx: tx.trust.pins("mail.example.org", 993)) == frozenset()


def test_images_by_sender_or_domain(desk: Desk) -> None:
    desk.write(lambda tx: tx.trust.allow_images("News@Shop.example"))
    desk.write(lambda tx: tx.trust.allow_images("friends.example"))
    allowed = ("news@shop.example", "anybody@FRIENDS.example")
    refused = ("other@shop.example", "x@notfriends.example", "x@sub.friends.example", "", "friends.example.evil@x")
    assert all(desk.library.images_allowed(one) for one in allowed)
    assert not any(desk.library.images_allowed(one) for one in refused)
    desk.write(lambda tx: tx.trust.forbid_images("@friends.example"))
    assert not desk.library.images_allowed("anybody@friends.example")
    assert desk.read(lambda tx: tx.trust.image_senders()) == ("news@shop.example",)
