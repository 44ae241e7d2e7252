"""Passwords in the encrypted file, from the command line: the passphrase comes by a descriptor and is never shown."""

from __future__ import annotations

from dataclasses import replace

from tests.journeys.conftest import Person

PASSPHRASE = "correct horse battery"
VAULT = {"DESKTOPMAIL_SECRETS": "vault", "DESKTOPMAIL_PASSPHRASE_FD": "0"}


def test_kept_in_the_file_from_one_command_to_the_next(person: Person) -> None:  # T39
    terminal = replace(person.terminal, variables={**VAULT, "SECRET": person.user.password})
    imap = person.dovecot.url("imaps", person.user)
    given = f"{PASSPHRASE}\n".encode()
    words = ("--json", "account", "add", person.user.address, "--imap", imap, "--password-env", "SECRET")
    made = terminal.run(*words, given=given)
    file = terminal.profile / "passwords.vault"
    for hidden in (person.user.password, PASSPHRASE):
        assert hidden.encode() not in file.read_bytes() and hidden not in made.text + made.err
    del terminal.variables["SECRET"]
    assert terminal.run("--json", "sync", given=given).json["accounts"][0]["problems"] == []
    wrong = terminal.run("--json", "sync", given=b"another passphrase\n", codes=(4,))
    assert wrong.json["accounts"][0]["problems"][0]["kind"] == "passphrase-wrong"
    assert "another passphrase" not in wrong.text + wrong.err


def test_without_anybody_to_type_it(person: Person) -> None:  # T39
    terminal = replace(person.terminal, variables={**VAULT, "SECRET": person.user.password})
    imap = person.dovecot.url("imaps", person.user)
    words = ("account", "add", person.user.address, "--imap", imap, "--password-env", "SECRET")
    terminal.run(*words, given=f"{PASSPHRASE}\n".encode())
    chosen = replace(person.terminal, variables={})
    answer = chosen.run("--json", "sync", codes=(4,))
    assert answer.json["accounts"][0]["problems"][0]["kind"] == "passwords-locked"
