"""Whose Inbox takes a POP3 account's new mail, and where its sent mail is kept beside."""

from __future__ import annotations

from desktopmail.cli import places
from desktopmail.cli.desk import Desk
from desktopmail.cli.output import DONE, Document
from desktopmail.domain.account import Account, Pop3Server
from desktopmail.domain.arrangement import Beside
from desktopmail.domain.errors import WrongUsage
from desktopmail.engine.engine import Engine

OWN, HERE, BCC = "own", "here", "bcc"


async def deliver(desk: Desk) -> int:
    """Put new mail into another Inbox, or into the account's own."""
    word = desk.arguments.inbox
    async with desk.engine() as engine:
        account = places.account(engine.library, desk.arguments.id)
        to = None if word == OWN else places.account(engine.library, _number(word, OWN)).id
        await engine.arrangements.deliver(account.id, to)
        found = await document(engine, account)
    desk.output.result(found, rows(found)[0][1])
    return DONE


async def keep_sent(desk: Desk) -> int:
    """Keep what is sent also elsewhere, or here alone."""
    word = desk.arguments.where
    async with desk.engine() as engine:
        account = places.account(engine.library, desk.arguments.id)
        if word in (HERE, BCC):
            await engine.arrangements.keep_sent(account.id, Beside.NOWHERE if word == HERE else Beside.BCC)
        else:
            to = places.account(engine.library, _number(word, HERE, BCC)).id
            await engine.arrangements.keep_sent(account.id, Beside.FOLDER, to)
        found = await document(engine, account)
    desk.output.result(found, rows(found)[1][1])
    return DONE


async def document(engine: Engine, account: Account) -> Document:
    """What was arranged; empty for an account that does not receive by POP3."""
    if not isinstance(account.incoming, Pop3Server):
        return {}
    found = await engine.arrangements.of(account.id)
    sent = {Beside.NOWHERE: HERE, Beside.BCC: BCC, Beside.FOLDER: found.now.sent_to}[found.now.beside]
    return {"deliver": found.now.deliver or OWN, "sent": sent, "abroad": found.abroad}


def rows(found: Document) -> list[tuple[str, str]]:
    """The same in words."""
    if not found:
        return []
    inbox = "its own Inbox" if found["deliver"] == OWN else f"the Inbox of account {found['deliver']}"
    if found["abroad"]:
        inbox += f"; in folders of other accounts now: {found['abroad']}"
    sent = {HERE: "on this computer only", BCC: "here and as a copy to oneself"}
    return [
        ("new mail", inbox),
        ("sent mail", sent.get(found["sent"], f"here and in Sent of account {found['sent']}")),
    ]


def _number(word: str, *others: str) -> int:
    if not (word.isascii() and word.isdigit()):
        raise WrongUsage(f"'{word}' is no account", f"Say {', '.join(others)} or the number of an account.")
    return int(word)
