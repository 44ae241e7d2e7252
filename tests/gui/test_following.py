"""The list follows the store: whatever is announced, in whatever lots, ends as a fresh reading would."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication

from desktopmail.domain.changes import ChangeSet, together
from desktopmail.domain.ids import FolderId, MessageId, ThreadId
from desktopmail.gui.messages.model import MessageModel
from tests.gui.samples import Samples, summary

INBOX, ARCHIVE = FolderId(1), FolderId(2)
FATAL = QAbstractItemModelTester.FailureReportingMode.Fatal

STEPS = st.lists(
    st.tuples(st.sampled_from(["add", "add", "add", "move", "back", "erase", "join", "look", "date"]),
              st.integers(1, 30), st.integers(1, 9), st.integers(0, 12)),
    max_size=60,
)  # fmt: skip


def step(source: Samples, gone: set[int], kind: str, one: int, thread: int, date: int) -> ChangeSet:
    """Do something to a store and say what it announces. Dates change only where rows are single messages. A number
    that is gone is never given again."""
    message, there = MessageId(one), source.all.get(one)
    if kind == "add" and there is None and one not in gone:
        source.all[one] = replace(summary(one, date), id=message, thread=ThreadId(thread))
        return ChangeSet(added={INBOX: (message,)})
    if there is None:
        return ChangeSet()
    if kind in ("move", "back"):
        to = ARCHIVE if kind == "move" else INBOX
        source.all[one] = replace(there, folder=to)
        if to == there.folder:
            return ChangeSet()
        return ChangeSet(added={to: (message,)}, removed={there.folder: (message,)})
    if kind == "erase":
        del source.all[one]
        gone.add(one)
        return ChangeSet(removed={there.folder: (message,)})
    if kind == "join":
        moved = [each for each in source.all.values() if each.thread == there.thread]
        source.all.update({each.id: replace(each, thread=ThreadId(thread)) for each in moved})
        return together([ChangeSet(changed={each.folder: (each.id,)}) for each in moved])
    source.all[one] = replace(there, subject="Other", date=date if kind == "date" else there.date)
    return ChangeSet(changed={there.folder: (message,)})


@pytest.mark.parametrize("grouped", [False, True])
@settings(max_examples=150, deadline=None)
@given(steps=STEPS, lot=st.integers(1, 60))
def test_news_lead_where_a_fresh_reading_would(
    qapp: QApplication, grouped: bool, steps: list[tuple[str, int, int, int]], lot: int
) -> None:
    """Rows and their order are those of the store after every lot, however many announcements are in one."""
    source = Samples()
    source.all.clear()
    gone: set[int] = set()
    model = MessageModel(source)
    tester = QAbstractItemModelTester(model, FATAL)
    model.show(INBOX, grouped=grouped)
    model.whole()
    for start in range(0, len(steps), lot):
        news = [step(source, gone, *each) for each in steps[start : start + lot] if each[0] != "date" or not grouped]
        model.apply(together(news))
        ids, sorts, threads = source.rows(INBOX, grouped=grouped)
        assert model.vector.ids == ids
        assert model.vector.sorts == sorts
        if grouped:
            assert model.vector.threads == threads
        shown = [model.summary(row) for row in range(len(model))]
        assert shown == [source.all[one] for one in ids]
    assert tester is not None
