"""What an account is doing, in words for a person, and what one round of synchronising did."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from desktopmail.domain.activity import Activity, Problem, Remedy, State
from desktopmail.domain.ids import AccountId
from desktopmail.domain.saying import phrase, plural

Say = Callable[[Activity], None]
"""Where activities go; called on the loop."""


@dataclass(frozen=True, slots=True)
class SyncReport:
    """One account's round. `new`, `changed` and `removed` count messages here, `pushed` operations' messages on the
    server, `bytes` the content brought, `sent` what left the Outbox (filled in by whoever runs it)."""

    account: AccountId
    new: int = 0
    changed: int = 0
    removed: int = 0
    pushed: int = 0
    sent: int = 0
    bytes: int = 0
    seconds: float = 0.0
    problems: tuple[Problem, ...] = ()


@dataclass(slots=True)
class Tally:
    """Counts while a round runs."""

    new: int = 0
    changed: int = 0
    removed: int = 0
    pushed: int = 0
    bytes: int = 0

    def report(self, account: AccountId, seconds: float, problems: tuple[Problem, ...] = ()) -> SyncReport:
        """The counts as a report."""
        return SyncReport(
            account, self.new, self.changed, self.removed, self.pushed, 0, self.bytes, round(seconds, 3), problems
        )


class Teller:
    """Says what one account does; the same thing is not said twice, and counting is said at most once per percent."""

    def __init__(self, account: AccountId, say: Say) -> None:
        self._account = account
        self._say = say
        self.now = Activity(account, State.CONNECTING, "")
        self._told: Problem | None = None
        self._refused: Problem | None = None

    def told(self, host: str, alerts: Sequence[str]) -> None:
        """What the server wants read by a person (RFC 3501 section 7.1), inert and short; said while all is well."""
        title = phrase("Message from the server {0}", host)
        self._told = Problem(self._account, "server-message", title, alerts[-1]) if alerts else None

    def refused(self, count: int, words: str) -> None:
        """So many changes the server did not take, and why it did not take one of them; said while all else is well."""
        title = plural(count, "The server did not take 1 change", "The server did not take {0:,} changes")
        detail = phrase("{0}. What is here is safe, and it is tried again by itself.", words)
        self._refused = Problem(self._account, "not-taken", title, detail, Remedy.RETRY) if count else None

    def working(self, words: str) -> None:
        """Something whose end is not known."""
        self._tell(Activity(self._account, State.WORKING, words))

    def counting(self, words: str, done: int, total: int) -> None:
        """`done` of `total`; `words` says of what."""
        step = max(1, total // 100)
        same = self.now.state is State.WORKING and self.now.total == total
        if same and done < total and self.now.done // step == done // step:
            return
        self._tell(
            Activity(self._account, State.WORKING, phrase("{0}: {1:,} of {2:,}", words, done, total), done, total)
        )

    def connecting(self) -> None:
        """A line is being made."""
        self._tell(Activity(self._account, State.CONNECTING, phrase("Connecting")))

    def idle(self, put_off: float = 0.0) -> None:
        """Everything agrees, as far as the server could be asked; `put_off`: seconds until it wants to be asked."""
        words = _put_off(put_off) if put_off > 0 else phrase("Up to date")
        self._tell(Activity(self._account, State.IDLE, words, problem=self._refused or self._told))

    def offline(self, waiting: int, problem: Problem | None = None) -> None:
        """No line; `waiting` changes are to be carried out later."""
        self._tell(Activity(self._account, State.OFFLINE, offline_words(waiting), problem=problem))

    def trouble(self, problem: Problem) -> None:
        """Only a person can help."""
        self._tell(Activity(self._account, State.PROBLEM, problem.title, problem=problem))

    def _tell(self, activity: Activity) -> None:
        if activity != self.now:
            self.now = activity
            self._say(activity)


def _put_off(seconds: float) -> str:
    return plural(
        max(1, -(-int(seconds) // 60)),
        "The next look at the server may be in a minute",
        "The next look at the server may be in {0:,} minutes",
    )


def offline_words(waiting: int) -> str:
    """'Offline', and what waits for the line to come back."""
    if not waiting:
        return phrase("Offline")
    return plural(waiting, "Offline: 1 change waiting", "Offline: {0:,} changes waiting")
