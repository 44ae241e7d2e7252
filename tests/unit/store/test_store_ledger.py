"""The POP3 ledger, and where a message exists by it."""

from __future__ import annotations

from datetime import datetime

import pytest

from desktopmail.domain.account import Endpoint, NewAccount, Pop3Server, Security
from desktopmail.domain.folder import Role
from desktopmail.domain.ids import AccountId, FolderId, MessageId
from desktopmail.domain.message import Copy, Fetched
from desktopmail.domain.query import parse
from desktopmail.store.ledger_rows import CopyCounts, Entry, Known, Stored
from desktopmail.store.transaction import Transaction
from tests.unit.store.desk import Desk

POP3 = NewAccount(
    "eve@example.org", "Pop", "Eve", Pop3Server(Endpoint("pop.example.org", 995, Security.TLS, "e")), None
)
SHA = bytes(range(32))


@pytest.fixture
def account(desk: Desk) -> AccountId:
    return desk.write(lambda tx: tx.accounts.add(POP3))


def inbox(desk: Desk, account: AccountId, role: Role = Role.INBOX) -> FolderId:
    return next(one.id for one in desk.library.folders() if one.account == account and one.role is role)


def put(desk: Desk, account: AccountId, number: int, sha: bytes | None = SHA) -> MessageId:
    """A message that came under the UIDL of its number."""
    fetched = Fetched.FULL if sha else Fetched.HEADERS
    row = desk.new(number, inbox(desk, account), account=account, uid=0, content=sha, fetched=fetched)
    (message,) = desk.put(row)
    stored = Stored(f"u{number}", 1000 + number, message, sha or b"", partly=not sha)
    desk.write(lambda tx: tx.ledger.stored(account, [stored]))
    return message


def entry(desk: Desk, account: AccountId, uidl: str) -> Entry:
    return desk.read(lambda tx: tx.ledger.lines(account, [uidl]))[0]


def copy_of(desk: Desk, message: MessageId) -> Copy:
    return desk.read(lambda tx: tx.messages.summary(message)).copy


def test_a_message_is_here_and_on_the_server_until_one_of_them_has_it_no_more(desk: Desk, account: AccountId) -> None:
    message, top = put(desk, account, 1), put(desk, account, 2, None)
    assert (copy_of(desk, message), copy_of(desk, top)) == (Copy.BOTH, Copy.SERVER)
    assert desk.read(lambda tx: tx.ledger.counts(account)) == CopyCounts(server=1, both=1)
    desk.write(lambda tx: tx.ledger.dele_sent(account, {"u1": "rule"}))
    assert copy_of(desk, message) is Copy.BOTH
    desk.news.clear()
    desk.write(lambda tx: tx.ledger.dele_confirmed(account, ["u1"]))
    assert copy_of(desk, message) is Copy.HERE
    assert desk.news[-1].changed == {inbox(desk, account): (message,)}
    assert desk.read(lambda tx: tx.ledger.counts(account)) == CopyCounts(server=1, here=1)


def test_messages_are_found_by_where_they_exist(desk: Desk, account: AccountId) -> None:
    both, top = put(desk, account, 1), put(desk, account, 2, None)
    local = put(desk, account, 3)
    desk.write(lambda tx: tx.ledger.vanished(account, ["u3"]))

    def find(question: str) -> list[MessageId]:
        return list(desk.library.search(parse(question, datetime.now())))

    assert find("is:only-on-server") == [top]
    assert find("is:here-and-on-server") == [both]
    assert find("is:only-here") == [local]
    assert find("-is:only-here is:unread") == [top, both]


def test_what_a_server_does_not_list_any_more_stays_here(desk: Desk, account: AccountId) -> None:
    message = put(desk, account, 1)
    desk.write(lambda tx: tx.ledger.vanished(account, ["u1"]))
    assert copy_of(desk, message) is Copy.HERE
    assert desk.read(lambda tx: tx.ledger.known(account)) == Known({}, frozenset({"u1"}))
    assert entry(desk, account, "u1").dele_confirmed == 0
    desk.write(lambda tx: tx.ledger.returned(account, ["u1"]))
    assert copy_of(desk, message) is Copy.BOTH
    assert not entry(desk, account, "u1").ignored


def test_a_removal_whose_confirmation_was_lost_is_believed_when_the_message_is_missed(
    desk: Desk, account: AccountId
) -> None:
    put(desk, account, 1)
    desk.write(lambda tx: tx.ledger.dele_sent(account, {"u1": "person"}))
    desk.write(lambda tx: tx.ledger.vanished(account, ["u1"]))
    seen = entry(desk, account, "u1")
    assert seen.dele_confirmed and seen.decided_by == "person"
    desk.write(lambda tx: tx.ledger.returned(account, ["u1"]))
    assert entry(desk, account, "u1").ignored


