"""The commands about accounts."""

from __future__ import annotations

import asyncio
import getpass
import os
import sys
from argparse import Namespace
from dataclasses import replace
from pathlib import Path

from desktopmail.cli import arranging, health, leaving, places, servers, shapes
from desktopmail.cli.desk import Desk
from desktopmail.cli.output import DONE
from desktopmail.domain.account import Account, Endpoint, ImapServer, Incoming, NewAccount, Pop3Server, SmtpServer
from desktopmail.domain.errors import NotFound, PasswordMissing, WrongUsage
from desktopmail.engine.engine import Engine

SECRETS_VARIABLE = "DESKTOPMAIL_SECRETS"


async def add(desk: Desk) -> int:
    """Make an account, after trying it."""
    options = desk.arguments
    if (options.leave or options.max_size) and not options.pop3:
        raise WrongUsage("--leave and --max-size go with --pop3")
    if "@" not in options.address.strip("@"):
        raise WrongUsage(f"'{options.address}' is not a mail address")
    async with desk.engine() as engine:
        new = _through(options, await _described(desk, engine))
        secret = await password(desk, options.password_env, new.address)
        outgoing = _from_environment(options.smtp_password_env) if options.smtp_password_env else None
        if not options.no_check:
            await engine.accounts.check(new, secret, desk.output.progress, outgoing_password=outgoing)
        number = await engine.accounts.add(new, secret, outgoing_password=outgoing)
        made = places.account(engine.library, number)
    desk.output.result(shapes.account(made), f"{made.id} {made.address}")
    return DONE


async def show_all(desk: Desk) -> int:
    """All accounts."""
    async with desk.engine() as engine:
        _list(desk, engine.library.accounts())
    return DONE


def _list(desk: Desk, accounts: tuple[Account, ...]) -> None:
    if desk.output.as_json:
        desk.output.document([shapes.account(each) for each in accounts])
    else:
        desk.output.table((each.id, each.kind, each.name, each.address) for each in accounts)


async def reorder(desk: Desk) -> int:
    """Have the accounts in another order."""
    async with desk.engine() as engine:
        await engine.accounts.arrange([places.account(engine.library, each).id for each in desk.arguments.ids])
        _list(desk, engine.library.accounts())
    return DONE


async def show(desk: Desk) -> int:
    """One account with its servers and identities."""
    async with desk.engine() as engine:
        account = places.account(engine.library, desk.arguments.id)
        known = engine.library.health(account.id)
        kept = await leaving.document(engine, account)
        arranged = await arranging.document(engine, account)
    if desk.output.as_json:
        desk.output.document(
            {**shapes.account_fully(account), "health": health.document(known), "pop3": kept and kept | arranged}
        )
        return DONE
    rows: list[tuple[str, str]] = [("id", str(account.id)), ("name", account.name), ("address", account.address)]
    incoming = account.incoming.endpoint if account.incoming else None
    rows.append(("incoming", f"{account.kind} {_words(incoming)}" if incoming else "none"))
    rows.append(("outgoing", f"smtp {_words(account.outgoing.endpoint)}" if account.outgoing else "none"))
    rows += [("identity", f"{each.name} <{each.address}>".strip()) for each in account.identities]
    if account.paused:
        rows.append(("paused", "nothing is fetched or sent"))
    desk.output.table(rows + leaving.rows(kept) + arranging.rows(arranged) + health.rows(known))
    return DONE


async def relink(desk: Desk) -> int:
    """Link the messages that are here with a POP3 server's new names for them."""
    async with desk.engine() as engine:
        account = places.account(engine.library, desk.arguments.id)
        done = await engine.pop3.relink(account.id)
    document = {"linked": done.linked, "new": done.new, "gone": done.gone}
    desk.output.result(document, f"{done.linked} linked, {done.new} new on the server, {done.gone} only here")
    return DONE


async def remove(desk: Desk) -> int:
    """Remove an account from this computer."""
    async with desk.engine() as engine:
        account = places.account(engine.library, desk.arguments.id)
        await engine.accounts.remove(account.id, keep_mail=desk.arguments.keep_mail)
    desk.output.result({"removed": account.id}, f"{account.address} removed; its mail on the server stays there")
    return DONE


async def _described(desk: Desk, engine: Engine) -> NewAccount:
    options = desk.arguments
    name = options.name or ""
    if not options.imap and not options.pop3 and not options.smtp:
        return await _discovered(desk, engine, name)
    pins = servers.pins(options.pin_certificate)
    incoming: Incoming = None
    outgoing = None
    if options.imap:
        incoming = ImapServer(_endpoint(options, options.imap, "imap", pins))
    if options.pop3:
        place = _endpoint(options, options.pop3, "pop3", pins)
        incoming = Pop3Server(place, servers.leave(options.leave), servers.max_size(options.max_size))
    if options.smtp:
        outgoing = SmtpServer(_endpoint(options, options.smtp, "smtp", pins))
    return NewAccount(options.address, name or options.address, name, incoming, outgoing)


def _through(options: Namespace, new: NewAccount) -> NewAccount:
    """The same with a proxy on the way and a certificate to show, where those are named."""
    certificate = str(Path(options.client_certificate).resolve()) if options.client_certificate else ""

    def place(endpoint: Endpoint) -> Endpoint:
        return replace(endpoint, proxy=options.proxy or "", certificate=certificate)

    incoming = replace(new.incoming, endpoint=place(new.incoming.endpoint)) if new.incoming else None
    outgoing = replace(new.outgoing, endpoint=place(new.outgoing.endpoint)) if new.outgoing else None
    return replace(new, incoming=incoming, outgoing=outgoing)


def _endpoint(options: Namespace, url: str, protocol: str, pins: frozenset[str]) -> Endpoint:
    return servers.endpoint(url, protocol, options.address, pins, cleartext=options.allow_cleartext)


async def _discovered(desk: Desk, engine: Engine, name: str) -> NewAccount:
    options = desk.arguments
    found = servers.agreed(await engine.discovery.find(options.address, say=desk.output.progress))
    if not found.imap and not found.pop3:
        raise NotFound(
            f"No servers were found for {options.address}",
            "Name them: --imap imaps://user@host --smtp smtps://user@host",
        )
    if found.password_help and not desk.output.as_json:
        desk.output.say(found.password_help)
    pins = servers.pins(options.pin_certificate)
    outgoing = SmtpServer(replace(found.smtp[0], pins=pins)) if found.smtp else None
    incoming: Incoming = ImapServer(replace(found.imap[0], pins=pins)) if found.imap else None
    if incoming is None:
        incoming = Pop3Server(replace(found.pop3[0], pins=pins))
    return NewAccount(options.address, name or options.address, name, incoming, outgoing)


async def password(desk: Desk, variable: str | None, address: str) -> str:
    """The password of an address: from a variable, or typed at a terminal. Raises PasswordMissing."""
    if variable:
        return _from_environment(variable)
    kind, _, name = os.environ.get(SECRETS_VARIABLE, "").partition(":")
    if kind == "env" and name:
        return _from_environment(name)
    if desk.output.as_json or not sys.stdin.isatty():
        raise PasswordMissing(
            f"There is no password for {address}", "Name a variable that holds it: --password-env VAR"
        )
    return await asyncio.to_thread(getpass.getpass, f"Password for {address}: ")


def _from_environment(name: str) -> str:
    value = os.environ.get(name)
    if value is None:
        raise PasswordMissing(f"The environment variable {name} is not set", "It has to hold the password.")
    return value


def _words(endpoint: Endpoint) -> str:
    return f"{endpoint.user} at {endpoint.host}:{endpoint.port} ({endpoint.security.value})"
