"""Servers with a will of their own, word by word: what they refuse or leave out costs nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from desktopmail.domain.account import Account, ImapServer, NewAccount, Security
from desktopmail.domain.folder import Folder, Role
from desktopmail.domain.message import Fetched, Flags, Summary
from desktopmail.engine.activity import SyncReport, Teller
from desktopmail.engine.arrival import Arriving, Door, arrive
from desktopmail.engine.imap.remote import ImapRemote
from desktopmail.engine.runner import Runner
from desktopmail.store.secrets import Memory
from desktopmail.store.store import Store
from desktopmail.store.transaction import Transaction
from tests.fakes.imap_script import ImapScript, Reply

LIST = b'* LIST (\\HasNoChildren) "/" INBOX\r\n<tag> OK done\r\n'
NO = b"<tag> NO [SERVERBUG] not now\r\n"
PLAIN = "IMAP4rev1 AUTH=PLAIN SASL-IR"
HEADER = b"From: a@x\r\nSubject: letter %d\r\nMessage-ID: <%d@x>\r\nDate: Thu, 01 Jan 2026 10:00:00 +0000\r\n\r\n"


def row(uid: int, size: int = 100, flags: bytes = b"") -> bytes:
    """One header response."""
    header = HEADER % (uid, uid)
    return (
        b'* %d FETCH (UID %d FLAGS (%s) INTERNALDATE "01-Jan-2026 10:00:00 +0000" RFC822.SIZE %d '
        b"BODY[HEADER.FIELDS (DATE)] {%d}\r\n%s)\r\n" % (uid, uid, flags, size, len(header), header)
    )


def selected(exists: int, uid_next: int, validity: int = 7) -> bytes:
    return (
        b"* %d EXISTS\r\n* FLAGS (\\Seen \\Deleted)\r\n* OK [PERMANENTFLAGS (\\Seen \\Flagged \\Deleted \\*)] x\r\n"
        b"* OK [UIDVALIDITY %d] x\r\n* OK [UIDNEXT %d] x\r\n<tag> OK [READ-WRITE] done\r\n"
        % (exists, validity, uid_next)
    )


def search(*uids: int) -> bytes:
    return b"* SEARCH %s\r\n<tag> OK done\r\n" % b" ".join(b"%d" % uid for uid in uids)


class Desk:
    """An account at the script's server."""

    def __init__(self, store: Store, account: Account, passwords: Memory, script: ImapScript) -> None:
        self.store = store
        self.account = account
        self.passwords = passwords
        self.script = script

    async def sync(self, *, headers_only: bool = True) -> SyncReport:
        teller = Teller(self.account.id, lambda _: None)
        remote = ImapRemote(self.account, self.store, self.passwords, teller)
        return await Runner(self.account, remote, self.store, teller).sync_once(headers_only=headers_only)

    async def folder(self, role: Role = Role.INBOX) -> Folder:
        found = await self.store.read(lambda tx: tx.folders.by_role(self.account.id, role))
        assert found is not None
        return found

    async def rows(self, role: Role = Role.INBOX) -> list[Summary]:
        folder = await self.folder(role)
        reader = self.store.reader()
        ids = list(reader.ids(folder.id, False))
        reader.close()
        return await self.store.read(lambda tx: tx.messages.summaries(ids))

    def said(self, command: bytes) -> list[bytes]:
        return [line for line in self.script.lines if line.startswith(command)]


def play(
    folder: Path,
    story: Callable[[Desk], Awaitable[None]],
    answers: dict[str, Reply | list[Reply]],
    offered: str = PLAIN,
) -> None:
    async def inside() -> None:
        script = ImapScript(offered=offered, answers={"LIST": LIST, **answers})
        async with script:
            store = Store.open(folder)
            endpoint = script.endpoint(Security.NONE)
            new = NewAccount("me@x", "Me", "Me", ImapServer(endpoint), None)
            number = await store.write(lambda tx: tx.accounts.add(new))
            account = await store.read(lambda tx: tx.accounts.get(number))
            passwords = Memory()
            await passwords.set(account, "incoming", "secret")
            try:
                await story(Desk(store, account, passwords, script))
            finally:
                await store.close()

    asyncio.run(inside())


