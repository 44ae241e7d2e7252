"""APPEND, with certainty about which UID the message got: never uploaded twice because an answer was short."""

from __future__ import annotations

from desktopmail.domain.errors import Refused
from desktopmail.domain.saying import phrase
from desktopmail.engine.imap import sending
from desktopmail.engine.imap.places import Places
from desktopmail.engine.imap.plan import Row, Spot
from desktopmail.protocols.imap.session import ImapSession
from desktopmail.store.rows import CopyRow
from desktopmail.store.store import Store


class Upload:
    """Uploads of one push."""

    def __init__(self, session: ImapSession, store: Store, places: Places) -> None:
        self._session = session
        self._store = store
        self._places = places

    async def append(self, target: Spot, row: Row, content: bytes) -> bool:
        """Put one message on the server. Raises Refused; a ConnectionLost in the middle leaves open whether it arrived:
        the next pull recognises it by its key."""
        raw = await sending.ready(self._store, content)
        if raw is None:
            raise Refused(
                phrase("The message is not stored completely and cannot be uploaded"),
                phrase("What there is of it is kept."),
            )
        facts = await self._store.read(lambda tx: tx.messages.facts(row.message))
        await self._places.ready(target)
        before = await self._places.next_uid(target)
        told = await self._session.append(target.name, raw, row.flags, row.tags, facts.received or facts.date)
        if told is not None:
            validity, uid = told
            if validity != await self._places.validity(target.folder):
                return False
        else:
            uid = await self._places.new_uid(target, before)
            if not uid:
                raise Refused(
                    phrase("It is not certain whether the server took this message"),
                    phrase("Look into the folder first."),
                )
        copy = CopyRow(target.folder, uid, row.message, row.flags, row.tags)
        await self._store.write(lambda tx: tx.copies.add([copy]))
        return True
