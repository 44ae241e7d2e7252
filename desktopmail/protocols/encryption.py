"""What an open connection is protected by, read from it as it stands. Judges nothing."""

from __future__ import annotations

import asyncio
import ssl
from typing import cast

from desktopmail.domain.health import Encryption
from desktopmail.protocols.certificate import facts
from desktopmail.protocols.transport import inert


def seen(transport: asyncio.BaseTransport | None) -> Encryption:
    """Version, cipher and certificate of a connection; an empty Encryption for one in clear or gone."""
    line = cast("ssl.SSLObject | None", transport.get_extra_info("ssl_object") if transport is not None else None)
    version = line.version() if line is not None else None
    if line is None or version is None:
        return Encryption()
    der = line.getpeercert(binary_form=True) or b""
    known = facts(der)
    cipher = line.cipher()
    return Encryption(version, cipher[0] if cipher else "", known.ends, inert(known.issuer, 60), known.fingerprint)
