"""One search: all sources side by side, each with its deadline; the first trustworthy answer is shown at once and
replaced by better ones."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from desktopmail.domain.errors import MailError
from desktopmail.domain.found import FoundServers
from desktopmail.domain.hosts import FINDING
from desktopmail.domain.saying import phrase
from desktopmail.engine.finding import ranking
from desktopmail.engine.finding.guesses import Usual, guess
from desktopmail.engine.finding.proving import Proven, Prover
from desktopmail.engine.hosts import Noting
from desktopmail.protocols.autoconfig import sources
from desktopmail.protocols.autoconfig.answer import Answer, Source
from desktopmail.protocols.autoconfig.records import Names
from desktopmail.protocols.autoconfig.sources import Places, Question

NOTHING = "nothing found"


@dataclass(frozen=True, slots=True)
class Limits:
    """In seconds: for what a source says, for what a server answers, for everything together, and how long the usual
    names are held back while something better is asked."""

    source: float = 5.0
    server: float = 6.0
    total: float = 12.0
    head_start: float = 1.0


@dataclass(frozen=True, slots=True)
class Where:
    """What is asked: addresses of published settings, a resolver, and the usual names. `noting` hears every host."""

    places: Places
    names: Names
    usual: Usual
    noting: Noting


Ask = Callable[[Question], Awaitable[Answer]]
Heard = asyncio.Task[Proven | None]


@dataclass(slots=True)
class Search:
    """For one address. `say` is told what is being done, `better` each answer that may be shown."""

    address: str
    domain: str
    where: Where
    limits: Limits
    say: Callable[[str], None]
    better: Callable[[FoundServers], None]
    _answers: list[Proven] = field(default_factory=list)
    _found: FoundServers | None = None
    _shown: bool = False
    _unasked: str = ""

    async def look(self, answer: Answer) -> FoundServers:
        """Ask nobody but the servers of one answer what they offer."""
        async with Prover(self.limits.server, self.where.noting) as prover:
            self._take(await prover.prove(answer))
        return self._result()

    async def run(self) -> FoundServers:
        """Ask everybody; what was found in the end."""
        async with Prover(self.limits.server, self.where.noting) as prover:
            open_tasks = self._asked(prover)
            try:
                async with asyncio.timeout(self.limits.total):
                    await self._listen(open_tasks)
            except TimeoutError:
                self.say(phrase("The rest takes too long and is left aside."))
            finally:
                for task in open_tasks:
                    task.cancel()
                await asyncio.gather(*open_tasks, return_exceptions=True)
        return self._result()

    def _result(self) -> FoundServers:
        return self._found or FoundServers(self.address, "", NOTHING, unasked=self._unasked)

    def _asked(self, prover: Prover) -> dict[Heard, Source]:
        """A task for each source; the late ones wait for the early ones, for a moment."""
        early = [(_start(self._hear(prover, ask, words)), source) for source, words, ask in self._early()]
        first = frozenset(task for task, _ in early)
        late = [(_start(self._hear_late(first, prover, each)), each[0]) for each in self._late()]
        return dict([*early, *late])

    def _early(self) -> list[tuple[Source, str, Ask]]:
        found: list[tuple[Source, str, Ask]] = [
            (Source.PACC, phrase("Asking ua-auto-config.{0}…", self.domain), sources.agents),
            (Source.AUTOCONFIG, phrase("Asking autoconfig.{0}…", self.domain), sources.autoconfig),
            (Source.WELL_KNOWN, phrase("Asking the web site of {0}…", self.domain), sources.well_known),
            (Source.ISPDB, phrase("Asking Mozilla's list of providers…"), sources.ispdb),
            (Source.SERVICES, phrase("Looking up the services of {0}…", self.domain), sources.services),
            (Source.EXCHANGES, phrase("Looking up who receives mail for {0}…", self.domain), sources.exchanges),
        ]
        return [each for each in found if each[0] is not Source.ISPDB or self.where.places.ispdb]

    def _late(self) -> list[tuple[Source, str, Ask]]:
        return [
            (Source.TRIED, phrase("Trying the usual names in {0}…", self.domain), self._guess),
            (Source.PLAIN, phrase("Asking autoconfig.{0} without encryption…", self.domain), sources.plain),
        ]

    async def _guess(self, asked: Question) -> Answer:
        return guess(asked.address, asked.domain, self.where.usual)

    def _visited(self, host: str, port: int) -> None:
        self.where.noting(host, port, FINDING)

    async def _hear(self, prover: Prover, ask: Ask, words: str) -> Proven | None:
        """What a source says, tried; None when it says nothing."""
        self.say(words)
        places, names = self.where.places, self.where.names
        asked = Question(self.address, self.domain, places, names, self.limits.source, self._visited)
        try:
            async with asyncio.timeout(self.limits.source):
                answer = await ask(asked)
        except (MailError, TimeoutError):
            if ask is sources.exchanges:  # a domain without mail has an answer, too: names cannot be looked up now
                self._unasked = phrase("Nothing could be looked up about {0}", self.domain)
            return None
        return await prover.prove(answer)

    async def _hear_late(self, first: frozenset[Heard], prover: Prover, each: tuple[Source, str, Ask]) -> Proven | None:
        """The same of a source that is not asked any more when something better is known by then."""
        source, words, ask = each
        await asyncio.wait(first, timeout=self.limits.head_start)
        return None if ranking.decided(self._answers, [source]) else await self._hear(prover, ask, words)

    async def _listen(self, tasks: dict[Heard, Source]) -> None:
        waiting = set(tasks)
        while waiting and not ranking.decided(self._answers, [tasks[each] for each in waiting]):
            done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for proven in [each.result() for each in done]:
                if proven is not None:
                    self._take(proven)

    def _take(self, proven: Proven) -> None:
        self._answers.append(proven)
        found = ranking.best(self.address, self._answers)
        if found is None or found == self._found:
            return
        self._found = found
        if self._shown or (found.seen and not found.confirm):
            self._shown = True
            self.better(found)


def _start(work: Coroutine[Any, Any, Proven | None]) -> Heard:
    return asyncio.create_task(work)
