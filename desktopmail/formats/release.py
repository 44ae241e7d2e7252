"""Notices of new releases: JSON whose exact text is signed with Ed25519 (RFC 8032), read and made.

    {"signed": "<the notice, itself JSON, as one string>", "signatures": {"<name of a key>": "<base64>"}}

What is signed begins with a line of its own, so that a signature made for anything else never fits.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from desktopmail.domain.errors import NotGenuine
from desktopmail.domain.marking import mark
from desktopmail.domain.release import Release, ReleaseFile, version_key
from desktopmail.domain.saying import phrase, said

MOST_BYTES = 64 * 1024
MOST_SIGNATURES = 8
MOST_FILES = 64
LARGEST_FILE = 2**32
LARGEST_NUMBER = 2**53
DAY = 86_400
LONGEST_LIFE = 400 * DAY
CONTEXT = b"desktopmail release notice 1\n"
SAFE = mark("engine", "Nothing was changed. The version that is running stays as it is.")

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,119}\Z")
_SHA256 = re.compile(r"[0-9a-f]{64}\Z")
_PAGE = re.compile(r"https://[!-~]{1,500}\Z")


def read(notice: bytes, keys: Mapping[str, bytes], now: int) -> Release:
    """The release a notice speaks of. `keys` are raw public keys by name, `now` in seconds since 1970 UTC.

    Raises NotGenuine when it is too large, unsigned, signed by nobody known, expired or not well formed; not a word of
    it is believed before the signature was checked."""
    if len(notice) > MOST_BYTES:
        raise _refused(mark("engine", "it is too large"))
    envelope = _object(notice)
    signed, signatures = envelope.get("signed"), envelope.get("signatures")
    if not isinstance(signed, str) or not isinstance(signatures, dict) or len(signatures) > MOST_SIGNATURES:
        raise _refused(mark("engine", "it is not signed"))
    payload = _bytes(signed)
    if not any(_fits(keys[name], text, payload) for name, text in signatures.items() if name in keys):
        raise _refused(mark("engine", "no key that this program knows has signed it"))
    release = _release(_object(payload))
    if not release.issued - DAY <= now < release.expires:
        raise _refused(mark("engine", "it is not valid today"))
    return release


def write(release: Release, sign: Mapping[str, Any]) -> bytes:
    """A signed notice. `sign` holds private keys by name, anything with `sign(bytes) -> bytes`."""
    signed = json.dumps(
        {
            "product": "desktopmail",
            "version": release.version,
            "sequence": release.sequence,
            "issued": release.issued,
            "expires": release.expires,
            "page": release.page,
            "files": [{"name": each.name, "sha256": each.sha256, "size": each.size} for each in release.files],
        }
    )
    payload = CONTEXT + signed.encode()
    signatures = {name: base64.b64encode(key.sign(payload)).decode() for name, key in sign.items()}
    return json.dumps({"signed": signed, "signatures": signatures}, indent=1).encode() + b"\n"


def _bytes(signed: str) -> bytes:
    try:
        return signed.encode()
    except UnicodeEncodeError:
        raise _refused(mark("engine", "its text is broken")) from None


def _fits(key: bytes, signature: object, payload: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    if not isinstance(signature, str):
        return False
    try:
        raw = base64.b64decode(signature, validate=True)
        Ed25519PublicKey.from_public_bytes(key).verify(raw, CONTEXT + payload)
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


def _object(text: bytes) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise _refused(mark("engine", "it cannot be read")) from None
    if not isinstance(found, dict):
        raise _refused(mark("engine", "it cannot be read"))
    return found


def _release(given: dict[str, Any]) -> Release:
    version, page, files = given.get("version"), given.get("page"), given.get("files")
    if given.get("product") != "desktopmail" or not isinstance(version, str) or not version_key(version):
        raise _refused(mark("engine", "it speaks of something else"))
    if not isinstance(page, str) or not _PAGE.match(page) or not _has_host(page):
        raise _refused(mark("engine", "its page has no address"))
    if not isinstance(files, list) or len(files) > MOST_FILES:
        raise _refused(mark("engine", "its files are not listed"))
    sequence, issued, expires = (_number(given.get(name)) for name in ("sequence", "issued", "expires"))
    if not 0 < expires - issued <= LONGEST_LIFE:
        raise _refused(mark("engine", "its dates make no sense"))
    return Release(version, sequence, issued, expires, page, tuple(_file(each) for each in files))


def _has_host(page: str) -> bool:
    try:
        parts = urlsplit(page)
        return bool(parts.hostname) and parts.username is None
    except ValueError:
        return False


def _file(given: object) -> ReleaseFile:
    if isinstance(given, dict):
        name, sha256, size = given.get("name"), given.get("sha256"), given.get("size")
        sound = isinstance(name, str) and isinstance(sha256, str) and _NAME.match(name) and _SHA256.match(sha256)
        if sound and _number(size) <= LARGEST_FILE:
            return ReleaseFile(str(name), str(sha256), _number(size))
    raise _refused(mark("engine", "a file is not well described"))


def _number(given: object) -> int:
    if type(given) is not int or not 0 <= given <= LARGEST_NUMBER:
        raise _refused(mark("engine", "a number makes no sense"))
    return given


def _refused(why: str) -> NotGenuine:
    return NotGenuine(
        phrase("The notice of new versions is not genuine"),
        phrase("It was not believed: {0}. {1}", said(why), said(SAFE)),
        why,
    )
