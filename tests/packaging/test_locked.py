"""The environment packages are built from takes only files that have the hash of the lock."""

import base64
import hashlib
import subprocess
import zipfile
from pathlib import Path

import locked
import pytest


def wheel(folder: Path) -> Path:
    """The smallest package there can be."""
    path = folder / "speck-1.0-py3-none-any.whl"
    files = {
        "speck.py": "value = 1\n",
        "speck-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: speck\nVersion: 1.0\n",
        "speck-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nGenerator: hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    rows = []
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
            digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
            rows.append(f"{name},sha256={digest},{len(text)}")
        archive.writestr("speck-1.0.dist-info/RECORD", "\n".join([*rows, "speck-1.0.dist-info/RECORD,,"]) + "\n")
    return path


def test_an_altered_hash_stops_the_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """U01"""
    digest = hashlib.sha256(wheel(tmp_path).read_bytes()).hexdigest()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    lock = tmp_path / "lock.txt"
    altered = digest[:-1] + ("0" if digest[-1] != "0" else "1")
    lock.write_text(f"speck==1.0 --hash=sha256:{altered}\n")
    with pytest.raises(subprocess.CalledProcessError):
        locked.environment(tmp_path / "venv", lock)
    lock.write_text("speck==1.0\n")  # nor does one without a hash get in
    with pytest.raises(subprocess.CalledProcessError):
        locked.environment(tmp_path / "venv", lock)
    lock.write_text(f"speck==1.0 --hash=sha256:{digest}\n")
    python = locked.environment(tmp_path / "venv", lock)
    assert subprocess.check_output([str(python), "-c", "import speck; print(speck.value)"], text=True).strip() == "1"
