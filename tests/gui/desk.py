"""A desk to work at: real store, library, verbs and search; only servers are absent. And the window over it."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from email.headerregistry import Address as Mail
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from itertools import count
from pathlib import Path
from typing import Any

from PySide6.QtCore import QUrl, Signal
from PySide6.QtWidgets import QDialog, QWidget

from desktopmail.domain.account import Endpoint, ImapServer, NewAccount, Security, SmtpServer
from desktopmail.domain.activity import Activity, Problem
from desktopmail.domain.changes import ChangeSet
from desktopmail.domain.draft import Draft
from desktopmail.domain.errors import ContentMissing
from desktopmail.domain.folder import Role
from desktopmail.domain.ids import AccountId, FolderId, IdentityId, MessageId
from desktopmail.domain.message import Fetched, Flags, Summary
from desktopmail.engine.actions import Actions
from desktopmail.engine.folders import Folders
from desktopmail.engine.library import Library
from desktopmail.engine.notices import Notice
from desktopmail.engine.pictures import Pictures
from desktopmail.engine.reading import Reading
from desktopmail.engine.search import Search
from desktopmail.engine.settings import SettingsVerbs
from desktopmail.engine.transfer import Transfer
from desktopmail.gui.loop import close_tasks
from desktopmail.gui.window import MainWindow, Parts
from desktopmail.store.rows import NewMessage
from desktopmail.store.store import Store
from desktopmail.store.text import TextRow
from tests.gui.samples import LETTERS, ME, STEPS, summary


class DeskEngine:
    """What the window asks of an engine, without servers. `asked` records what would have gone out."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.library = Library(store)
        self.actions = Actions(store)
        self.search = Search(store)
        self.settings = SettingsVerbs(store)
        self.activities: dict[AccountId, Activity] = {}
        self.asked: list[tuple[str, object]] = []
        self.composing = DeskComposing(self)
        self.outbox = DeskOutbox(self)
        self.folders = Folders(store, self.library)
        self.reading = Reading(store, _nothing_to_fetch, Pictures(ssl.create_default_context))
        self.transfer = Transfer(store, self.library, self.reading)
        self._listeners: list[Callable[[Activity], None]] = []

    def on_change(self, listener: Callable[[ChangeSet], None]) -> Callable[[], None]:
        return self.store.subscribe(listener)

    def on_activity(self, listener: Callable[[Activity], None]) -> Callable[[], None]:
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def say(self, activity: Activity) -> None:
        """An account says what it does."""
        self.activities[activity.account] = activity
        for listener in list(self._listeners):
            listener(activity)

    def on_problem(self, listener: Callable[[Problem], None]) -> Callable[[], None]:
        self.complain = listener
        return lambda: None

    def on_notice(self, listener: Callable[[Notice], None]) -> Callable[[], None]:
        self.notice = listener
        return lambda: None

    def wake(self) -> None:
        self.asked.append(("wake", None))

    def retry(self, account: AccountId) -> None:
        self.asked.append(("retry", account))

    async def change_settings(self, **values: Any) -> None:
        await self.settings.change(**values)


class DeskOutbox:
    """Verbs on outgoing mail, recorded."""

    def __init__(self, engine: DeskEngine) -> None:
        self._engine = engine

    async def retry(self, message: MessageId) -> None:
        self._engine.asked.append(("retry", message))

    async def cancel(self, message: MessageId) -> None:
        self._engine.asked.append(("cancel", message))

    async def mark_sent(self, message: MessageId) -> None:
        self._engine.asked.append(("mark_sent", message))


async def _nothing_to_fetch(message: MessageId) -> None:
    raise ContentMissing("This message is on the server", "It comes when the account is connected again.")


class DeskComposing:
    """Drafts without a message behind them."""

    def __init__(self, engine: DeskEngine) -> None:
        self._engine = engine

    async def new(self) -> Draft:
        return Draft(IdentityId(1))

    async def reply(self, message: MessageId, everybody: bool = False) -> Draft:
        self._engine.asked.append(("reply_all" if everybody else "reply", message))
        return Draft(IdentityId(1), answers=message)

    async def forward(self, message: MessageId) -> Draft:
        self._engine.asked.append(("forward", message))
        return Draft(IdentityId(1), answers=message)


class PlainReader(QWidget):
    """A reader that only remembers what it was to show."""

    command = Signal(str)
    compose_requested = Signal(str, int)
    open_link = Signal(QUrl)
    message_opened = Signal(int)
    zoom_changed = Signal(float)
    said = Signal(str)
    failed = Signal(object)

    def __init__(self, engine: object) -> None:
        super().__init__()
        self.setAccessibleName("Message")
        self.shown: list[Summary] = []
        self.focus_message: MessageId | None = None
        self.pages = 0

    def show_actions(self, groups: object, more: object = None) -> None:
        self.groups = groups

    def show_messages(self, messages: Sequence[Summary], focus: MessageId | None = None) -> None:
        self.shown, self.focus_message = list(messages), focus

    def clear(self, words: str = "") -> None:
        self.shown, self.focus_message = [], None

    def set_zoom(self, factor: float) -> None:
        self.factor = factor

    def mark(self, terms: Sequence[str]) -> None:
        self.terms = tuple(terms)

    def show_again(self) -> None:
        self.again = True

    def advance(self, backward: bool = False) -> bool:
        self.pages -= 1
        return self.pages >= 0

    def warm_up(self) -> None:
        self.warm = True

    def show_source(self) -> None:
        """Is not asked for here."""

    def print_message(self) -> None:
        """Is not asked for here."""

    def find_in_message(self) -> None:
        """Is not asked for here."""

    def zoom(self, step: int) -> None:
        self.factor += step

    def prefetch(self, messages: Sequence[Summary]) -> None:
        self.ahead = [each.id for each in messages]


