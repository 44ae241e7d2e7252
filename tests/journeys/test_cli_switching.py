"""An account is switched from the command line, to POP3 and back, and to IMAP; what goes wrong says so."""

from __future__ import annotations

from tests.journeys.conftest import Person
from tests.unit.pop3_engine.desk import letters


def test_to_pop3_and_back_by_two_ways(person: Person) -> None:
    person.dovecot.seed(person.user, "INBOX", letters(12))
    number = person.add_account()
    person.terminal.run("sync")
    rows = person.terminal.ask("list", "Inbox")
    pop3, imap = person.dovecot.url("pop3s", person.user), person.dovecot.url("imaps", person.user)

    report = person.terminal.ask("account", "switch", number, "pop3", "--server", pop3, "--leave", "14")
    assert (report["messages"], report["linked"], report["here"], report["there"]) == (12, 12, 0, 0)
    shown = person.terminal.ask("account", "show", number)
    assert shown["kind"] == "pop3"
    assert [row["id"] for row in person.terminal.ask("list", "Inbox")] == [row["id"] for row in rows]
    assert person.terminal.ask("sync")["accounts"][0]["new"] == 0
    assert len(person.dovecot.messages(person.user)) == 12

    assert person.terminal.ask("account", "switch", number, "back")["kind"] == "imap"
    person.terminal.run("account", "switch", number, "back", codes=(3,))
    person.terminal.run("account", "switch", number, "pop3", "--server", pop3)
    assert person.terminal.ask("account", "switch", number, "imap", "--server", imap)["linked"] == 12
    assert person.terminal.ask("sync")["accounts"][0]["new"] == 0
    assert [row["id"] for row in person.terminal.ask("list", "Inbox")] == [row["id"] for row in rows]


def test_what_cannot_be_switched(person: Person) -> None:
    number = person.add_account()
    person.terminal.run("account", "switch", number, "pop3", "--server", "pop3s://x@localhost:1", codes=(1,))
    person.terminal.run("account", "switch", number, "imap", "--server", "imaps://localhost:1", codes=(2,))
    person.terminal.run("account", "switch", number, "pop3", "--server", "pop3://localhost", codes=(2,))
    person.terminal.run("account", "switch", number, "imap", "--leave", "14", codes=(2,))
    person.terminal.run("account", "switch", number, "pop3", "--upload", codes=(2,))
    person.terminal.run("account", "switch", number, "back", codes=(3,))
    person.terminal.run("account", "switch", 99, "back", codes=(3,))
    assert person.terminal.ask("account", "show", number)["kind"] == "imap"
