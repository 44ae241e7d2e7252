"""The person changes something while a visit is on: what counts is what holds at the moment before the first DELE."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace

import pytest

from desktopmail.domain.account import Keep, Leave, Pop3Server
from desktopmail.domain.errors import MailError
from desktopmail.engine.actions import Actions
from desktopmail.engine.pop3 import stored
from desktopmail.store.store import Store
from desktopmail.store.transaction import Transaction
from tests.unit.pop3_engine.desk import ENDPOINT, PopDesk, letters

Desks = Callable[..., PopDesk]
NO, UNTIL = Leave(Keep.NO), Leave(Keep.UNTIL_DELETED)


def other_rule(desk: PopDesk, tx: Transaction) -> None:
    tx.accounts.update(replace(desk.account, incoming=Pop3Server(ENDPOINT, Leave())))


def other_server(desk: PopDesk, tx: Transaction) -> None:
    tx.accounts.update(replace(desk.account, incoming=Pop3Server(replace(ENDPOINT, host="pop.other.test"), NO)))


def paused(desk: PopDesk, tx: Transaction) -> None:
    tx.accounts.update(replace(desk.account, paused=True))


def removed(desk: PopDesk, tx: Transaction) -> None:
    tx.accounts.remove(desk.account.id)


def removed_but_for_its_mail(desk: PopDesk, tx: Transaction) -> None:
    tx.accounts.remove(desk.account.id, keep_mail=True)


Change = Callable[[PopDesk, Transaction], None]
CHANGES = [other_rule, other_server, paused, removed, removed_but_for_its_mail]


@pytest.mark.parametrize("change", CHANGES)
def test_before_the_last_step(desks: Desks, change: Change) -> None:
    desk = desks(letters(3))
    desk.clean_sync()
    desk.leave(NO)
    remote = desk.remote()
    desk.run(remote.pull(None))
    desk.write(lambda tx: change(desk, tx))
    with contextlib.suppress(MailError):
        desk.run(remote.fill(None))
    assert desk.box.asked_gone == [] and len(desk.box.left) == 3


@pytest.mark.parametrize("change", CHANGES)
def test_while_it_is_read_back(desks: Desks, monkeypatch: pytest.MonkeyPatch, change: Change) -> None:
    desk = desks(letters(3))
    desk.clean_sync()
    desk.leave(NO)
    meddle(monkeypatch, desk, lambda tx: change(desk, tx))
    desk.sync()
    assert desk.box.asked_gone == [] and len(desk.box.left) == 3


def test_a_wish_that_is_taken_back_at_the_last_moment(desks: Desks, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = desks(letters(3))
    desk.clean_sync()
    ids = desk.ids()
    desk.write(lambda tx: tx.ledger.want_gone(ids))
    meddle(monkeypatch, desk, lambda tx: tx.ledger.want_gone(ids, wanted=False))
    desk.clean_sync()
    assert desk.box.asked_gone == [] and len(desk.box.left) == 3


def undo_at_the_last_moment(monkeypatch: pytest.MonkeyPatch, actions: Actions) -> list[bool]:
    """Take the latest action back just before the ledger notes what goes."""
    real = Store.write
    undone: list[bool] = []

    async def write(self: Store, fn: Callable[[Transaction], object], *, durable: bool = False) -> object:
        if durable and not undone:
            undone.append(True)
            await actions.undo()
        return await real(self, fn, durable=durable)

    monkeypatch.setattr(Store, "write", write)
    return undone


def test_a_deletion_that_is_undone_at_the_last_moment(desks: Desks, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = desks(letters(3), UNTIL)
    desk.clean_sync()
    actions = Actions(desk.store, grace=0)
    desk.run(actions.remove(desk.ids()))
    undone = undo_at_the_last_moment(monkeypatch, actions)
    desk.sync()
    assert undone and desk.box.asked_gone == [] and len(desk.box.left) == 3 == len(desk.raws())


def test_what_is_wanted_again_at_the_last_moment_was_not_read_back(
    desks: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The person removed it here, so nobody looked whether it is still good here; now it is wanted, and it is not."""
    desk = desks(letters(3))
    desk.clean_sync()
    actions = Actions(desk.store, grace=0)
    gone = next(row for row in desk.rows() if row.subject.startswith("letter 2"))
    sha = desk.read(lambda tx: tx.messages.facts(gone.id).content)
    desk.run(actions.remove([gone.id]))
    spoil = "UPDATE piece SET data = x'00' WHERE id >> 20 = (SELECT id FROM content WHERE sha = ?)"
    desk.run(desk.store.content(lambda content: content._db.execute(spoil, (sha,))))
    desk.leave(NO)
    undone = undo_at_the_last_moment(monkeypatch, actions)
    desk.sync()
    assert undone and desk.box.left == [letters(3)[1]] and letters(3)[1] not in desk.box.asked_gone


def meddle(monkeypatch: pytest.MonkeyPatch, desk: PopDesk, change: Callable[[Transaction], object]) -> None:
    """Make a change while the first message is read back."""
    real = stored.is_stored
    done: list[bool] = []

    async def is_stored(store: Store, sha: bytes) -> bool:
        if not done:
            done.append(True)
            await store.write(change)
        return await real(store, sha)

    monkeypatch.setattr("desktopmail.engine.pop3.removal.is_stored", is_stored)
