"""A mailbox lived in from the command line, against a real IMAP and a real submission server."""

from __future__ import annotations

import json
import signal
from email.message import EmailMessage

from tests.journeys.conftest import Person


def letter(subject: str, text: str = "Hello\r\n", *, to: str = "me@mail.test", number: int = 1) -> bytes:
    """A simple message."""
    message = EmailMessage()
    message["From"] = "Ada Lovelace <ada@example.org>"
    message["To"] = to
    message["Subject"] = subject
    message["Date"] = f"Wed, 25 Nov 2026 10:{number:02}:00 +0100"
    message["Message-ID"] = f"<{subject.replace(' ', '-')}-{number}@example.org>"
    message.set_content(text)
    return message.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def test_a_mailbox_from_first_sync_to_undo(person: Person) -> None:
    """Account, sync, list, show, search, verbs, undo: each seen from the other side of the server."""
    letters = [letter(f"Letter {number}", f"The word is sesame{number}.\r\n", number=number) for number in range(1, 6)]
    person.dovecot.seed(person.user, "INBOX", letters)
    desk = person.terminal
    account = person.add_account("--name", "Me")
    (listed,) = desk.ask("account", "list")
    assert (listed["id"], listed["kind"], listed["address"]) == (account, "imap", person.user.address)

    (report,) = desk.ask("sync")["accounts"]
    assert (report["id"], report["new"], report["problems"]) == (account, 5, [])
    folders = {each["role"]: each for each in desk.ask("folders")}
    assert (folders["inbox"]["total"], folders["inbox"]["unread"], folders["inbox"]["lives"]) == (5, 5, "server")

    rows = desk.ask("list", "INBOX")
    assert [row["subject"] for row in rows] == [f"Letter {number}" for number in (5, 4, 3, 2, 1)]
    first = rows[0]
    assert first["from"] == [{"name": "Ada Lovelace", "address": "ada@example.org"}]
    assert (first["flags"], first["fetched"], first["copy"]) == ([], "full", "both")
    assert first["date"] == "2026-11-25T09:05:00+00:00"

    shown = desk.ask("show", first["id"])
    assert (shown["subject"], shown["text"].strip()) == ("Letter 5", "The word is sesame5.")
    assert shown["date"] == "2026-11-25T10:05:00+01:00"
    assert desk.run("show", first["id"], "--raw").out == letters[4]
    assert desk.run("show", first["id"], "--headers").out == letters[4].partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    assert desk.run("show", first["id"], "--part", "1").out == b"The word is sesame5.\r\n"

    (found,) = desk.ask("search", "sesame3")
    assert found["subject"] == "Letter 3"
    assert desk.run("search", "nowhere", codes=(3,)).out == b""

    desk.run("mark", "read", first["id"])
    desk.run("mark", "star", first["id"])
    desk.run("tag", "add", "work", first["id"])
    desk.run("move", rows[1]["id"], "Archive")
    receipt = desk.ask("trash", rows[2]["id"], rows[3]["id"])
    assert receipt["receipt"] == "2 messages moved to Trash"
    assert desk.ask("sync")["accounts"][0]["problems"] == []
    assert len(person.dovecot.messages(person.user)) == 2
    assert len(person.dovecot.messages(person.user, "Archive")) == 1
    assert len(person.dovecot.messages(person.user, "Trash")) == 2
    flags = person.dovecot.doveadm("fetch", "-u", person.user.name, "flags", "mailbox", "INBOX", "subject", "Letter 5")
    assert all(word in flags for word in ("\\Seen", "\\Flagged", "work"))

    assert desk.ask("undo")["receipt"] == "Undone: 2 messages moved to Trash"
    assert len(desk.ask("list", "inbox")) == 4
    desk.run("sync")
    assert len(person.dovecot.messages(person.user)) == 4
    assert person.dovecot.messages(person.user, "Trash") == []
    story = [event["kind"] for event in desk.ask("history", rows[2]["id"])]
    assert story == ["arrived", "moved", "undone"]
    journal = desk.ask("journal")
    assert (journal[0]["label"], journal[0]["undone"]) == ("2 messages moved to Trash", True)


