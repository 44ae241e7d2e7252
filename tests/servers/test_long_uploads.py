"""Messages that nobody holds in memory, on their way to a real server."""

from __future__ import annotations

import asyncio
import base64
import random
import tracemalloc
from dataclasses import replace
from pathlib import Path

from desktopmail.domain.message import Flags
from desktopmail.engine.arrival import Arriving, Door, arrive
from desktopmail.engine.large import LARGE
from desktopmail.store.transaction import Transaction
from tests.servers.dovecot import Dovecot, User
from tests.servers.proxy import CuttingProxy
from tests.servers.two_sides import OtherProgram, Ours


def test_a_long_message_is_uploaded_once_and_every_byte_of_it(
    dovecot: Dovecot, dovecot_user: User, tmp_path: Path
) -> None:  # D43, P14
    """The line is cut in the middle and behind the last byte, then it holds."""
    film = base64.encodebytes(random.Random(5).randbytes(LARGE)).replace(b"\n", b"\r\n")
    raw = b"From: a@example.org\r\nSubject: film\r\nMessage-ID: <film@x>\r\n\r\n" + film
    size, whole = len(raw), bytes(raw)
    del raw, film

    async def inside() -> None:
        async with CuttingProxy(dovecot.ports["imaps"]) as proxy:
            endpoint = replace(dovecot.endpoint("imaps", dovecot_user), port=proxy.port)
            ours = await Ours.open(tmp_path, endpoint, dovecot_user.password)
            await ours.sync(headers_only=True)
            inbox = await ours.folder("Inbox")
            sha = await ours.store.content(lambda content: content.put(whole))

            def put(tx: Transaction) -> None:
                arrive(tx, Door(ours.account, inbox), [Arriving(whole[:500], size, 0, Flags.SEEN, content=sha)])

            await ours.store.write(put)
            tracemalloc.start()
            for cut in (size // 2, size + 200_000, None):
                proxy.cut_after(up=cut)
                report = await ours.sync(headers_only=True)
                assert [problem.kind for problem in report.problems] in ([], ["connection-lost"])
            _, most = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            assert report.problems == () and most < size
            await ours.store.close()

    asyncio.run(inside())
    other = OtherProgram(dovecot, dovecot_user)
    (uid,) = other.open("INBOX")
    assert other.fetched(uid) == whole
    other.close()
