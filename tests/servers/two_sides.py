"""Two programs on one mailbox: ours, over a line that may break, and another one straight on the server. Random edits
on both sides, and the question whether they agree in the end."""

from __future__ import annotations

import asyncio
import imaplib
import random
import re
import ssl
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from desktopmail.domain.account import Account, Endpoint, ImapServer, NewAccount
from desktopmail.domain.errors import MailError
from desktopmail.domain.folder import Ability, Folder, Lives, Role
from desktopmail.domain.ids import AccountId, MessageId
from desktopmail.domain.message import Flags
from desktopmail.engine.actions import Actions
from desktopmail.engine.activity import SyncReport, Teller
from desktopmail.engine.arrival import Arriving, Door, arrive
from desktopmail.engine.imap.remote import ImapRemote
from desktopmail.engine.runner import Runner
from desktopmail.protocols.imap.names import decode, encode
from desktopmail.store.secrets import Memory
from desktopmail.store.store import Store
from desktopmail.store.transaction import Transaction
from tests.servers.dovecot import Dovecot, User

MARKS = {
    "\\Seen": Flags.SEEN,
    "\\Flagged": Flags.STARRED,
    "\\Answered": Flags.ANSWERED,
    "\\Draft": Flags.DRAFT,
    "$Forwarded": Flags.FORWARDED,
    "$Junk": Flags.JUNK,
}
Contents = dict[str, Counter[tuple[str, Flags, frozenset[str]]]]


def letter(number: int, words: str = "") -> bytes:
    """A message with a Message-ID of its own."""
    return (
        f"From: Ada <ada@example.org>\r\nTo: me@example.org\r\nSubject: letter {number} {words}\r\n"
        f"Date: Thu, 01 Jan 2026 10:{number // 60 % 60:02}:{number % 60:02} +0000\r\n"
        f"Message-ID: <{number}@two.sides>\r\n\r\nBody of letter {number}.\r\n{'x' * (number * 37 % 3000)}\r\n"
    ).encode()


class OtherProgram:
    """A plain IMAP client on the server itself, blocking and without a memory."""

    def __init__(self, server: Dovecot, user: User) -> None:
        context = ssl.create_default_context(cafile=str(server.certificates.authority))
        self._line = imaplib.IMAP4_SSL("localhost", server.ports["imaps"], ssl_context=context)
        self._line.login(user.name, user.password)

    def close(self) -> None:
        self._line.logout()

    def folders(self) -> list[str]:
        lines = self._line.list()[1]
        found = [re.split(r'\) "[/.]" ', line.decode())[1].strip('"') for line in lines if b"\\Noselect" not in line]
        return sorted(decode(name.encode()) for name in found)

    def open(self, folder: str) -> list[str]:
        """Select a folder; its UIDs."""
        status, said = self._line.select(_quoted(folder))
        assert status == "OK", (folder, said)
        return list(self._line.uid("SEARCH", "ALL")[1][0].decode().split())

    def contents(self) -> Contents:
        """Message-ID, flags and tags of everything there is."""
        found: Contents = {}
        for folder in self.folders():
            found[folder] = Counter()
            if not self.open(folder):
                continue
            answer = self._line.uid("FETCH", "1:*", "(FLAGS BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])")[1]
            for item in answer:
                if isinstance(item, tuple):
                    words = {word.decode() for word in imaplib.ParseFlags(item[0])}
                    name = item[1].decode().partition(":")[2].strip()
                    found[folder][name, *_marks(words)] += 1
        return found

    def fetched(self, uid: str) -> bytes:
        """The bytes of a message in the selected folder."""
        (_, raw), *_rest = self._line.uid("FETCH", uid, "BODY.PEEK[]")[1]
        return bytes(raw)

    def verb(self, name: str, *arguments: str) -> None:
        status, said = self._line.uid(name, *arguments)
        assert status == "OK", (name, arguments, said)

    def append(self, folder: str, raw: bytes, flags: str = "") -> None:
        status, said = self._line.append(_quoted(folder), flags, None, raw)
        assert status == "OK", said

    def create(self, folder: str) -> None:
        self._line.create(_quoted(folder))

    def rename(self, old: str, new: str) -> None:
        status, said = self._line.rename(_quoted(old), _quoted(new))
        assert status == "OK", said


def _quoted(folder: str) -> str:
    return f'"{encode(folder)}"'


def _marks(words: set[str]) -> tuple[Flags, frozenset[str]]:
    flags = Flags.NONE
    for word, flag in MARKS.items():
        if word in words:
            flags |= flag
    return flags, frozenset(words - MARKS.keys() - {"\\Recent", "\\Deleted"})


