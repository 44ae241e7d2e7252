"""Brings the content of messages: in the background newest first and in bounded pieces, or one that somebody waits for.

Bytes are stored first, then named by their message, then indexed; a message is never marked complete before its last
byte is stored.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Collection, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from hashlib import sha256
from typing import NamedTuple

from desktopmail.domain.account import Account, ImapServer
from desktopmail.domain.errors import ContentMissing, MailError, NotFound, Refused
from desktopmail.domain.ids import FolderId, MessageId
from desktopmail.domain.saying import phrase
from desktopmail.engine.activity import Tally, Teller
from desktopmail.engine.imap.large import WHOLE, bring_large
from desktopmail.engine.imap.windows import BODY_COUNT, ON_DEMAND_SIZE, Budget, body_batches
from desktopmail.engine.lane import Breath, Lane
from desktopmail.engine.remote import Going
from desktopmail.mime.headers import quick
from desktopmail.mime.text import IndexText, at_once, for_index
from desktopmail.protocols.imap.session import ImapSession
from desktopmail.protocols.imap.uids import UidSet
from desktopmail.store.rows import FolderMark, Head, Missing, NewContent
from desktopmail.store.store import Store
from desktopmail.store.text import TextRow
from desktopmail.store.transaction import Transaction

CHUNK_BYTES, CHUNK_COUNT = 4_000_000, 250
"""How much is hashed, compressed and indexed at once."""
CHUNKS_AHEAD = 3
LOOK = 4 * BODY_COUNT
"""How many missing messages are looked at in one go."""
DAY = 86_400
STRIKES = 3
"""How often the line may break at one message before it is left to whoever opens it."""


@dataclass(slots=True)
class Trouble:
    """What stood in the way, remembered from session to session: folders that could not be opened (until the next
    pull), and at which messages the line broke how often. Those wait for the others and then go alone. `total` is how
    many messages were missing when the downloading began, for words about it."""

    closed: set[FolderId] = field(default_factory=set)
    strikes: Counter[MessageId] = field(default_factory=Counter)
    total: int = 0


class _Read(NamedTuple):
    """What was read of a message as it came, and its SHA-256."""

    text: IndexText
    sha: bytes


class Bodies:
    """Content of one account over one session."""

    def __init__(self, session: ImapSession, store: Store, account: Account, teller: Teller, tally: Tally) -> None:
        self._session = session
        self._store = store
        self._account = account
        self._teller = teller
        self._tally = tally
        self._trouble = Trouble()
        self._turn = asyncio.Lock()

    async def some(self, folders: Collection[FolderId] | None, budget: Budget, trouble: Trouble, going: Going) -> bool:
        """Bring the newest messages that are missing, in requests of bounded bytes, as long as it is to go on. While
        one is stored the next is on its way. False: nothing is missing."""
        self._trouble = trouble
        missing = await self._store.read(lambda tx: _missing(tx, self._account, folders, trouble.closed))
        if not missing:
            trouble.total = 0
            return False
        since = offline_since(self._account)
        left = await self._store.read(
            lambda tx: tx.messages.count_without_content(self._account.id, ON_DEMAND_SIZE, since)
        )
        async with Lane(CHUNKS_AHEAD) as lane:
            while missing and going.on():
                folder, batch = _next(missing, budget.bytes, trouble)
                begun, before = time.monotonic(), self._tally.bytes
                trouble.total = max(trouble.total, left)
                if trouble.total > len(batch):
                    self._teller.counting(phrase("Downloading"), trouble.total - left, trouble.total)
                await self._piece(folder, batch, lane)
                taken = {each.message for each in batch}
                missing = [each for each in missing if each.message not in taken and each.folder not in trouble.closed]
                left -= len(batch)
                budget.learn(self._tally.bytes - before, time.monotonic() - begun)
        return True

    async def _piece(self, folder: FolderId, batch: Sequence[Missing], lane: Lane) -> None:
        try:
            await self._open(folder)
        except (NotFound, Refused, ContentMissing):
            self._trouble.closed.add(folder)
        else:
            await self._bring(folder, batch, lane)

    async def one(self, message: MessageId) -> None:
        """Bring one message of any size. Raises NotFound, ContentMissing."""
        facts = await self._store.read(lambda tx: tx.messages.facts(message))
        if facts.content is not None:
            return
        if not facts.uid or facts.uid_folder is None:
            raise ContentMissing(
                phrase("This message was never downloaded"), phrase("The server does not have it any more.")
            )
        await self._open(facts.uid_folder)
        if (await self._store.read(lambda tx: tx.messages.summary(message))).size > WHOLE:
            self._tally.bytes += await bring_large(self._session, self._store, message, facts.uid)
            return
        raw = await self._session.fetch_section(facts.uid, "")
        await keep(self._store, [(Missing(message, facts.uid_folder, facts.uid, len(raw)), raw)])
        self._tally.bytes += len(raw)

    async def _open(self, folder: FolderId) -> FolderMark:
        """Select the folder the UIDs belong to; ContentMissing when they mean nothing any more."""
        mark = await self._store.read(lambda tx: tx.folders.mark(folder))
        if mark.server_name is None:
            raise ContentMissing(
                phrase("The folder is not on the server any more"), phrase("What is stored here is safe.")
            )
        if self._session.selected != mark.server_name:
            await self._session.select(mark.server_name)
        opened = self._session.folder
        if opened is None or opened.uid_validity != mark.uid_validity:
            raise ContentMissing(
                phrase("The folder was made anew on the server"), phrase("Its messages are being listed again.")
            )
        return mark

    async def _bring(self, folder: FolderId, batch: Sequence[Missing], lane: Lane) -> None:
        wanted = {each.uid: each for each in batch}
        chunks = _Chunks(self._store, self._session, self._tally, self._turn)

        async def sink(uid: int, raw: bytes) -> None:
            message = wanted.pop(uid, None)
            if message is not None:
                await chunks.take(lane, message, raw)

        try:
            await self._session.fetch_bodies(UidSet.of(wanted), sink)
        except Refused:
            await self._one_by_one(wanted, chunks, lane)
        except MailError:
            await chunks.rest(lane)
            await self._strike(wanted)
            raise
        await chunks.rest(lane)
        if wanted:
            await self._not_given(folder, wanted)

    async def _strike(self, wanted: dict[int, Missing]) -> None:
        """The line broke at the first message that has not come. When that happens again and again, it is the message
        that the server stumbles over."""
        if not wanted:
            return
        culprit = wanted[min(wanted)].message
        self._trouble.strikes[culprit] += 1
        if self._trouble.strikes[culprit] >= STRIKES:
            await self._store.write(lambda tx: tx.messages.set_unreadable([culprit]))

    async def _one_by_one(self, wanted: dict[int, Missing], chunks: _Chunks, lane: Lane) -> None:
        """The server refused a range: ask for each message that has not come."""
        for uid, message in list(wanted.items()):
            try:
                raw = await self._session.fetch_section(uid, "")
            except (Refused, ContentMissing):
                continue
            del wanted[uid]
            await chunks.take(lane, message, raw)

    async def _not_given(self, folder: FolderId, wanted: dict[int, Missing]) -> None:
        """What did not come is either gone, or the server cannot give it; neither is asked for again and again."""
        there = await self._session.search_all() & UidSet.of(wanted)

        def decide(tx: Transaction) -> None:
            tx.messages.set_unreadable([each.message for uid, each in wanted.items() if uid in there])
            tx.copies.vanish(folder, [uid for uid in wanted if uid not in there])

        await self._store.write(decide)


class _Chunks:
    """Gathers messages into chunks worth a transaction."""

    def __init__(self, store: Store, session: ImapSession, tally: Tally, turn: asyncio.Lock) -> None:
        self._store = store
        self._session = session
        self._tally = tally
        self._turn = turn
        self._breath = Breath()
        self._waiting: list[tuple[Missing, bytes]] = []
        self._read: list[_Read | None] = []
        self._bytes = 0

    async def take(self, lane: Lane, message: Missing, raw: bytes) -> None:
        """Add one, read it if that is quickly done; hand over when there is enough."""
        self._waiting.append((message, raw))
        found = at_once(raw)
        self._read.append(_Read(found[1], sha256(raw).digest()) if found else None)
        self._bytes += len(raw)
        self._tally.bytes += len(raw)
        if self._bytes >= CHUNK_BYTES or len(self._waiting) >= CHUNK_COUNT:
            await self.rest(lane)
        if self._breath.due():
            await asyncio.sleep(0)

    async def rest(self, lane: Lane) -> None:
        """Hand over what is gathered."""
        pairs, read = self._waiting, self._read
        self._waiting, self._read, self._bytes = [], [], 0
        if pairs:
            await lane.put(self._keep(pairs, read))

    async def _keep(self, pairs: Sequence[tuple[Missing, bytes]], read: Sequence[_Read | None]) -> None:
        """Chunks with texts to be read go one at a time: the server's next words wait while that is done, and come
        while bytes are compressed and written."""
        turn: AbstractAsyncContextManager[None] = self._turn if None in read else nullcontext()
        async with turn:
            texts, shas = await _read_and_stored(self._store, pairs, read, self._session.unheard())
        await _told(self._store, pairs, texts, shas)


def _next(missing: Sequence[Missing], budget: int, trouble: Trouble) -> tuple[FolderId, list[Missing]]:
    """What to bring next: clean messages of the newest one's folder, or one of those at which the line broke."""
    clean = [each for each in missing if each.message not in trouble.strikes]
    if not clean:
        return missing[0].folder, [missing[0]]
    folder = clean[0].folder
    return folder, next(body_batches([each for each in clean if each.folder == folder], budget))


