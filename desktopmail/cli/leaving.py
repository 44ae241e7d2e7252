"""What stays on a POP3 server and what goes: as a document for programs, as rows for people, and under another rule."""

from __future__ import annotations

from desktopmail.cli import places, servers
from desktopmail.cli.desk import Desk
from desktopmail.cli.output import DONE, Document
from desktopmail.cli.shapes import when
from desktopmail.domain.account import Account, Keep, Leave, Pop3Server
from desktopmail.domain.errors import WrongUsage
from desktopmail.engine.engine import Engine


async def leave(desk: Desk) -> int:
    """Another rule for what stays on the server, or for what is fetched whole, and what it will do."""
    options = desk.arguments
    if options.rule is None and options.max_size is None:
        raise WrongUsage("Nothing to change", "Say a rule or --max-size KB.")
    rule, size = servers.leave(options.rule), servers.max_size(options.max_size)
    async with desk.engine() as engine:
        account = places.account(engine.library, options.id)
        if options.max_size is not None:
            await engine.pop3.set_max_size(account.id, size)
        if options.rule is not None:
            await engine.pop3.set_leave(account.id, rule)
        seen = await document(engine, places.account(engine.library, options.id))
    assert seen is not None
    words = f"{seen['words']} {_limit(seen['max_size'])}".strip()
    desk.output.result({key: seen[key] for key in ("leave", "max_size", "would_go", "words")}, words)
    return DONE


def _limit(size: int) -> str:
    return f"Of messages above {size // 1_000:,} KB only the beginning is fetched." if size else ""


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
        "ignored": seen.ignored,
        "words": seen.words,
        "provider": list(seen.provider),
    }


def rows(found: Document | None) -> list[tuple[str, str]]:
    """The same in words."""
    if found is None:
        return []
    copies = found["copies"]
    where = f"{copies['server']} only there, {copies['both']} here and there, {copies['here']} only here"
    size = [("large messages", _limit(found["max_size"]))] if found["max_size"] else []
    provider = [("provider", each) for each in found["provider"]]
    return [("on the server", found["words"]), ("messages", where), *size, *provider]


def word(rule: Leave) -> str:
    """A rule as the command line writes it."""
    return str(rule.days) if rule.keep is Keep.DAYS else rule.keep.value
