"""New mail of a POP3 account put into the Inbox of another: it stays the account's own for its server, its rules, for
answers and for the day on which one of the two goes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from desktopmail.domain.account import Account, ImapServer, Keep, Leave, NewAccount, Pop3Server
from desktopmail.domain.errors import WrongUsage
from desktopmail.domain.folder import Lives, Role
from desktopmail.domain.ids import AccountId, FolderId, MessageId
from desktopmail.domain.message import Copy, Summary
from desktopmail.engine.accounts import Accounts
from desktopmail.engine.actions import Actions
from desktopmail.engine.arrangements import Arrangements
from desktopmail.engine.arrival import received_by
from desktopmail.engine.composing import Composing
from desktopmail.engine.library import Library
from desktopmail.engine.pictures import Pictures
from desktopmail.engine.pop3.remote import Pop3Remote
from desktopmail.engine.pop3.verbs import Pop3Verbs
from desktopmail.engine.reading import Reading
from desktopmail.engine.settings import SettingsVerbs
from desktopmail.store.ledger_rows import CopyCounts, Stored
from desktopmail.store.transaction import Transaction
from tests.fakes.pop3_mailbox import Mail
from tests.unit.pop3_engine.desk import ENDPOINT, FOREVER, PopDesk, letter, letters

Desks = Callable[..., PopDesk]
OTHER = replace(ENDPOINT, host="other.test", user="bob")


def other(desk: PopDesk, *, imap: bool = False) -> Account:
    """A second account beside the desk's own."""
    server = ImapServer(OTHER) if imap else Pop3Server(OTHER)
    new = NewAccount("bob@example.org", "Bob", "Bob", server, None)
    number = desk.write(lambda tx: tx.accounts.add(new))
    return desk.read(lambda tx: tx.accounts.get(number))


def inbox(desk: PopDesk, account: Account) -> list[Summary]:
    """What an account's Inbox shows."""

    def work(tx: Transaction) -> list[Summary]:
        found = tx.folders.by_role(account.id, Role.INBOX)
        assert found is not None
        ids: Any = tx._db.execute("SELECT id FROM message WHERE folder = ? AND hidden = 0 ORDER BY id", (found.id,))
        return tx.messages.summaries([MessageId(one) for (one,) in ids])

    return desk.read(work)


def deliver(desk: PopDesk, to: AccountId | None) -> None:
    desk.run(Arrangements(desk.store).deliver(desk.account.id, to))


def shared(desks: Desks, count: int = 3, leave: Leave = FOREVER, **more: int) -> tuple[PopDesk, Account]:
    """A desk whose letters came into the Inbox of another account."""
    desk = desks(letters(count), leave, **more)
    bob = other(desk)
    deliver(desk, bob.id)
    desk.clean_sync()
    return desk, bob


def test_new_mail_comes_into_the_chosen_inbox(desks: Desks) -> None:
    desk, bob = shared(desks)
    assert desk.rows() == []
    rows = inbox(desk, bob)
    assert len(rows) == 3 and {each.copy for each in rows} == {Copy.BOTH}
    assert {desk.read(lambda tx, one=row.id: received_by(tx, one).id) for row in rows} == {desk.account.id}  # type: ignore[misc]
    assert desk.clean_sync().new == 0 and desk.box.fetches.total() == 3
    folders = desk.read(lambda tx: tx.folders.all(bob.id))
    assert next(each.unread for each in folders if each.role is Role.INBOX) == 3


def test_each_account_counts_its_own(desks: Desks) -> None:
    desk, bob = shared(desks)
    verbs = Pop3Verbs(desk.store, lambda: None)  # type: ignore[arg-type,return-value]
    assert desk.run(verbs.copies(desk.account.id)) == CopyCounts(both=3)
    assert desk.run(verbs.copies(bob.id)) == CopyCounts()