class PlainComposer(QWidget):
    """A composer that only holds its draft."""

    sent = Signal(object)
    draft_saved = Signal(object)
    discarded = Signal(object)

    def __init__(self, engine: object, draft: Draft) -> None:
        super().__init__()
        self.draft = draft

    async def keep_and_close(self) -> None:
        self.close()


class PlainWizard(QDialog):
    """A wizard that only opens."""

    def __init__(self, engine: object) -> None:
        super().__init__()


PARTS = Parts(PlainReader, PlainComposer, PlainWizard)  # type: ignore[arg-type]


class Desk:
    """A profile with one account and its mail, an engine without servers, and a window."""

    def __init__(self, folder: Path) -> None:
        self.store = Store.open(folder)
        self.engine = DeskEngine(self.store)
        self.window: MainWindow | None = None
        self.account = AccountId(0)
        self.run: Callable[[Coroutine[Any, Any, Any]], Any]
        self.content: dict[int, bytes] = {}
        self._uids = count(1)

    async def write_letters(self) -> None:
        """Store the letters of the samples as real messages, for a real reader."""
        for number, (name, address, subject, text) in enumerate(LETTERS):
            letter = EmailMessage(policy=SMTP)
            letter["From"] = Mail(name, addr_spec=address)
            letter["To"] = Mail(ME.name, addr_spec=ME.address)
            letter["Subject"] = subject
            letter["Date"] = format_datetime(datetime.now().astimezone())
            letter["Message-ID"] = f"<{number}@example.org>"
            letter.set_content(f"{text}\n\n" * 3)
            raw = letter.as_bytes()
            self.content[number] = await self.store.content(lambda content, raw=raw: content.put(raw))

    async def set_up(self, messages: int = 0, address: str = "ada@example.org") -> AccountId:
        """An account, with this many messages in its Inbox."""
        server = Endpoint("imap.example.org", 993, Security.TLS, address)
        out = Endpoint("smtp.example.org", 465, Security.TLS, address)
        new = NewAccount(address, address.partition("@")[2], "Ada Lovelace", ImapServer(server), SmtpServer(out))
        self.account = await self.store.write(lambda tx: tx.accounts.add(new))
        for start in range(0, messages, 500):
            await self.arrive(start, min(messages, start + 500))
        return self.account

    def folder(self, role: Role) -> FolderId:
        """A special folder of the account made last."""
        return next(each.id for each in self.engine.library.folders()
                    if each.role is role and each.account == self.account)  # fmt: skip

    async def arrive(self, start: int, stop: int, folder: FolderId | None = None, newer: int = 0) -> list[MessageId]:
        """Messages like those of the samples; the first is the newest, `newer` seconds after the samples' now."""
        at = int(time.time()) - 60 + newer
        ages = [sum(STEPS[: number % len(STEPS)]) + (number // len(STEPS)) * sum(STEPS) for number in range(stop)]
        rows = [self._row(number, at - ages[number], folder or self.folder(Role.INBOX))
                for number in range(start, stop)]  # fmt: skip
        found: list[MessageId] = await self.store.write(lambda tx: tx.messages.insert(rows))
        texts = [TextRow(one, f"{row.sender[0].name} {row.sender[0].address}", row.subject, row.preview)
                 for one, row in zip(found, rows, strict=True)]  # fmt: skip
        await self.store.text(lambda index: index.add(texts))
        return found

    def _row(self, number: int, at: int, folder: FolderId) -> NewMessage:
        like = summary(number, at)
        return NewMessage(
            self.account, folder, b"", f"<{number}.{at}@example.org>", (), at, at, like.sender, (ME,), (), like.subject,
            like.preview, like.flags, like.tags, like.size, like.attachments, Fetched.FULL,
            self.content.get(number % len(LETTERS)), uid=next(self._uids), mod_seq=1,
        )  # fmt: skip

    def open(self, parts: Parts = PARTS) -> MainWindow:
        """The window over it."""
        self.window = MainWindow(self.engine, parts)  # type: ignore[arg-type]
        self.window.show()
        return self.window

    async def settled(self) -> None:
        """Everything that was started on the store is done."""
        await self.store.read(lambda tx: None)

    async def close(self) -> None:
        """Close window and profile."""
        if self.window is not None:
            self.window.close()
            self.window.let_go()
            self.window.deleteLater()
        await close_tasks()
        await self.store.close()

    def until(self, condition: Callable[[], object]) -> None:
        """Turn the loop until something is true; ten seconds at most."""

        async def turning() -> None:
            async with asyncio.timeout(10):
                while not condition():  # noqa: ASYNC110 - conditions of widgets have no event
                    await asyncio.sleep(0.002)

        self.run(turning())

    @property
    def ids(self) -> list[int]:
        """The rows of the list."""
        assert self.window is not None
        return list(self.window.messages.model.vector.ids)


@contextmanager
def desk_at(
    folder: Path, run: Callable[[Coroutine[Any, Any, Any]], Any], fill: Callable[[Desk], Coroutine[Any, Any, Any]]
) -> Iterator[Desk]:
    """A desk that `fill` made ready, on which messages stand alone and stay unread; closed in the end."""

    async def make() -> Desk:
        desk = Desk(folder)
        await desk.engine.change_settings(group_conversations=False, mark_read_seconds=-1.0)
        await fill(desk)
        return desk

    desk = run(make())
    desk.run = run
    yield desk
    run(desk.close())


__all__ = ["LETTERS", "PARTS", "Desk", "DeskEngine", "Flags", "PlainReader", "desk_at"]
