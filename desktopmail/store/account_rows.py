"""Reads accounts as they are stored."""

from __future__ import annotations

import json

import apsw

from desktopmail.domain.account import (
    Account,
    Endpoint,
    Identity,
    ImapServer,
    Incoming,
    Keep,
    Leave,
    Pop3Server,
    Security,
    SignIn,
    SmtpServer,
)
from desktopmail.domain.ids import AccountId, IdentityId

ORDER = "accounts.order"
"""The setting with the numbers of accounts in the order the person wants."""


def order(db: apsw.Connection) -> list[int]:
    """The numbers of accounts as the person arranged them; empty when nobody did."""
    try:
        found = json.loads(db.execute("SELECT value FROM setting WHERE name = ?", (ORDER,)).get or "[]")
    except ValueError:
        return []
    return [each for each in found if isinstance(each, int)] if isinstance(found, list) else []


def accounts(db: apsw.Connection) -> tuple[Account, ...]:
    """All accounts, as the person arranged them; those that nobody arranged follow in the order they were made."""
    places = {number: place for place, number in enumerate(order(db))}
    return tuple(sorted(_accounts(db), key=lambda account: (places.get(account.id, len(places)), account.id)))


def _accounts(db: apsw.Connection) -> tuple[Account, ...]:
    incoming, outgoing = _servers(db)
    identities: dict[int, list[Identity]] = {}
    for account, number, name, address, reply_to, signature in db.execute(
        "SELECT account, id, name, address, reply_to, signature FROM identity ORDER BY position, id"
    ):
        identities.setdefault(account, []).append(Identity(IdentityId(number), name, address, reply_to, signature))
    return tuple(
        Account(
            AccountId(account),
            name,
            address,
            incoming.get(account),
            outgoing.get(account),
            tuple(identities.get(account, ())),
            colour,
            bool(paused),
            advice,
        )
        for account, name, address, colour, paused, advice in db.execute(
            "SELECT id, name, address, colour, paused, advice FROM account"
        )
    )


def _servers(db: apsw.Connection) -> tuple[dict[int, Incoming], dict[int, SmtpServer]]:
    """Where mail comes from and where it goes out, by account."""
    pins: dict[tuple[str, int], set[str]] = {}
    for host, port, fingerprint in db.execute("SELECT host, port, fingerprint FROM pin"):
        pins.setdefault((host, port), set()).add(fingerprint)
    incoming: dict[int, Incoming] = {}
    outgoing: dict[int, SmtpServer] = {}
    for account, protocol, host, port, security, user, sign_in, certificate, proxy, *more in db.execute(
        "SELECT account, protocol, host, port, security, user, sign_in, certificate, proxy,"
        " keep, keep_days, max_size, files_sent, offline_days FROM server"
    ):
        keep, days, max_size, files_sent, offline_days = more
        trusted = frozenset(pins.get((host.lower(), port), ()))
        endpoint = Endpoint(host, port, Security(security), user, trusted, SignIn(sign_in), certificate, proxy)
        if protocol == "smtp":
            outgoing[account] = SmtpServer(endpoint, None if files_sent is None else bool(files_sent))
        elif protocol == "imap":
            incoming[account] = ImapServer(endpoint, offline_days)
        else:
            incoming[account] = Pop3Server(endpoint, Leave(Keep(keep), days), max_size)
    return incoming, outgoing
