"""A process of its own that visits a POP3 server, opens the largest message and saves its attachment; it says how much
memory each of it took beyond what a first small visit had taken: `python -m … PROFILE PORT FILE`.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
from pathlib import Path

from desktopmail.domain.account import Endpoint, Keep, Leave, NewAccount, Pop3Server, Security
from desktopmail.domain.ids import MessageId
from desktopmail.engine.activity import Teller
from desktopmail.engine.pictures import Pictures
from desktopmail.engine.pop3.remote import Pop3Remote
from desktopmail.engine.reading import Reading
from desktopmail.engine.runner import Runner
from desktopmail.protocols.tls import ssl_context
from desktopmail.store.secrets import Memory
from desktopmail.store.store import Store
from tests.unit.pop3_engine.huge import SMALL

UNIT = 1024 if sys.platform == "linux" else 1
"""Bytes in what the system counts memory with."""


def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * UNIT


async def work(profile: Path, port: int, file: Path) -> dict[str, object]:
    store = Store.open(profile)
    endpoint = Endpoint("127.0.0.1", port, Security.NONE, "ada")
    new = NewAccount("ada@example.org", "Ada", "Ada", Pop3Server(endpoint, Leave(Keep.NO)), None)
    number = await store.write(lambda tx: tx.accounts.add(new))
    account = await store.read(lambda tx: tx.accounts.get(number))
    passwords = Memory()
    await passwords.set(account, "incoming", "secret")

    async def visit() -> int:
        teller = Teller(account.id, lambda activity: None)
        remote = Pop3Remote(account, store, passwords, teller)
        report = await Runner(account, remote, store, teller).sync_once()
        assert report.problems == (), report.problems
        return report.new

    async def fetch(message: object) -> None:
        raise AssertionError("everything is here")

    reading = Reading(store, fetch, Pictures(lambda: ssl_context(endpoint)))
    assert await visit() == SMALL
    rows = await store.read(lambda tx: tx.messages.summaries(map(MessageId, range(1, SMALL + 1))))
    await reading.load(rows[0].id)
    base = peak()
    assert await visit() == 1
    came = peak()
    ids = await store.read(lambda tx: tx.messages.summaries(map(MessageId, range(1, SMALL + 2))))
    large = max(ids, key=lambda row: row.size)
    body = await reading.load(large.id)
    with file.open("wb") as target:
        await reading.pour_part(large.id, body.parts[1].section, target.write)
    done = peak()
    left = [each.name for each in (profile / "incoming").iterdir()]
    await store.close()
    shown = {"text": body.text, "parts": [(part.name, part.size) for part in body.parts], "size": large.size}
    return {"came": came - base, "opened": done - base, "base": base, "left": left, **shown}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(work(Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])))))
