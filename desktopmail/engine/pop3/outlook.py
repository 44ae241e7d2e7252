"""What a leave rule would remove from a server, in numbers and in words. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from desktopmail.domain.account import Keep, Leave
from desktopmail.domain.marking import mark
from desktopmail.domain.saying import phrase, plural, said
from desktopmail.engine.advice import days
from desktopmail.engine.pop3.rules import DAY, decision
from desktopmail.store.ledger_rows import Entry


@dataclass(frozen=True, slots=True)
class Outlook:
    """`count` messages would be removed at the next visit, the oldest stored here at `oldest`; the rule removes the
    next one at `next_at`. Times in seconds since 1970 UTC, 0: none. `kept` is how many the server has after that,
    `ignored` how many it kept although it had confirmed their removal; `words` says it to a person. `provider` are
    sentences about what this provider does in a way of its own."""

    count: int
    oldest: int
    next_at: int
    words: str
    kept: int = 0
    ignored: int = 0
    provider: tuple[str, ...] = ()


def what_would_go(rows: Iterable[Entry], leave: Leave, now: int, *, in_force: bool = False) -> Outlook:
    """What the rule would do, or does when it is `in_force`, to what the server has. `rows` are the lines of one
    account."""
    there = [each for each in rows if each.on_server]
    going = [each for each in there if decision(each, leave, now) is not None]
    staying = [each for each in there if decision(each, leave, now) is None]
    later = [each.stored_at for each in staying if each.stored_at and not each.ignored and not each.partly]
    next_at = min(later, default=-leave.days * DAY) + leave.days * DAY if leave.keep is Keep.DAYS else 0
    ignored = sum(each.ignored for each in there)
    partly = sum(each.partly for each in staying)
    seen = Outlook(len(going), min((each.stored_at for each in going), default=0), next_at, "", len(staying), ignored)
    return replace(seen, words=_words(seen, leave, now, partly, in_force))


def _words(seen: Outlook, leave: Leave, now: int, partly: int, in_force: bool) -> str:
    told = [_rule(seen, leave, now, in_force)]
    if partly and leave.keep in (Keep.DAYS, Keep.NO):
        told.append(
            plural(
                partly,
                "1 large message stays there, because only the beginning is here.",
                "{0:,} large messages stay there, because only the beginning is here.",
            )
        )
    if seen.ignored:
        told.append(
            plural(
                seen.ignored,
                "The server kept 1 message although it had confirmed their removal: its own settings decide, and it is"
                " not asked again.",
                "The server kept {0:,} messages although it had confirmed their removal: its own settings decide, and"
                " it is not asked again.",
            )
        )
    return " ".join(told)


def _rule(seen: Outlook, leave: Leave, now: int, in_force: bool) -> str:
    texts = WILL if in_force else WOULD
    if seen.count:
        one, many = texts.going[leave.keep]
        return said(one if seen.count == 1 else many, seen.count, days(leave.days))
    match leave.keep:
        case Keep.FOREVER:
            return phrase("Nothing is removed from the server.")
        case Keep.DAYS if seen.next_at:
            return said(texts.first, days(max(1, -(-(seen.next_at - now) // DAY))))
        case Keep.DAYS:
            return said(texts.new, days(leave.days))
        case Keep.UNTIL_DELETED:
            return said(texts.nothing)
        case Keep.NO:
            return phrase("New mail is removed from the server as soon as it is stored here.")


@dataclass(frozen=True, slots=True)
class _Texts:
    """What is said of a rule, marked for translation. `going`: of one message and of several, `{1}` are the days."""

    going: Mapping[Keep, tuple[str, str]]
    first: str
    new: str
    nothing: str


WILL = _Texts(
    {
        Keep.FOREVER: (
            mark("engine", "1 message will be removed from the server at the next visit, because you asked for it."),
            mark(
                "engine", "{0:,} messages will be removed from the server at the next visit, because you asked for it."
            ),
        ),
        Keep.DAYS: (
            mark(
                "engine",
                "1 message that came here {1} ago or earlier will be removed from the server at the next visit.",
            ),
            mark(
                "engine",
                "{0:,} messages that came here {1} ago or earlier will be removed from the server at the next visit.",
            ),
        ),
        Keep.UNTIL_DELETED: (
            mark("engine", "1 message will be removed from the server at the next visit, because you removed it here."),
            mark(
                "engine",
                "{0:,} messages will be removed from the server at the next visit, because you removed them here.",
            ),
        ),
        Keep.NO: (
            mark(
                "engine",
                "1 message will be removed from the server at the next visit. New mail is removed from"
                " the server as soon as it is stored here.",
            ),
            mark(
                "engine",
                "{0:,} messages will be removed from the server at the next visit. New mail is removed"
                " from the server as soon as it is stored here.",
            ),
        ),
    },
    mark("engine", "Nothing will be removed from the server now; the first message will go in {0}."),
    mark("engine", "Nothing will be removed from the server now; new mail will go {0} after it came here."),
    mark("engine", "Nothing will be removed from the server until you remove it here for ever."),
)
WOULD = _Texts(
    {
        Keep.FOREVER: (
            mark("engine", "1 message would be removed from the server at the next visit, because you asked for it."),
            mark(
                "engine", "{0:,} messages would be removed from the server at the next visit, because you asked for it."
            ),
        ),
        Keep.DAYS: (
            mark(
                "engine",
                "1 message that came here {1} ago or earlier would be removed from the server at the next visit.",
            ),
            mark(
                "engine",
                "{0:,} messages that came here {1} ago or earlier would be removed from the server at the next visit.",
            ),
        ),
        Keep.UNTIL_DELETED: (
            mark(
                "engine", "1 message would be removed from the server at the next visit, because you removed it here."
            ),
            mark(
                "engine",
                "{0:,} messages would be removed from the server at the next visit, because you removed them here.",
            ),
        ),
        Keep.NO: (
            mark(
                "engine",
                "1 message would be removed from the server at the next visit. New mail is removed from"
                " the server as soon as it is stored here.",
            ),
            mark(
                "engine",
                "{0:,} messages would be removed from the server at the next visit. New mail is removed"
                " from the server as soon as it is stored here.",
            ),
        ),
    },
    mark("engine", "Nothing would be removed from the server now; the first message would go in {0}."),
    mark("engine", "Nothing would be removed from the server now; new mail would go {0} after it came here."),
    mark("engine", "Nothing would be removed from the server until you remove it here for ever."),
)