def test_a_header_the_server_refuses_is_left_out_and_the_others_come(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        report = await desk.sync()
        assert report.problems == ()
        assert sorted(each.subject for each in await desk.rows()) == ["letter 1", "letter 3", "letter 4"]
        assert [line.split()[2] for line in desk.said(b"UID FETCH")] == [b"1:4", b"2:3", b"1"]

    whole, upper, one = row(4) + NO, row(3) + NO, row(1) + b"<tag> OK done\r\n"
    play(
        tmp_path,
        story,
        {
            "SELECT": selected(4, 5),
            "UID SEARCH": search(1, 2, 3, 4),
            "UID FETCH": [whole, upper, one],
        },
    )


def test_an_upload_without_an_answer_about_its_uid_is_found_by_what_is_new(tmp_path: Path) -> None:
    """No UIDPLUS: the UID of an upload is the one that was not there before, and nothing is uploaded twice."""

    async def story(desk: Desk) -> None:
        raw = b"Subject: no Message-ID\r\n\r\nhello\r\n"
        sha = await desk.store.content(lambda content: content.put(raw))
        inbox = await desk.folder()

        def draft(tx: Transaction) -> None:
            arrive(tx, Door(desk.account, inbox), [Arriving(raw, len(raw), 0, Flags.SEEN, content=sha)])

        await desk.store.write(draft)
        for _ in range(2):
            assert (await desk.sync()).problems == ()
        assert len(desk.said(b"APPEND")) == 1
        facts = await desk.store.read(lambda tx: tx.messages.facts(1))  # type: ignore[arg-type]
        assert facts.uid == 9

    play(
        tmp_path,
        story,
        {
            "SELECT": [selected(0, 9), selected(0, 9), selected(1, 10)],
            "UID SEARCH": search(9),
            "UID FETCH": b"* 1 FETCH (UID 9 FLAGS (\\Seen))\r\n<tag> OK done\r\n",
            "APPEND": b"<tag> OK done\r\n",
        },
    )


def test_a_size_that_is_a_lie_is_fetched_once(tmp_path: Path) -> None:
    body = HEADER % (1, 1) + b"longer than announced\r\n"

    async def story(desk: Desk) -> None:
        for _ in range(3):
            assert (await desk.sync(headers_only=False)).problems == ()
        [message] = await desk.rows()
        assert message.fetched is Fetched.FULL
        assert message.size == len(body)
        assert len([line for line in desk.said(b"UID FETCH") if b"BODY.PEEK[]" in line]) == 1

    flags = b"* 1 FETCH (UID 1 FLAGS ())\r\n<tag> OK done\r\n"
    play(
        tmp_path,
        story,
        {
            "SELECT": selected(1, 2),
            "UID SEARCH": search(1),
            "UID FETCH": [
                row(1, size=20) + b"<tag> OK done\r\n",
                b"* 1 FETCH (UID 1 BODY[] {%d}\r\n%s)\r\n<tag> OK done\r\n" % (len(body), body),
                flags,
            ],
        },
    )


def test_mail_that_another_program_marked_as_deleted_is_not_expunged_with_ours(tmp_path: Path) -> None:
    """D30: no UIDPLUS, and a stranger carries \\Deleted: ours is only marked, and the row says why it stays."""

    async def story(desk: Desk) -> None:
        assert (await desk.sync()).new == 2
        mine = next(each.id for each in await desk.rows() if each.subject == "letter 2")
        await desk.store.write(lambda tx: tx.messages.remove([mine]))
        assert (await desk.sync()).problems == ()
        assert desk.said(b"EXPUNGE") == []
        assert len(desk.said(b"UID STORE")) == 1
        assert await desk.store.read(lambda tx: tx.difference.next_due(desk.account.id)) is not None

    play(
        tmp_path,
        story,
        {
            "SELECT": selected(2, 3),
            "UID SEARCH": search(1, 2),
            "UID FETCH": [
                row(1, flags=b"\\Deleted") + row(2) + b"<tag> OK done\r\n",
                b"* 1 FETCH (UID 1 FLAGS (\\Deleted))\r\n* 2 FETCH (UID 2 FLAGS ())\r\n<tag> OK done\r\n",
            ],
        },
    )


def test_a_folder_that_cannot_be_opened_says_so_and_stops_nothing(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        report = await desk.sync()
        assert report.problems == ()
        assert (await desk.folder(Role.SENT)).problem != ""
        assert [each.subject for each in await desk.rows()] == ["letter 1"]
        assert (await desk.folder()).problem == ""

    play(
        tmp_path,
        story,
        {
            "LIST": b'* LIST () "/" INBOX\r\n* LIST (\\Sent) "/" Sent\r\n<tag> OK done\r\n',
            "SELECT": [selected(1, 2), b"<tag> NO [NOPERM] not yours\r\n"],
            "UID SEARCH": search(1),
            "UID FETCH": row(1) + b"<tag> OK done\r\n",
        },
    )


def test_a_refused_change_is_kept_with_the_servers_words_and_the_others_go(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        assert (await desk.sync()).new == 2
        ids = [each.id for each in await desk.rows()]
        await desk.store.write(lambda tx: tx.messages.set_flags(ids, add=Flags.STARRED))
        assert (await desk.sync()).problems == ()
        rows = {each.subject: each for each in await desk.rows()}
        assert "read-only" in rows["letter 1"].problem
        assert rows["letter 2"].problem == ""
        assert rows["letter 1"].flags & Flags.STARRED, "the wish stays"

    play(
        tmp_path,
        story,
        {
            "SELECT": selected(2, 3),
            "UID SEARCH": search(1, 2),
            "UID FETCH": [
                row(1) + row(2) + b"<tag> OK done\r\n",
                b"* 1 FETCH (UID 1 FLAGS ())\r\n* 2 FETCH (UID 2 FLAGS ())\r\n<tag> OK done\r\n",
            ],
            "UID STORE": [b"<tag> NO read-only\r\n", b"<tag> NO read-only\r\n", b"<tag> OK done\r\n"],
        },
    )
