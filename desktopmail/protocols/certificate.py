"""Reads from a DER certificate (RFC 5280) the few facts a person is told when it is not accepted.

It judges nothing: whether a certificate is good is decided by the TLS library alone.
"""

from __future__ import annotations

import calendar
import hashlib
import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass

SEQUENCE = 0x30
SET = 0x31
OBJECT_ID = 0x06
OCTETS = 0x04
UTC_TIME = 0x17
VERSION = 0xA0
EXTENSIONS = 0xA3
DNS_NAME = 0x82
IP_ADDRESS = 0x87
COMMON_NAME = bytes((0x55, 0x04, 0x03))
ORGANISATION = bytes((0x55, 0x04, 0x0A))
ALTERNATIVE_NAMES = bytes((0x55, 0x1D, 0x11))
MAX_NAMES = 100

Field = tuple[int, bytes]

RSA = bytes((0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01))
ECDSA = bytes((0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04))
DIGESTS = {
    RSA + b"\x04": "sha256",
    RSA + b"\x05": "sha256",
    RSA + b"\x0b": "sha256",
    RSA + b"\x0c": "sha384",
    RSA + b"\x0d": "sha512",
    RSA + b"\x0e": "sha224",
    ECDSA + b"\x01": "sha256",
    ECDSA + b"\x03\x01": "sha224",
    ECDSA + b"\x03\x02": "sha256",
    ECDSA + b"\x03\x03": "sha384",
    ECDSA + b"\x03\x04": "sha512",
}
"""The hash of `tls-server-end-point` by signature algorithm: SHA-256 stands in for MD5 and SHA-1."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a certificate says about itself; times in seconds since 1970 UTC, 0 when unreadable."""

    fingerprint: str
    starts: int = 0
    ends: int = 0
    issuer: str = ""
    subject: str = ""
    names: tuple[str, ...] = ()


def fingerprint(der: bytes) -> str:
    """SHA-256 of the certificate as lower-case hex: what a pin holds."""
    return hashlib.sha256(der).hexdigest()


def facts(der: bytes) -> Facts:
    """The facts of a certificate; whatever cannot be read is left empty."""
    try:
        return _read(der)
    except (IndexError, ValueError, StopIteration):
        return Facts(fingerprint(der))


def end_point(der: bytes) -> bytes:
    """The certificate's hash for the channel binding `tls-server-end-point` (RFC 5929 section 4.1); empty when none is
    defined for the way it is signed."""
    try:
        algorithm = list(_fields(next(_fields(der))[1]))[1][1]
        digest = DIGESTS.get(next(_fields(algorithm))[1])
    except (IndexError, ValueError, StopIteration):
        return b""
    return hashlib.new(digest, der).digest() if digest else b""


def _read(der: bytes) -> Facts:
    certificate = next(_fields(der))[1]
    body = list(_fields(next(_fields(certificate))[1]))
    if body[0][0] == VERSION:
        body = body[1:]
    _serial, _algorithm, issuer, validity, subject = (field[1] for field in body[:5])
    starts, ends = (_moment(*field) for field in list(_fields(validity))[:2])
    extensions = next((value for tag, value in body[5:] if tag == EXTENSIONS), b"")
    return Facts(fingerprint(der), starts, ends, _name(issuer), _name(subject), tuple(_alternatives(extensions)))


def _fields(data: bytes) -> Iterator[Field]:
    """The tag-length-value triples that stand one after the other in `data`."""
    position = 0
    while position < len(data):
        tag, length = data[position], data[position + 1]
        position += 2
        if length & 0x80:
            width = length & 0x7F
            if not 1 <= width <= 4:
                raise ValueError("length of a length")
            length = int.from_bytes(data[position : position + width], "big")
            position += width
        if position + length > len(data):
            raise ValueError("field longer than its frame")
        yield tag, data[position : position + length]
        position += length


def _moment(tag: int, value: bytes) -> int:
    text = value.decode("ascii")
    if tag == UTC_TIME:
        text = ("19" if int(text[:2]) >= 50 else "20") + text
    numbers = (int(text[:4]), int(text[4:6]), int(text[6:8]), int(text[8:10]), int(text[10:12]), int(text[12:14]))
    if not (1 <= numbers[1] <= 12 and 1 <= numbers[2] <= 31):
        raise ValueError("no such day")
    return calendar.timegm((*numbers, 0, 0, 0))


def _name(distinguished: bytes) -> str:
    """The common name, or else the organisation, of a distinguished name."""
    found: dict[bytes, str] = {}
    for _set, members in _fields(distinguished):
        for _sequence, pair in _fields(members):
            (_tag, kind), (_type, value) = list(_fields(pair))[:2]
            found.setdefault(kind, value.decode("utf-8", "replace"))
    return found.get(COMMON_NAME) or found.get(ORGANISATION) or ""


def _alternatives(extensions: bytes) -> Iterator[str]:
    """Host names and addresses the certificate was made for (RFC 5280 section 4.2.1.6)."""
    count = 0
    for _outer, listing in _fields(extensions):
        for _tag, extension in _fields(listing):
            parts = list(_fields(extension))
            if parts[0][1] != ALTERNATIVE_NAMES:
                continue
            for tag, value in _fields(next(_fields(parts[-1][1]))[1]):
                count += 1
                if count > MAX_NAMES:
                    return
                if tag == DNS_NAME:
                    yield value.decode("ascii", "replace")
                elif tag == IP_ADDRESS and len(value) in (4, 16):
                    yield str(ipaddress.ip_address(value))
