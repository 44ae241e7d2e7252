"""Finds the servers of an address: from the bundled facts, or else by trying the usual names. No password is involved,
and nothing without TLS is ever tried."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from desktopmail.domain.account import Endpoint, Security
from desktopmail.domain.errors import MailError, WrongUsage
from desktopmail.domain.found import FoundServers
from desktopmail.protocols.autoconfig import facts
from desktopmail.protocols.autoconfig.probe import Speech, probe
from desktopmail.protocols.smtp.envelope import ascii_domain, path

PROBE_SECONDS = 6.0
TRIED = "found by trying"
NOTHING = "nothing found"
TLS, STARTTLS = Security.TLS, Security.STARTTLS

Usual = dict[Speech, tuple[tuple[str, int, Security], ...]]

USUAL: Usual = {
    Speech.IMAP: (
        ("imap.", 993, TLS),
        ("mail.", 993, TLS),
        ("", 993, TLS),
        ("imap.", 143, STARTTLS),
        ("mail.", 143, STARTTLS),
    ),
    Speech.POP3: (("pop.", 995, TLS), ("pop3.", 995, TLS), ("mail.", 995, TLS), ("", 995, TLS)),
    Speech.SMTP: (
        ("smtp.", 465, TLS),
        ("mail.", 465, TLS),
        ("", 465, TLS),
        ("smtp.", 587, STARTTLS),
        ("mail.", 587, STARTTLS),
        ("", 587, STARTTLS),
    ),
}

Guess = tuple[Speech, Endpoint]


@dataclass(frozen=True, slots=True)
class Discovery:
    """Answers one question; keeps nothing. `seconds` bounds the trying; `usual` says what is tried for each kind, the
    best first: what stands before the domain, the port and the protection."""

    seconds: float = PROBE_SECONDS
    usual: Usual = field(default_factory=lambda: USUAL)

    async def find(
        self, address: str, *, offline: bool = False, say: Callable[[str], None] | None = None
    ) -> FoundServers:
        """The servers for a mail address, the best of each kind first; with empty lists when nothing was found.

        `offline` looks only at the bundled facts. `say` is told what is being done. Raises WrongUsage when the address
        is none."""
        wire = path(address)
        domain = ascii_domain(address.rpartition("@")[2]).lower() if wire.text else ""
        if not domain:
            raise WrongUsage("This is not a mail address", "It has a name, an @ and a domain: ada@example.org")
        local = address.rpartition("@")[0]
        if known := facts.look_up(f"{local}@{domain}"):
            return known
        if offline or "." not in domain:
            return FoundServers(address, "", NOTHING)
        return await self._try(address, f"{local}@{domain}", domain, say or (lambda words: None))

    async def _try(self, address: str, user: str, domain: str, say: Callable[[str], None]) -> FoundServers:
        say(f"Looking for the mail servers of {domain}…")
        guesses = [
            (speech, Endpoint(f"{prefix}{domain}", port, security, user))
            for speech, usual in self.usual.items()
            for prefix, port, security in usual
        ]
        answers = await _answering(guesses, self.seconds)
        imap, pop3, smtp = (tuple(each for kind, each in answers if kind is speech) for speech in Speech)
        source = TRIED if answers else NOTHING
        return FoundServers(address, domain if answers else "", source, imap, pop3, smtp)


async def _answering(guesses: list[Guess], seconds: float) -> list[Guess]:
    """Those guesses that answer, in the order given. Returns as soon as the best of each kind is certain."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_answers(endpoint, speech, seconds)) for speech, endpoint in guesses]
        waiting = set(tasks)
        while waiting and not _settled(guesses, tasks):
            _, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for task in waiting:
            task.cancel()
    return [guess for guess, task in zip(guesses, tasks, strict=True) if not task.cancelled() and task.result()]


def _settled(guesses: list[Guess], tasks: list[asyncio.Task[bool]]) -> bool:
    """Whether for every kind the first that answers is known: all better ones have been heard and said no."""
    for speech in Speech:
        of_kind = [task for (kind, _), task in zip(guesses, tasks, strict=True) if kind is speech]
        for task in of_kind:
            if not task.done():
                return False
            if task.result():
                break
    return True


async def _answers(endpoint: Endpoint, speech: Speech, seconds: float) -> bool:
    try:
        await probe(endpoint, speech, timeout=seconds)
    except MailError:
        return False
    return True
