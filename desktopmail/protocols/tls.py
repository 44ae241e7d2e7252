"""What encryption is good enough, whom to trust, and what to say when a server cannot prove who it is.

The system's store decides. `SSL_CERT_FILE` adds to it. A pin replaces it for exactly one host and port.
"""

from __future__ import annotations

import hmac
import os
import ssl
import sys
import time
from functools import lru_cache
from pathlib import Path
from typing import Any

import truststore

from desktopmail.domain.account import Endpoint
from desktopmail.domain.errors import BadCertificate, ClientCertificateUnusable, InsecureServer, MailError
from desktopmail.domain.marking import mark
from desktopmail.domain.saying import phrase, said
from desktopmail.protocols.certificate import Facts, facts, fingerprint

BUNDLES = (
    "/etc/ssl/cert.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/pki/tls/cert.pem",
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/ssl/ca-bundle.pem",
)
MONTHS = [
    mark("engine", "January"),
    mark("engine", "February"),
    mark("engine", "March"),
    mark("engine", "April"),
    mark("engine", "May"),
    mark("engine", "June"),
    mark("engine", "July"),
    mark("engine", "August"),
    mark("engine", "September"),
    mark("engine", "October"),
    mark("engine", "November"),
    mark("engine", "December"),
]
NOT_YET_VALID, EXPIRED = 9, 10
SELF_SIGNED = (18, 19)
OTHER_NAME = (62, 64)
NOT_ACCEPTED = ("ALERT_CERTIFICATE_", "ALERT_BAD_CERTIFICATE", "ALERT_UNKNOWN_CA", "ALERT_UNSUPPORTED_CERT")
"""What a server says that does not accept the certificate of this side, or misses one."""
NOT_TLS = ("WRONG_VERSION_NUMBER", "UNKNOWN_PROTOCOL", "HTTP_REQUEST", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG")


class _RememberingObject(ssl.SSLObject):
    """Attaches the refused certificate to the error, so that a person can be told about it."""

    def do_handshake(self) -> None:
        try:
            super().do_handshake()
        except ssl.SSLCertVerificationError as error:
            error.refused = _leaf(self)  # type: ignore[attr-defined]
            raise


def _leaf(connection: Any) -> bytes | None:
    """The DER certificate the other side showed, verified or not; None when the TLS library does not tell."""
    inner = getattr(connection, "_sslobj", None)
    chain = getattr(connection, "get_unverified_chain", None) or getattr(inner, "get_unverified_chain", None)
    if chain is None:
        return None
    certificates = chain() or []
    if not certificates:
        return None
    first = certificates[0]
    return first if isinstance(first, bytes) else ssl.PEM_cert_to_DER_cert(first.public_bytes())


def ssl_context(endpoint: Endpoint) -> ssl.SSLContext:
    """The client-side context for an endpoint: TLS 1.2 or newer (RFC 8997). With pins the certificate is compared
    afterwards by `check_pin`, which must then run before anything is sent. May read files: 10 ms the first time.

    Raises ClientCertificateUnusable when the endpoint has a certificate of its own to show that cannot be read."""
    extra = os.environ.get("SSL_CERT_FILE", "")
    if endpoint.certificate:
        return _showing(_new_pinning() if endpoint.pins else _new_trusting(extra), endpoint)
    return _pinning() if endpoint.pins else _trusting(extra)


def _showing(context: ssl.SSLContext, endpoint: Endpoint) -> ssl.SSLContext:
    """The context with the account's own certificate, read anew each time because such certificates are renewed. A
    key behind a passphrase is refused without anybody being asked for it."""
    try:
        context.load_cert_chain(endpoint.certificate, password=lambda: "")
    except (OSError, ValueError) as error:
        raise ClientCertificateUnusable(
            phrase("The account's own certificate for {0} cannot be read", endpoint.host),
            phrase("Nothing was sent. It has to be a PEM file with the certificate and its key, without a passphrase."),
            f"{Path(endpoint.certificate).name}: {error.__class__.__name__} {getattr(error, 'reason', None) or error}",
        ) from error
    return context


@lru_cache(maxsize=4)
def _trusting(extra: str) -> ssl.SSLContext:
    return _new_trusting(extra)


def _new_trusting(extra: str) -> ssl.SSLContext:
    if sys.platform in ("win32", "darwin"):
        context: ssl.SSLContext = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    else:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.sslobject_class = _RememberingObject
        context.hostname_checks_common_name = False  # RFC 9525 section 2
        _load_system_store(context)
    if extra and Path(extra).is_file():
        context.load_verify_locations(cafile=extra)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _load_system_store(context: ssl.SSLContext) -> None:
    """Load the places OpenSSL was built with, whatever the environment says, and the usual bundle if they are empty."""
    built_in = ssl.get_default_verify_paths()
    context.set_default_verify_paths()
    file = built_in.openssl_cafile if Path(built_in.openssl_cafile).is_file() else None
    folder = built_in.openssl_capath if Path(built_in.openssl_capath).is_dir() else None
    if file or folder:
        context.load_verify_locations(cafile=file, capath=folder)
    if file is None and (bundle := next((each for each in BUNDLES if Path(each).is_file()), None)):
        context.load_verify_locations(cafile=bundle)


@lru_cache(maxsize=1)
def _pinning() -> ssl.SSLContext:
    return _new_pinning()


def _new_pinning() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def check_pin(ssl_object: ssl.SSLObject | ssl.SSLSocket | None, endpoint: Endpoint) -> None:
    """Compare the certificate of a finished handshake with the endpoint's pins, if it has any.

    Raises InsecureServer when there is no TLS at all, BadCertificate when the certificate is another one."""
    if ssl_object is None:
        raise InsecureServer(
            phrase("The connection to {0} is not encrypted", endpoint.host), phrase("Nothing was sent.")
        )
    if not endpoint.pins:
        return
    der = ssl_object.getpeercert(binary_form=True) or b""
    shown = fingerprint(der)
    if not any(hmac.compare_digest(shown, pin.lower().replace(":", "")) for pin in endpoint.pins):
        known = facts(der)
        raise BadCertificate(
            phrase("{0} shows another certificate than the one you trusted", endpoint.host),
            phrase("Nothing was sent. Ask the people who run this server whether its certificate was replaced."),
            _facts_line(known),
            shown,
            _inert(known.issuer),
            known.ends,
        )


def map_tls_error(error: ssl.SSLError, host: str) -> MailError:
    """A failed handshake in words; BadCertificate carries the fingerprint when the TLS library tells it."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return _bad_certificate(error, host)
    if wanted := certificate_wanted(error, host):
        return wanted
    if any(word in _reason_of(error) for word in NOT_TLS):
        return InsecureServer(
            phrase("{0} does not answer with an encrypted connection here", host),
            phrase("Nothing was sent. Check the port and the kind of encryption in the account's settings."),
            str(error),
        )
    return InsecureServer(
        phrase("No safe encryption could be agreed on with {0}", host),
        phrase("Nothing was sent. TLS 1.2 is the least that is accepted."),
        str(error),
    )


def certificate_wanted(error: BaseException | None, host: str) -> ClientCertificateUnusable | None:
    """The words for a line that the server ended because of this side's certificate, or for want of one; None for any
    other end. With TLS 1.3 that may come after the handshake (RFC 8446 section 4.4.2.4)."""
    if not isinstance(error, ssl.SSLError) or not any(word in _reason_of(error) for word in NOT_ACCEPTED):
        return None
    return ClientCertificateUnusable(
        phrase("{0} wants a certificate of your own that it knows", host),
        phrase("Mail here is safe. Choose the file your provider gave you in the account's settings."),
        str(error),
    )


def _reason_of(error: ssl.SSLError) -> str:
    return f"{getattr(error, 'reason', '')} {error}".upper()


def _bad_certificate(error: ssl.SSLCertVerificationError, host: str) -> BadCertificate:
    der: bytes | None = getattr(error, "refused", None)
    known = facts(der) if der else Facts("")
    return BadCertificate(
        phrase("This server could not prove that it is {0} ({1})", host, _reason(error, known)),
        phrase("Nothing was sent. Mail on this computer is safe."),
        f"{error.verify_message}. {_facts_line(known)}" if der else str(error.verify_message),
        known.fingerprint,
        _inert(known.issuer),
        known.ends,
    )


def _reason(error: ssl.SSLCertVerificationError, known: Facts) -> str:
    code = error.verify_code
    if code == EXPIRED or (known.ends and known.ends < time.time()):
        return (
            phrase("its certificate ended on {0}", _day(known.ends))
            if known.ends
            else phrase("its certificate has ended")
        )
    if code == NOT_YET_VALID:
        return (
            phrase("its certificate starts on {0}", _day(known.starts))
            if known.starts
            else phrase("its certificate is not valid yet")
        )
    if code in OTHER_NAME or "hostname mismatch" in str(error).lower():
        names = ", ".join(_inert(name) for name in known.names[:3])
        return phrase("its certificate is for {0}", names) if names else phrase("its certificate is for another name")
    if code in SELF_SIGNED:
        return phrase("it signed its certificate itself")
    issuer = _inert(known.issuer)
    return (
        phrase("its certificate was issued by {0}, unknown here", issuer)
        if issuer
        else phrase("nobody known vouches for it")
    )


def _facts_line(known: Facts) -> str:
    parts = [f"SHA-256 {known.fingerprint}"]
    if known.issuer:
        parts.append(f"issued by {_inert(known.issuer)}")
    if known.ends:
        parts.append(f"until {_day(known.ends)}")
    return ", ".join(parts)


def _day(moment: int) -> str:
    day = time.gmtime(moment)
    return phrase("{0} {1} {2}", day.tm_mday, said(MONTHS[day.tm_mon - 1]), day.tm_year)


def _inert(text: str) -> str:
    """Foreign text as one short printable line."""
    return "".join(letter if letter.isprintable() else "�" for letter in text)[:60]
