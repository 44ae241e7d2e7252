"""What a person changed about an account and may take back: its name, colour, pause, rule and names to write under.
Servers are not among it: they are tried out before they are stored, and a password belongs to them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from desktopmail.domain.account import Account, Identity, Keep, Leave, Pop3Server
from desktopmail.domain.errors import NotFound
from desktopmail.domain.ids import AccountId, IdentityId
from desktopmail.domain.settings import SettingChange
from desktopmail.store.transaction import Transaction

ACCOUNT = "account:"
"""What names of the past begin with when they are about an account; its number and what was changed follow."""
ORDER = "account-order"
"""The name of the past when it is about which account stands where."""


def remember(tx: Transaction, old: Account, new: Account) -> None:
    """Note what is different, so that it can be taken back. A rule that removes something from a server does not come
    back by undo: it is only ever chosen beside the number of messages it would remove."""
    before, after = _facts(old), _facts(new)
    for name, value in before.items():
        if after.get(name, value) != value and (name != "leave" or value[0] == Keep.FOREVER.value):
            tx.settings.remember(f"{ACCOUNT}{old.id}:{name}", value, after[name])


def put_back(tx: Transaction, change: SettingChange) -> None:
    """Give an account what it had before a change; nothing where there is no such account any more."""
    if change.name == ORDER:
        before: Any = change.old
        tx.accounts.arrange([AccountId(each) for each in before])
        return
    number, _, name = change.name.removeprefix(ACCOUNT).partition(":")
    try:
        account = tx.accounts.get(AccountId(int(number)))
    except NotFound:
        return
    tx.accounts.update(_with(account, name, change.old))


def _facts(account: Account) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": account.name,
        "colour": account.colour,
        "paused": account.paused,
        "identities": [[each.id, each.name, each.address, each.reply_to, each.signature]
                       for each in account.identities],
    }  # fmt: skip
    if isinstance(account.incoming, Pop3Server):
        found["leave"] = [account.incoming.leave.keep.value, account.incoming.leave.days]
    return found


def _with(account: Account, name: str, value: Any) -> Account:
    match name:
        case "name" | "colour" | "paused":
            return replace(account, **{name: value})
        case "identities":
            there = {each.id for each in account.identities}
            people = [Identity(IdentityId(number if number in there else 0), *rest) for number, *rest in value]
            return replace(account, identities=tuple(people))
        case "leave" if isinstance(account.incoming, Pop3Server):
            keep, days = value
            return replace(account, incoming=replace(account.incoming, leave=Leave(Keep(keep), days)))
    return account
