"""Learns what the server has. First what changed and vanished in every folder, then what is new: so a message moved by
another program is recognised where it turns up, and nothing is forgotten before all folders were read.

A folder's mark is saved only after everything below it was learned; an interrupted first pull goes on where it was.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from desktopmail.domain.account import Account
from desktopmail.domain.address import Address
from desktopmail.domain.errors import NotFound, Refused
from desktopmail.domain.folder import Role
from desktopmail.domain.ids import FolderId
from desktopmail.domain.saying import phrase
from desktopmail.engine.activity import Tally, Teller
from desktopmail.engine.arrival import Arrived, Arriving, Door, arrive
from desktopmail.engine.imap.folders import COMPLETE, ServerFolder, adopt_folders, differs
from desktopmail.engine.imap.places import begun as begin_mark
from desktopmail.engine.imap.windows import header_windows
from desktopmail.engine.lane import SLICE, Lane
from desktopmail.protocols.imap.fetching import HeaderSink
from desktopmail.protocols.imap.mailboxes import Namespace, Selected
from desktopmail.protocols.imap.responses import FlagRow as FetchedFlags
from desktopmail.protocols.imap.responses import RawFetch, tokenize
from desktopmail.protocols.imap.session import ImapSession
from desktopmail.protocols.imap.uids import UidSet
from desktopmail.store.rows import FlagRow, FolderMark
from desktopmail.store.store import Store
from desktopmail.store.transaction import Transaction

PASSES = 4
"""How often a pull looks again whether moves went on while it was reading."""
SPARSE = 20_000
"""UIDs in the gap since the last pull above which the server is asked which of them exist."""
ARRIVALS, ARRIVAL_SECONDS = 1_700, 0.5
"""New messages stored in one transaction, and how long fewer of them wait for more: each transaction writes the same
pages of the indexes again, but the window works in a group at once (3 ms for a thousand), and on a slow line rows are
wanted sooner."""
MANY = 500
"""New messages in a folder above which counting them is worth showing."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A folder half read: `opened` is what SELECT said, `missing` the UIDs still to be fetched."""

    place: ServerFolder
    opened: Selected
    mark: FolderMark
    missing: UidSet

    @property
    def listed(self) -> bool:
        """Whether the folder was listed completely before: what is new in it is news."""
        return self.mark.down_to == COMPLETE


