"""All accounts' activities drawn together into a few words. Pure but for the language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from desktopmail.domain.activity import Activity, State
from desktopmail.domain.marking import mark
from desktopmail.domain.saying import said
from desktopmail.gui import words

if TYPE_CHECKING:
    from desktopmail.domain.draft import Outgoing

UP_TO_DATE = mark("engine", "Up to date")
"""What an account says that has nothing to do; one that waits for its server says for how long."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A few words with a sign. `tone` is the role of their colour."""

    text: str
    icon: str = ""
    tone: str = "secondary"


def standing(activities: Iterable[Activity], outbox: Iterable[Outgoing] = ()) -> Standing:
    """What matters most now: a problem, then mail that did not go out, then being offline, then work, then rest."""
    translate = QCoreApplication.translate
    every = list(activities)
    rows = [each for each in every if each.state is not State.PAUSED]
    out = list(outbox)
    problems = [each for each in rows if each.state is State.PROBLEM]
    if problems:
        first = problems[0].problem
        text = first.title if first is not None else problems[0].words
        if len(problems) > 1:
            text = translate("activity", "{0} accounts need attention").format(words.number(len(problems)))
        return Standing(text, "circle-alert", "bad")
    stuck = sum(each.stuck for each in out)
    if stuck:
        one, many = translate("activity", "1 message was not sent"), translate("activity", "{0} messages were not sent")
        return Standing(one if stuck == 1 else many.format(words.number(stuck)), "circle-alert", "bad")
    offline = [each for each in rows if each.state is State.OFFLINE]
    if offline and len(offline) == len(rows):
        return Standing(offline[0].words or translate("activity", "Offline"), "cloud-off", "care")
    working = [each for each in rows if each.state is State.WORKING]
    if working:
        return Standing(_work(working), "refresh-cw")
    if offline:
        text = (
            translate("activity", "1 account is offline")
            if len(offline) == 1
            else translate("activity", "{0} accounts are offline")
        )
        return Standing(text.format(words.number(len(offline))), "cloud-off", "care")
    if any(each.state is State.CONNECTING for each in rows):
        return Standing(translate("activity", "Connecting"), "refresh-cw")
    if any(each.going for each in out):
        return Standing(translate("activity", "Sending"), "send")
    told = [each.problem for each in rows if each.problem is not None]
    if told:
        return Standing(told[0].title, "circle-alert", "care")
    if every and not rows:
        return Standing(translate("activity", "Paused"), "pause")
    return _rest(rows)


def _rest(rows: list[Activity]) -> Standing:
    """Nothing to do; where there is one account, also for how long its server wants to be left alone."""
    later = [each.words for each in rows if each.words not in ("", said(UP_TO_DATE))]
    if later and len(rows) == 1:
        return Standing(later[0], "clock")
    return Standing(QCoreApplication.translate("activity", "Up to date") if rows else "", "check")


def _work(working: list[Activity]) -> str:
    known = [each for each in working if each.total]
    if known and len(known) == len(working):
        done, total = sum(each.done for each in known), sum(each.total for each in known)
        text = QCoreApplication.translate("activity", "{0} of {1}")
        return text.format(words.number(done), words.number(total))
    return working[0].words
