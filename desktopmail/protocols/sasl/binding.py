"""What ties a sign-in to the TLS connection it happens on (RFC 5056, RFC 5929), as far as Python can tell.

`tls-exporter` (RFC 9266) is out of reach: Python's TLS exports no keying material. So TLS 1.2 has `tls-unique`, and
newer versions `tls-server-end-point`.
"""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass
from typing import cast

from desktopmail.protocols.certificate import end_point


@dataclass(frozen=True, slots=True)
class Binding:
    """The name of the kind of binding, and its bytes; both empty where there is none."""

    kind: str = ""
    data: bytes = b""

    def __bool__(self) -> bool:
        return bool(self.data)


NO_BINDING = Binding()


def binding(transport: asyncio.BaseTransport | None) -> Binding:
    """What the connection can be bound by; an empty Binding for one in clear, or where nothing is defined."""
    line = cast("ssl.SSLObject | None", transport.get_extra_info("ssl_object") if transport is not None else None)
    if line is None:
        return NO_BINDING
    if line.version() == "TLSv1.2" and (unique := line.get_channel_binding("tls-unique")):
        return Binding("tls-unique", unique)
    digest = end_point(line.getpeercert(binary_form=True) or b"")
    return Binding("tls-server-end-point", digest) if digest else NO_BINDING
