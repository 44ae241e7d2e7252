"""Tries what a source said: connects to each candidate, makes it prove its name, and hears what it offers.

A server that speaks in clear only is told apart and never used; where a source publishes one, the same host is tried
with encryption first. Every place is asked once, whoever names it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from types import TracebackType

from desktopmail.domain.account import Security
from desktopmail.domain.errors import MailError
from desktopmail.domain.found import Offer
from desktopmail.domain.hosts import CHECKING
from desktopmail.engine.hosts import Noting, silent
from desktopmail.protocols.autoconfig.answer import Answer, Candidate, Source
from desktopmail.protocols.autoconfig.offers import look
from desktopmail.protocols.autoconfig.probe import Speech

USUAL_TLS = {Speech.IMAP: 993, Speech.POP3: 995, Speech.SMTP: 465}
STARTS_TLS = {Speech.IMAP: 143, Speech.POP3: 110, Speech.SMTP: 587}

Key = tuple[Speech, str, int, Security]


@dataclass(frozen=True, slots=True)
class Proven:
    """An answer and what became of its candidates: `offers` of those that proved their name, the best of each kind
    first; `clear` are servers that speak in clear only; `silent` answered otherwise, late or not at all."""

    answer: Answer
    offers: tuple[Offer, ...] = ()
    clear: tuple[Candidate, ...] = ()
    silent: tuple[Candidate, ...] = ()


@dataclass(slots=True)
class Prover:
    """Lives for one search. Each place is asked by one task, which ends with the search; `seconds` bounds each."""

    seconds: float
    noting: Noting = silent
    _tasks: dict[Key, asyncio.Task[Offer | None]] = field(default_factory=dict)

    async def __aenter__(self) -> Prover:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def prove(self, answer: Answer) -> Proven:
        """Try the candidates at the same time. Returns as soon as the best of each kind is certain."""
        candidates = _in_order(answer)
        tasks = [self._asked(each) for each in candidates]
        waiting = {task for task in tasks if not task.done()}
        while waiting and not _settled(candidates, tasks):
            _, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        offers: list[Offer] = []
        clear: list[Candidate] = []
        silent: list[Candidate] = []
        for candidate, task in zip(candidates, tasks, strict=True):
            offer = task.result() if task.done() else None
            if offer is None:
                if candidate in answer.candidates and answer.source is not Source.TRIED:
                    silent.append(candidate)
            elif offer.tls:
                offers.append(replace(offer, endpoint=candidate.endpoint))
            else:
                endpoint = replace(candidate.endpoint, security=Security.NONE)
                clear.append(Candidate(candidate.speech, endpoint))
        return Proven(answer, tuple(offers), tuple(dict.fromkeys(clear)), tuple(silent))

    def _asked(self, candidate: Candidate) -> asyncio.Task[Offer | None]:
        endpoint = candidate.endpoint
        key = (candidate.speech, endpoint.host, endpoint.port, endpoint.security)
        if key not in self._tasks:
            self.noting(endpoint.host, endpoint.port, CHECKING)
            self._tasks[key] = asyncio.create_task(_ask(candidate, self.seconds))
        return self._tasks[key]


async def _ask(candidate: Candidate, seconds: float) -> Offer | None:
    try:
        return await look(replace(candidate.endpoint, user=""), candidate.speech, timeout=seconds)
    except MailError:
        return None


def _in_order(answer: Answer) -> list[Candidate]:
    """Those with TLS from the first byte before those that begin it by command (RFC 8314 section 3); what was published
    in clear is replaced by its encrypted forms."""
    candidates: list[Candidate] = []
    for each in answer.candidates:
        if each.endpoint.security is Security.NONE:
            port = STARTS_TLS[each.speech] if each.endpoint.port == 25 else each.endpoint.port
            tls = replace(each.endpoint, port=USUAL_TLS[each.speech], security=Security.TLS)
            by_command = replace(each.endpoint, port=port, security=Security.STARTTLS)
            candidates += [Candidate(each.speech, tls), Candidate(each.speech, by_command)]
        else:
            candidates.append(each)
    unique = list(dict.fromkeys(candidates))
    return sorted(unique, key=lambda each: each.endpoint.security is not Security.TLS)


def _settled(candidates: Sequence[Candidate], tasks: Sequence[asyncio.Task[Offer | None]]) -> bool:
    """Whether for every kind the first that proves itself is known: all better ones were heard and did not."""
    for speech in Speech:
        for each, task in zip(candidates, tasks, strict=True):
            if each.speech is not speech:
                continue
            if not task.done():
                return False
            offer = task.result()
            if offer is not None and offer.tls:
                break
    return True
