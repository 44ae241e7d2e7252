"""Whatever verbs and server news come in whatever order: counts, news and the pusher's hint stay true."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import apsw
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from desktopmail.domain.changes import ChangeSet
from desktopmail.domain.draft import Sending
from desktopmail.domain.folder import Role
from desktopmail.domain.ids import AccountId, FolderId, JournalId, MessageId
from desktopmail.domain.message import Fetched, Flags
from desktopmail.store.connection import Writer
from desktopmail.store.migrations import MAIL
from desktopmail.store.notes import Notes
from desktopmail.store.rows import CopyRow, Envelope, FlagRow, NewMessage
from desktopmail.store.transaction import Transaction
from tests.unit.store.desk import IMAP

T = TypeVar("T")
FLAGS = st.sampled_from([Flags(value) for value in range(8)])
TAGS = st.frozensets(st.sampled_from(["red", "blue"]))
SOME = st.lists(st.integers(0, 30), min_size=1, max_size=5)
PLACE = st.integers(0, 3)

_DIFFERS = """
SELECT m.id FROM message AS m JOIN folder AS f ON f.id = m.folder LEFT JOIN imap_copy AS c ON c.message = m.id
WHERE NOT EXISTS (SELECT 1 FROM imap_lost AS l WHERE l.message = m.id) AND (
    (c.message IS NULL AND m.hidden & 1 = 0 AND f.lives = 'server')
    OR (c.message IS NOT NULL AND (m.hidden & 1 OR c.folder <> m.folder OR c.flags <> m.flags OR c.tags <> m.tags)))