@pytest.mark.parametrize("leave", [Leave(Keep.NO), Leave(Keep.DAYS, 14), Leave(Keep.UNTIL_DELETED)])
def test_the_rule_of_the_account_holds_where_its_mail_lies(desks: Desks, leave: Leave) -> None:
    desk, bob = shared(desks, 3, leave)
    if leave.keep is Keep.DAYS:
        desk.age(15)
    if leave.keep is Keep.UNTIL_DELETED:
        desk.run(Actions(desk.store, 0).remove([inbox(desk, bob)[0].id]))
        assert [each.copy for each in inbox(desk, bob)] == [Copy.BOTH] * 2
    desk.clean_sync()
    assert len(desk.box.left) == (2 if leave.keep is Keep.UNTIL_DELETED else 0)
    assert len(inbox(desk, bob)) == (2 if leave.keep is Keep.UNTIL_DELETED else 3)


def test_removing_there_asks_the_server_it_came_from(desks: Desks) -> None:
    desk, bob = shared(desks)
    asked: list[AccountId] = []

    class Lanes:
        def retry(self, account: AccountId) -> None:
            asked.append(account)

    verbs = Pop3Verbs(desk.store, lambda: Lanes())  # type: ignore[arg-type,return-value]
    desk.run(verbs.remove_now([inbox(desk, bob)[0].id]))
    assert asked == [desk.account.id]
    desk.clean_sync()
    assert len(desk.box.left) == 2 and [each.copy for each in inbox(desk, bob)].count(Copy.HERE) == 1


def test_the_rest_of_a_large_message_comes_from_where_it_is(desks: Desks) -> None:
    desk = desks([letter(8)], max_size=100)
    bob = other(desk)
    deliver(desk, bob.id)
    desk.clean_sync()
    (row,) = inbox(desk, bob)
    assert row.copy is Copy.SERVER
    desk.run(desk.remote().fetch(row.id))
    assert inbox(desk, bob)[0].copy is Copy.BOTH


def test_nobody_else_s_names_are_asked_for(desks: Desks) -> None:
    """The same name may stand for another message on another server."""
    desk, bob = shared(desks, 1)
    remote = Pop3Remote(bob, desk.store, desk.passwords, desk.remote()._teller)
    assert desk.run(remote._line_of(inbox(desk, bob)[0].id)) is None


def test_what_is_here_stays_where_it_is(desks: Desks) -> None:
    desk = desks(letters(2))
    desk.clean_sync()
    bob = other(desk)
    deliver(desk, bob.id)
    desk.box.mails.append(Mail("u9", letter(9)))
    desk.clean_sync()
    assert (len(desk.rows()), len(inbox(desk, bob))) == (2, 1)
    deliver(desk, None)
    desk.box.mails.append(Mail("u10", letter(10)))
    desk.clean_sync()
    assert (len(desk.rows()), len(inbox(desk, bob))) == (3, 1)


def test_the_same_bytes_are_not_taken_in_twice(desks: Desks) -> None:
    desk, bob = shared(desks, 2)
    desk.write(lambda tx: tx._db.execute("DELETE FROM pop3_copy"))
    desk.clean_sync()
    assert len(inbox(desk, bob)) == 2 and len(desk.entries()) == 2


def test_an_inbox_on_a_server_is_not_offered(desks: Desks) -> None:
    desk = desks([])
    far = other(desk, imap=True)
    arranged = Arrangements(desk.store)
    assert desk.run(arranged.of(desk.account.id)).inboxes == ()
    with pytest.raises(WrongUsage):
        desk.run(arranged.deliver(desk.account.id, far.id))


def test_an_inbox_that_went_to_a_server_is_given_nothing(desks: Desks) -> None:
    desk = desks(letters(2))
    bob = other(desk)
    deliver(desk, bob.id)
    desk.write(lambda tx: tx._db.execute("UPDATE folder SET lives = 'server' WHERE account = ?", (bob.id,)))
    desk.clean_sync()
    assert len(desk.rows()) == 2 and inbox(desk, bob) == []
    assert desk.run(Arrangements(desk.store).of(desk.account.id)).now.deliver is None


