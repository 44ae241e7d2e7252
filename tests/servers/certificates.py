"""A certificate authority for one test run, and the good and bad server certificates that tests need."""

from __future__ import annotations

import datetime
import ipaddress
import ssl
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

DAY = datetime.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Pair:
    """One server certificate with its key. `fingerprint` is the hex SHA-256 of the certificate, what a pin holds."""

    certificate: Path
    key: Path
    fingerprint: str

    def context(self) -> ssl.SSLContext:
        """A server-side context that shows this certificate."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        return context


class Certificates:
    """Makes certificates in a folder when they are first asked for.

    `authority` is the PEM file to trust (SSL_CERT_FILE). `good` is valid for localhost and 127.0.0.1; `expired`,
    `other_name`, `self_signed` and `unknown_root` each have exactly that one thing wrong.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._root = _Root("Test authority")
        self.authority = folder / "authority.pem"
        self.authority.write_bytes(self._root.pem)

    @cached_property
    def good(self) -> Pair:
        """Valid, signed by `authority`, for localhost and 127.0.0.1."""
        return self._pair("good", self._root)

    @cached_property
    def renewed(self) -> Pair:
        """Another valid certificate for the same names: what a pin must refuse."""
        return self._pair("renewed", self._root)

    @cached_property
    def expired(self) -> Pair:
        """Ended ten days ago."""
        return self._pair("expired", self._root, start=-20, end=-10)

    @cached_property
    def other_name(self) -> Pair:
        """Valid, but for other.example."""
        return self._pair("other-name", self._root, names=("other.example",))

    @cached_property
    def self_signed(self) -> Pair:
        """Signed by itself."""
        return self._pair("self-signed", None)

    @cached_property
    def unknown_root(self) -> Pair:
        """Signed by an authority nobody trusts."""
        return self._pair("unknown-root", _Root("Unknown authority"))

    @cached_property
    def hidden(self) -> Pair:
        """Valid, for mail.hidden.invalid, a name that nobody can look up."""
        return self._pair("hidden", self._root, names=("mail.hidden.invalid",))

    @cached_property
    def many(self) -> Pair:
        """Valid, for example.org, hoster.example, ispdb.example and all names right below them."""
        domains = ("example.org", "hoster.example", "ispdb.example")
        return self._pair("many", self._root, names=(*domains, *(f"*.{each}" for each in domains)))

    @cached_property
    def early(self) -> Pair:
        """Valid from tomorrow on."""
        return self._pair("early", self._root, start=1, end=30)

    @cached_property
    def common_name(self) -> Pair:
        """Says localhost only where RFC 9525 does not look: in its common name."""
        return self._pair("common-name", self._root, names=("localhost",), alternatives=())

    @cached_property
    def everybody(self) -> Pair:
        """Claims to be for any name."""
        return self._pair("everybody", self._root, alternatives=("*", "*.localdomain", "*host", "l*", "127.0.0.*"))

    @cached_property
    def for_clients(self) -> Pair:
        """Made for signing in, not for being a server."""
        return self._pair("for-clients", self._root, usage=ExtendedKeyUsageOID.CLIENT_AUTH)

    @cached_property
    def forged_issuer(self) -> Pair:
        """Names the trusted authority as its issuer, and is signed by somebody else."""
        return self._pair("forged-issuer", _Root("Test authority"))

    @cached_property
    def client(self) -> Path:
        """A PEM file with the certificate and the key of somebody who signs in with them; known to `mutual`."""
        pair = self._pair("client", self._root, names=("alice.example",), usage=ExtendedKeyUsageOID.CLIENT_AUTH)
        return self._both(pair)

    @cached_property
    def stranger(self) -> Path:
        """The same from an authority that `mutual` does not know."""
        root = _Root("Unknown authority")
        pair = self._pair("stranger", root, names=("alice.example",), usage=ExtendedKeyUsageOID.CLIENT_AUTH)
        return self._both(pair)

    def mutual(self) -> ssl.SSLContext:
        """A server-side context that shows `good` and wants a certificate signed by `authority`."""
        context = self.good.context()
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(cafile=self.authority)
        return context

    def _both(self, pair: Pair) -> Path:
        whole = pair.certificate.with_suffix(".both.pem")
        whole.touch(mode=0o600)
        whole.write_bytes(pair.certificate.read_bytes() + pair.key.read_bytes())
        return whole

    def _pair(
        self,
        name: str,
        root: _Root | None,
        *,
        names: tuple[str, ...] = ("localhost", "127.0.0.1"),
        alternatives: tuple[str, ...] | None = None,
        start: int = -1,
        end: int = 30,
        usage: x509.ObjectIdentifier = ExtendedKeyUsageOID.SERVER_AUTH,
    ) -> Pair:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = _name(names[0])
        now = datetime.datetime.now(datetime.UTC)
        unsigned = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(root.certificate.subject if root else subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + start * DAY)
            .not_valid_after(now + end * DAY)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        )
        wanted = names if alternatives is None else alternatives
        if wanted:
            listed = x509.SubjectAlternativeName([_alternative(each) for each in wanted])
            unsigned = unsigned.add_extension(listed, critical=False)
        if root:
            issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(root.key.public_key())
            unsigned = unsigned.add_extension(issuer, critical=False)
        made = unsigned.sign(root.key if root else key, hashes.SHA256())
        certificate, secret = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
        secret.touch(mode=0o600)
        secret.write_bytes(_key_bytes(key))
        return Pair(certificate, secret, made.fingerprint(hashes.SHA256()).hex())


class _Root:
    def __init__(self, name: str) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        now = datetime.datetime.now(datetime.UTC)
        self.certificate = (
            x509.CertificateBuilder()
            .subject_name(_name(name))
            .issuer_name(_name(name))
            .public_key(self.key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - DAY)
            .not_valid_after(now + 60 * DAY)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_signing_only(), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(self.key.public_key()), critical=False)
            .sign(self.key, hashes.SHA256())
        )

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)


def _signing_only() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _key_bytes(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
