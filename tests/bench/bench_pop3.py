"""A POP3 mailbox fetched over TLS from a private Dovecot, beside Python's poplib in the same run; then over a line with
40 ms of round-trip time, beside one command at a time; then 100,000 unique ids.

python -m tests.bench.bench_pop3 [MESSAGES DELAYED IDS]
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import poplib
import ssl
import sys
import time
from dataclasses import replace

from desktopmail.domain.account import Endpoint, Security
from desktopmail.protocols.pop3.line import Line
from desktopmail.protocols.pop3.session import Pop3Session
from tests.bench._delay import far
from tests.bench._mailbox import headers_only_mail, whole_mail
from tests.bench._nothing_new import visit
from tests.bench.bench_sync import Lateness
from tests.servers.dovecot import Dovecot, User

DELAY = 0.020
"""Seconds each way."""
RUNS = 3


def bare(endpoint: Endpoint, password: str) -> tuple[float, int]:
    """poplib fetches everything and keeps nothing: seconds and bytes."""
    context = ssl.create_default_context(cafile=os.environ["SSL_CERT_FILE"])
    start = time.perf_counter()
    line = poplib.POP3_SSL(endpoint.host, endpoint.port, context=context)
    line.user(endpoint.user)
    line.pass_(password)
    count, _ = line.stat()
    size = 0
    for number in range(1, count + 1):
        size += line.retr(number)[2]
    line.quit()
    return time.perf_counter() - start, size


async def ours(
    endpoint: Endpoint, password: str, *, pipelined: bool = True, most: int | None = None
) -> tuple[float, int, str]:
    """The session fetches `most` messages: seconds, bytes and how late a timer came meanwhile."""
    late = Lateness()
    watch = asyncio.ensure_future(late.watch())
    start = time.perf_counter()
    session = await Pop3Session.open(endpoint, password)
    if not pipelined:
        session.offered = replace(session.offered, pipelining=False)
    await session.uidl()
    sizes = dict(await session.sizes())
    got = 0

    def take(_number: int, raw: bytes) -> None:
        nonlocal got
        got += len(raw)

    await session.retrieve(list(sizes)[:most], sizes, take)
    await session.quit()
    seconds = time.perf_counter() - start
    watch.cancel()
    return seconds, got, str(late)


async def side_by_side(server: Dovecot, user: User, count: int) -> None:
    """Both, in turn, with the server's cache warm; medians."""
    endpoint = server.endpoint("pop3s", user)
    await asyncio.to_thread(bare, endpoint, user.password)
    theirs, mine = [], []
    for _ in range(RUNS):
        seconds, size = await asyncio.to_thread(bare, endpoint, user.password)
        theirs.append(seconds)
        seconds, got, late = await ours(endpoint, user.password)
        mine.append(seconds)
    first, second = sorted(theirs)[RUNS // 2], sorted(mine)[RUNS // 2]
    print(f"{count:,} messages, {got / 1e6:.0f} MB ({size / 1e6:.0f}): poplib {first:.2f} s, session {second:.2f} s")
    print(f"  {second / first:.2f} x poplib; {late}", flush=True)


async def far_away(server: Dovecot, user: User, count: int) -> None:
    """The same over a delayed line; one command at a time is measured on a tenth of the messages."""
    with far(server.ports["pop3s"], DELAY) as port:
        endpoint = replace(server.endpoint("pop3s", user), port=port)
        fast, size, _ = await ours(endpoint, user.password, most=count)
        some = max(1, count // 10)
        none, _, _ = await ours(endpoint, user.password, most=0)
        slow, _, _ = await ours(endpoint, user.password, pipelined=False, most=some)
    each, all_ = (slow - none) / some, (fast - none) / count
    print(f"round trip {2 * DELAY * 1e3:.0f} ms, {count:,} messages, {size / 1e6:.0f} MB: {fast:.2f} s")
    print(f"  per message {all_ * 1e3:.2f} ms, one at a time {each * 1e3:.1f} ms: {each / all_:.0f} x", flush=True)


async def nothing_new(count: int) -> None:
    """What `count` unique ids cost here: framing, unstuffing, reading and comparing with as many known ones."""
    ids = [hashlib.md5(b"%d" % number, usedforsecurity=False).hexdigest()[:24] for number in range(1, count + 1)]
    said = b"+OK\r\n" + b"".join(b"%d %s\r\n" % pair for pair in enumerate(map(str.encode, ids), 1)) + b".\r\n"
    line = Line("bench")
    line.data_received(b"+OK ready\r\n")
    await line.reply()
    session = Pop3Session(line, Endpoint("bench", 995, Security.TLS, "bench"))
    known = set(ids)
    start = time.process_time()
    work = asyncio.ensure_future(session.uidl())
    await asyncio.sleep(0)
    line.data_received(b"+OK %d 1\r\n" % count)
    await asyncio.sleep(0.01)
    for place in range(0, len(said), 1 << 16):
        line.data_received(said[place : place + (1 << 16)])
    new = [number for number, name in await work if name not in known]
    print(f"{count:,} unique ids, {len(new)} new: {(time.process_time() - start) * 1e3:.0f} ms of CPU", flush=True)
    cpu, clock = await visit(count)
    print(f"  the whole visit: {cpu * 1e3:.0f} ms of CPU, {clock * 1e3:.0f} ms by the clock", flush=True)


async def measure(server: Dovecot, count: int, delayed: int, ids: int) -> None:
    """Everything, on fresh mailboxes."""
    user, small = server.add_user(), server.add_user()
    server.seed(user, "INBOX", whole_mail(count))
    await side_by_side(server, user, count)
    server.seed(small, "INBOX", headers_only_mail(delayed))
    await far_away(server, small, delayed)
    await far_away(server, user, min(count, delayed))
    await nothing_new(ids)


def main(count: int = 5_000, delayed: int = 2_000, ids: int = 100_000) -> None:
    """Print the figures; nothing is asserted."""
    if reason := Dovecot.missing():
        print(f"not measured: {reason}")
        return
    sys.setswitchinterval(0.0005)
    server = Dovecot()
    server.start()
    os.environ["SSL_CERT_FILE"] = str(server.certificates.authority)
    try:
        asyncio.run(measure(server, count, delayed, ids))
    finally:
        server.stop()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:4]))
