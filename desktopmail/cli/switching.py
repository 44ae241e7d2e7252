"""The command that has an account receive by another protocol, in place, and back."""

from __future__ import annotations

from dataclasses import asdict, replace

from desktopmail.cli import places, servers, shapes
from desktopmail.cli.desk import Desk
from desktopmail.cli.output import DONE
from desktopmail.domain.account import Account, Endpoint, ImapServer, Leave, Pop3Server
from desktopmail.domain.errors import NotFound, WrongUsage
from desktopmail.engine.engine import Engine


async def switch(desk: Desk) -> int:
    """Receive by IMAP or by POP3 from now on, or as before the last switch."""
    options = desk.arguments
    if options.leave and options.protocol != "pop3":
        raise WrongUsage("--leave goes with pop3")
    if options.upload and options.protocol != "imap":
        raise WrongUsage("--upload goes with imap")
    if options.protocol == "back" and options.server:
        raise WrongUsage("The servers of before are known")
    rule = servers.leave(options.leave)
    async with desk.engine() as engine:
        account = places.account(engine.library, options.id)
        if options.protocol == "back":
            before = await engine.switching.undo(account.id, desk.output.progress)
            desk.output.result(shapes.account(before), f"{before.address} receives by {before.kind.upper()} again")
            return DONE
        endpoint = await _endpoint(desk, engine, account)
        report = await _switched(desk, engine, account, endpoint, rule)
    words = f"{report['words']} 'account switch {account.id} back' takes it back for 30 days."
    desk.output.result(report, words)
    return DONE


async def _switched(
    desk: Desk, engine: Engine, account: Account, endpoint: Endpoint, rule: Leave
) -> dict[str, int | str]:
    verbs, say = engine.switching, desk.output.progress
    if desk.arguments.protocol == "pop3":
        done = await verbs.to_pop3(account.id, Pop3Server(endpoint, rule), say)
    else:
        done = await verbs.to_imap(account.id, ImapServer(endpoint), upload=desk.arguments.upload, say=say)
    return {"id": account.id, **asdict(done), "words": done.words}


async def _endpoint(desk: Desk, engine: Engine, account: Account) -> Endpoint:
    """The server named, or else the one found for the address."""
    options = desk.arguments
    if account.incoming is None:
        raise WrongUsage(f"{account.address} receives nothing", "Add a server to it first.")
    old = account.incoming.endpoint
    if options.server:
        pins = servers.pins(options.pin_certificate)
        named = servers.endpoint(options.server, options.protocol, old.user, pins, cleartext=options.allow_cleartext)
        return replace(named, certificate=old.certificate, proxy=old.proxy, sign_in=old.sign_in)
    found = servers.agreed(await engine.discovery.find(account.address, say=desk.output.progress))
    offered = found.imap if options.protocol == "imap" else found.pop3
    if not offered:
        raise NotFound(
            f"No {options.protocol.upper()} server was found for {account.address}",
            f"Name it: --server {options.protocol}s://user@host",
        )
    return replace(offered[0], user=old.user, certificate=old.certificate, proxy=old.proxy, sign_in=old.sign_in)
