"""The folders of a POP3 account live here: nothing that is done in them is ever to be pushed anywhere."""

from __future__ import annotations

from collections.abc import Callable

from desktopmail.domain.folder import Ability, Lives, Role
from desktopmail.domain.message import Copy, Flags
from desktopmail.engine import filing
from desktopmail.engine.actions import Actions
from desktopmail.engine.arrival import Arriving, Door, arrive
from desktopmail.store.rows import Difference, FolderDifference
from desktopmail.store.transaction import Transaction
from tests.unit.pop3_engine.desk import PopDesk, letter, letters

Desks = Callable[..., PopDesk]


def waiting(desk: PopDesk) -> tuple[list[Difference], list[FolderDifference], int | None]:
    """What a push would have to do."""

    def work(tx: Transaction) -> tuple[list[Difference], list[FolderDifference], int | None]:
        number = desk.account.id
        return (
            tx.difference.for_account(number, 1 << 40),
            tx.difference.folders(number, 1 << 40),
            tx.difference.next_due(number),
        )

    return desk.read(work)


def test_sent_mail_is_kept_here(desks: Desks) -> None:
    desk = desks([])
    raw = letter(1)

    def send(tx: Transaction) -> None:
        outbox = tx.folders.by_role(desk.account.id, Role.OUTBOX)
        assert outbox is not None
        (message,) = arrive(tx, Door(desk.account, outbox), [Arriving(raw, len(raw), 1, content=sha)]).new
        filing.to_sent(tx, message, "250 taken")

    sha = desk.run(desk.store.content(lambda content: content.put(raw)))
    desk.write(send)
    (row,) = desk.rows(Role.SENT)
    assert (row.copy, Flags.SEEN in row.flags) == (Copy.HERE, True)
    assert waiting(desk) == ([], [], None)
    desk.clean_sync()
    assert len(desk.rows(Role.SENT)) == 1


def test_verbs_leave_nothing_to_push(desks: Desks) -> None:
    desk = desks(letters(4))
    desk.clean_sync()
    actions = Actions(desk.store)
    first, second, third, _ = desk.ids()
    folder = desk.write(lambda tx: tx.folders.create(desk.account.id, None, "Mine"))
    desk.run(actions.star([first], True))
    desk.run(actions.move([first], folder))
    desk.run(actions.copy([second], folder))
    desk.run(actions.trash([second]))
    desk.run(actions.remove([third]))
    desk.write(lambda tx: tx.folders.rename(folder, "Ours"))
    assert waiting(desk) == ([], [], None)
    desk.clean_sync()
    assert len(desk.box.left) == 4 and desk.box.fetches.total() == 4


def test_every_folder_lives_here_and_takes_messages(desks: Desks) -> None:
    desk = desks(letters(1))
    folders = desk.read(lambda tx: tx.folders.all(desk.account.id))
    assert {each.lives for each in folders} == {Lives.HERE}
    assert all(Ability.ACCEPT in each.abilities for each in folders if each.role is not Role.OUTBOX)


def test_an_answer_of_ones_own_belongs_to_the_conversation(desks: Desks) -> None:
    desk = desks([letter(1)])
    desk.clean_sync()
    raw = b"Message-ID: <answer@x>\r\nIn-Reply-To: <1@pop.test>\r\nSubject: Re: letter 1\r\n\r\nyes\r\n"
    sha = desk.run(desk.store.content(lambda content: content.put(raw)))
    sent = Door(desk.account, desk.folder(Role.SENT))
    desk.write(lambda tx: arrive(tx, sent, [Arriving(raw, len(raw), 1, content=sha)]))
    thread = desk.rows()[0].thread
    assert len(desk.read(lambda tx: tx.messages.thread(thread))) == 2
