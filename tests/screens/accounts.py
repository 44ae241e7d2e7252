"""The pages of accounts in the settings, and their dialogs, on a profile of made-up accounts."""

from __future__ import annotations

import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import QWidget

from desktopmail.domain.account import (
    Endpoint,
    Identity,
    ImapServer,
    Keep,
    Leave,
    NewAccount,
    Pop3Server,
    Security,
    SmtpServer,
)
from desktopmail.domain.activity import Activity, Problem, Remedy, State
from desktopmail.domain.address import Address
from desktopmail.domain.advice import Advice, Answers, Readers
from desktopmail.domain.arrangement import Arrangement, Beside
from desktopmail.domain.errors import BadCertificate
from desktopmail.domain.folder import Role
from desktopmail.domain.health import DAY, Encryption, Line, Others, Retention, Room, Side
from desktopmail.domain.ids import AccountId, IdentityId
from desktopmail.domain.message import Fetched, Flags
from desktopmail.domain.saying import phrase
from desktopmail.engine.engine import Engine
from desktopmail.gui.accounts.adding import AddServer
from desktopmail.gui.accounts.identities import IdentityDialog
from desktopmail.gui.accounts.removal import RemoveAccount
from desktopmail.gui.accounts.servers import Servers
from desktopmail.gui.accounts.switch import SwitchProtocol
from desktopmail.gui.settings.window import SettingsWindow
from desktopmail.gui.window import MainWindow
from desktopmail.gui.wizard.advice import advise
from desktopmail.gui.wizard.trouble import Trouble
from desktopmail.store.ledger_rows import Stored
from desktopmail.store.rows import NewMessage
from desktopmail.store.secrets import Memory
from desktopmail.store.sightings import Sightings
from desktopmail.store.transaction import Transaction

Quiet = Callable[[], Awaitable[None]]
View = Callable[[Engine, MainWindow, Quiet], Awaitable[QWidget]]

LONG = "Bundesanstalt für außerordentlich lange Bezeichnungen und Zuständigkeiten (Abteilung für Postverkehr)"
LONG_HOST = "imap.mailserver.rechenzentrum.bundesanstalt-fuer-lange-bezeichnungen.example.org"
PIN = "5e3f" * 16


@asynccontextmanager
async def profile() -> AsyncIterator[Engine]:
    """An engine that is never started, with accounts of every kind."""
    with tempfile.TemporaryDirectory() as place:
        engine = await Engine.open(Path(place) / "profile", passwords=Memory(), offline=True)
        try:
            await engine._store.write(_fill)
            yield engine
        finally:
            await engine.close()


def _fill(tx: Transaction) -> None:
    reason = "You read this address on your phone too, and IMAP shows the same mail there."
    advice = Advice(Answers(Readers.SEVERAL), "imap", reason, "imap").to_json()
    home = Endpoint("imap.example.org", 993, Security.TLS, "ada")
    out = SmtpServer(Endpoint("smtp.example.org", 587, Security.STARTTLS, "ada"))
    one = tx.accounts.add(NewAccount("ada@example.org", "Home", "Ada Lovelace", ImapServer(home), out, advice))
    found = tx.accounts.get(one)
    more = Identity(IdentityId(0), "Countess of Lovelace", "countess@example.org", "ada@example.org", "-- \nAda")
    first = replace(found.identities[0], signature="-- \nAda Lovelace\n12 St James's Square")
    tx.accounts.update(replace(found, identities=(first, more)))
    _know(tx, one, home, ends=90, levels=[40 + day * 0.5 + (day % 5) * 0.2 for day in range(80)])
    far = Endpoint(LONG_HOST, 993, Security.TLS, "abteilung.postverkehr", frozenset({PIN}), proxy="socks5://proxy:1080")
    two = tx.accounts.add(NewAccount("postverkehr@lange-bezeichnungen.example.org", LONG, LONG, ImapServer(far), None))
    _know(tx, two, far, ends=9, levels=[88 + day * 0.25 for day in range(30)])
    box = Endpoint("pop.example.net", 995, Security.TLS, "ada")
    three = tx.accounts.add(
        NewAccount(
            "ada@example.net",
            "Old box",
            "Ada",
            Pop3Server(box, Leave(Keep.DAYS, 14), 5_000_000),
            SmtpServer(box),
            advice,
        )
    )
    _know(tx, three, box, ends=200, levels=[])
    _letters(tx, three)
    tx.sightings.retention(three, Retention(14, 600))
    tx.accounts.add(NewAccount("press@example.com", "Press releases", "Press", None, out))
    arab = Endpoint("imap.example.com", 993, Security.TLS, "layla")
    club = Pop3Server(replace(box, host="pop.gmail.com", user="recent:rowing@gmail.com"))
    four = tx.accounts.add(NewAccount("club@club.example", "Rowing club", "Ada", club, out))
    tx.arrangements.put(three, Arrangement(four, Beside.FOLDER, one))
    tx.accounts.add(NewAccount("layla@example.com", "ليلى المصرية", "ليلى المصرية", ImapServer(arab), out))