@dataclass
class Ours:
    """Our side: a profile with one account, synchronised by hand."""

    store: Store
    account: Account
    passwords: Memory
    actions: Actions = field(init=False)

    def __post_init__(self) -> None:
        self.actions = Actions(self.store, grace=0)

    @classmethod
    async def open(cls, folder: Path, endpoint: Endpoint, password: str) -> Ours:
        """A new profile, or the one that is in `folder` already."""
        store = Store.open(folder)
        new = NewAccount("me@mail.test", "Me", "Me", ImapServer(endpoint), None)

        def first(tx: Transaction) -> AccountId:
            return tx.accounts.all()[0].id if tx.accounts.all() else tx.accounts.add(new)

        account_id = await store.write(first)
        account = await store.read(lambda tx: tx.accounts.get(account_id))
        passwords = Memory()
        await passwords.set(account, "incoming", password)
        return cls(store, replace(account, incoming=ImapServer(endpoint)), passwords)

    def remote(self) -> tuple[ImapRemote, Teller]:
        teller = Teller(self.account.id, lambda _: None)
        return ImapRemote(self.account, self.store, self.passwords, teller), teller

    async def sync(self, *, headers_only: bool = False) -> SyncReport:
        """One round, as the command line does it."""
        remote, teller = self.remote()
        return await Runner(self.account, remote, self.store, teller).sync_once(headers_only=headers_only)

    async def folders(self) -> list[Folder]:
        """Those on the server that take messages."""
        tree = await self.store.read(lambda tx: tx.folders.all())
        return [folder for folder in tree if folder.lives is Lives.SERVER and Ability.ACCEPT in folder.abilities]

    async def folder(self, path: str) -> Folder:
        return next(folder for folder in await self.folders() if folder.path == path)

    async def ids(self, folder: Folder) -> list[MessageId]:
        with _reader(self.store) as reader:
            return [MessageId(number) for number in reader.ids(folder.id, False)]

    async def contents(self) -> Contents:
        """The same as the other program's, by the server's names."""
        found: Contents = {}
        for folder in await self.folders():
            name = await self._server_name(folder)
            rows = await self._rows(folder)
            if name is not None:
                found[name] = rows
            else:
                assert not rows, f"{folder.path} is not on the server"
        return found

    async def _server_name(self, folder: Folder) -> str | None:
        return (await self.store.read(lambda tx: tx.folders.mark(folder.id))).server_name

    async def _rows(self, folder: Folder) -> Counter[tuple[str, Flags, frozenset[str]]]:
        ids = await self.ids(folder)
        rows = await self.store.read(lambda tx: tx.messages.summaries(ids))
        return Counter((row.message_id, row.flags, row.tags) for row in rows)

    async def waiting(self) -> int:
        """How many differences are left, not counting folders that are made only when something goes there."""

        def count(tx: Transaction) -> int:
            own = {folder.id for folder in tx.folders.all(self.account.id) if folder.role is Role.NONE}
            folders = [each for each in tx.difference.folders(self.account.id, 1 << 40) if each.folder in own]
            return len(folders) + len(tx.difference.for_account(self.account.id, 1 << 40))

        return await self.store.read(count)

    async def write(self, folder: Folder, raw: bytes, flags: Flags = Flags.NONE) -> MessageId:
        """A message that exists here only, as a draft or an import is."""
        sha = await self.store.content(lambda content: content.put(raw))
        row = Arriving(raw, len(raw), 1_767_261_600, flags, content=sha)
        arrived = await self.store.write(lambda tx: arrive(tx, Door(self.account, folder), [row]))
        return arrived.new[0]


class _reader:
    def __init__(self, store: Store) -> None:
        self._reader = store.reader()

    def __enter__(self):  # type: ignore[no-untyped-def]
        return self._reader

    def __exit__(self, *_: object) -> None:
        self._reader.close()


