"""What stays on a POP3 server and what goes: as a document for programs, as rows for people, and under another rule."""

from __future__ import annotations

from desktopmail.cli import places, servers
from desktopmail.cli.desk import Desk
from desktopmail.cli.output import DONE, Document
from desktopmail.cli.shapes import when
from desktopmail.domain.account import Account, Keep, Leave, Pop3Server
from desktopmail.engine.engine import Engine


async def leave(desk: Desk) -> int:
    """Another rule for what stays on the server, and what it will do."""
    rule = servers.leave(desk.arguments.rule)
    async with desk.engine() as engine:
        account = places.account(engine.library, desk.arguments.id)
        seen = await engine.pop3.set_leave(account.id, rule)
    desk.output.result({"leave": word(rule), "would_go": seen.count, "words": seen.words}, seen.words)
    return DONE


async def document(engine: Engine, account: Account) -> Document | None:
    """None for an account that does not receive by POP3."""
    if not isinstance(account.incoming, Pop3Server):
        return None
    copies = await engine.pop3.copies(account.id)
    seen = await engine.pop3.outlook(account.id)
    return {
        "leave": word(account.incoming.leave),
        "max_size": account.incoming.max_size,
        "copies": {"server": copies.server, "both": copies.both, "here": copies.here},
        "would_go": seen.count,
        "next_at": when(seen.next_at),
        "words": seen.words,
    }


def rows(found: Document | None) -> list[tuple[str, str]]:
    """The same in words."""
    if found is None:
        return []
    copies = found["copies"]
    where = f"{copies['server']} only there, {copies['both']} here and there, {copies['here']} only here"
    return [("on the server", found["words"]), ("messages", where)]


def word(rule: Leave) -> str:
    """A rule as the command line writes it."""
    return str(rule.days) if rule.keep is Keep.DAYS else rule.keep.value
