"""One full round of synchronising, for the command line: send, pull, push, content, and a look into Sent."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import replace

from desktopmail.domain.account import Account
from desktopmail.domain.activity import Problem, Remedy
from desktopmail.domain.draft import Sending
from desktopmail.domain.errors import PossiblySent
from desktopmail.domain.ids import AccountId, FolderId
from desktopmail.domain.saying import phrase
from desktopmail.engine import filing
from desktopmail.engine.activity import SyncReport, Tally
from desktopmail.engine.ears import Ears
from desktopmail.engine.lanes import Lanes
from desktopmail.engine.library import Library
from desktopmail.engine.outbox import Outbox
from desktopmail.store.store import Store
from desktopmail.store.transaction import Transaction


class Rounds:
    """Runs accounts beside each other; one account's trouble is in its report and stops no other."""

    def __init__(self, store: Store, library: Library, outbox: Outbox, lanes: Lanes, ears: Ears) -> None:
        self._store = store
        self._library = library
        self._outbox = outbox
        self._lanes = lanes
        self._ears = ears

    async def run(
        self, accounts: Collection[AccountId] | None, folders: Collection[FolderId] | None, *, headers_only: bool
    ) -> list[SyncReport]:
        """A round of the accounts named, or of those that have the folders named, or of all that are not paused."""
        owners = {each.account for each in self._library.folders() if folders is not None and each.id in folders}
        chosen = [
            each
            for each in self._library.accounts()
            if (not each.paused if accounts is None else each.id in accounts) and (folders is None or each.id in owners)
        ]
        return list(await asyncio.gather(*(self._one(each, folders, headers_only) for each in chosen)))

    async def _one(self, account: Account, folders: Collection[FolderId] | None, headers_only: bool) -> SyncReport:
        problems: list[Problem] = []

        def listen(problem: Problem) -> None:
            if problem.account == account.id:
                problems.append(problem)

        self._ears.on_problem.append(listen)
        try:
            sent = await self._outbox.send_due([account.id], force=True)
        finally:
            self._ears.on_problem.remove(listen)
        runner = self._lanes.runner(account)
        if runner is None:
            report = Tally().report(account.id, 0.0)
        else:
            mine = None if folders is None else self._folders_of(account, folders)
            report = await runner.sync_once(mine, headers_only=headers_only)
            await filing.look_into_sent(self._store)
        if await self._possibly_sent(account) and not any(each.kind == PossiblySent.kind for each in problems):
            problems.append(_undecided(account))
        return replace(report, sent=sent, problems=(*report.problems, *problems))

    def _folders_of(self, account: Account, folders: Collection[FolderId]) -> list[FolderId]:
        return [each.id for each in self._library.folders() if each.account == account.id and each.id in folders]

    async def _possibly_sent(self, account: Account) -> bool:
        def work(tx: Transaction) -> bool:
            unsure = [each.id for each in tx.outbox.all() if each.state is Sending.POSSIBLY_SENT]
            return any(tx.messages.facts(each).account == account.id for each in unsure)

        return await self._store.read(work)


def _undecided(account: Account) -> Problem:
    return Problem(
        account.id,
        PossiblySent.kind,
        phrase("A message may have been sent"),
        phrase("Look for it in Sent or ask the recipient; then retry it, mark it as sent, or cancel it in the Outbox."),
        Remedy.NONE,
    )
