"""Opens messages: content from the store or from the server, parsed on a thread, cleaned at every reading.

Nothing here shows anything, and nothing is fetched from the web but pictures a person allowed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from desktopmail.domain.account import Account, Pop3Server
from desktopmail.domain.body import PART_URL, REMOTE_URL, Body, Warning
from desktopmail.domain.errors import ContentMissing, MailError, NotFound, Refused, Stalled
from desktopmail.domain.ids import MessageId
from desktopmail.domain.saying import phrase
from desktopmail.engine import large
from desktopmail.engine.arrival import received_by
from desktopmail.engine.pictures import Pictures, picture_type
from desktopmail.mime import body as mime_body
from desktopmail.mime import large as mime_large
from desktopmail.mime.abridged import Abridged
from desktopmail.store.rows import MessageFacts
from desktopmail.store.store import Store
from desktopmail.store.transaction import Transaction

SECONDS = 20.0
"""How long one message may take to be read."""
KEPT_ADDRESSES = 50

T = TypeVar("T")
KNOWN_VERIFIERS = {
    "imap.gmail.com": frozenset({"mx.google.com"}),
    "imap.googlemail.com": frozenset({"mx.google.com"}),
}

Fetch = Callable[[MessageId], Awaitable[None]]


class Reading:
    """What a reader asks for. `fetch` brings content that is still on the server, or raises MailError."""

    def __init__(self, store: Store, fetch: Fetch, pictures: Pictures) -> None:
        self._store = store
        self._fetch = fetch
        self._pictures = pictures
        self._remote: dict[MessageId, dict[str, str]] = {}

    async def load(self, message: MessageId, *, images: bool = False, whole: bool = False) -> Body:
        """Everything about a message. With `images`, or when its sender may always show them, `picture` will fetch
        its remote pictures. What is not here and cannot be fetched now gives a body that says so; so does a message
        above the size that its account fetches by itself, unless `whole` is said. Raises NotFound."""
        try:
            if not whole and (held := await self._store.read(lambda tx: _held_back(tx, message))):
                return await self._absent(message, held, "held-back")
            sha = await self._content(message)
            account = await self._store.read(lambda tx: received_by(tx, message))
            body = await self._read(sha, account)
        except NotFound:
            raise
        except MailError as error:
            return await self._absent(message, error)
        await self._remember(message, body, images)
        return body

    async def raw(self, message: MessageId) -> bytes:
        """The exact bytes, however many. Raises NotFound, ContentMissing and what keeps them from being fetched."""
        raw = await self._store.raw(await self._content(message))
        if raw is None:
            raise _not_here()
        return raw

    async def raw_unless_large(self, message: MessageId) -> bytes | int:
        """The exact bytes, or only how many when they are better read in pieces. Raises what `raw` raises."""
        raw = await self._store.raw_within(await self._content(message), large.LARGE)
        if raw is None:
            raise _not_here()
        return raw

    async def pour(self, message: MessageId, into: Callable[[bytes], object]) -> None:
        """The exact bytes, handed to `into` on a thread piece by piece. Raises what `raw` and `into` raise."""
        if not await self._store.pour(await self._content(message), into):
            raise _not_here()

    async def part(self, message: MessageId, section: str) -> bytes:
        """One part, decoded. Raises NotFound, and what `raw` raises."""
        pieces: list[bytes] = []
        await self.pour_part(message, section, pieces.append)
        return b"".join(pieces)

    async def pour_part(self, message: MessageId, section: str, into: Callable[[bytes], object]) -> None:
        """One part, decoded and handed to `into` piece by piece, on a thread where there are several. Raises NotFound,
        and what `raw` and `into` raise."""
        sha = await self._content(message)
        raw = await self._store.raw_within(sha, large.LARGE)
        if isinstance(raw, int):
            if await large.pour_part(self._store, sha, section, into):
                return
            raw = await self._store.raw(sha)
        if raw is None:
            raise _not_here()
        whole = raw
        found = await _on_a_thread(lambda: mime_body.content(whole, section))
        if found is None:
            raise NotFound(phrase("The message has no part {0}", section))
        await asyncio.to_thread(into, found[1])

    async def picture(self, message: MessageId, url: str) -> tuple[str, bytes] | None:
        """The type and bytes of a picture by its private address; None when it is none or not allowed. Raises
        MailError."""
        if url.startswith(PART_URL):
            data = await self.part(message, url.removeprefix(PART_URL))
            try:
                return picture_type(data), data
            except Refused:
                return None
        if url.startswith(REMOTE_URL):
            return await self.fetch_remote(message, url)
        return None

    async def fetch_remote(self, message: MessageId, url: str) -> tuple[str, bytes] | None:
        """A remote picture by its private address; None unless the message was loaded with its pictures allowed.
        Raises MailError when it cannot be fetched."""
        far = self._remote.get(message, {}).get(url)
        return await self._pictures.fetch(far) if far else None

    async def allow_images(self, sender: str) -> None:
        """From now on show the remote pictures of this address, or of everybody at '@domain'."""
        await self._store.write(lambda tx: tx.trust.allow_images(sender))

    async def forbid_images(self, sender: str) -> None:
        """Take `allow_images` back."""
        await self._store.write(lambda tx: tx.trust.forbid_images(sender))

    async def _content(self, message: MessageId) -> bytes:
        """The SHA-256 of a message, fetched if it is not here. Raises NotFound, ContentMissing, and what keeps it from
        being fetched."""
        facts = await self._facts(message)
        if facts.content is None:
            await self._fetch(message)
            facts = await self._facts(message)
        if not facts.content:
            raise _not_here()
        return facts.content

    async def _read(self, sha: bytes, account: Account) -> Body:
        raw = await self._store.raw_within(sha, large.LARGE)
        if raw is None:
            raise _not_here()
        if not isinstance(raw, int):
            return await read(raw, account)
        kept = await large.abridged(self._store, sha)
        if kept is None:
            raise _not_here()
        return await read(kept, account)

    async def _facts(self, message: MessageId) -> MessageFacts:
        return await self._store.read(lambda tx: tx.messages.facts(message))

    async def _remember(self, message: MessageId, body: Body, images: bool) -> None:
        """Only what was allowed can be fetched later. A sender is allowed as shown: one, and only one."""
        self._remote.pop(message, None)
        if not body.remote_urls:
            return
        sender = body.sender[0].address if len(body.sender) == 1 else ""
        if images or (sender and await self._store.read(lambda tx: tx.trust.images_allowed(sender))):
            self._remote[message] = body.remote_urls
        while len(self._remote) > KEPT_ADDRESSES:
            del self._remote[next(iter(self._remote))]

    async def _absent(self, message: MessageId, error: MailError, *kinds: str) -> Body:
        """A body without text that says why; `kinds` are more warnings than that it was not downloaded."""
        why = f"{error.title}. {error.detail}".strip()

        def work(tx: Transaction) -> Body:
            row, facts = tx.messages.summary(message), tx.messages.facts(message)
            return Body(
                subject=row.subject,
                date=row.date,
                sender=row.sender,
                to=row.to,
                cc=(),
                bcc=(),
                reply_to=(),
                message_id=row.message_id,
                references=facts.references,
                html="",
                text="",
                parts=(),
                warnings=tuple(Warning(kind, why) for kind in ("not-downloaded", *kinds)),
            )

        return await self._store.read(work)


def _held_back(tx: Transaction, message: MessageId) -> ContentMissing | None:
    """Why a message waits for the person's word: only its top was fetched, for it is a large one."""
    server, line = received_by(tx, message).incoming, tx.ledger.of(message)
    if not isinstance(server, Pop3Server) or line is None or not line.partly or not line.on_server:
        return None
    if not 0 < server.max_size < line.size:
        return None
    size, limit = (f"{count / 1000**2:,.1f} MB" for count in (line.size, server.max_size))
    return ContentMissing(
        phrase("The whole message has {0}", size),
        phrase("Above {0} only the beginning is fetched by itself. It stays on the server until you fetch it.", limit),
    )


