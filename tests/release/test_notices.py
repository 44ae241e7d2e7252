"""A notice of a new version is believed only when it is signed, whole and of today.

U06 U07
"""

from __future__ import annotations

import base64
import json
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from desktopmail.domain.errors import NotGenuine
from desktopmail.domain.release import Release, ReleaseFile, is_newer, version_key
from desktopmail.formats.release import CONTEXT, DAY, MOST_BYTES, read, write

NOW = 1_800_000_000
KEY, OTHER = Ed25519PrivateKey.from_private_bytes(b"k" * 32), Ed25519PrivateKey.from_private_bytes(b"o" * 32)
KEYS = {"2026": KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)}
RELEASE = Release(
    "1.2.0",
    7,
    NOW - DAY,
    NOW + 30 * DAY,
    "https://mail.example.org/releases/1.2.0",
    (ReleaseFile("desktopmail-1.2.0.tar.xz", "ab" * 32, 118_000_000),),
)
NOTICE = write(RELEASE, {"2026": KEY})


def signed(payload: str, key: Ed25519PrivateKey = KEY, name: str = "2026", context: bytes = CONTEXT) -> bytes:
    """A notice with any payload, correctly signed."""
    signature = base64.b64encode(key.sign(context + payload.encode())).decode()
    return json.dumps({"signed": payload, "signatures": {name: signature}}).encode()


def payload(**changes: object) -> str:
    return json.dumps(json.loads(json.loads(NOTICE)["signed"]) | changes)


def test_what_was_written_is_read() -> None:
    assert read(NOTICE, KEYS, NOW) == RELEASE


def test_a_second_key_takes_over() -> None:
    """Both sign for a time; a program that knows either one believes."""
    both = write(RELEASE, {"2026": KEY, "2027": OTHER})
    assert read(both, {"2027": OTHER.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)}, NOW) == RELEASE
    assert read(both, KEYS, NOW) == RELEASE


@pytest.mark.parametrize(
    ("notice", "why"),
    [
        (write(RELEASE, {"2026": OTHER}), "no key"),
        (write(RELEASE, {"other": KEY}), "no key"),
        (write(RELEASE, {}), "no key"),
        (signed(payload(), context=b""), "no key"),
        (signed(payload(), context=b"desktopmail sums 1\n"), "no key"),
        (json.dumps({"signed": payload()}).encode(), "not signed"),
        (json.dumps({"signed": payload(), "signatures": {str(n): "" for n in range(9)}}).encode(), "not signed"),
        (b"", "cannot be read"),
        (b"[]", "cannot be read"),
        (b"[" * 60_000, "cannot be read"),
        (b"\xff\xfe", "cannot be read"),
        (NOTICE + b" " * MOST_BYTES, "too large"),
        (write(replace(RELEASE, expires=NOW), {"2026": KEY}), "not valid today"),
        (write(replace(RELEASE, issued=NOW + 2 * DAY), {"2026": KEY}), "not valid today"),
        (write(replace(RELEASE, expires=NOW + 900 * DAY), {"2026": KEY}), "dates"),
        (write(replace(RELEASE, expires=RELEASE.issued), {"2026": KEY}), "dates"),
        (signed(payload(product="other")), "something else"),
        (signed(payload(version="1.2.0; rm")), "something else"),
        (signed(payload(version=2)), "something else"),
        (signed(payload(page="http://mail.example.org/")), "no address"),
        (signed(payload(page="https:///x")), "no address"),
        (signed(payload(page="https://a@mail.example.org/")), "no address"),
        (signed(payload(page="https://mail.example.org/\n")), "no address"),
        (signed(payload(sequence="7")), "number"),
        (signed(payload(sequence=True)), "number"),
        (signed(payload(sequence=-1)), "number"),
        (signed(payload(sequence=2**60)), "number"),
        (signed(payload(files="none")), "not listed"),
        (signed(payload(files=[{}])), "not well described"),
        (signed(payload(files=[{"name": "../x", "sha256": "ab" * 32, "size": 1}])), "not well described"),
        (signed(payload(files=[{"name": "x", "sha256": "AB" * 32, "size": 1}])), "not well described"),
        (signed("[]"), "cannot be read"),
    ],
)
def test_refused(notice: bytes, why: str) -> None:
    """U07: wrong key, expired, endless, nonsense."""
    with pytest.raises(NotGenuine) as refused:
        read(notice, KEYS, NOW)
    assert why in refused.value.detail


def test_every_flipped_byte_is_refused_or_means_the_same() -> None:
    """U06: over the whole notice, one byte at a time."""
    for place in range(len(NOTICE)):
        changed = bytearray(NOTICE)
        changed[place] ^= 0x01
        try:
            assert read(bytes(changed), KEYS, NOW) == RELEASE
        except NotGenuine:
            continue
        assert NOTICE[place : place + 1].isspace() or changed[place : place + 1] in (b" ", b"\n", b"\t", b"!")


def test_every_cut_is_refused() -> None:
    """U07: a notice that broke off; what follows its end is only the newline."""
    for length in range(len(NOTICE) - 1):
        with pytest.raises(NotGenuine):
            read(NOTICE[:length], KEYS, NOW)


@given(st.binary(max_size=400))
def test_noise_is_refused(noise: bytes) -> None:
    with pytest.raises(NotGenuine):
        read(noise, KEYS, NOW)


@pytest.mark.parametrize(
    ("offered", "present", "newer"),
    [
        ("1.2", "1.1.9", True),
        ("1.10", "1.9", True),
        ("1.2", "1.2.0", False),
        ("1.2.0.1", "1.2", True),
        ("0.9", "1.0", False),
        ("", "0.1", False),
        ("nonsense", "0.1", False),
        ("1.2", "nonsense", True),
    ],
)
def test_which_is_newer(offered: str, present: str, newer: bool) -> None:
    assert is_newer(offered, present) is newer


def test_what_is_no_version() -> None:
    for text in ("1", "1.02", "1.2-beta", "v1.2", "1.2.3.4.5", "1.99999", "１.２"):
        assert version_key(text) == ()
