"""Progress and trouble. They are not mail: they live in memory and travel beside the ChangeSet."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from desktopmail.domain.ids import AccountId


class Remedy(Enum):
    """What a person can do about a problem, as one button."""

    NONE = "none"
    SIGN_IN = "sign-in"
    RETRY = "retry"
    OPEN_SETTINGS = "open-settings"
    CERTIFICATE = "certificate"
    RELINK = "relink"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that needs saying. `title` says what happened, `detail` what is safe and what to do; `log` holds the
    server's own words, inert and short."""

    account: AccountId | None
    kind: str
    title: str
    detail: str
    remedy: Remedy = Remedy.NONE
    log: str = ""


class State(Enum):
    """What an account is doing."""

    IDLE = "idle"
    CONNECTING = "connecting"
    WORKING = "working"
    OFFLINE = "offline"
    PROBLEM = "problem"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Activity:
    """One account's state in words. `done` of `total` when the end is known (total 0: not known)."""

    account: AccountId
    state: State
    words: str
    done: int = 0
    total: int = 0
    problem: Problem | None = None
