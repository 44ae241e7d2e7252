"""Messages are moved from an IMAP account to one that keeps its mail on this computer, and the power goes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from desktopmail.domain.account import Endpoint, Security
from tests.durability.plays import Play, play, sent
from tests.durability.scenes import account_with
from tests.durability.trace import Event
from tests.durability.writing import rows
from tests.servers.dovecot import Dovecot, User
from tests.servers.two_sides import Ours, letter

LETTERS = [letter(number) for number in range(1, 11)]
MOVED = set(LETTERS[-5:])


def moving(place: Path, server: Dovecot, user: User) -> Play:
    """Five of ten messages: moved, removed from the server, and put into other folders afterwards."""
    profile = place / "profile"
    server.seed(user, "INBOX", LETTERS)
    endpoint = Endpoint("127.0.0.1", server.ports["imap"], Security.NONE, user.name)

    async def move_in() -> None:
        ours = await Ours.open(profile, endpoint, user.password)
        await ours.store.write(lambda tx: tx.accounts.add(account_with(1)))
        assert (await ours.sync()).problems == ()
        await ours.store.close()

    asyncio.run(move_in())
    environment = {"DURABILITY_PASSWORD": user.password}
    disk = play("move", profile, str(endpoint.port), user.name, environment=environment)
    assert len(server.messages(user)) == len(LETTERS) - len(MOVED)
    return Play("move", disk, _look, lambda folder, events: None)


def _look(folder: Path, events: Sequence[Event]) -> None:
    """What the server was told to remove will be forgotten in the account it came from: it has to be in the other."""
    there = [raw for _, raw, _ in rows(folder)]
    assert sorted(there) == sorted(LETTERS), "something is not here, or twice"
    if b"EXPUNGE" in sent(events):
        assert {raw for _, raw, _ in rows(folder, account=2)} == MOVED, "something is neither here nor there"