def test_delete_copy_and_junk(person: Person) -> None:
    """The other verbs."""
    person.dovecot.seed(person.user, "INBOX", [letter("One", number=1), letter("Two", number=2)])
    desk = person.terminal
    person.add_account()
    desk.run("sync")
    two, one = desk.ask("list", "inbox")
    desk.run("copy", one["id"], "Archive")
    desk.run("mark", "junk", one["id"])
    desk.run("delete", two["id"])
    assert desk.run("--json", "show", two["id"], codes=(3,)).json["error"]["kind"] == "not-found"
    assert desk.ask("list", "inbox") == []
    desk.run("sync")
    assert person.dovecot.messages(person.user) == []
    assert len(person.dovecot.messages(person.user, "Archive")) == 1
    assert len(person.dovecot.messages(person.user, "Junk")) == 1
    desk.run("mark", "not-junk", one["id"])
    desk.run("sync")
    assert len(person.dovecot.messages(person.user)) == 1
    desk.run("trash", one["id"])
    assert desk.run("trash", one["id"], codes=(4,)).err


def test_a_message_is_sent_and_filed_once(person: Person) -> None:
    """Send waits for the server's yes; the copy reaches Sent; the recipient gets no Bcc."""
    other = person.dovecot.add_user()
    desk = person.terminal
    person.add_account("--name", "Me")
    raw = (
        f"From: {person.user.address}\nTo: {other.address}\nBcc: {person.user.address}\n"
        "Subject: Greetings\n\n.hello\nFrom here\n"
    ).encode()
    sent = desk.run("--json", "send", "-", "--wait", given=raw).json
    assert (sent["state"], [each["code"] for each in sent["recipients"]]) == ("sent", [250, 250])
    (got,) = person.postfix.delivered(other)
    assert b"\n.hello" in got
    assert b"Bcc" not in got
    assert len(person.postfix.delivered(person.user)) == 1
    assert desk.ask("outbox") == []
    desk.run("sync")
    (kept,) = person.dovecot.messages(person.user, "Sent")
    assert b"Bcc: " in kept
    desk.run("sync")
    assert len(person.dovecot.messages(person.user, "Sent")) == 1
    (row,) = desk.ask("list", "Sent")
    assert (row["copy"], row["flags"]) == ("both", ["seen"])


def test_a_queued_message_waits_and_can_be_taken_back(person: Person) -> None:
    """Queue, look, cancel, queue for later, send by the next sync."""
    other = person.dovecot.add_user()
    desk = person.terminal
    person.add_account()
    raw = letter("Later", to=other.address).replace(b"ada@example.org", person.user.address.encode())
    queued = desk.run("--json", "send", "-", "--later", "+2h", given=raw).json
    assert queued["state"] == "queued"
    (waiting,) = desk.ask("outbox")
    assert (waiting["id"], waiting["state"], waiting["subject"]) == (queued["id"], "queued", "Later")
    desk.run("sync")
    assert len(desk.ask("outbox")) == 1
    desk.run("outbox", "cancel", queued["id"])
    assert desk.ask("outbox") == []
    (draft,) = desk.ask("list", "Drafts")
    assert "draft" in draft["flags"]
    again = desk.ask("send", "--draft", draft["id"])
    assert again["state"] == "queued"
    (report,) = desk.ask("sync")["accounts"]
    assert report["sent"] == 1
    assert len(person.postfix.delivered(other)) == 1
    assert person.dovecot.messages(person.user, "Drafts") == []