"""


class Agreement(RuleBasedStateMachine):
    """A mailbox worked on from both sides."""

    @initialize()
    def begin(self) -> None:
        self._place = tempfile.TemporaryDirectory()
        self.writer = Writer(Path(self._place.name) / "mail.db", MAIL, durable=False)
        self.visible: dict[FolderId, set[MessageId]] = {}
        self.next_uid = 1
        self.entries: list[JournalId] = []
        self.account: AccountId = self.do(lambda tx: tx.accounts.add(IMAP))
        self.folders: list[FolderId] = [
            self.do(lambda tx, n=name, r=role: tx.folders.adopt(self.account, n, n, r, "/", ()))
            for name, role in (("INBOX", Role.INBOX), ("Archive", Role.ARCHIVE), ("Trash", Role.TRASH))
        ]
        self.folders.append(self.do(lambda tx: tx.folders.by_role(self.account, Role.OUTBOX)).id)

    def do(self, fn: Callable[[Transaction], T]) -> T:
        notes = Notes()

        def inside(db: apsw.Connection) -> T:
            value = fn(Transaction(db, notes, 1_800_000_000))
            notes.settle(db)
            return value

        value = self.writer.transact(inside)
        self.replay(notes.changes())
        return value

    def replay(self, changes: ChangeSet) -> None:
        """What a list does with the news: it must end up with what is in the folder."""
        for folder, ids in changes.added.items():
            assert not self.visible.setdefault(folder, set()) & set(ids), "added twice"
            self.visible[folder].update(ids)
        for folder, ids in changes.changed.items():
            assert set(ids) <= self.visible[folder], "changed what is not shown"
        for folder, ids in changes.removed.items():
            assert set(ids) <= self.visible[folder], "removed what is not shown"
            self.visible[folder].difference_update(ids)

    def ask(self, question: str) -> list[tuple[int, ...]]:
        return self.writer.read(lambda db: list(db.execute(question)))

    def pick(self, numbers: list[int]) -> list[MessageId]:
        ids = [MessageId(one) for (one,) in self.ask("SELECT id FROM message ORDER BY id")]
        return list({ids[number % len(ids)] for number in numbers}) if ids else []

    def uids(self, folder: FolderId, numbers: list[int]) -> list[int]:
        held = sorted(self.writer.read(lambda db: Transaction(db, Notes(), 0).copies.uids(folder)))
        return list({held[number % len(held)] for number in numbers}) if held else []

    @rule(place=PLACE, flags=FLAGS, tags=TAGS, on_server=st.booleans(), key=st.integers(0, 12), count=st.integers(1, 4))
    def arrive(self, place: int, flags: Flags, tags: frozenset[str], on_server: bool, key: int, count: int) -> None:
        rows = []
        for number in range(count):
            uid = self.next_uid if on_server and place < 3 else 0
            self.next_uid += 1
            rows.append(
                NewMessage(
                    self.account,
                    self.folders[place],
                    b"%d" % key,
                    f"<{key}@x>",
                    flags=flags,
                    tags=tags,
                    uid=uid,
                    content=b"c" * 32 if number else None,
                    fetched=Fetched.FULL if number else Fetched.HEADERS,
                )
            )
        self.do(lambda tx: tx.messages.insert(rows))

    @rule(some=SOME, add=FLAGS, remove=FLAGS, tags=TAGS, keep=st.booleans())
    def flag(self, some: list[int], add: Flags, remove: Flags, tags: frozenset[str], keep: bool) -> None:
        ids = self.pick(some)
        self.verb(ids, lambda tx: tx.messages.set_flags(ids, add, remove, tags, frozenset({"red"}) - tags), keep)

    @rule(some=SOME, place=PLACE, keep=st.booleans())
    def move(self, some: list[int], place: int, keep: bool) -> None:
        ids = self.pick(some)
        self.verb(ids, lambda tx: tx.messages.move(ids, self.folders[place], settle_at=5), keep)

    @rule(some=SOME, keep=st.booleans())
    def remove(self, some: list[int], keep: bool) -> None:
        ids = self.pick(some)
        self.verb(ids, lambda tx: tx.messages.remove(ids), keep)

    @rule(some=SOME, place=PLACE)
    def copy(self, some: list[int], place: int) -> None:
        ids = self.pick(some)
        made = self.do(lambda tx: tx.messages.copy(ids, self.folders[place]))
        self.entries.append(self.do(lambda tx: tx.journal.add("copied", [], made)))

    def verb(self, ids: list[MessageId], change: Callable[[Transaction], None], keep: bool) -> None:
        def work(tx: Transaction) -> JournalId | None:
            before = tx.messages.before(ids)
            change(tx)
            return tx.journal.add("verb", before) if keep else None

        entry = self.do(work)
        if entry is not None:
            self.entries.append(entry)

    @rule(number=st.integers(0, 5))
    def take_back(self, number: int) -> None:
        if self.entries:
            entry = self.entries.pop(number % len(self.entries))
            self.do(lambda tx: tx.journal.take_back(entry))

    @rule(some=SOME)
    def forget(self, some: list[int]) -> None:
        ids = self.pick(some)
        self.do(lambda tx: tx.messages.forget(ids))

    @rule(some=SOME)
    def save_draft(self, some: list[int]) -> None:
        for one in self.pick(some):
            row = NewMessage(self.account, self.folders[0], subject="again", content=b"d" * 32, fetched=Fetched.FULL)
            self.do(lambda tx, m=one, r=row: tx.messages.rewrite(m, r))

    @rule()
    def purge(self) -> None:
        self.do(lambda tx: tx.messages.purge(0))

    @rule(place=st.integers(0, 2), some=SOME, flags=FLAGS, tags=TAGS)
    def server_flags(self, place: int, some: list[int], flags: Flags, tags: frozenset[str]) -> None:
        rows = [FlagRow(uid, flags, tags) for uid in self.uids(self.folders[place], some)]
        self.do(lambda tx: tx.copies.update_flags(self.folders[place], rows))

    @rule(place=st.integers(0, 2), some=SOME)
    def pushed_flags(self, place: int, some: list[int]) -> None:
        folder = self.folders[place]
        wanted = set(self.uids(folder, some))
        rows = [
            FlagRow(one.known.uid, one.wanted.flags, one.wanted.tags)
            for one in self.do(lambda tx: tx.difference.for_account(self.account, 1 << 40))
            if one.known is not None and one.known.folder == folder and one.known.uid in wanted
        ]
        self.do(lambda tx: tx.copies.stored(folder, rows))

    @rule(place=st.integers(0, 2), to=st.integers(0, 2), some=SOME)
    def moved_on_server(self, place: int, to: int, some: list[int]) -> None:
        pairs = {}
        for uid in self.uids(self.folders[place], some):
            pairs[uid] = self.next_uid
            self.next_uid += 1
        self.do(lambda tx: tx.copies.moved(self.folders[place], self.folders[to], pairs))

    @rule(place=st.integers(0, 2), some=SOME)
    def vanish(self, place: int, some: list[int]) -> None:
        uids = self.uids(self.folders[place], some)
        self.do(lambda tx: tx.copies.vanish(self.folders[place], uids))

    @rule(place=st.integers(0, 2), some=SOME)
    def expunged(self, place: int, some: list[int]) -> None:
        uids = self.uids(self.folders[place], some)
        self.do(lambda tx: tx.copies.forget(self.folders[place], uids))

    @rule(place=st.integers(0, 2))
    def new_validity(self, place: int) -> None:
        self.do(lambda tx: tx.copies.drop_folder(self.folders[place]))

    @rule(place=st.integers(0, 2), flags=FLAGS)
    def turn_up(self, place: int, flags: Flags) -> None:
        awaiting = self.do(lambda tx: tx.copies.awaiting(self.account))
        rows = []
        for known in list(awaiting.values())[:3]:
            rows.append(CopyRow(self.folders[place], self.next_uid, known[0].message, flags))
            self.next_uid += 1
        self.do(lambda tx: tx.copies.add(rows))

    @rule()
    def sweep(self) -> None:
        self.do(lambda tx: tx.copies.sweep_vanished(self.account))

    @rule(some=SOME, give_up=st.booleans())
    def refuse(self, some: list[int], give_up: bool) -> None:
        ids = self.pick(some)
        if give_up:
            self.do(lambda tx: tx.difference.give_up(ids))
        else:
            self.do(lambda tx: tx.difference.fail(ids, "over quota", 77))

    @rule(some=SOME)
    def queue(self, some: list[int]) -> None:
        for one in self.pick(some):
            self.do(lambda tx, m=one: tx.outbox.put(m, Envelope("a@x", ("b@x",)), 0))
            self.do(lambda tx, m=one: tx.outbox.set_state(m, Sending.SENDING))

    @invariant()
    def counts_are_what_counting_gives(self) -> None:
        assert (
            self.ask(
                "SELECT f.id FROM folder AS f LEFT JOIN message AS m ON m.folder = f.id AND m.hidden = 0 GROUP BY f.id"
                " HAVING f.total <> count(m.id) OR f.unread <> coalesce(sum(m.flags & 1 = 0), 0)"
            )
            == []
        )

    @invariant()
    def the_news_tell_what_is_shown(self) -> None:
        shown: dict[int, set[int]] = {}
        for folder, message in self.ask("SELECT folder, id FROM message WHERE hidden = 0"):
            shown.setdefault(folder, set()).add(message)
        assert {folder: ids for folder, ids in self.visible.items() if ids} == shown

    @invariant()
    def the_hint_knows_every_difference(self) -> None:
        assert self.ask(_DIFFERS + " ORDER BY 1") == self.ask("SELECT id FROM message WHERE due > 0 ORDER BY id")

    def teardown(self) -> None:
        if hasattr(self, "writer"):
            self.writer.close()
            self._place.cleanup()


Agreement.TestCase.settings = settings(
    max_examples=40, stateful_step_count=30, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
TestAgreement = Agreement.TestCase