def _missing(
    tx: Transaction, account: Account, folders: Collection[FolderId] | None, closed: Collection[FolderId]
) -> list[Missing]:
    """What to bring, newest first; of one folder after the other when only some are wanted."""
    since = offline_since(account)
    if folders is None and not closed:
        return tx.messages.without_content(account=account.id, limit=LOOK, max_size=ON_DEMAND_SIZE, since=since)
    wanted = [folder.id for folder in tx.folders.all(account.id)] if folders is None else list(folders)
    found: list[Missing] = []
    for folder in wanted:
        if folder not in closed:
            found += tx.messages.without_content(folder=folder, limit=LOOK, max_size=ON_DEMAND_SIZE, since=since)
    return found


def offline_since(account: Account) -> int:
    """From which second on messages are brought whole without being asked for."""
    days = account.incoming.offline_days if isinstance(account.incoming, ImapServer) else 0
    return int(time.time()) - days * DAY if days else 0


async def keep(store: Store, pairs: Sequence[tuple[Missing, bytes]]) -> None:
    """Store the bytes of messages, tell their rows, index their text; in this order."""
    await _told(store, pairs, *await _read_and_stored(store, pairs, [None] * len(pairs), nullcontext()))


async def _read_and_stored(
    store: Store,
    pairs: Sequence[tuple[Missing, bytes]],
    known: Sequence[_Read | None],
    while_reading: AbstractContextManager[None],
) -> tuple[list[IndexText], list[bytes]]:
    """Texts and SHA-256s of messages; texts that are not known are read on a thread of its own while the bytes are
    packed."""
    raws = [raw for _, raw in pairs]

    async def read() -> list[IndexText]:
        heavy = [raw for raw, read in zip(raws, known, strict=True) if read is None]
        if not heavy:
            return [read.text for read in known if read is not None]
        with while_reading:
            rest = iter(await asyncio.to_thread(_texts, heavy))
        return [read.text if read is not None else next(rest) for read in known]

    reading = asyncio.ensure_future(read())
    try:
        shas = await store.keep(raws, [read and read.sha for read in known])
    finally:
        texts = await reading
    return texts, shas


async def _told(
    store: Store, pairs: Sequence[tuple[Missing, bytes]], texts: Sequence[IndexText], shas: Sequence[bytes]
) -> None:
    rows = [
        NewContent(each.message, sha, len(raw), text.preview, text.attachments)
        for (each, raw), sha, text in zip(pairs, shas, texts, strict=True)
    ]
    heads = [_head(each.message, raw) for (each, raw), text in zip(pairs, texts, strict=True) if text.damaged]

    def work(tx: Transaction) -> None:
        tx.messages.set_content(rows)
        if heads:
            tx.messages.set_heads(heads)

    await store.write(work)
    index = [
        TextRow(each.message, text.people, text.subject, text.text, text.attachment_names)
        for (each, _), text in zip(pairs, texts, strict=True)
    ]
    await store.text(lambda table: table.add(index))


def _head(message: MessageId, raw: bytes) -> Head:
    """A header that server and reader may have understood differently, as the reader does."""
    found = quick(raw)
    return Head(message, found.sender, found.to, found.cc, found.subject)


def _texts(raws: Sequence[bytes]) -> list[IndexText]:
    return [for_index(raw) for raw in raws]