def test_refusals_are_told_per_recipient(person: Person) -> None:  # D17
    """One recipient is refused for good: the others get the message. All refused: back to Drafts."""
    other = person.dovecot.add_user()
    desk = person.terminal
    person.add_account()
    head = f"From: {person.user.address}\r\nSubject: x\r\n"
    some = f"{head}To: {other.address}, nosuch@mail.test\r\n\r\nx\r\n".encode()
    sent = desk.run("--json", "send", "-", "--wait", given=some, codes=(1,)).json
    assert (sent["state"], sorted(each["code"] for each in sent["recipients"])) == ("sent", [250, 550])
    nobody = f"{head}To: nosuch@mail.test\r\n\r\nx\r\n".encode()
    answer = desk.run("--json", "send", "-", "--wait", given=nobody, codes=(1,))
    assert (answer.json["state"], answer.json["recipients"][0]["code"]) == ("refused", 550)
    assert "No such user" in answer.err
    assert len(desk.ask("list", "Drafts")) == 1
    later = f"{head}To: greylist@mail.test\r\n\r\nx\r\n".encode()
    waiting = desk.run("--json", "send", "-", "--wait", given=later, codes=(1,)).json
    assert (waiting["state"], waiting["recipients"][0]["code"]) == ("queued", 450)


def test_watching_prints_a_line_per_change(person: Person) -> None:
    """sync --watch stays, tells of new mail at once, and ends when interrupted."""
    desk = person.terminal
    person.add_account()
    process = desk.start("sync", "--watch")
    assert process.stdout is not None
    try:
        person.dovecot.seed(person.user, "INBOX", [letter("News")])
        lines = (json.loads(line) for line in process.stdout)
        first = next(line for line in lines if line.get("added"))
        assert (first["folder"], len(first["added"])) == ("Inbox", 1)
    finally:
        process.send_signal(signal.SIGINT)
        process.stdout.read()
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert errors == b""


def test_a_reader_that_hangs_up_is_no_trouble(person: Person) -> None:
    """`list | head -1` says nothing on stderr."""
    person.dovecot.seed(person.user, "INBOX", [letter(f"Row {number}", number=number % 60) for number in range(3000)])
    person.add_account()
    person.terminal.run("sync", "--headers-only")
    process = person.terminal.start("list", "Inbox", "--limit", "3000")
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.stderr is not None
    errors = process.stderr.read()
    process.stderr.close()
    process.wait(30)
    assert errors == b""


def test_headers_only_leaves_content_for_later(person: Person) -> None:
    """What is not here is fetched when it is shown."""
    person.dovecot.seed(person.user, "INBOX", [letter("Later", "The text.\r\n")])
    desk = person.terminal
    person.add_account()
    desk.run("sync", "--headers-only")
    (row,) = desk.ask("list", "Inbox")
    assert (row["fetched"], row["copy"]) == ("headers", "server")
    assert desk.run("search", "text", codes=(3,)).err.count("not downloaded") == 1
    shown = desk.ask("show", row["id"])
    assert (shown["text"].strip(), shown["fetched"], shown["copy"]) == ("The text.", "full", "both")


def test_an_answer_marks_its_original(person: Person) -> None:
    """compose --reply, send --draft: recipient, subject, chain and the mark on the original, also on the server."""
    other = person.dovecot.add_user()
    raw = letter("Plans").replace(b"ada@example.org", other.address.encode())
    person.dovecot.seed(person.user, "INBOX", [raw])
    desk = person.terminal
    person.add_account("--name", "Me")
    desk.run("sync")
    (original,) = desk.ask("list", "inbox")
    draft = desk.run("--json", "compose", "--reply", original["id"], "--body-file", "-", given=b"Fine with me.\n").json
    shown = desk.ask("show", draft["id"])
    assert shown["subject"] == "Re: Plans"
    assert [each["address"] for each in shown["to"]] == [other.address]
    assert shown["text"].startswith("Fine with me.\n")
    assert "On 25 November 2026, Ada Lovelace wrote:\n> Hello" in shown["text"]
    desk.run("sync")
    assert len(person.dovecot.messages(person.user, "Drafts")) == 1
    assert desk.ask("send", "--draft", draft["id"], "--wait")["state"] == "sent"
    (got,) = person.postfix.delivered(other)
    assert b"In-Reply-To: <Plans-1@example.org>" in got
    desk.run("sync")
    assert person.dovecot.messages(person.user, "Drafts") == []
    assert len(person.dovecot.messages(person.user, "Sent")) == 1
    flags = person.dovecot.doveadm("fetch", "-u", person.user.name, "flags", "mailbox", "INBOX")
    assert "\\Answered" in flags
    (row,) = desk.ask("list", "inbox")
    assert "answered" in row["flags"]
