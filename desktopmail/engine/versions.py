"""What the running program is made of, below the window: names and versions that a report of a hole needs."""

from __future__ import annotations

import platform
import ssl

from desktopmail.store.connection import sqlite_version


def versions() -> tuple[tuple[str, str], ...]:
    """Python, its TLS library, the cryptography package with the library inside it, and the database."""
    import cryptography
    from cryptography.hazmat.backends.openssl import backend

    own = backend.openssl_version_text().removeprefix("OpenSSL ").split(" ")[0]
    return (
        ("Python", platform.python_version()),
        ("OpenSSL", ssl.OPENSSL_VERSION.removeprefix("OpenSSL ").split(" ")[0]),
        ("cryptography", f"{cryptography.__version__} (OpenSSL {own})"),
        ("SQLite", sqlite_version()),
    )
