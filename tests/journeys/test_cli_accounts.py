"""Accounts from the command line: trust, passwords, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.journeys.conftest import Person
from tests.journeys.terminal import Terminal
from tests.journeys.test_cli_mail import letter


def test_a_wrong_password_is_told_and_nothing_is_made(person: Person) -> None:
    """Exit code 1, the server named, no secret in the output."""
    person.terminal.variables["WRONG"] = "not-the-password"
    imap = person.dovecot.url("imaps", person.user)
    answer = person.terminal.run(
        "--json", "account", "add", person.user.address, "--imap", imap, "--password-env", "WRONG", codes=(1,)
    )
    assert answer.json["error"]["kind"] == "sign-in-refused"
    assert "not-the-password" not in answer.err + answer.text
    assert person.terminal.ask("account", "list") == []


def test_an_unknown_certificate_needs_a_person_and_a_pin_trusts_exactly_it(person: Person) -> None:  # T01
    """Without the authority: exit code 4 and the fingerprint; with the pin: trusted; with another pin: refused."""
    person.terminal.variables["SSL_CERT_FILE"] = ""
    imap = person.dovecot.url("imaps", person.user)
    words = ("--json", "account", "add", person.user.address, "--imap", imap)
    answer = person.terminal.run(*words, codes=(4,))
    error = answer.json["error"]
    assert (error["kind"], len(error["fingerprint"])) == ("bad-certificate", 64)
    assert person.terminal.run(*words, "--pin-certificate", "ab" * 32, codes=(4,)).json["error"]
    made = person.terminal.run(*words, "--pin-certificate", error["fingerprint"]).json
    assert made["incoming"]["pins"] == [error["fingerprint"]]
    assert person.terminal.ask("sync")["accounts"][0]["problems"] == []


def test_pop3_works_like_any_other(person: Person) -> None:
    """An account by POP3: mail is listed, read, moved and found, and stays on the server unless told otherwise."""
    person.dovecot.seed(person.user, "INBOX", [letter("First"), letter("Second")])
    words = ("account", "add", person.user.address, "--pop3", person.dovecot.url("pop3s", person.user))
    assert person.terminal.run("--json", *words, "--leave", "sometimes", codes=(2,)).json["error"]
    made = person.terminal.ask(*words, "--leave", "30")
    assert (made["kind"], made["incoming"]["port"]) == ("pop3", person.dovecot.ports["pop3s"])
    report = person.terminal.ask("sync")["accounts"][0]
    assert (report["new"], report["problems"]) == (2, [])
    rows = person.terminal.ask("list", "Inbox")
    assert {(row["subject"], row["copy"]) for row in rows} == {("First", "both"), ("Second", "both")}
    person.terminal.ask("move", rows[0]["id"], "Archive")
    assert len(person.terminal.ask("search", "is:here-and-on-server", "in:archive")) == 1
    person.terminal.ask("delete", "--on-server", rows[0]["id"])
    person.terminal.ask("sync")
    assert len(person.dovecot.messages(person.user)) == 1
    assert person.terminal.ask("list", "Archive")[0]["copy"] == "here"
    kept = person.terminal.ask("account", "show", made["id"])["pop3"]
    assert (kept["leave"], kept["copies"]) == ("30", {"server": 0, "both": 1, "here": 1})
    assert person.terminal.ask("account", "leave", made["id"], "no")["would_go"] == 1
    person.terminal.ask("sync")
    assert person.dovecot.messages(person.user) == []
    assert "Nothing" not in person.terminal.run("account", "show", made["id"]).text


def test_cleartext_is_refused_unless_it_is_demanded(person: Person) -> None:
    """imap:// is wrong usage without --allow-cleartext, loopback included."""
    url = f"imap://{person.user.name}@localhost:{person.dovecot.ports['imap']}"
    words = ("account", "add", person.user.address, "--imap", url)
    assert "unprotected" in person.terminal.run(*words, codes=(2,)).err
    person.terminal.run(*words, "--allow-cleartext")


def test_a_missing_password_needs_a_person(person: Person) -> None:
    """Exit code 4 at account add and at sync."""
    imap = person.dovecot.url("imaps", person.user)
    bare = replace(person.terminal, variables={"DESKTOPMAIL_SECRETS": "env:MISSING"})
    words = ("--json", "account", "add", person.user.address, "--imap", imap)
    assert bare.run(*words, codes=(4,)).json["error"]["kind"] == "password-missing"
    person.add_account()
    answer = bare.run("--json", "sync", codes=(4,))
    assert answer.json["accounts"][0]["problems"][0]["kind"] == "password-missing"


