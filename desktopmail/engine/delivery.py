"""One message on its way to the submission server: what is handed over, and what the answers mean. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from desktopmail.domain.draft import RecipientResult
from desktopmail.domain.saying import phrase

PAUSES = (60, 120, 300, 900, 1_800, 3_600)
"""Seconds between attempts, by how many there were; the last one repeats."""
GIVE_UP_SECONDS = 5 * 86_400
"""How long a message is offered again before a passing refusal counts as final (RFC 5321 section 4.5.4.1)."""

_LINE_END = re.compile(rb"\r\n|\r|\n")


class Outcome(Enum):
    """What becomes of a message after an attempt."""

    SENT = "sent"
    LATER = "later"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Judgement:
    """The outcome of an attempt with everybody's results so far and the words for a person (empty: all is well)."""

    outcome: Outcome
    results: tuple[RecipientResult, ...]
    words: str


def taken(result: RecipientResult) -> bool:
    """Whether the server took the message for this recipient."""
    return 200 <= result.code < 300


def passing(result: RecipientResult) -> bool:
    """Whether this recipient may be tried again."""
    return 400 <= result.code < 500


def pending(results: Iterable[RecipientResult]) -> tuple[str, ...]:
    """Who has not got the message and was not refused for good."""
    return tuple(each.address for each in results if each.code == 0 or passing(each))


def judge(
    known: Sequence[RecipientResult], fresh: Iterable[RecipientResult], *, final: bool, oneself: str = ""
) -> Judgement:
    """Put fresh answers over those of earlier attempts. `final`: what is passing counts as refused, it was tried long
    enough. What becomes of a copy to `oneself` is told and decides nothing: for its sake nothing is sent again."""
    news = {each.address: each for each in fresh}
    results = tuple(news.get(each.address, each) for each in known)
    others = [each for each in results if each.address != oneself]
    got = [each for each in others if taken(each)]
    if not final and any(passing(each) or each.code == 0 for each in others):
        return Judgement(Outcome.LATER, results, _words(results, phrase("It will be tried again.")))
    if got:
        return Judgement(Outcome.SENT, results, _words(results, ""))
    return Judgement(Outcome.REFUSED, results, _words(results, phrase("It is in Drafts.")))


def pause(attempts: int) -> int:
    """Seconds until the next attempt."""
    return PAUSES[min(max(attempts, 1), len(PAUSES)) - 1]


def on_the_way(raw: bytes) -> bytes:
    """The message as others get it: without Bcc fields (RFC 5322 section 3.6.3), every other byte as it is."""
    kept = bytearray()
    place, dropping = 0, False
    while place < len(raw):
        found = _LINE_END.search(raw, place)
        if found and found.start() == place:
            return bytes(kept) + raw[place:]
        end = found.end() if found else len(raw)
        line = raw[place:end]
        if line[:1] not in b" \t":
            dropping = line.partition(b":")[0].strip().lower() in (b"bcc", b"resent-bcc")
        if not dropping:
            kept += line
        place = end
    return bytes(kept)


def _words(results: Sequence[RecipientResult], then: str) -> str:
    """'Two of 3 people …': who does not get it, with the server's words."""
    refused = [each for each in results if each.code >= 400]
    if not refused:
        return ""
    got = sum(taken(each) for each in results)
    head = phrase("{0} of {1} people get this message.", got, len(results)) if got else ""
    named = "; ".join(f"{each.address}: {each.code} {each.text}" for each in refused[:3])
    if len(refused) > 3:
        named = phrase("{0} and {1} more", named, len(refused) - 3)
    return " ".join(each for each in (head, f"{named}.", then) if each)