class Pull:
    """One pull over one session."""

    def __init__(self, session: ImapSession, store: Store, account: Account, teller: Teller, tally: Tally) -> None:
        self._session = session
        self._store = store
        self._account = account
        self._teller = teller
        self._tally = tally

    async def everything(self, space: Namespace) -> None:
        """All folders, again until nothing moves any more; then what vanished is forgotten."""
        for _ in range(PASSES):
            await self._session.unselect()
            vanished, complete = await self._read([place for place in await self._places(space) if differs(place)])
            if not complete:
                return
            if not vanished:
                self._tally.removed += await self._store.write(lambda tx: tx.copies.sweep_vanished(self._account.id))
                return

    async def _places(self, space: Namespace) -> list[ServerFolder]:
        listed = await self._session.list_folders(status=True)
        return await self._store.write(lambda tx: adopt_folders(tx, self._account, listed, space.prefix))

    async def some(self, folders: Collection[FolderId], space: Namespace) -> bool:
        """Only these folders. Whether something vanished: then `everything` has to decide what became of it."""
        account = self._account.id

        def chosen(tx: Transaction) -> list[ServerFolder]:
            found = []
            for folder in tx.folders.all(account):
                mark = tx.folders.mark(folder.id)
                if folder.id in folders and mark.server_name is not None:
                    found.append(ServerFolder(folder, mark.server_name, mark, None))
            return found

        places = await self._store.read(chosen)
        if len(places) < len(set(folders)):
            places = [place for place in await self._places(space) if place.folder.id in folders]
        vanished, complete = await self._read(places)
        return vanished or not complete

    async def _read(self, places: Sequence[ServerFolder]) -> tuple[bool, bool]:
        """Whether copies vanished, and whether all folders could be read. Folders that were never read hold nothing
        that could have vanished: they are opened once only."""
        vanished, complete = False, True
        readings: dict[FolderId, Reading] = {}
        for again in (False, True):
            for place in places:
                try:
                    if not again and place.mark.uid_validity:
                        readings[place.folder.id], gone = await self._changes(place)
                        vanished |= gone
                    elif again:
                        reading = readings.get(place.folder.id) or (await self._changes(place))[0]
                        complete &= await self._fresh(reading)
                except (NotFound, Refused) as error:
                    complete &= not (error.passing or isinstance(error, NotFound))
                    await self._set_problem(place, error.title)
        return vanished, complete

    async def _set_problem(self, place: ServerFolder, words: str) -> None:
        if place.folder.problem != words:
            await self._store.write(lambda tx: tx.folders.set_problem(place.folder.id, words))

    # What changed and what vanished.

    async def _changes(self, place: ServerFolder) -> tuple[Reading, bool]:
        """Open the folder and learn about the messages known in it. Whether copies vanished."""
        opened = await self._session.select(place.name)
        folder = place.folder.id

        def begin(tx: Transaction) -> tuple[FolderMark, bool]:
            mark = tx.folders.mark(folder)
            if mark.uid_validity == opened.uid_validity:
                return mark, False
            tx.copies.drop_folder(folder)
            begun = begin_mark(mark, opened)
            tx.folders.set_mark(folder, begun)
            return begun, mark.uid_validity != 0

        mark, renumbered = await self._store.write(begin)
        await self._set_problem(place, "")
        told = "QRESYNC" in self._session.enabled and mark.highest_mod_seq and opened.highest_mod_seq
        if told and opened.uid_next and mark.down_to == COMPLETE:
            reading, gone = await self._told(place, opened, mark)
        else:
            reading, gone = await self._compared(place, opened, mark)
        return reading, renumbered or gone

    async def _told(self, place: ServerFolder, opened: Selected, mark: FolderMark) -> tuple[Reading, bool]:
        """The server keeps books (RFC 7162): it tells what changed and what is gone since the mark."""
        gone = UidSet()
        if opened.uid_next > 1 and opened.highest_mod_seq != mark.highest_mod_seq:
            # Also above the mark: what was put there by ourselves is known already.
            news = await self._session.fetch_flags(f"1:{opened.uid_next - 1}", changed_since=mark.highest_mod_seq)
            known = await self._known(place.folder.id) if news.vanished else UidSet()
            gone = news.vanished & known
            await self._learn(place.folder.id, news.rows, gone)
        low, high = max(mark.uid_next, 1), opened.uid_next - 1
        missing = UidSet([(low, high)]) if high >= low else UidSet()
        if len(missing) > SPARSE:
            missing = await self._session.search_all() & missing
        return Reading(place, opened, mark, missing), bool(gone)

    async def _compared(self, place: ServerFolder, opened: Selected, mark: FolderMark) -> tuple[Reading, bool]:
        """Compare the UIDs there with those known; ask for all flags, or those changed where the server knows."""
        known = await self._known(place.folder.id)
        if known:
            since = mark.highest_mod_seq if opened.highest_mod_seq else 0
            news = await self._session.fetch_flags(f"1:{known.ranges[-1][1]}", changed_since=since)
            await self._learn(place.folder.id, news.rows, UidSet())
        present = await self._session.search_all()
        gone = known - present
        await self._learn(place.folder.id, [], gone)
        return Reading(place, opened, mark, present - known), bool(gone)

    async def _known(self, folder: FolderId) -> UidSet:
        return await self._store.read(lambda tx: UidSet.of(tx.copies.numbers(folder)))

    async def _learn(self, folder: FolderId, news: Sequence[FetchedFlags], gone: UidSet) -> None:
        async with Lane() as lane:
            for start in range(0, len(news), SLICE):
                rows = [FlagRow(row.uid, row.flags, row.tags, row.mod_seq) for row in news[start : start + SLICE]]
                await lane.put(self._update(folder, rows))
        if gone:
            await self._store.write(lambda tx: tx.copies.vanish(folder, gone))

    async def _update(self, folder: FolderId, rows: list[FlagRow]) -> None:
        self._tally.changed += await self._store.write(lambda tx: tx.copies.update_flags(folder, rows))

    # What is new.

    async def _fresh(self, reading: Reading) -> bool:
        """Fetch what is new, newest first, and save the mark. False when the folder changed its identity meanwhile."""
        opened = reading.opened
        if reading.missing and self._session.selected != opened.name:
            again = await self._session.select(opened.name)
            if again.uid_validity != opened.uid_validity:
                return False
        folder = reading.place.folder.id
        wanted = reading.missing
        if wanted and reading.listed:
            wanted = wanted - await self._store.read(lambda tx: UidSet.of(tx.copies.messages(folder, reading.missing)))
        if wanted:
            await self._arrivals(reading, list(wanted))
        done = replace(reading.mark, uid_next=opened.uid_next, highest_mod_seq=opened.highest_mod_seq, down_to=COMPLETE)
        if done != reading.mark:
            await self._save(folder, done)
        return True

    async def _arrivals(self, reading: Reading, missing: list[int]) -> None:
        place = reading.place
        door = Door(self._account, place.folder, first=not reading.listed)
        done = 0
        async with Lane() as lane:
            for window in header_windows(missing):
                await self._window(door, UidSet.of(window), lane)
                done += len(window)
                if len(missing) > MANY:
                    self._teller.counting(phrase("Listing {0}", place.folder.name), done, len(missing))
                if not reading.listed and done < len(missing):
                    await lane.put(self._save(place.folder.id, replace(reading.mark, down_to=max(window[0], 2))))
        role = place.folder.role
        for people in door.people.slices():
            await self._see(people, door.people.latest, sent=role is Role.SENT)

    async def _see(self, people: list[Address], latest: int, *, sent: bool) -> None:
        await self._store.write(lambda tx: tx.contacts.seen(people, latest, sent=sent))

    async def _window(self, door: Door, uids: UidSet, lane: Lane) -> None:
        """One range of new messages. When the server cannot give some of them, the others are asked for in ever
        smaller ranges, and the one that cannot be had is left out."""
        slices = _Slices(self, self._session, door)
        try:
            await self._session.fetch_headers(uids, slices.into(lane))
            await slices.rest(lane)
        except Refused:
            await slices.rest(lane)
            folder = door.folder.id
            left = list(uids - await self._store.read(lambda tx: UidSet.of(tx.copies.messages(folder, uids))))
            if len(left) > 1:
                await self._window(door, UidSet.of(left[len(left) // 2 :]), lane)
                await self._window(door, UidSet.of(left[: len(left) // 2]), lane)

    async def _save(self, folder: FolderId, mark: FolderMark) -> None:
        await self._store.write(lambda tx: tx.folders.set_mark(folder, mark))

    async def take(self, door: Door, raws: list[RawFetch]) -> None:
        """Store one slice of fetched headers."""
        arrived = await self._store.write(lambda tx: _arrive(tx, door, raws))
        self._tally.new += len(arrived.new)


class _Slices:
    """Gathers the wire's small batches into slices worth a transaction."""

    def __init__(self, pull: Pull, session: ImapSession, door: Door) -> None:
        self._pull = pull
        self._session = session
        self._door = door
        self._waiting: list[RawFetch] = []
        self._until = time.monotonic() + ARRIVAL_SECONDS

    def into(self, lane: Lane) -> HeaderSink:
        """What the session is to give its batches to."""

        async def take(batch: list[RawFetch]) -> None:
            self._waiting += batch
            if len(self._waiting) >= ARRIVALS or time.monotonic() > self._until:
                await self.rest(lane)

        return take

    async def rest(self, lane: Lane) -> None:
        """Store what is gathered, while the server's next words wait."""
        raws, self._waiting = self._waiting, []
        if raws:
            with self._session.unheard():
                await lane.put(self._pull.take(self._door, raws))
                await lane.finish()
        self._until = time.monotonic() + ARRIVAL_SECONDS


def _arrive(tx: Transaction, door: Door, raws: list[RawFetch]) -> Arrived:
    return arrive(
        tx,
        door,
        [
            Arriving(row.header, row.size, row.internal_date, row.flags, row.tags, row.uid, row.mod_seq, row.structure)
            for row in tokenize(raws)
        ],
    )
