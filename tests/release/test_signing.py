"""What is downloaded can be proven: one flipped byte anywhere, and the documented step refuses.

U06
"""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import signing
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from desktopmail.domain.errors import NotGenuine
from desktopmail.engine.updates import shipped

KEY, OTHER = Ed25519PrivateKey.from_private_bytes(b"k" * 32), Ed25519PrivateKey.from_private_bytes(b"o" * 32)
KEYS = {"2026": KEY.public_key().public_bytes_raw()}
PAGE = "https://mail.example.org/releases"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small release, signed."""
    made = tmp_path / "release"
    made.mkdir()
    (made / "desktopmail-1.2.0.tar.xz").write_bytes(bytes(range(256)) * 4)
    (made / "desktopmail-1.2.0-setup.exe").write_bytes(b"MZ" + b"\0" * 300)
    signing.write_sums(made)
    signing.sign(made, "2026", KEY, PAGE)
    return made


def refused(folder: Path, keys: dict[str, bytes] = KEYS) -> str:
    with pytest.raises((signing.Unproven, NotGenuine, UnicodeDecodeError)) as why:
        signing.verify(folder, keys)
        signing.verify_notice(folder, keys, issued(folder) + 1)
    return str(why.value)


def issued(folder: Path) -> int:
    """When the notice was signed."""
    return int(json.loads(json.loads((folder / signing.NOTICE).read_text())["signed"])["issued"])


def test_what_was_released_is_proven(folder: Path) -> None:
    assert signing.verify(folder, KEYS) == ["desktopmail-1.2.0-setup.exe", "desktopmail-1.2.0.tar.xz"]
    signing.verify_notice(folder, KEYS, issued(folder) + 1)


@pytest.mark.parametrize(
    "name", ["desktopmail-1.2.0.tar.xz", "desktopmail-1.2.0-setup.exe", signing.SUMS, signing.SIGNATURE]
)
def test_one_flipped_byte_is_refused(folder: Path, name: str) -> None:
    """U06: at the beginning, in the middle, at the end of archive, installer, list and signature."""
    path = folder / name
    whole = path.read_bytes()
    for place in (0, len(whole) // 2, len(whole) - 1):
        changed = bytearray(whole)
        changed[place] ^= 0x01
        path.write_bytes(changed)
        assert refused(folder)
        with pytest.raises((signing.Unproven, UnicodeDecodeError)):
            signing.verify(folder, KEYS)  # the list alone finds it, too, without the notice
    path.write_bytes(whole)
    assert signing.verify(folder, KEYS)


def test_a_flipped_byte_in_the_notice_is_refused(folder: Path) -> None:
    """U06: the notice names each file and its hash."""
    path = folder / signing.NOTICE
    path.write_bytes(path.read_bytes().replace(b"setup.exe", b"setup.exf"))
    assert "not genuine" in refused(folder)


def test_a_notice_of_other_files_is_refused(folder: Path, tmp_path: Path) -> None:
    """U07, a mixed set: two good halves of two releases."""
    other = tmp_path / "other"
    shutil.copytree(folder, other)
    (other / "desktopmail-1.2.0.tar.xz").write_bytes(b"another build")
    signing.write_sums(other)
    signing.sign(other, "2026", KEY)
    assert "other files" in refused(other)


@pytest.mark.parametrize("name", [signing.SUMS, signing.SIGNATURE, "desktopmail-1.2.0.tar.xz"])
def test_what_is_missing_is_refused(folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert refused(folder) == f"{name} is missing"


def test_a_file_that_was_not_released_is_refused(folder: Path) -> None:
    (folder / "extra.exe").write_bytes(b"MZ")
    assert refused(folder) == "extra.exe was not released"


def test_another_key_is_refused(folder: Path) -> None:
    signing.sign(folder, "2026", OTHER)
    assert "not signed by a key" in refused(folder)
    assert "not signed by a key" in refused(folder, {})


def test_a_list_that_leads_elsewhere_is_refused(folder: Path) -> None:
    """A signed list cannot name what lies outside its folder, even if somebody signs one by mistake."""
    (folder / signing.SUMS).write_text(f"{'0' * 64}  ../secret\n")
    signing.sign(folder, "2026", KEY)
    assert "a line that is none" in refused(folder)


@pytest.mark.skipif(shutil.which("sha256sum") is None or shutil.which("openssl") is None, reason="needs both tools")
def test_the_documented_commands_say_the_same(folder: Path, tmp_path: Path) -> None:
    """U06: as packaging/README.md tells a person without this program."""
    public = tmp_path / "key.pem"
    public.write_text(signing.pem(KEYS["2026"]))
    signed = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", str(public), "-rawin"]
    signed += ["-in", signing.SUMS, "-sigfile", signing.SIGNATURE]

    def good(*command: str) -> bool:
        return subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=60).returncode == 0

    assert good("sha256sum", "-c", signing.SUMS)
    assert good(*signed)
    path = folder / "desktopmail-1.2.0.tar.xz"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    assert not good("sha256sum", "-c", signing.SUMS)
    (folder / signing.SUMS).write_bytes((folder / signing.SUMS).read_bytes().replace(b"a", b"b", 1))
    assert not good(*signed)


def test_the_key_comes_from_the_environment_alone() -> None:
    text = base64.b64encode(b"k" * 32).decode()
    name, key = signing.private_key({signing.VARIABLE: f"2026:{text}"})
    assert (name, key.public_key().public_bytes_raw()) == ("2026", KEYS["2026"])
    for wrong in ("", "2026", "2026:!", "2026:AAAA"):
        with pytest.raises(signing.Unproven) as why:
            signing.private_key({signing.VARIABLE: wrong})
        assert wrong == "" or wrong not in str(why.value)


def test_a_new_key_signs_what_its_public_half_proves(folder: Path, tmp_path: Path) -> None:
    words = signing.new_key("2027").splitlines()
    name, key = signing.private_key(dict([words[1].split("=", 1)]))
    file = tmp_path / "updates.json"
    file.write_text(json.dumps({"address": "https://x.example", "keys": json.loads("{" + words[3] + "}")}))
    signing.sign(folder, name, key, PAGE)
    assert signing.verify(folder, shipped(file).keys)


def test_verifying_from_the_command_line(folder: Path) -> None:
    """Without a key in the program nothing is proven, and it says so."""
    command = [sys.executable, signing.__file__, "verify", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    expected = 0 if set(shipped().keys) & set(KEYS) else 1
    assert done.returncode == expected
    assert "Traceback" not in done.stderr
