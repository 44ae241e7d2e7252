"""A POP3 mailbox stored and made searchable, over TLS from a private Dovecot, beside mpop into a Maildir and Python's
poplib that keeps nothing, all in the same run and in turn.

python -m tests.bench.bench_pop3_sync [MESSAGES]
"""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from desktopmail.domain.account import NewAccount, Pop3Server
from desktopmail.engine.activity import Teller
from desktopmail.engine.pop3.remote import Pop3Remote
from desktopmail.store.secrets import Memory
from desktopmail.store.store import Store
from tests.bench._mailbox import whole_mail
from tests.bench._program import as_in_the_window
from tests.bench.bench_pop3 import bare
from tests.bench.bench_sync import Lateness
from tests.servers.dovecot import Dovecot, User

RUNS = 3


def mpop(server: Dovecot, user: User, folder: Path) -> float:
    """Seconds that mpop needs to put everything into a Maildir, leaving it on the server."""
    maildir = folder / "maildir"
    for part in ("cur", "new", "tmp"):
        (maildir / part).mkdir(parents=True)
    settings = folder / "mpoprc"
    endpoint = server.endpoint("pop3s", user)
    settings.write_text(
        f"account bench\nhost {endpoint.host}\nport {endpoint.port}\ntls on\ntls_starttls off\n"
        f"tls_trust_file {server.certificates.authority}\nuser {user.name}\n"
        f"passwordeval echo {user.password}\nauth user\nkeep on\n"
        f"uidls_file {folder / 'uidls'}\ndelivery maildir {maildir}\nreceived_header off\n"
    )
    settings.chmod(0o600)
    start = time.perf_counter()
    command = ["mpop", f"--file={settings}", "--quiet", "bench"]
    subprocess.run(command, check=True, capture_output=True, stdin=subprocess.DEVNULL)
    seconds = time.perf_counter() - start
    assert len(list((maildir / "new").iterdir())) > 0
    return seconds


async def ours(server: Dovecot, user: User, folder: Path, count: int) -> tuple[float, float, str]:
    """Seconds and CPU seconds from signing in to everything stored and searchable, and how late a timer came."""
    store = Store.open(folder / "profile")
    new = NewAccount(user.address, "Bench", "Bench", Pop3Server(server.endpoint("pop3s", user)), None)
    number = await store.write(lambda tx: tx.accounts.add(new))
    account = await store.read(lambda tx: tx.accounts.get(number))
    passwords = Memory()
    await passwords.set(account, "incoming", user.password)
    remote = Pop3Remote(account, store, passwords, Teller(account.id, lambda _: None))
    late = Lateness()
    watch = asyncio.ensure_future(late.watch())
    async with as_in_the_window():
        start, cpu = time.perf_counter(), time.process_time()
        await remote.pull()
        while await remote.fill():
            pass
        seconds, used = time.perf_counter() - start, time.process_time() - cpu
    watch.cancel()
    assert remote.tally.new == count
    before = time.perf_counter()
    await remote.pull()
    await remote.fill()
    print(f"nothing new: {(time.perf_counter() - before) * 1e3:.0f} ms", flush=True)
    await remote.close()
    await store.close()
    return seconds, used, str(late)


async def compare(server: Dovecot, count: int) -> None:
    """Everything in turn, medians."""
    user = server.add_user()
    server.seed(user, "INBOX", whole_mail(count))
    endpoint = server.endpoint("pop3s", user)
    _, size = await asyncio.to_thread(bare, endpoint, user.password)
    bares, pops, own = [], [], []
    for _ in range(RUNS):
        bares.append((await asyncio.to_thread(bare, endpoint, user.password))[0])
        with tempfile.TemporaryDirectory() as scratch:
            if shutil.which("mpop"):
                pops.append(await asyncio.to_thread(mpop, server, user, Path(scratch)))
            own.append(await ours(server, user, Path(scratch), count))
    first, (seconds, used, late) = sorted(bares)[RUNS // 2], sorted(own)[RUNS // 2]
    print(f"{count:,} messages, {size / 1e6:.0f} MB over POP3S")
    print(f"poplib, kept nowhere: {first:.2f} s")
    if pops:
        other = sorted(pops)[RUNS // 2]
        print(f"mpop to a Maildir: {other:.2f} s; ours is {other / seconds:.2f} x as fast (goal >= 2)")
    else:
        print("mpop: not installed")
    print(
        f"stored and searchable: {seconds:.2f} s (CPU {used:.2f} s), {seconds / first:.2f} x poplib (goal <= 1); {late}"
    )


def main(count: int = 5_000) -> None:
    """Print the figures; nothing is asserted."""
    if reason := Dovecot.missing():
        print(f"not measured: {reason}")
        return
    server = Dovecot()
    server.start()
    os.environ["SSL_CERT_FILE"] = str(server.certificates.authority)
    try:
        asyncio.run(compare(server, count))
    finally:
        server.stop()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