def _letters(tx: Transaction, account: AccountId) -> None:
    """Mail that is on the server in part, here and there, and only here."""
    inbox = tx.folders.by_role(account, Role.INBOX)
    assert inbox is not None
    now = int(time.time())
    told = (
        ("Ada Byron", "Sketches of the engine", 24_600_000, b""),
        ("Mary Somerville", "Your questions about the moon", 4_100, bytes(32)),
        ("Charles Babbage", "Punched cards, second attempt", 9_800, bytes(32)),
        ("Michael Faraday", "Friday evening lecture", 3_200, bytes(32)),
    )
    rows = [
        NewMessage(
            account, inbox.id, b"", f"<{number}@x>", date=now - 4000 * number, received=now - 4000 * number,
            sender=(Address(who, "somebody@example.net"),), to=(Address("Ada", "ada@example.net"),), subject=subject,
            flags=Flags.SEEN if number > 1 else Flags.NONE, size=size, content=sha or None,
            fetched=Fetched.FULL if sha else Fetched.HEADERS,
        )
        for number, (who, subject, size, sha) in enumerate(told)
    ]  # fmt: skip
    ids = tx.messages.insert(rows)
    lines = [Stored(f"u{one}", told[place][2], one, told[place][3], partly=not place) for place, one in enumerate(ids)]
    tx.ledger.stored(account, lines[:3])


async def large(engine: Engine, window: MainWindow, quiet: Quiet) -> QWidget:
    """A large message whose beginning is here, among others, in the main window."""
    account = engine.library.accounts()[2]
    inbox = next(each for each in engine.library.folders() if each.account == account.id and each.role is Role.INBOX)
    rows = engine.library.summaries(engine.library.ids(inbox.id))
    window.resize(1280, 620)
    window.places.go(inbox.id, next(each.id for each in rows if "Sketches" in each.subject))
    await quiet()
    await quiet()
    return window


def _know(tx: Transaction, account: AccountId, place: Endpoint, *, ends: int, levels: list[float]) -> None:
    now = int(time.time())
    made = Encryption("TLSv1.3", "TLS_AES_256_GCM_SHA384", now + ends * DAY + 60, "Example Trust CA 3", PIN)
    for side in Side:
        name = "SCRAM-SHA-256" if side is Side.INCOMING else "PLAIN"
        tx.sightings.line(account, Line(side, place.host, place.port, made, name, now))
    tx.sightings.full_sync(account)
    tx.sightings.others(account, Others(3, 41))
    for number, level in enumerate(levels):
        day = Sightings(tx._db, now - (len(levels) - 1 - number) * DAY)
        day.room(account, Room(int(level * 2e7), 2_000_000_000))


