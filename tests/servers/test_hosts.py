"""The list of hosts says whom this program spoke to, why, and nothing else: against real servers."""

from __future__ import annotations

import asyncio
from pathlib import Path

from desktopmail.domain.hosts import CHECKING, RECEIVING
from desktopmail.engine.accounts import Accounts
from desktopmail.engine.diagnosis import Diagnosis
from desktopmail.store.secrets import Memory
from tests.servers.dovecot import Dovecot, User
from tests.servers.two_sides import Ours


def test_synchronising_and_looking_at_servers_are_noted(dovecot: Dovecot, dovecot_user: User, tmp_path: Path) -> None:
    async def story() -> None:
        endpoint = dovecot.endpoint("imaps", dovecot_user)
        ours = await Ours.open(tmp_path, endpoint, dovecot_user.password)
        try:
            await ours.sync()
            seen = await ours.store.write(lambda tx: tx.hosts.all())
            assert {(each.host, each.port, each.purpose) for each in seen} <= {
                (endpoint.host.lower(), endpoint.port, RECEIVING)
            }
            account = (await Accounts(ours.store, Memory()).all())[0]
            await Diagnosis(ours.store, Memory()).refused(account)
            await ours.store.write(lambda tx: None)
            seen = await ours.store.read(lambda tx: tx.hosts.all())
            assert (endpoint.host.lower(), endpoint.port, RECEIVING) in {(e.host, e.port, e.purpose) for e in seen}
            assert CHECKING in {each.purpose for each in seen}
            assert all(each.first <= each.last and each.times >= 1 for each in seen)
        finally:
            await ours.store.close()

    asyncio.run(story())