def _not_here() -> ContentMissing:
    return ContentMissing(
        phrase("The content of this message is not here"), phrase("It can be fetched again from its server.")
    )


async def read(message: bytes | Abridged, account: Account | None = None) -> Body:
    """Parse and clean a message on a thread. One that takes too long becomes a body that says so."""
    raw = message if isinstance(message, bytes) else message.raw
    own, trusted = (own_addresses(account), verifiers(account)) if account else (frozenset[str](), frozenset[str]())
    try:
        if isinstance(message, bytes):
            return await _on_a_thread(lambda: mime_body.read(raw, own_addresses=own, trusted_verifiers=trusted))
        kept = message
        return await _on_a_thread(lambda: mime_large.read(kept, own_addresses=own, trusted_verifiers=trusted))
    except Stalled:
        return await _on_a_thread(lambda: _unreadable(raw))


def own_addresses(account: Account) -> frozenset[str]:
    """The addresses a person writes under from this account."""
    return frozenset((account.address, *(each.address for each in account.identities)))


def verifiers(account: Account) -> frozenset[str]:
    """Whose verdict about a sender counts (RFC 8601 section 5). Only providers known to remove forged verdicts under
    their name are trusted: elsewhere a sender could write one himself."""
    host = account.incoming.endpoint.host.lower() if account.incoming is not None else ""
    return KNOWN_VERIFIERS.get(host, frozenset())


def _unreadable(raw: bytes) -> Body:
    header = raw[:65_536].partition(b"\r\n\r\n")[0].partition(b"\n\n")[0]
    found = mime_body.read(header + b"\r\n\r\n")
    text = phrase("This message took too long to be read. Its source can be looked at and saved.")
    return Body(
        subject=found.subject,
        date=found.date,
        sender=found.sender,
        to=found.to,
        cc=found.cc,
        bcc=found.bcc,
        reply_to=found.reply_to,
        message_id=found.message_id,
        references=found.references,
        html=f"<p>{text}</p>",
        text=text,
        parts=(),
        warnings=(Warning("too-large", phrase("It took too long to be read")),),
        date_offset=found.date_offset,
    )


async def _on_a_thread(work: Callable[[], T]) -> T:
    try:
        async with asyncio.timeout(SECONDS):
            return await asyncio.to_thread(work)
    except TimeoutError:
        raise Stalled(phrase("This message took too long to be read")) from None
