"""Keeps one account going: lanes for watching and working, reconnecting, and words about what happens.

This is the last stop for errors. Known ones become an Activity with a Problem; an unknown one is a fault of the program
and becomes a Problem too, so that one account's trouble never ends another's.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Collection

from desktopmail.domain.account import Account
from desktopmail.domain.activity import Activity, Problem, Remedy
from desktopmail.domain.changes import ChangeSet
from desktopmail.domain.errors import (
    AccountGone,
    ConnectionLost,
    MailError,
    NeedsPerson,
    PasswordMissing,
    ProtocolViolation,
    Refused,
    SecretsUnavailable,
    SignInRefused,
    Stalled,
    TooSoon,
)
from desktopmail.domain.ids import FolderId, MessageId
from desktopmail.domain.saying import phrase
from desktopmail.engine.activity import SyncReport, Tally, Teller
from desktopmail.engine.backoff import Backoff
from desktopmail.engine.housekeeping import index_piece
from desktopmail.engine.remote import Remote
from desktopmail.store.store import Store
from desktopmail.store.transaction import Transaction

CYCLES = 4
"""Pulls and pushes in one round before what is left waits for the next."""
STUCK_SECONDS = 60.0
"""When to look again at differences that could not be pushed and have no time of their own."""

log = logging.getLogger(__name__)


class Runner:
    """One account at work.

    Life: `run` until cancelled, or `sync_once` from the command line; never both. `fetch` may be called at any time.
    After an error that only a person can mend, `run` waits for `wake`.
    """

    def __init__(self, account: Account, remote: Remote, store: Store, teller: Teller) -> None:
        self._account = account
        self._remote = remote
        self._store = store
        self._teller = teller
        self._backoff = Backoff()
        self._woken = asyncio.Event()
        self._work = asyncio.Event()
        self._pulled = asyncio.Event()
        self._pull: set[FolderId] = set()
        self._pull_all = True
        self._push = True
        self._force = False
        self._listed = True
        self._pushed_at = 0

    @property
    def activity(self) -> Activity:
        """What the account is doing."""
        return self._teller.now

    def wake(self, *, force: bool = False) -> None:
        """Do a full round now and try again whatever failed; with `force` also what the server refused before."""
        self._backoff.reset()
        self._pull_all = self._push = True
        self._force |= force
        self._work.set()
        self._woken.set()

    async def fetch(self, message: MessageId) -> None:
        """Bring the content of one message now. Raises MailError."""
        await self._remote.fetch(message)

    # For the command line.

    async def sync_once(self, folders: Collection[FolderId] | None = None, *, headers_only: bool = False) -> SyncReport:
        """One full round: pull, push whatever waits, content. Never raises what is not a cancellation."""
        start = time.monotonic()
        tally = self._remote.tally = Tally()
        problems: list[Problem] = []
        try:
            await self._round(folders, force=True)
            if self._remote.put_off:
                raise TooSoon(int(self._remote.put_off) + 1)
            if headers_only:
                await self._remote.list_new()
            else:
                await self._fill_all(folders)
            self._teller.idle()
        except MailError as error:
            problems.append(error.problem(self._account.id))
        except Exception as error:  # noqa: BLE001 - the last stop for errors
            problems.append(self._fault(error))
        finally:
            await self._remote.close()
        return tally.report(self._account.id, time.monotonic() - start, tuple(problems))

    async def _fill_all(self, folders: Collection[FolderId] | None) -> None:
        """Bring all content and index it. A line that breaks is made anew while that brings something."""
        failures = 0
        while True:
            before = self._remote.tally.bytes
            try:
                if not await self._remote.fill(folders):
                    break
            except (ConnectionLost, ProtocolViolation):
                failures = 1 if self._remote.tally.bytes > before else failures + 1
                if failures > CYCLES:
                    raise
        while await index_piece(self._store):
            pass

    async def _round(self, folders: Collection[FolderId] | None, *, force: bool) -> None:
        for _ in range(CYCLES):
            await self._remote.pull(folders)
            if not await self._remote.push(force=force):
                return

    # For the window.

    async def run(self) -> None:
        """Work until cancelled."""
        end = self._store.subscribe(self._heard)
        try:
            while True:
                self._woken.clear()
                pause = await self._attempt()
                if self._woken.is_set():
                    continue
                try:
                    async with asyncio.timeout(pause):
                        await self._woken.wait()
                except TimeoutError:
                    continue
        finally:
            end()
            await self._remote.close()

    async def _attempt(self) -> float | None:
        """Work until something fails; how long to wait before the next attempt (None: for a person)."""
        self._teller.connecting()
        self._pulled.clear()
        self._pull_all = self._push = True
        failure = await self._until_failure()
        await self._remote.close()
        return await self._failed(failure)

    async def _until_failure(self) -> BaseException:
        """Both lanes until one of them fails, and what it failed with: an unforeseen error before known ones. No task
        group, which forgets that it was cancelled when something in it fails just then."""
        lanes = [asyncio.ensure_future(lane) for lane in (self._work_lane(), self._watch_lane())]
        try:
            await asyncio.wait(lanes, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for lane in lanes:
                lane.cancel()
            ends = await asyncio.gather(*lanes, return_exceptions=True)
        failures = [end for end in ends if end is not None and not isinstance(end, asyncio.CancelledError)]
        return min(failures, key=lambda failure: isinstance(failure, MailError), default=asyncio.CancelledError())

    async def _failed(self, error: BaseException) -> float | None:
        if not isinstance(error, MailError):
            self._teller.trouble(self._fault(error))
            return self._backoff.next() + STUCK_SECONDS
        if isinstance(error, AccountGone):
            return None  # whoever looks after the accounts ends this runner
        problem = error.problem(self._account.id)
        if isinstance(error, SignInRefused | PasswordMissing | SecretsUnavailable | NeedsPerson):
            self._teller.trouble(problem)
            return None
        if error.passing:
            self._teller.offline(await self._waiting(), problem)
        else:
            self._teller.trouble(problem)
        return self._backoff.next()

    async def _waiting(self) -> int:
        try:
            return await self._store.read(lambda tx: len(tx.difference.for_account(self._account.id, 1 << 40)))
        except MailError:
            return 0

    # Lanes.

    async def _watch_lane(self) -> None:
        await self._pulled.wait()
        while True:
            try:
                folders = await self._remote.watch()
            except Refused as error:
                raise Stalled(
                    phrase("Waiting for news is not possible now"), phrase("It will be tried again."), error.log
                ) from error
            if folders is None:
                self._pull_all = self._push = True
            else:
                self._pull.update(folders)
            self._pulled.clear()
            self._work.set()
            await self._pulled.wait()

    async def _work_lane(self) -> None:
        while True:
            self._work.clear()
            await self._pull_now()
            again = await self._push_now()
            if self._pull_all or self._pull or again:
                self._pull_all |= again
                continue
            self._backoff.reset()
            self._pulled.set()
            if await self._fill_and_index():
                continue
            self._teller.refused(*await self._store.read(lambda tx: tx.difference.refused(self._account.id)))
            self._teller.idle(self._remote.put_off)
            await self._rest()

    async def _fill_and_index(self) -> bool:
        """What nobody waits for, and what was listed is to be found before its content is here. Looking for what is not
        in the index looks at all messages, so it is not done between pieces of content. Whether there was something."""
        if self._listed and await index_piece(self._store):
            return True
        self._listed = False
        due, _ = await self._waits()

        def awaited() -> bool:
            return self._work.is_set() or (due is not None and time.time() >= due)

        more = await self._remote.fill(awaited=awaited) or await index_piece(self._store)
        self._push |= awaited()
        return more

    async def _pull_now(self) -> None:
        self._listed |= self._pull_all or bool(self._pull)
        everything, folders = self._pull_all, self._pull
        self._pull_all, self._pull = False, set()
        if everything:
            await self._remote.pull(None)
        elif folders:
            await self._remote.pull(folders)

    async def _push_now(self) -> bool:
        if not self._push:
            return False
        force, self._push, self._force = self._force, False, False
        if time.time() < self._pushed_at:  # The clock was put back: what was due soon would wait for as long.
            force = True
        self._pushed_at = int(time.time())
        return await self._remote.push(force=force)

    async def _waits(self) -> tuple[int | None, bool]:
        """When the first change comes due that no push has seen yet, and whether others are left over from the last."""

        def look(tx: Transaction) -> tuple[int | None, bool]:
            first = tx.difference.next_due(self._account.id)
            seen = min(self._pushed_at, int(time.time()))
            left = first is not None and first <= seen
            return tx.difference.next_due(self._account.id, seen) if left else first, left

        return await self._store.read(look)

    async def _rest(self) -> None:
        """Until there is work: news, a change of the person's, or the end of a grace."""
        due, left = await self._waits()
        pauses = [STUCK_SECONDS] if left else []
        if due is not None:
            pauses.append(max(due - time.time(), 0.0) + 0.05)
        pause = min(pauses, default=None)
        try:
            async with asyncio.timeout(pause):
                await self._work.wait()
        except TimeoutError:
            self._push = True

    def _heard(self, changes: ChangeSet) -> None:
        if changes.work:
            self._push = True
            self._work.set()

    def _fault(self, error: BaseException) -> Problem:
        """An error nobody foresaw: written to the log in full, said in few words."""
        log.error("account %d: unforeseen error", self._account.id, exc_info=error)
        return Problem(
            self._account.id,
            "fault",
            phrase("Something in the program went wrong"),
            phrase("Nothing is lost. It will be tried again; the log says more."),
            Remedy.RETRY,
            f"{type(error).__name__}: {error}"[:300],
        )