def page(number: int, height: int = 1180) -> View:
    async def view(engine: Engine, window: MainWindow, quiet: Quiet) -> QWidget:
        account = engine.library.accounts()[number]
        if number == 1:
            words = _ended("imap.example.org")
            problem = Problem(account.id, "bad-certificate", words, phrase("Nothing was sent."), Remedy.CERTIFICATE)
            engine._ears.activity(Activity(account.id, State.PROBLEM, problem.title, problem=problem))
        else:
            state = State.PAUSED if account.incoming is None else State.IDLE
            words = phrase("Paused: nothing is fetched or sent") if state is State.PAUSED else phrase("Up to date")
            engine._ears.activity(Activity(account.id, state, words))
        window.settings(account.id)
        found = next(each for each in window.findChildren(SettingsWindow) if each.isVisible())
        found.resize(940, height)
        await quiet()
        return found

    return view


def _ended(host: str) -> str:
    why = phrase("its certificate ended on {0}", "3 March 2026")
    return phrase("This server could not prove that it is {0} ({1})", host, why)


async def servers(engine: Engine, window: MainWindow, quiet: Quiet) -> QWidget:
    dialog = Servers(engine, engine.library.accounts()[0], window)
    dialog.open()
    await quiet()
    return dialog


async def servers_long(engine: Engine, window: MainWindow, quiet: Quiet) -> QWidget:
    dialog = Servers(engine, engine.library.accounts()[1], window)
    dialog.open()
    await quiet()
    return dialog


async def servers_trouble(engine: Engine, window: MainWindow, quiet: Quiet) -> QWidget:
    dialog = Servers(engine, engine.library.accounts()[0], window)
    dialog.open()
    log = "certificate has expired"
    error = BadCertificate(
        _ended("imap.example.org"), phrase("Nothing was sent."), log, PIN, "Example Trust CA 3", 1_772_000_000
    )
    dialog._show_trouble(Trouble(advise(error, engine.library.accounts()[0].incoming.endpoint)))  # type: ignore[union-attr]
    await quiet()
    return dialog


async def page_end(engine: Engine, window: MainWindow, quiet: Quiet) -> QWidget:
    found = await page(1, 760)(engine, window, quiet)
    shown = found.stack.currentWidget()  # type: ignore[attr-defined]
    shown.health.incoming.fold.click()
    await quiet()
    shown.area.verticalScrollBar().setValue(shown.area.verticalScrollBar().maximum())
    await quiet()
    return found


async def removal(engine: Engine, window: MainWindow, quiet: Quiet) -> QWidget:
    dialog = RemoveAccount(engine, engine.library.accounts()[0], window)
    dialog.open()
    await quiet()
    return dialog


async def switch(engine: Engine, window: MainWindow, quiet: Quiet) -> QWidget:
    dialog = SwitchProtocol(engine, engine.library.accounts()[0], window)
    dialog.open()
    await quiet()
    return dialog


async def switch_back(engine: Engine, window: MainWindow, quiet: Quiet) -> QWidget:
    dialog = SwitchProtocol(engine, engine.library.accounts()[2], window)
    dialog.open()
    await quiet()
    return dialog


async def add_receiving(engine: Engine, window: MainWindow, quiet: Quiet) -> QWidget:
    dialog = AddServer(engine, engine.library.accounts()[3], ("imap", "pop3"), window)
    dialog.open()
    await quiet()
    return dialog


async def identity(engine: Engine, window: MainWindow, quiet: Quiet) -> QWidget:
    dialog = IdentityDialog(window, engine.library.accounts()[0].identities[0], lambda _: None)
    dialog.open()
    await quiet()
    return dialog


VIEWS: dict[str, View] = {
    "account-imap": page(0, 1300),
    "account-long": page(1, 1300),
    "account-pop3": page(2, 1300),
    "account-gmail": page(4, 1200),
    "account-sends": page(3),
    "account-arabic": page(5),
    "account-narrow": page(0, 680),
    "account-mirrored": page(2, 1500),
    "account-servers": servers,
    "account-servers-long": servers_long,
    "account-large": large,
    "account-removal": removal,
    "account-identity": identity,
    "account-trouble": servers_trouble,
    "account-trouble-mirrored": servers_trouble,
    "account-end": page_end,
    "account-switch": switch,
    "account-switch-back": switch_back,
    "account-receiving": add_receiving,
}
