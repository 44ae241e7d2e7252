"""What an answer, a forward or a draft is made from: a message as it reads, and what of its parts goes along. A large
one is read without its insides, and only the parts that are wanted are fetched out of it."""

from __future__ import annotations

from collections.abc import Callable

from desktopmail.domain.errors import Refused
from desktopmail.domain.ids import MessageId
from desktopmail.domain.saying import phrase
from desktopmail.engine import letters
from desktopmail.engine.arrival import received_by
from desktopmail.engine.letters import Original
from desktopmail.engine.reading import Reading, read
from desktopmail.mime.body import content
from desktopmail.store.store import Store

MOST = 100 * 1024 * 1024
"""Bytes of parts that may go along, as much as one attached file may have."""


async def original(store: Store, reading: Reading, message: MessageId, *, attachments: bool) -> Original:
    """A message with what a draft takes from it; with its `attachments`, or only with the pictures in its text. Raises
    NotFound, ContentMissing, what keeps it from being fetched, and Refused when the parts are too large."""
    raw = await reading.raw_unless_large(message)
    body = await reading.load(message, whole=True)
    account = await store.read(lambda tx: received_by(tx, message))
    if isinstance(raw, bytes):
        return Original(message, body, account, _in_memory(raw))
    along = letters.taken_along(body, attachments=attachments)
    size = sum(part.size for part in along)
    if size > MOST:
        raise Refused(
            phrase("What came with this message is too large to go along"),
            phrase("It has about {0} MB. Save the attachments and hand them on in another way.", size // 1000**2),
        )
    held = {part.section: await reading.part(message, part.section) for part in along}
    return Original(message, body, account, held.get)


async def whole(store: Store, reading: Reading, message: MessageId) -> Original:
    """A message with all it has, to be written on: nothing of its text may be missing then. Raises like `original`."""
    found = await original(store, reading, message, attachments=True)
    if not letters.cut(found.body):
        return found
    raw = await reading.raw(message)
    if len(raw) > MOST:
        raise Refused(
            phrase("The text of this message is too long to be written on"), phrase("The message stays as it is.")
        )
    return Original(message, await read(raw, found.account), found.account, _in_memory(raw))


def _in_memory(raw: bytes) -> Callable[[str], bytes | None]:
    def held(section: str) -> bytes | None:
        part = content(raw, section)
        return part[1] if part is not None else None

    return held
