"""A POP3 account from the command line, on a real Dovecot: all that any other account can, and what it alone has."""

from __future__ import annotations

from typing import Any

import pytest

from tests.journeys.conftest import Person
from tests.journeys.test_cli_mail import letter

BIG = letter("Holiday pictures") + b"picture " * 20_000 + b"\r\n"


def account(person: Person, *more: object) -> int:
    """Make the account; what it sends goes through the run's own server."""
    pop3, smtp = person.dovecot.url("pop3s", person.user), person.postfix.url("smtps", person.user)
    made = person.terminal.ask("account", "add", person.user.address, "--pop3", pop3, "--smtp", smtp, *more)
    return int(made["id"])


def sync(person: Person, *more: object) -> dict[str, Any]:
    report: dict[str, Any] = person.terminal.ask("sync", *more)["accounts"][0]
    assert report["problems"] == []
    return report


def copies(person: Person, number: int) -> dict[str, int]:
    found: dict[str, int] = person.terminal.ask("account", "show", number)["pop3"]["copies"]
    return found


def test_large_messages_wait_for_the_person(person: Person) -> None:
    """--max-size: headers first, `show` says so and fetches nothing, `fetch` brings the rest."""
    person.dovecot.seed(person.user, "INBOX", [letter("Small"), BIG])
    desk = person.terminal
    address, url = person.user.address, person.dovecot.url("pop3s", person.user)
    for wrong in ("ten", "-1"):
        assert desk.run("--json", "account", "add", address, "--pop3", url, f"--max-size={wrong}", codes=(2,)).json
    assert desk.run("account", "add", address, "--imap", url, "--max-size", "9", codes=(2,))
    number = account(person, "--max-size", "100")
    assert sync(person, "--headers-only")["new"] == 2
    assert {row["copy"] for row in desk.ask("list", "Inbox")} == {"server"}
    assert copies(person, number) == {"server": 2, "both": 0, "here": 0}
    assert sync(person)["new"] == 0
    (big,) = desk.ask("search", "is:only-on-server")
    assert (big["subject"], big["copy"], big["fetched"]) == ("Holiday pictures", "server", "headers")
    warning, held = desk.ask("show", big["id"])["warnings"]
    assert (warning["kind"], held["kind"]) == ("not-downloaded", "held-back") and "until you fetch it" in warning[
        "detail"
    ]
    assert copies(person, number) == {"server": 1, "both": 1, "here": 0}
    assert desk.ask("fetch", big["id"])["fetched"] == [big["id"]]
    assert desk.run("show", big["id"], "--raw").out == BIG
    assert desk.ask("fetch", big["id"]) == {"fetched": [], "here": [big["id"]]}
    shown = desk.ask("account", "leave", number, "--max-size", "0")
    assert (shown["leave"], shown["max_size"]) == ("forever", 0)
    assert "above 100 KB" in desk.run("account", "leave", number, "30", "--max-size", "100").text
    desk.run("account", "leave", number, codes=(2,))
    assert len(person.dovecot.messages(person.user)) == 2


@pytest.mark.slow
def test_everything_that_any_other_account_can(person: Person) -> None:
    """Moves, marks, tags, search, undo, folders, drafts, one's own answer in the conversation; then the leave rules."""
    person.dovecot.seed(person.user, "INBOX", [letter(subject) for subject in ("One", "Two", "Three", "Four")])
    desk = person.terminal
    number = account(person)
    assert sync(person)["new"] == 4
    ids = {row["subject"]: row["id"] for row in desk.ask("list", "Inbox")}
    desk.ask("folder", "create", "Projects/Sea")
    desk.ask("move", ids["One"], "Projects/Sea")
    desk.ask("mark", "star", ids["One"])
    desk.ask("tag", "add", "Work", ids["One"])
    desk.ask("archive", ids["Two"])
    desk.ask("trash", ids["Three"])
    assert [row["subject"] for row in desk.ask("list", "Projects/Sea")] == ["One"]
    assert [row["subject"] for row in desk.ask("search", "is:starred")] == ["One"]
    desk.ask("undo")
    assert sorted(row["subject"] for row in desk.ask("list", "Inbox")) == ["Four", "Three"]
    draft = desk.run("--json", "compose", "--reply", ids["Four"], "--body-file", "-", given=b"Fine with me.\n").json
    assert [row["id"] for row in desk.ask("list", "Drafts")] == [draft["id"]]
    assert desk.ask("send", "--draft", draft["id"], "--wait")["state"] == "sent"
    (sent,) = desk.ask("list", "Sent")
    rows = {row["subject"]: row for row in desk.ask("list", "Inbox")}
    assert sent["thread"] == rows["Four"]["thread"] and "answered" in rows["Four"]["flags"]
    (together,) = [row for row in desk.ask("list", "Inbox", "--conversations") if row["subject"].endswith("Four")]
    assert together["thread_size"] == 2
    assert sync(person)["pushed"] == 0 and len(person.dovecot.messages(person.user)) == 4
    assert copies(person, number) == {"server": 0, "both": 4, "here": 1}
    leaving(person, number, ids)