def test_the_chosen_account_goes_with_its_mail(desks: Desks) -> None:
    desk, bob = shared(desks, 3, Leave(Keep.NO))
    rows = inbox(desk, bob)

    def file(tx: Transaction) -> FolderId:
        junk = tx.folders.by_role(bob.id, Role.JUNK)
        assert junk is not None
        tx.messages.move([rows[0].id], junk.id)
        return tx.folders.create(bob.id, None, "Mine")

    mine = desk.write(file)
    desk.run(Actions(desk.store, 0).move([rows[1].id], mine))
    desk.run(Accounts(desk.store, desk.passwords).remove(bob.id))
    assert len(desk.rows()) == 2 and len(desk.rows(Role.JUNK)) == 1
    assert desk.read(lambda tx: tx.arrangements.get(desk.account.id).deliver) is None
    assert {each.account for each in desk.read(lambda tx: [tx.messages.facts(one.id) for one in rows])} == {
        desk.account.id
    }
    totals = {each.role: each.total for each in desk.read(lambda tx: tx.folders.all(desk.account.id))}
    assert (totals[Role.INBOX], totals[Role.JUNK]) == (2, 1)
    desk.clean_sync()
    assert len(desk.rows()) == 2
    assert desk.run(Actions(desk.store, 0).trash([desk.rows()[0].id])).count == 1


def test_the_chosen_account_goes_and_its_mail_stays(desks: Desks) -> None:
    desk, bob = shared(desks)
    desk.run(Accounts(desk.store, desk.passwords).remove(bob.id, keep_mail=True))
    assert len(inbox(desk, bob)) == 3
    desk.box.mails.append(Mail("u9", letter(9)))
    desk.clean_sync()
    assert len(inbox(desk, bob)) == 4


@pytest.mark.parametrize("keep_mail", [True, False])
def test_the_account_itself_goes(desks: Desks, keep_mail: bool) -> None:
    desk, bob = shared(desks)
    desk.run(Accounts(desk.store, desk.passwords).remove(desk.account.id, keep_mail=keep_mail))
    rows = inbox(desk, bob)
    assert len(rows) == 3 and {each.copy for each in rows} == {Copy.HERE}
    assert desk.read(lambda tx: received_by(tx, rows[0].id)).id == bob.id


def test_an_answer_is_written_by_who_received(desks: Desks) -> None:
    desk, bob = shared(desks, 1)
    library = Library(desk.store)

    async def nowhere(message: MessageId) -> None:
        raise AssertionError

    reading = Reading(desk.store, nowhere, Pictures(lambda: None))  # type: ignore[arg-type,return-value]
    draft = desk.run(Composing(desk.store, library, reading).reply(inbox(desk, bob)[0].id))
    assert draft.identity == desk.account.identities[0].id


def test_the_choice_can_be_taken_back(desks: Desks) -> None:
    desk = desks([])
    bob = other(desk)
    deliver(desk, bob.id)
    settings = SettingsVerbs(desk.store)
    desk.run(settings.undo())
    assert desk.read(lambda tx: tx.arrangements.get(desk.account.id).deliver) is None
    assert all(each.lives is Lives.HERE for each in desk.read(lambda tx: tx.folders.all(bob.id)))


def test_a_profile_from_before_is_as_usual(desks: Desks, tmp_path: Path) -> None:
    desk = desks([])
    assert desk.run(Arrangements(desk.store).of(desk.account.id)).now.deliver is None


def test_what_lies_elsewhere_comes_back(desks: Desks) -> None:
    """Before an account receives in another way."""
    desk, bob = shared(desks)
    rows = inbox(desk, bob)

    def move(tx: Transaction) -> int:
        trash = tx.folders.by_role(bob.id, Role.TRASH)
        assert trash is not None
        tx.messages.move([rows[0].id], trash.id)
        return tx.arrangements.fetch_home(desk.account.id)

    assert desk.write(move) == 3
    assert (len(desk.rows()), len(desk.rows(Role.TRASH)), inbox(desk, bob)) == (2, 1, [])
    assert desk.write(lambda tx: tx.arrangements.fetch_home(desk.account.id)) == 0
    unread = {each.role: each.unread for each in desk.read(lambda tx: tx.folders.all(desk.account.id))}
    assert (unread[Role.INBOX], unread[Role.TRASH]) == (2, 1)


def test_what_belongs_to_both_stays(desks: Desks) -> None:
    desk, bob = shared(desks, 1)
    (row,) = inbox(desk, bob)
    desk.write(lambda tx: tx.ledger.stored(bob.id, [Stored("same", row.size, row.id, bytes(32))]))
    assert desk.write(lambda tx: (tx.arrangements.fetch_home(desk.account.id), tx.arrangements.send_home(bob.id))) == (
        0,
        0,
    )
    assert len(inbox(desk, bob)) == 1
