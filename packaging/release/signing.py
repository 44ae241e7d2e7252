"""Checksums, their signature, and the signed notice that running programs hear of a new version by.

    signing.py new-key NAME                   # once: prints both halves and says where each belongs
    signing.py sums FOLDER                    # SHA256SUMS of every file in it
    signing.py sign FOLDER                    # SHA256SUMS.sig, and notice.json with --page URL
    signing.py verify FOLDER                  # what a person does before installing; exit code 1 when anything differs
    signing.py public                         # the public keys as PEM, for `openssl pkeyutl -verify`

Keys are Ed25519 (RFC 8032). The private one is read from DESKTOPMAIL_RELEASE_KEY (`NAME:base64`) and never written to a
file or shown but by `new-key`. A signature is 64 raw bytes over the bytes of SHA256SUMS.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import os
import re
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "packaging")]
import product  # noqa: E402 - it lies one folder up

from desktopmail.domain.errors import NotGenuine  # noqa: E402
from desktopmail.domain.release import Release, ReleaseFile  # noqa: E402
from desktopmail.engine.updates import shipped  # noqa: E402
from desktopmail.formats import release as notices  # noqa: E402

SUMS, SIGNATURE, NOTICE = "SHA256SUMS", "SHA256SUMS.sig", "notice.json"
VARIABLE = "DESKTOPMAIL_RELEASE_KEY"
DAYS = 90
"""A notice is good for so long; a new one is signed before, released or not."""

_LINE = re.compile(r"([0-9a-f]{64}) [ *]([A-Za-z0-9][A-Za-z0-9._+~-]{0,199})\Z")


class Unproven(Exception):
    """A file, a sum or a signature is not what it should be; the text says which."""


def files(folder: Path) -> list[Path]:
    """What is released from a folder: all its files but the proofs themselves."""
    return sorted(each for each in folder.iterdir() if each.is_file() and each.name not in (SUMS, SIGNATURE, NOTICE))


def digest(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_sums(folder: Path) -> Path:
    """Write SHA256SUMS as `sha256sum -c` reads it."""
    made = folder / SUMS
    made.write_bytes("".join(f"{digest(each)}  {each.name}\n" for each in files(folder)).encode())
    return made


def private_key(environment: Mapping[str, str]) -> tuple[str, Ed25519PrivateKey]:
    """Name and key from the environment. Raises Unproven when there is none."""
    name, _, text = environment.get(VARIABLE, "").partition(":")
    try:
        return name, Ed25519PrivateKey.from_private_bytes(base64.b64decode(text, validate=True))
    except (ValueError, binascii.Error):
        raise Unproven(f"{VARIABLE} holds no key") from None


def sign(folder: Path, name: str, key: Ed25519PrivateKey, page: str = "") -> None:
    """Sign the sums; with `page` also write the notice, good for 90 days."""
    sums = folder / SUMS
    if not sums.is_file():
        write_sums(folder)
    (folder / SIGNATURE).write_bytes(key.sign(sums.read_bytes()))
    if page:
        now = int(time.time())
        listed = tuple(ReleaseFile(each.name, digest(each), each.stat().st_size) for each in files(folder))
        release = Release(product.version(), now, now, now + DAYS * notices.DAY, page, listed)
        (folder / NOTICE).write_bytes(notices.write(release, {name: key}))


def verify(folder: Path, keys: Mapping[str, bytes]) -> list[str]:
    """The names of the files that are proven. Raises Unproven when a signature, a sum, a file or the list differs."""
    try:
        sums, signature = (folder / SUMS).read_bytes(), (folder / SIGNATURE).read_bytes()
    except OSError as error:
        raise Unproven(f"{Path(str(error.filename)).name} is missing") from error
    if not any(_signed(key, signature, sums) for key in keys.values()):
        raise Unproven(f"{SUMS} is not signed by a key of this project")
    proven: list[str] = []
    for line in sums.decode("ascii").splitlines():
        found = _LINE.match(line)
        if found is None:
            raise Unproven(f"{SUMS} has a line that is none")
        path = folder / found[2]
        if not path.is_file():
            raise Unproven(f"{found[2]} is missing")
        if digest(path) != found[1]:
            raise Unproven(f"{found[2]} is not what was released")
        proven.append(found[2])
    if strangers := [each.name for each in files(folder) if each.name not in proven]:
        raise Unproven(f"{', '.join(strangers)} was not released")
    return proven


def verify_notice(folder: Path, keys: Mapping[str, bytes], now: int) -> None:
    """The notice, when there is one, speaks of exactly these files. Raises Unproven, NotGenuine."""
    notice = folder / NOTICE
    if notice.is_file():
        release = notices.read(notice.read_bytes(), keys, now)
        if {each.name: each.sha256 for each in release.files} != {each.name: digest(each) for each in files(folder)}:
            raise Unproven(f"{NOTICE} speaks of other files")


def _signed(key: bytes, signature: bytes, text: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, text)
    except (InvalidSignature, ValueError):
        return False
    return True


def new_key(name: str) -> str:
    """A new key, in words that say where each half belongs."""
    key = Ed25519PrivateKey.generate()
    private = base64.b64encode(key.private_bytes_raw()).decode()
    public = base64.b64encode(key.public_key().public_bytes_raw()).decode()
    return (
        f"Into the secrets of the release, and nowhere else:\n{VARIABLE}={name}:{private}\n"
        f'Into resources/updates.json, under "keys":\n"{name}": "{public}"\n'
    )


def pem(key: bytes) -> str:
    """A public key as openssl reads it."""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return Ed25519PublicKey.from_public_bytes(key).public_bytes(serialization.Encoding.PEM, form).decode()


def main(arguments: list[str]) -> int:
    """Do one of the verbs; 0 when it worked."""
    parser = argparse.ArgumentParser(prog="signing.py", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("verb", choices=("new-key", "sums", "sign", "verify", "public"))
    parser.add_argument("what", nargs="?", default=".")
    parser.add_argument("--page", default="", help="where a person reads what is new; makes the notice")
    given = parser.parse_args(arguments)
    keys = shipped().keys
    try:
        match given.verb:
            case "new-key":
                sys.stdout.write(new_key(given.what))
            case "sums":
                write_sums(Path(given.what))
            case "sign":
                sign(Path(given.what), *private_key(os.environ), page=given.page)
            case "verify":
                proven = verify(Path(given.what), keys)
                verify_notice(Path(given.what), keys, int(time.time()))
                sys.stdout.writelines(f"{name}: as released\n" for name in proven)
            case _:
                sys.stdout.writelines(pem(key) for key in keys.values())
    except (Unproven, NotGenuine) as error:
        sys.stderr.write(f"signing: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