def leaving(person: Person, number: int, ids: dict[str, int]) -> None:
    """By word, by deleting here, and all: nothing goes that was not asked for, and what is here stays."""
    desk = person.terminal
    desk.ask("delete", "--on-server", ids["One"])
    assert "1 message will be removed" in desk.ask("account", "show", number)["pop3"]["words"]
    assert desk.ask("delete", "--on-server", "--take-back", ids["One"])["messages"] == [ids["One"]]
    assert desk.ask("account", "show", number)["pop3"]["would_go"] == 0
    desk.run("--json", "delete", "--on-server", "--take-back", ids["One"], codes=(3,))
    desk.run("--json", "delete", "--take-back", ids["One"], codes=(2,))
    desk.ask("delete", "--on-server", ids["One"])
    assert sync(person)["pushed"] == 1 and len(person.dovecot.messages(person.user)) == 3
    assert {row["subject"] for row in desk.ask("search", "is:only-here")} >= {"One"}
    desk.ask("account", "leave", number, "until-deleted")
    desk.ask("delete", ids["Two"])
    assert sync(person)["pushed"] == 1 and len(person.dovecot.messages(person.user)) == 2
    assert desk.ask("account", "leave", number, "no")["would_go"] == 2
    assert sync(person)["pushed"] == 2 and person.dovecot.messages(person.user) == []
    assert copies(person, number) == {"server": 0, "both": 0, "here": 4}
    assert sync(person)["new"] == 0


def test_new_and_sent_mail_is_put_where_the_person_says(person: Person) -> None:
    person.dovecot.seed(person.user, "INBOX", [letter("One"), letter("Two")])
    desk = person.terminal
    number = account(person)
    other = desk.ask("account", "add", "bob@example.org", "--no-check", "--pop3", "pop3s://bob@localhost:1")["id"]
    far = desk.ask("account", "add", "far@example.org", "--no-check", "--imap", "imaps://far@localhost:1")["id"]
    desk.run("account", "deliver", number, far, codes=(2,))
    desk.run("account", "deliver", number, "elsewhere", codes=(2,))
    desk.run("account", "deliver", far, other, codes=(2,))
    assert desk.ask("account", "deliver", number, other)["deliver"] == other
    assert sync(person, "--account", number)["new"] == 2
    inbox = next(each["id"] for each in desk.ask("folders") if each["account"] == other and each["role"] == "inbox")
    assert {row["copy"] for row in desk.ask("list", inbox)} == {"both"}
    shown = desk.ask("account", "show", number)["pop3"]
    assert (shown["deliver"], shown["abroad"], shown["copies"]["both"]) == (other, 2, 2)
    desk.run("account", "keep-sent", number, other, codes=(2,))
    assert desk.ask("account", "keep-sent", number, far)["sent"] == far
    assert b"in Sent of account" in desk.run("account", "show", number).out
    assert desk.ask("account", "keep-sent", number, "bcc")["sent"] == "bcc"
    assert desk.ask("account", "keep-sent", number, "here")["sent"] == "here"
    assert desk.ask("account", "deliver", number, "own")["deliver"] == "own"


def test_sent_mail_is_kept_in_the_mailbox_too_and_on_an_imap_server(person: Person) -> None:
    """Through real servers: the copy to oneself comes back and is the message in Sent; the other one is uploaded."""
    desk = person.terminal
    number = account(person)
    imap = person.dovecot.url("imaps", person.user)
    far = desk.ask("account", "add", person.user.address, "--imap", imap)["id"]
    raw = f"From: {person.user.address}\r\nTo: {person.dovecot.add_user().address}\r\nSubject: %s\r\n\r\nIt boils.\r\n"
    desk.ask("account", "keep-sent", number, "bcc")
    first = desk.run("--json", "send", "-", "--account", number, "--wait", given=(raw % "Kettle").encode()).json
    assert first["state"] == "sent"
    assert len(person.postfix.delivered(person.user, seconds=60)) == 1
    assert sync(person, "--account", number)["new"] == 0
    places = {(each["account"], each["role"]): each["id"] for each in desk.ask("folders")}
    assert desk.ask("list", places[number, "inbox"]) == []
    (sent,) = desk.ask("list", places[number, "sent"])
    assert (sent["subject"], sent["copy"]) == ("Kettle", "both")
    desk.ask("account", "keep-sent", number, far)
    desk.run("--json", "send", "-", "--account", number, "--wait", given=(raw % "Teapot").encode())
    desk.run("sync", "--account", far)
    (kept,) = person.dovecot.messages(person.user, "Sent")
    assert b"Subject: Teapot" in kept
    assert [row["copy"] for row in desk.ask("list", places[far, "sent"])] == ["both"]
    assert len(desk.ask("list", places[number, "sent"])) == 2
