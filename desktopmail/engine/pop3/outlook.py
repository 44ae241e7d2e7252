"""What a leave rule would remove from a server, in numbers and in words. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from desktopmail.domain.account import Keep, Leave
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
    return replace(seen, words=_words(seen, leave, now, partly, "will" if in_force else "would"))


def _words(seen: Outlook, leave: Leave, now: int, partly: int, would: str) -> str:
    said = [_rule(seen, leave, now, would)]
    if partly and leave.keep in (Keep.DAYS, Keep.NO):
        stay = "1 large message stays" if partly == 1 else f"{partly:,} large messages stay"
        said.append(f"{stay} there, because only the beginning is here.")
    if seen.ignored:
        said.append(
            f"The server kept {_messages(seen.ignored)} although it had confirmed their removal: its own settings"
            " decide, and it is not asked again."
        )
    return " ".join(said)


def _rule(seen: Outlook, leave: Leave, now: int, would: str) -> str:
    going = _messages(seen.count)
    gone = f"{would} be removed from the server at the next visit"
    nothing = f"Nothing {would} be removed from the server"
    match leave.keep:
        case Keep.FOREVER:
            one = "Nothing is removed from the server."
            return one if not seen.count else f"{going} {gone}, because you asked for it."
        case Keep.DAYS if seen.count:
            return f"{going} that came here {_days(leave.days)} ago or earlier {gone}."
        case Keep.DAYS if seen.next_at:
            left = max(1, -(-(seen.next_at - now) // DAY))
            return f"{nothing} now; the first message {would} go in {_days(left)}."
        case Keep.DAYS:
            return f"{nothing} now; new mail {would} go {_days(leave.days)} after it came here."
        case Keep.UNTIL_DELETED:
            many = f"{going} {gone}, because you removed {'it' if seen.count == 1 else 'them'} here."
            return many if seen.count else f"{nothing} until you remove it here for ever."
        case Keep.NO:
            new = "New mail is removed from the server as soon as it is stored here."
            return f"{going} {gone}. {new}" if seen.count else new


def _messages(count: int) -> str:
    return "1 message" if count == 1 else f"{count:,} messages"


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count:,} days"