def test_an_account_is_shown_and_removed(person: Person) -> None:
    """show, remove, and what is not there."""
    number = person.add_account("--name", "Me")
    shown = person.terminal.ask("account", "show", number)
    assert shown["identities"][0]["name"] == "Me"
    assert shown["outgoing"]["security"] == "tls"
    assert shown["health"]["servers"] == [] and shown["health"]["full_sync"] is None
    person.terminal.run("sync")
    known = person.terminal.ask("account", "show", number)["health"]
    assert known["full_sync"] and known["quota"] is None and known["others"] == {"days": 7, "removed": 0, "marked": 0}
    (incoming,) = known["servers"]
    assert incoming["side"] == "incoming" and incoming["tls"].startswith("TLSv1.") and incoming["sign_in"]
    assert incoming["certificate_ends"] and len(incoming["certificate_sha256"]) == 64
    assert b"last full sync" in person.terminal.run("account", "show", number).out
    person.terminal.run("account", "remove", number)
    assert person.terminal.ask("account", "list") == []
    assert person.terminal.ask("folders") == []
    person.terminal.run("account", "show", number, codes=(3,))
    person.terminal.run("account", "add", "no-address", codes=(2,))


def test_an_unreachable_server_is_a_problem_of_its_account(person: Person) -> None:
    """sync reports it, exit code 1; what is here stays readable."""
    person.terminal.run(
        "account",
        "add",
        "x@mail.test",
        "--imap",
        "imaps://x@localhost:1",
        "--no-check",
        "--password-env",
        "MAIL_SECRET",
    )
    (report,) = person.terminal.run("--json", "sync", codes=(1,)).json["accounts"]
    assert report["problems"][0]["kind"] == "unreachable"
    assert person.terminal.ask("list", "Inbox") == []


def test_discover_and_doctor(person: Person) -> None:
    """Facts about a known provider without asking anybody; certificates of the account's servers."""
    assert person.terminal.ask("discover", "somebody@gmail.com", "--offline")["imap"][0]["host"] == "imap.gmail.com"
    assert person.terminal.run("discover", "somebody@unknown.example", "--offline", codes=(3,))
    person.terminal.run("discover", "no-address", codes=(2,))
    person.add_account()
    seen = person.terminal.ask("doctor")
    servers = {each["protocol"]: each for each in seen["accounts"][0]["servers"]}
    assert servers["imap"]["certificate"]["fingerprint"] == person.dovecot.certificates.good.fingerprint
    assert servers["smtp"]["tls"].startswith("TLSv1.")
    assert seen["database"]["ok"] is True
    assert person.user.password not in person.terminal.run("doctor").text


def test_a_profile_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:  # D40
    """Exit code 1, and not a byte is different."""
    import apsw

    desk = Terminal(tmp_path / "profile", {"DESKTOPMAIL_SECRETS": "env:NONE"})
    desk.ask("folders")
    database = desk.profile / "mail.db"
    db = apsw.Connection(str(database))
    db.execute("PRAGMA user_version = 99000")
    db.execute("PRAGMA journal_mode = delete")
    db.close()
    for left in desk.profile.glob("*-wal"):
        left.unlink()
    before = {path.name: path.read_bytes() for path in desk.profile.iterdir() if path.suffix == ".db"}
    assert desk.run("--json", "folders", codes=(1,)).json["error"]["kind"] == "store-too-new"
    assert {path.name: path.read_bytes() for path in desk.profile.iterdir() if path.suffix == ".db"} == before


def test_accounts_are_put_into_another_order(person: Person) -> None:
    """The rest follows; one that is not there is refused, and nothing changes; the order outlives the program."""
    desk = person.terminal
    made = [desk.ask("account", "add", f"{name}@mail.test", "--pop3", f"pop3s://{name}@mail.test", "--no-check")["id"]
            for name in ("ada", "bob", "eve")]  # fmt: skip
    ada, bob, eve = made
    assert [each["id"] for each in desk.ask("account", "reorder", eve)] == [eve, ada, bob]
    assert [each["id"] for each in desk.ask("account", "reorder", bob, eve)] == [bob, eve, ada]
    assert desk.run("--json", "account", "reorder", ada, 99, codes=(3,)).json["error"]["kind"] == "not-found"
    desk.run("--json", "account", "reorder", codes=(2,))
    assert [each["id"] for each in desk.ask("account", "list")] == [bob, eve, ada]