class World:
    """Both sides and the ledger: `certain` says how often each message must exist in the end; one that both sides
    changed in the same round in ways that exclude each other is in `contested` and may exist or not."""

    def __init__(self, ours: Ours, other: OtherProgram, chance: random.Random) -> None:
        self.ours = ours
        self.other = other
        self.chance = chance
        self.certain: Counter[str] = Counter()
        self.contested: set[str] = set()
        self._serial = 0
        self._here: set[str] = set()
        self._gone_there: set[str] = set()

    def next_letter(self) -> tuple[str, bytes]:
        self._serial += 1
        name = f"<{self._serial}@two.sides>"
        self.certain[name] += 1
        return name, letter(self._serial)

    async def edit_here(self, edits: int) -> None:
        """Verbs of the person in our program."""
        self._here.clear()
        for _ in range(edits):
            folders = [folder for folder in await self.ours.folders() if folder.path != "Trash"]
            folder = self.chance.choice(folders)
            ids = await self.ours.ids(folder)
            if not ids or self.chance.random() < 0.15:
                _, raw = self.next_letter()
                await self.ours.write(folder, raw, self.chance.choice([Flags.NONE, Flags.SEEN]))
                continue
            some = self.chance.sample(ids, min(len(ids), self.chance.randint(1, 3)))
            await self._act(some, self.chance.choice(folders))

    async def _act(self, ids: list[MessageId], target: Folder) -> None:
        actions, chance = self.ours.actions, self.chance
        names = [row.message_id for row in await self.ours.store.read(lambda tx: tx.messages.summaries(ids))]
        self._here.update(names)
        match chance.choice(["read", "star", "tag", "move", "move", "copy", "remove", "undo"]):
            case "read":
                await actions.mark_read(ids, chance.random() < 0.7)
            case "star":
                await actions.star(ids, chance.random() < 0.6)
            case "tag":
                await actions.tag(ids, chance.choice(["work", "home"]), chance.random() < 0.6)
            case "move":
                await actions.move(ids, target.id)
            case "copy":
                try:
                    await actions.copy(ids, target.id)
                except MailError:
                    return
                self.certain.update(names)
            case "remove":
                await actions.remove(ids)
                self.certain.subtract(names)
            case "undo":
                await actions.move(ids, target.id)
                await actions.undo()

    def edit_there(self, edits: int) -> None:
        """The other program's edits."""
        for _ in range(edits):
            folders = self.other.folders()
            folder, target = self.chance.choice(folders), self.chance.choice(folders)
            uids = self.other.open(folder)
            if not uids or self.chance.random() < 0.15:
                _, raw = self.next_letter()
                self.other.append(folder, raw, self.chance.choice(["", "\\Seen"]))
                continue
            self._act_there(folder, target, self.chance.choice(uids))

    def _act_there(self, folder: str, target: str, uid: str) -> None:
        name = self._name(uid)
        match self.chance.choice(["flag", "unflag", "tag", "move", "move", "copy", "expunge"]):
            case "flag":
                self.other.verb("STORE", uid, "+FLAGS", self.chance.choice(["(\\Seen)", "(\\Flagged)"]))
            case "unflag":
                self.other.verb("STORE", uid, "-FLAGS", self.chance.choice(["(\\Seen)", "(\\Flagged)"]))
            case "tag":
                self.other.verb("STORE", uid, self.chance.choice(["+FLAGS", "-FLAGS"]), "(work)")
            case "move":
                if folder != target:
                    self.other.verb("MOVE", uid, _quoted(target))
                    self._contest(name)
            case "copy":
                self.other.verb("COPY", uid, _quoted(target))
                self.certain[name] += 1
                self._contest(name)
            case "expunge":
                self.other.verb("STORE", uid, "+FLAGS", "(\\Deleted)")
                self.other.verb("EXPUNGE", uid)
                self.certain[name] -= 1
                self._contest(name)

    def _name(self, uid: str) -> str:
        answer = self.other._line.uid("FETCH", uid, "(BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])")[1]
        return answer[0][1].decode().partition(":")[2].strip()

    def _contest(self, name: str) -> None:
        """Edited by both since they last agreed: which of the two wins is not laid down."""
        if name in self._here:
            self.contested.add(name)

    async def settle(self, disturb: Callable[[int], None] = lambda _: None, tries: int = 30) -> list[SyncReport]:
        """Synchronise until a round goes through and nothing is left to do; `disturb` is called before each try."""
        reports = []
        for number in range(tries):
            disturb(number)
            report = await self.ours.sync(headers_only=self.chance.random() < 0.5)
            reports.append(report)
            if not report.problems and not await self.ours.waiting():
                return reports
        raise AssertionError(f"no rest after {tries} rounds: {reports[-1]}, {await self.ours.waiting()} waiting")

    async def check(self) -> None:
        """Both sides hold the same, and what the ledger is certain of is there exactly so often."""
        here, there = await self.ours.contents(), await asyncio.to_thread(self.other.contents)
        for folder in here.keys() | there.keys():
            left, right = here.get(folder, Counter()), there.get(folder, Counter())
            assert left == right, f"{folder}: only here {left - right}, only there {right - left}"
        found = Counter(name for rows in there.values() for (name, _, _), n in rows.items() for _ in range(n))
        for name in self.certain.keys() | found.keys():
            if name not in self.contested:
                assert found[name] == self.certain[name], f"{name}: {found[name]} instead of {self.certain[name]}"
        self.certain = found
        self.contested.clear()
