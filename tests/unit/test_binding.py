"""What a sign-in is bound by: the certificate's hash as RFC 5929 has it, checked against another implementation."""

from __future__ import annotations

import datetime
import hashlib

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import NameOID

from desktopmail.protocols import sasl
from desktopmail.protocols.certificate import end_point

NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.example.org")])
Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey
RSA_KEY = rsa.generate_private_key(65537, 2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())


def certificate(key: Key, digest: hashes.HashAlgorithm | None) -> bytes:
    start = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    builder = x509.CertificateBuilder().subject_name(NAME).issuer_name(NAME).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(start).not_valid_after(start + datetime.timedelta(days=9))
    made = builder.sign(key, digest)  # type: ignore[arg-type]
    return made.public_bytes(serialization.Encoding.DER)


@pytest.mark.parametrize("key", [RSA_KEY, EC_KEY], ids=["rsa", "ecdsa"])
@pytest.mark.parametrize("digest", [hashes.SHA256(), hashes.SHA384(), hashes.SHA512(), hashes.SHA224()])
def test_the_hash_is_the_one_of_the_signature(key: Key, digest: hashes.HashAlgorithm) -> None:
    der = certificate(key, digest)
    assert end_point(der) == hashlib.new(digest.name, der).digest()


def test_nothing_is_defined_for_signatures_without_a_hash() -> None:
    assert end_point(certificate(ed25519.Ed25519PrivateKey.generate(), None)) == b""


def test_a_line_in_clear_has_no_binding() -> None:
    assert not sasl.binding(None)
