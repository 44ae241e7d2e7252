"""The lock holds what pyproject.toml asks for, and a file that differs by one bit is not installed.

U01
"""

from __future__ import annotations

import base64
import hashlib
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import locking
import pytest

PYPROJECT = locking.PYPROJECT.read_text()
LOCK = locking.LOCK.read_text()


def test_the_lock_is_what_pyproject_asks_for() -> None:
    """On every system the program is built for; `python3 packaging/release/locking.py` makes it anew."""
    assert locking.problems(PYPROJECT, LOCK) == []


def test_what_the_locked_need_is_locked() -> None:
    assert locking.unlocked(LOCK) == []


def test_what_builds_from_source_is_locked_too() -> None:
    """cryptography has no wheels for Intel Macs any more."""
    pins = locking.read(locking.SOURCE_LOCK.read_text())
    assert {"maturin", "cffi", "setuptools"} <= {pin.name for pin in pins}
    assert all(pin.hashes for pin in pins)
    shared = {pin.name: pin.version for pin in locking.read(LOCK)}
    assert [pin.name for pin in pins if shared.get(pin.name, pin.version) != pin.version] == []


def test_every_file_has_a_hash_and_no_other_index_is_named() -> None:
    pins = locking.read(LOCK)
    assert len(pins) > 40
    assert all(pin.hashes for pin in pins)
    assert not any(line.startswith("-") for line in LOCK.splitlines())


@pytest.mark.parametrize(
    ("before", "after", "what"),
    [
        (r"\naioimaplib==\S+", "\naioimaplib==1.1.0", "aioimaplib 1.1.0 is locked"),
        (r"\nqasync==", "\nother==", "qasync is not in the lock"),
        (r"\nnh3==", "\nnh3==0.3.1 \\\n    --hash=sha256:" + "0" * 64 + "\nnh3==", "pinned twice"),
    ],
)
def test_a_lock_that_fell_behind_is_found(before: str, after: str, what: str) -> None:
    changed, times = re.subn(before, lambda found: after, LOCK, count=1)
    assert times == 1
    assert any(what in each for each in locking.problems(PYPROJECT, changed))


def test_a_new_dependency_has_to_be_locked() -> None:
    more = PYPROJECT.replace("dependencies = [", 'dependencies = [\n    "brand-new>=1",', 1)
    assert any("brand-new is not in the lock" in each for each in locking.problems(more, LOCK))


def test_an_entry_without_a_hash_is_found() -> None:
    assert "bare 1.0 has no hash" in locking.problems(PYPROJECT, LOCK + "\nbare==1.0\n")


def test_a_line_that_pins_nothing_is_refused() -> None:
    for line in ("loose>=1", "-e .", "https://example.org/x.whl", "--index-url https://example.org"):
        with pytest.raises(ValueError, match="pins nothing"):
            locking.read(LOCK + line)


def wheel(folder: Path) -> Path:
    """A package with one module, as small as one can be."""
    folder.mkdir()
    made = folder / "tiny_letter-1.0-py3-none-any.whl"
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("tiny_letter.py", "GREETING = 'hello'\n")
        info = "tiny_letter-1.0.dist-info"
        archive.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: tiny-letter\nVersion: 1.0\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return made


def install(requirement: Path, wheels: Path, target: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pip", "--isolated", "install", "--no-index", "--find-links", str(wheels)]
    command += ["--require-hashes", "--requirement", str(requirement), "--target", str(target), "--no-compile"]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def test_one_altered_hash_stops_the_installation(tmp_path: Path) -> None:
    """U01: with the right hash it installs, with one digit changed nothing does."""
    made = wheel(tmp_path / "wheels")
    right = hashlib.sha256(made.read_bytes()).hexdigest()
    wrong = ("0" if right[0] != "0" else "1") + right[1:]
    lock = tmp_path / "requirements.lock"
    lock.write_text(f"tiny-letter==1.0 \\\n    --hash=sha256:{right}\n")
    good = install(lock, made.parent, tmp_path / "good")
    assert good.returncode == 0, good.stderr
    assert (tmp_path / "good" / "tiny_letter.py").is_file()
    lock.write_text(f"tiny-letter==1.0 \\\n    --hash=sha256:{wrong}\n")
    bad = install(lock, made.parent, tmp_path / "bad")
    assert bad.returncode != 0
    assert "DO NOT MATCH THE HASHES" in bad.stderr
    assert not (tmp_path / "bad" / "tiny_letter.py").exists()


def test_hashes_are_of_the_kind_that_pip_takes() -> None:
    """SHA-256 alone, so that no weaker one lets a file in."""
    hashes = [word for line in LOCK.splitlines() for word in line.split() if word.startswith("--hash=")]
    assert all(len(base64.b16decode(each.removeprefix("--hash=sha256:").upper())) == 32 for each in hashes)
