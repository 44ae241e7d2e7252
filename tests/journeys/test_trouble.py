"""What goes wrong is said on the command line in words that name what happened and what to do; no secret is in them,
and everything else goes on. T28 T39 T40
"""

from __future__ import annotations

from typing import Any

import pytest

from desktopmail.store.store import Store
from tests.journeys.conftest import Person
from tests.journeys.harm import BODY, clean, harm, outdate
from tests.journeys.terminal import Answer, Terminal
from tests.journeys.test_cli_mail import letter
from tests.servers.process import free_ports


@pytest.fixture
def desk(person: Person) -> Terminal:
    """A terminal with one account that has been synchronised."""
    person.dovecot.seed(person.user, "INBOX", [letter("One", BODY), letter("Two", BODY)])
    person.terminal.ask("account", "add", person.user.address, "--imap", person.dovecot.url("imaps", person.user))
    person.terminal.run("sync")
    return person.terminal


def error(answer: Answer) -> dict[str, Any]:
    """The error document; the same words stand on stderr."""
    found: dict[str, Any] = answer.json["error"]
    assert found["title"] in answer.err
    assert found["detail"]
    assert found["detail"] in answer.err
    return found


def test_a_wrong_password_on_the_command_line(person: Person, desk: Terminal) -> None:
    desk.variables["MAIL_SECRET"] = "wröng pass/word+1"
    answer = desk.run("--json", "sync", codes=(1,))
    (problem,) = answer.json["accounts"][0]["problems"]
    assert problem["kind"] == "sign-in-refused"
    assert person.user.name in problem["title"]
    assert "password" in problem["detail"]
    assert problem["title"] in answer.err
    clean(answer.text + answer.err, "wröng pass/word+1")
    assert len(desk.ask("list", "inbox")) == 2


@pytest.mark.parametrize(
    ("url", "code", "kind", "says"),
    [
        ("imaps://x@nowhere.invalid", 1, "unknown-host", "nowhere.invalid"),
        ("imaps://x@127.0.0.1:{refused}", 1, "unreachable", "127.0.0.1"),
        ("imaps://x@localhost:{imaps}", 4, "bad-certificate", "localhost"),
    ],
)
def test_a_server_that_cannot_be_used(person: Person, url: str, code: int, kind: str, says: str) -> None:
    desk = person.terminal
    if kind == "bad-certificate":
        desk.variables["SSL_CERT_FILE"] = ""
    url = url.format(refused=free_ports(1)[0], **person.dovecot.ports)
    answer = desk.run("--json", "account", "add", "x@mail.test", "--imap", url, codes=(code,))
    found = error(answer)
    assert found["kind"] == kind
    assert says in found["title"]
    if kind == "bad-certificate":
        assert found["fingerprint"] == person.dovecot.certificates.good.fingerprint
        assert f"--pin-certificate {found['fingerprint']}" in answer.err
    clean(answer.text + answer.err, person.user.password)
    assert desk.ask("account", "list") == []


def test_one_account_in_trouble_leaves_the_other_alone(person: Person, desk: Terminal) -> None:
    bad = f"imaps://x@127.0.0.1:{free_ports(1)[0]}"
    desk.ask("account", "add", "x@mail.test", "--imap", bad, "--no-check")
    person.dovecot.seed(person.user, "INBOX", [letter("Three")])
    answer = desk.run("--json", "sync", codes=(1,))
    good, broken = answer.json["accounts"]
    assert (good["new"], good["problems"]) == (1, [])
    assert broken["problems"][0]["kind"] == "unreachable"
    assert len(desk.ask("list", 1)) == 3


def test_no_key_store(person: Person, desk: Terminal) -> None:
    del desk.variables["DESKTOPMAIL_SECRETS"]
    answer = desk.run("--json", "sync", codes=(1,))
    (problem,) = answer.json["accounts"][0]["problems"]
    assert problem["kind"] == "no-keyring"
    assert "key store" in problem["title"]
    assert problem["detail"] in answer.err
    added = desk.run(
        "--json", "account", "add", "y@mail.test", "--imap", "imaps://y@127.0.0.1:1", "--no-check",
        "--password-env", "MAIL_SECRET", codes=(1,),
    )  # fmt: skip
    assert error(added)["kind"] == "no-keyring"
    assert "DESKTOPMAIL_SECRETS" in added.err
    clean(answer.text + answer.err + added.text + added.err, person.user.password)
    assert len(desk.ask("account", "list")) == 1
    assert not [path for path in desk.profile.rglob("*") if person.user.password.encode() in path.read_bytes()]


def test_a_second_instance(desk: Terminal) -> None:
    store = Store.open(desk.profile)
    try:
        assert error(desk.run("--json", "sync", codes=(1,)))["kind"] == "profile-in-use"
        assert error(desk.run("--json", "mark", "star", 1, codes=(1,)))["kind"] == "profile-in-use"
        assert len(desk.ask("list", "inbox")) == 2
        assert BODY in desk.ask("show", 1)["text"]
    finally:
        store.close_now()
    desk.run("mark", "star", 1)


def test_a_damaged_profile(person: Person, desk: Terminal) -> None:
    harm(desk.profile)
    answer = desk.run("--json", "list", "inbox", codes=(1,))
    found = error(answer)
    assert found["kind"] == "store-damaged"
    assert "check --repair" in answer.err
    desk.run("check", "--repair", codes=(0, 1))
    clean(answer.text + answer.err, person.user.password, BODY)
    assert desk.ask("check")["ok"] is True
    desk.ask("account", "list")


def test_a_profile_of_a_newer_version(desk: Terminal) -> None:
    outdate(desk.profile)
    before = {path.name: path.read_bytes() for path in desk.profile.iterdir()}
    found = error(desk.run("--json", "list", "inbox", codes=(1,)))
    assert found["kind"] == "store-too-new"
    assert "newer version" in found["title"]
    assert {path.name: path.read_bytes() for path in desk.profile.iterdir()} == before
