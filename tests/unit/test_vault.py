"""The encrypted file of passwords: kept, opened again, refused, damaged; and what the profile remembers of it."""

from __future__ import annotations

import asyncio
import json
import os
import stat
import sys
import threading
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

import keyring
import keyring.backends.fail
import pytest

from desktopmail.app import passphrase
from desktopmail.domain.account import Account, Endpoint, ImapServer, Security
from desktopmail.domain.errors import (
    PassphraseWrong,
    PasswordMissing,
    SecretsUnavailable,
    VaultDamaged,
    VaultLocked,
    WrongUsage,
)
from desktopmail.domain.ids import AccountId
from desktopmail.domain.keeping import Keeping
from desktopmail.store.secrets import open_secrets, sealed
from desktopmail.store.secrets.chosen import Chosen
from desktopmail.store.secrets.vault import NAME, Vault

T = TypeVar("T")
SECRET, PASSPHRASE = "canary pass wörd", "correct horse battery"


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(asyncio.wait_for(work, 30))


def account(host: str = "imap.example.org", number: int = 1) -> Account:
    server = ImapServer(Endpoint(host, 993, Security.TLS, "ada"))
    return Account(AccountId(number), "Work", "ada@example.org", server, None, ())


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Deriving a key takes long on purpose; here it need not."""
    monkeypatch.setattr(sealed, "COST", 2**10)


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    made = Vault(tmp_path)
    run(made.create(PASSPHRASE))
    run(made.set(account(), "incoming", SECRET))
    return made


def test_kept_and_opened_again(vault: Vault, tmp_path: Path) -> None:
    again = Vault(tmp_path)
    assert again.there and again.locked
    with pytest.raises(VaultLocked):
        run(again.get(account(), "incoming"))
    run(again.unlock(PASSPHRASE))
    assert run(again.get(account(), "incoming")) == run(again.get(account(), "outgoing")) == SECRET
    assert NAME in run(again.ready())
    run(again.delete(account()))
    with pytest.raises(PasswordMissing):
        run(again.get(account(), "incoming"))
    run(vault.set(account(), "token", "refresh " * 400))
    assert SECRET not in repr(vault) + repr(vars(vault)["_key"])


def test_the_file_is_its_owners_and_shows_nothing(vault: Vault, tmp_path: Path) -> None:  # T39
    file = tmp_path / NAME
    if sys.platform != "win32":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    raw = file.read_bytes()
    for hidden in (SECRET.encode(), PASSPHRASE.encode(), b"imap.example.org", b"ada"):
        assert hidden not in raw
    assert [each.name for each in tmp_path.iterdir()] == [NAME]


def test_a_wrong_passphrase_changes_nothing(vault: Vault, tmp_path: Path) -> None:
    before = (tmp_path / NAME).read_bytes()
    again = Vault(tmp_path)
    with pytest.raises(PassphraseWrong):
        run(again.unlock("another passphrase"))
    with pytest.raises(PassphraseWrong):
        run(again.change("another passphrase", "third passphrase"))
    assert (tmp_path / NAME).read_bytes() == before and again.locked


def test_another_passphrase(vault: Vault, tmp_path: Path) -> None:
    run(vault.change(PASSPHRASE, "a new passphrase"))
    again = Vault(tmp_path)
    with pytest.raises(PassphraseWrong):
        run(again.unlock(PASSPHRASE))
    run(again.unlock("a new passphrase"))
    assert run(again.get(account(), "incoming")) == SECRET


@pytest.mark.parametrize("change", ["cost", "salt", "nonce", "data", "format", "proof"])
def test_a_file_somebody_changed(vault: Vault, tmp_path: Path, change: str) -> None:
    file = tmp_path / NAME
    document = json.loads(file.read_text())
    other = {"cost": 2**30, "nonce": "AAAA", "format": "else"}
    document[change] = other.get(change) or document[change][:-8] + "AAAAAAA="
    file.write_text(json.dumps(document))
    with pytest.raises((VaultDamaged, PassphraseWrong)):
        run(Vault(tmp_path).unlock(PASSPHRASE))


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"{}", b"\xff\xfe", b"null", b"[" * 100_000])
def test_a_damaged_file_is_left_alone(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / NAME).write_bytes(raw)
    chosen = Chosen(tmp_path)
    with pytest.raises(VaultDamaged):
        run(chosen.unlock(PASSPHRASE))
    assert (tmp_path / NAME).read_bytes() == raw
    run(chosen.begin_vault_anew(PASSPHRASE))
    aside = [each for each in tmp_path.iterdir() if each.name.endswith(".old")]
    assert [each.read_bytes() for each in aside] == [raw]


def test_every_byte_counts(vault: Vault, tmp_path: Path) -> None:
    """No cut of the file opens as something else."""
    raw = (tmp_path / NAME).read_bytes()
    for end in range(0, len(raw) - 2, 37):
        with pytest.raises((VaultDamaged, PassphraseWrong)):
            sealed.unseal(raw[:end], PASSPHRASE)


def test_a_disk_that_takes_nothing(vault: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    before = (tmp_path / NAME).read_bytes()
    with monkeypatch.context() as disk:
        disk.setattr(os, "fsync", full)
        with pytest.raises(SecretsUnavailable):
            run(vault.set(account(number=2), "incoming", "second"))
    assert (tmp_path / NAME).read_bytes() == before
    with pytest.raises(PasswordMissing):
        run(vault.get(account(number=2), "incoming"))


def test_passwords_follow_a_renamed_server(vault: Vault) -> None:
    run(vault.carry(account(), account("imap.elsewhere.example")))
    assert run(vault.get(account("imap.elsewhere.example"), "incoming")) == SECRET
    with pytest.raises(PasswordMissing):
        run(vault.get(account(), "incoming"))


def test_short_passphrases_are_refused(tmp_path: Path) -> None:
    with pytest.raises(WrongUsage):
        run(Vault(tmp_path).create("short"))
    assert list(tmp_path.iterdir()) == []


def test_the_passphrase_is_asked_for_when_needed(tmp_path: Path) -> None:
    asked: list[bool] = []

    def ask(new: bool) -> str:
        asked.append(new)
        return PASSPHRASE

    for expected in ([True], [True, False]):
        source = open_secrets({"DESKTOPMAIL_SECRETS": "vault"}, tmp_path, ask)
        run(source.set(account(), "incoming", SECRET))
        assert run(source.get(account(), "incoming")) == SECRET
        assert asked == expected
    with pytest.raises(WrongUsage):
        open_secrets({"DESKTOPMAIL_SECRETS": "vault"})


def test_the_choice_is_the_profiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # T39
    """No key store: memory or the file, each by the person's word, and remembered."""
    before = keyring.get_keyring()
    keyring.set_keyring(keyring.backends.fail.Keyring())  # type: ignore[no-untyped-call]
    try:
        chosen = Chosen(tmp_path)
        found = run(chosen.kept())
        assert found.kind is Keeping.KEY_STORE and found.problem
        with pytest.raises(SecretsUnavailable):
            run(chosen.set(account(), "incoming", SECRET))
        run(chosen.set(account(), "incoming", SECRET, keep=False))
        assert list(tmp_path.iterdir()) == []
        run(chosen.choose_memory())
        run(chosen.set(account(), "incoming", SECRET))
        assert run(chosen.get(account(), "outgoing")) == SECRET
        assert all(SECRET.encode() not in each.read_bytes() for each in tmp_path.iterdir())
        again = Chosen(tmp_path)
        assert run(again.kept()).kind is Keeping.MEMORY
        with pytest.raises(PasswordMissing):
            run(again.get(account(), "incoming"))
        run(again.choose_vault(PASSPHRASE))
        run(again.set(account(), "incoming", SECRET))
        third = Chosen(tmp_path)
        assert run(third.kept()).locked
        run(third.unlock(PASSPHRASE))
        assert run(third.get(account(), "incoming")) == SECRET
        with pytest.raises(SecretsUnavailable):
            run(third.choose_key_store())
        assert run(third.kept()).kind is Keeping.VAULT
    finally:
        keyring.set_keyring(before)


