"""Who hears what accounts do and what goes wrong. These are not mail and are kept nowhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from desktopmail.domain.activity import Activity, Problem
from desktopmail.domain.ids import AccountId

if TYPE_CHECKING:
    from desktopmail.engine.notices import Notice


class Ears:
    """Listeners of one engine, called on its loop. `activities` is what each account does now."""

    def __init__(self) -> None:
        self.activities: dict[AccountId, Activity] = {}
        self.on_activity: list[Callable[[Activity], None]] = []
        self.on_problem: list[Callable[[Problem], None]] = []
        self.on_notice: list[Callable[[Notice], None]] = []

    def activity(self, news: Activity) -> None:
        """An account does something else."""
        self.activities[news.account] = news
        for fn in tuple(self.on_activity):
            fn(news)

    def problem(self, news: Problem) -> None:
        """Something went wrong that is no account's own activity."""
        for fn in tuple(self.on_problem):
            fn(news)

    def notice(self, news: Notice) -> None:
        """Mail came that deserves a notification."""
        for fn in tuple(self.on_notice):
            fn(news)
