"""What is done while the server is away, over quota, or while the program dies: nothing is lost, nothing comes back."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.journeys.conftest import Person
from tests.journeys.terminal import Terminal
from tests.journeys.test_cli_mail import letter
from tests.servers.certificates import Certificates
from tests.servers.dovecot import Dovecot

TYPING = """
import asyncio, os, sys
from dataclasses import replace
from pathlib import Path
from desktopmail.app.opening import open_engine
from desktopmail.domain.draft import Attachment

async def type_on():
    engine = await open_engine(Path(sys.argv[1]))
    draft = await engine.composing.new()
    files = (Attachment("a.bin", "application/octet-stream", os.urandom(20_000)),)
    draft = replace(draft, subject="Kept", attachments=files)
    for number in range(10_000):
        draft = await engine.composing.save(replace(draft, text=f"{number} " + "words " * number), settle=15)
        print(number, draft.id, flush=True)

asyncio.run(type_on())
"""


def test_sent_copy_over_quota_stays_here_and_the_message_goes_once(
    person: Person, certificates: Certificates
) -> None:  # D18
    """APPEND to Sent is refused: the copy stays here with the reason, the recipient got one message."""
    other = person.dovecot.add_user()
    small = Dovecot(certificates=certificates, quota="10K")
    small.start()
    try:
        user = small.add_user(person.user.name, person.user.password)
        desk = person.terminal
        words = ("--imap", small.url("imaps", user), "--smtp", person.postfix.url("smtps", person.user))
        desk.ask("account", "add", person.user.address, *words)
        raw = letter("Large", "word " * 8000, to=other.address).replace(b"ada@example.org", user.address.encode())
        assert desk.run("--json", "send", "-", "--wait", given=raw).json["state"] == "sent"
        for _ in range(2):
            desk.run("sync", codes=(0, 1))
        (row,) = desk.ask("list", "Sent")
        assert (row["copy"], row["fetched"]) == ("here", "full")
        assert row["problem"]
        assert small.messages(user, "Sent") == []
        assert len(person.postfix.delivered(other)) == 1
        small.doveadm("expunge", "-u", user.name, "mailbox", "*", "all")
    finally:
        small.stop()


def test_many_changes_offline_meet_many_changes_elsewhere(person: Person, certificates: Certificates) -> None:  # D37
    """The server is away: star, trash, archive; another client deletes and marks meanwhile. Then both agree."""
    server = Dovecot(certificates=certificates)
    server.start()
    try:
        user = server.add_user()
        server.seed(user, "INBOX", [letter(f"Letter {number}", number=number % 60) for number in range(150)])
        desk = person.terminal
        desk.variables["MAIL_SECRET"] = user.password
        desk.ask("account", "add", user.address, "--imap", server.url("imaps", user))
        desk.run("sync")
        ids = {row["subject"]: row["id"] for row in desk.ask("list", "inbox")}
        server.halt()
        assert desk.run("--json", "sync", codes=(1,)).json["accounts"][0]["problems"][0]["kind"] == "unreachable"
        starred = [ids[f"Letter {number}"] for number in range(50)]
        trashed = [ids[f"Letter {number}"] for number in range(50, 100)]
        archived = [ids[f"Letter {number}"] for number in range(100, 150)]
        desk.run("mark", "star", *starred)
        desk.run("trash", *trashed)
        desk.run("move", *archived, "Archive")
        server.start()
        for number in (0, 50, 100):
            server.doveadm("expunge", "-u", user.name, "mailbox", "INBOX", "subject", f"Letter {number}")
        seen = ("flags", "add", "-u", user.name, "\\Seen", "mailbox", "INBOX", "subject", "Letter 149")
        server.doveadm(*seen)
        desk.run("sync")
        desk.run("sync")
        counts = {name: len(server.messages(user, name)) for name in ("INBOX", "Trash", "Archive")}
        here = {each["path"]: each["total"] for each in desk.ask("folders")}
        assert counts["INBOX"] == here["Inbox"]
        assert (counts["Trash"], counts["Archive"]) == (here["Trash"], here["Archive"])
        assert sum(counts.values()) in range(147, 151)
        assert not [row for row in desk.ask("list", "inbox") if row["subject"] == "Letter 0"]
        (row,) = [row for row in desk.ask("list", "Archive") if row["subject"] == "Letter 149"]
        assert row["flags"] == ["seen"]
        flags = server.doveadm("fetch", "-u", user.name, "flags", "mailbox", "INBOX", "flagged")
        assert flags.count("\\Flagged") == 49
    finally:
        server.stop()


@pytest.mark.slow
def test_killed_while_typing_what_was_kept_is_there(tmp_path: Path) -> None:  # D21
    """SIGKILL at any time: the newest version that was acknowledged, or a newer one, opens with its attachment."""
    desk = Terminal(tmp_path / "profile", {"DESKTOPMAIL_SECRETS": "env:PW", "PW": "x"})
    desk.run("account", "add", "me@example.org", "--smtp", "smtps://me@localhost:1", "--no-check")
    chance = random.Random(21)
    for _ in range(15):
        process = subprocess.Popen(
            [sys.executable, "-c", TYPING, str(desk.profile)],
            stdout=subprocess.PIPE,
            text=True,
            env=desk.environment(),
        )
        assert process.stdout is not None
        line = process.stdout.readline()
        time.sleep(chance.uniform(0, 0.5))
        os.kill(process.pid, signal.SIGKILL)
        lines = [line, *process.stdout.readlines()]
        process.stdout.close()
        process.wait()
        kept, draft = next(each.split() for each in reversed(lines) if each.endswith("\n") and " " in each)
        shown = desk.ask("show", draft)
        assert int(shown["text"].split()[0]) >= int(kept)
        assert [part["size"] for part in shown["parts"] if part["name"] == "a.bin"] == [20_000]
        assert desk.ask("check")["ok"] is True