def test_candidates_are_stored_long_enough_or_wanted_gone(desk: Desk, account: AccountId) -> None:
    first, _ = put(desk, account, 1), put(desk, account, 2)
    now = entry(desk, account, "u1").stored_at

    def names(before: int) -> list[str]:
        return [each.uidl for each in desk.read(lambda tx: tx.ledger.candidates(account, before))]

    assert names(now - 1) == []
    assert names(now) == ["u1", "u2"]
    assert desk.write(lambda tx: tx.ledger.want_gone([first, MessageId(999)])) == [first]
    assert names(-1) == ["u1"]
    assert desk.write(lambda tx: tx.ledger.want_gone([first], wanted=False)) == [first]
    assert names(-1) == []


@pytest.mark.parametrize("reason", ["stored_at = 0", "gone_at = 5", "dele_confirmed = 5"])
def test_nothing_is_a_candidate_that_is_not_here_or_not_there(desk: Desk, account: AccountId, reason: str) -> None:
    put(desk, account, 1)
    for wanted in (0, 1):
        desk.write(
            lambda tx, wanted=wanted: tx._db.execute(f"UPDATE pop3_copy SET wanted_gone = {wanted}, {reason}")  # type: ignore[misc]
        )
        assert desk.read(lambda tx: tx.ledger.candidates(account, 1 << 40)) == []


def test_a_removed_message_tells_whether_its_bytes_lie_elsewhere_here(desk: Desk, account: AccountId) -> None:
    message = put(desk, account, 1)
    (twin,) = desk.write(lambda tx: tx.messages.copy([message], inbox(desk, account, Role.ARCHIVE)))
    assert not entry(desk, account, "u1").removed
    desk.write(lambda tx: tx.messages.remove([message]))
    seen = entry(desk, account, "u1")
    assert (seen.removed, seen.elsewhere, seen.settled) == (True, True, True)
    desk.write(lambda tx: tx.messages.remove([twin], settle_at=1 << 40))
    assert not entry(desk, account, "u1").elsewhere


def test_a_twin_is_found_in_the_ledger_or_among_the_messages(desk: Desk, account: AccountId) -> None:
    message = put(desk, account, 1)
    other = bytes(32)
    (imported,) = desk.put(desk.new(7, inbox(desk, account), account=account, uid=0, content=other))

    def twin(sha: bytes, number: int) -> MessageId | None:
        row = desk.new(number)
        found = desk.read(lambda tx: tx.ledger.twins(account, [(sha, row.date, row.key)]))
        return found[sha].message if found else None

    assert twin(SHA, 99) == message
    assert twin(other, 7) == imported
    assert twin(other, 8) is None
    desk.write(lambda tx: tx.messages.remove([message]))
    assert twin(SHA, 99) == message


def test_of_many_twins_each_is_found_and_a_visible_one_comes_first(desk: Desk, account: AccountId) -> None:
    there = inbox(desk, account)
    shas = [bytes([number]) * 32 for number in range(40)]
    rows = [desk.new(number, there, account=account, uid=0, content=sha) for number, sha in enumerate(shas)]
    ids = desk.put(*rows, *rows[:2])
    desk.write(lambda tx: tx.messages.remove([ids[0], ids[41]]))
    asked = [(sha, row.date, row.key) for sha, row in zip(shas, rows, strict=True)]
    found = desk.read(lambda tx: tx.ledger.twins(account, [*asked, (bytes(31) + b"x", rows[3].date, rows[3].key)]))
    assert [found[sha].message for sha in shas] == [ids[40], *ids[1:40]]
    assert len(found) == 40


def test_new_names_go_to_the_old_lines(desk: Desk, account: AccountId) -> None:
    message = put(desk, account, 1)
    desk.write(lambda tx: tx.ledger.vanished(account, ["u1"]))
    desk.write(lambda tx: tx.ledger.rename(account, {"u1": "new"}))
    assert desk.read(lambda tx: tx.ledger.known(account)) == Known({"new": 1001})
    assert desk.read(lambda tx: tx.ledger.of(message)) is not None


def test_a_new_name_takes_no_other_line_away(desk: Desk, account: AccountId) -> None:
    first, second = put(desk, account, 1), put(desk, account, 2)
    desk.write(lambda tx: tx.ledger.rename(account, {"u1": "u2"}))
    lines = desk.read(lambda tx: tx.ledger.lines(account, ["u1", "u2"]))
    assert [(line.uidl, line.message) for line in lines] == [("u1", first), ("u2", second)]


def test_removed_messages_are_kept_while_the_server_has_them(desk: Desk, account: AccountId) -> None:
    message = put(desk, account, 1)
    desk.write(lambda tx: tx.messages.remove([message]))

    def purge(tx: Transaction) -> int:
        return tx.messages.purge(1 << 40)

    assert desk.write(purge) == 0
    desk.write(lambda tx: tx.ledger.vanished(account, ["u1"]))
    assert desk.write(purge) == 1
    assert entry(desk, account, "u1").message is None


def test_an_account_that_keeps_its_mail_forgets_its_server(desk: Desk, account: AccountId) -> None:
    message = put(desk, account, 1)
    desk.write(lambda tx: tx.accounts.remove(account, keep_mail=True))
    assert copy_of(desk, message) is Copy.HERE