def test_a_passphrase_by_descriptor() -> None:
    reading, writing = os.pipe()
    os.write(writing, f"{PASSPHRASE}\nmore".encode())
    os.close(writing)
    ask = passphrase.asking({"DESKTOPMAIL_PASSPHRASE_FD": str(reading)}, prompt=True)
    assert ask is not None and ask(False) == PASSPHRASE
    with pytest.raises(WrongUsage):
        ask(False)
    with pytest.raises(WrongUsage):
        passphrase.asking({"DESKTOPMAIL_PASSPHRASE_FD": "x"}, prompt=True)
    assert passphrase.asking({}, prompt=False) is None


def test_a_write_that_is_given_up_half_way_neither_loses_nor_mixes_anything(
    vault: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()
    real = os.fsync

    def slow(handle: int) -> None:
        if not begun.is_set():
            begun.set()
            assert go_on.wait(10)
        real(handle)

    async def scene() -> None:
        first = asyncio.create_task(vault.set(account(), "token", "rotated"))
        await asyncio.to_thread(begun.wait, 10)
        first.cancel()
        second = asyncio.create_task(vault.set(account(number=2), "incoming", "other"))
        for _ in range(20):
            await asyncio.sleep(0)
        go_on.set()
        await asyncio.wait([first, second])
        await second

    monkeypatch.setattr(os, "fsync", slow)
    run(scene())
    again = Vault(tmp_path)
    run(again.unlock(PASSPHRASE))
    assert run(again.get(account(), "token")) == "rotated"
    assert run(again.get(account(number=2), "incoming")) == "other"
    assert run(again.get(account(), "incoming")) == SECRET


def test_files_put_aside_in_one_second_are_all_kept(vault: Vault, tmp_path: Path) -> None:
    for number in range(3):
        run(vault.create(f"{PASSPHRASE} {number}"))
    assert len(list(tmp_path.glob(f"{NAME}.*.old*"))) == 3
    first = next(each for each in tmp_path.glob(f"{NAME}.*.old*") if _opens(each, PASSPHRASE))
    if sys.platform != "win32":
        assert stat.S_IMODE(first.stat().st_mode) == 0o600


def test_a_disk_that_takes_no_new_file_leaves_the_old_one(
    vault: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "no room")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(SecretsUnavailable):
            run(vault.create("another passphrase"))
    again = Vault(tmp_path)
    run(again.unlock(PASSPHRASE))
    assert run(again.get(account(), "incoming")) == SECRET


def _opens(file: Path, passphrase: str) -> bool:
    try:
        sealed.unseal(file.read_bytes(), passphrase)
    except PassphraseWrong:
        return False
    return True
