"""What is stored here, read back and compared: nothing else counts as stored when something is to be removed."""

from __future__ import annotations

from desktopmail.domain.errors import StoreDamaged
from desktopmail.engine import large
from desktopmail.engine.pop3.listing import header_hash
from desktopmail.mime.abridged import Abridged
from desktopmail.store.store import Store


async def is_stored(store: Store, sha: bytes) -> bool:
    """Whether the bytes with this SHA-256 are here: they are read back and compared."""
    try:
        return bool(sha) and await large.is_stored(store, sha)
    except StoreDamaged:
        return False


async def read_back(store: Store, sha: bytes) -> Abridged | None:
    """The message with this SHA-256, a large one without its insides; None when it is not here, or not what was
    stored."""
    try:
        return await large.handy(store, sha) if sha else None
    except StoreDamaged:
        return None


async def stored_header(store: Store, sha: bytes) -> str:
    """The hash of a stored message's header; empty when the message cannot be read back."""
    found = await read_back(store, sha)
    return header_hash(found.raw) if found is not None else ""
