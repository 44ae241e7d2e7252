"""The command that gives an account a new password, or has the person sign in at the provider's own page."""

from __future__ import annotations

from typing import Literal

from desktopmail.cli import accounts, places, shapes
from desktopmail.cli.desk import Desk
from desktopmail.cli.output import DONE
from desktopmail.domain.account import Account, NewAccount, SignIn
from desktopmail.domain.errors import WrongUsage
from desktopmail.domain.hostname import belongs
from desktopmail.engine.engine import Engine


async def sign_in(desk: Desk) -> int:
    """Try the new secret first; only what works is stored."""
    options = desk.arguments
    async with desk.engine() as engine:
        account = places.account(engine.library, options.id)
        if options.provider or _by_token(account):
            await _at_page(desk, engine, account)
        else:
            password = await accounts.password(desk, options.password_env, account.address)
            new, side = _at_one_owner(account)
            await engine.accounts.check(new, password, desk.output.progress)
            await engine.accounts.set_password(account.id, password, side)
        made = places.account(engine.library, account.id)
    desk.output.result(shapes.account(made), f"Signed in to {made.address}")
    return DONE


async def _at_page(desk: Desk, engine: Engine, account: Account) -> None:
    key = desk.arguments.provider or await engine.oauth.key_for(account)
    if not key:
        raise WrongUsage("No provider is known for these servers", "Name one: --provider google, or its https address")

    def browse(address: str) -> None:
        desk.output.say(f"Open this page in a browser on this computer:\n{address}")

    grant = await engine.oauth.sign_in(key, account, browse)
    await engine.accounts.take_grant(account.id, grant, desk.output.progress)


def _at_one_owner(account: Account) -> tuple[NewAccount, Literal["incoming"] | None]:
    """What a new password is for: the whole account, but a sending server of somebody else keeps its own and is not
    shown another's."""
    incoming, outgoing = account.incoming, account.outgoing
    foreign = incoming and outgoing and not belongs(outgoing.endpoint.host, incoming.endpoint.host)
    new = NewAccount(account.address, account.name, "", incoming, None if foreign else outgoing)
    return new, "incoming" if foreign else None


def _by_token(account: Account) -> bool:
    servers = (account.incoming, account.outgoing)
    return any(each is not None and each.endpoint.sign_in is SignIn.OAUTH2 for each in servers)
