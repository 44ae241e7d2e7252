"""Reading, answering, forwarding, printing and searching hostile mail lets nothing out of this computer's mail line.

C01 C03 C04 C05 C06 C07 C09 C11 C12 C13 C15 C17 C22 C24 C26 C27 C31 C34 C48 T40
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.journeys.leaks import CANARY, mails
from tests.journeys.watch import Listener, Seen, missing, spellings, watch
from tests.servers.dovecot import Dovecot, User

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.webengine


@dataclass(frozen=True, slots=True)
class Visit:
    """A watched reading of all hostile mail."""

    seen: Seen
    found: dict[str, object]
    callers: list[str]
    profile: Path
    user: User
    subjects: list[str]
    letters: list[bytes]
    file_was_read: bool


def go(folder: Path, dovecot: Dovecot, walls: str = "", only: str = "") -> Visit:
    """Seed a mailbox and have it read in a process of its own."""
    if reason := missing():
        pytest.skip(reason)
    file = folder / "private.png"
    file.write_bytes(b"\x89PNG\r\n\x1a\n private")
    os.utime(file, (1_000_000_000, 1_500_000_000))
    user = dovecot.add_user(password=f"Pa55 wörd/{os.urandom(6).hex()}")
    with Listener() as listener:
        name = f"127.0.0.9:{listener.port}" if walls else "leak.example"
        made = mails(lambda word: f"http://127.0.0.9:{listener.port}/{word}", name, str(file))
        made = {subject: raw for subject, raw in made.items() if only in subject}
        dovecot.seed(user, "INBOX", made.values())
        words = [
            str(folder / "profile"),
            dovecot.ports["imaps"],
            listener.port,
            user.name,
            len(made),
            *filter(None, [walls]),
        ]
        command = [sys.executable, "-W", "error", "-m", "tests.journeys.silent_room", *map(str, words)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        seen = watch(command, folder / "calls", given=user.password + "\n", environment=environment, seconds=90)
        assert seen.code == 0, seen.err[-3000:]
    found = json.loads(seen.out.splitlines()[-1])
    read = file.stat().st_atime > 1_000_000_000
    return Visit(seen, found, listener.callers, folder / "profile", user, list(made), list(made.values()), read)


@pytest.fixture(scope="module")
def visit(tmp_path_factory: pytest.TempPathFactory, dovecot: Dovecot) -> Visit:
    """One visit for all tests of this file."""
    return go(tmp_path_factory.mktemp("silence"), dovecot)


def test_without_walls_it_is_heard_and_seen(tmp_path: Path, dovecot: Dovecot) -> None:
    """The same mail, the same watch, no walls: so silence means something."""
    loud = go(tmp_path, dovecot, "sanitiser,policy,interceptor,network", only="C0")
    assert len(loud.callers) > 30
    assert any(port != dovecot.ports["imaps"] for _, port in loud.seen.places())


def test_everything_was_opened_and_answered(visit: Visit) -> None:
    assert sorted(map(str, visit.found["opened"])) == sorted(visit.subjects)  # type: ignore[call-overload]
    assert visit.found["drafts"] == 3 * len(visit.subjects)


def test_nothing_but_the_mail_server_was_spoken_to(visit: Visit, dovecot: Dovecot) -> None:
    assert visit.seen.places() == {("127.0.0.1", dovecot.ports["imaps"])}
    assert visit.seen.look_ups() == []
    assert visit.callers == []


def test_no_script_ran_and_no_file_was_read(visit: Visit) -> None:
    assert visit.found["titles"] == []
    assert not visit.file_was_read


def test_no_receipt_was_sent(visit: Visit, dovecot: Dovecot) -> None:
    """Nothing waits to be sent, and nothing lies where sent mail lies."""
    assert dovecot.messages(visit.user, "Sent") == []


def test_the_mail_itself_was_not_touched(visit: Visit, dovecot: Dovecot) -> None:
    assert sorted(dovecot.messages(visit.user)) == sorted(visit.letters)


def test_secrets_and_mail_are_in_no_log_and_no_process(visit: Visit) -> None:
    """T40: at the most talkative level; each in clear, as base64, URL-encoded, and joined for signing in."""
    logs = "".join(path.read_text(errors="replace") for path in visit.profile.glob("*.log*"))
    started = "\n".join(visit.seen.processes())
    assert len(visit.seen.processes()) > 1
    assert "ERROR" not in logs
    assert "Traceback" not in visit.seen.err
    joined = f"\0{visit.user.name}\0{visit.user.password}"
    for secret in (visit.user.password, CANARY, joined):
        for form in spellings(secret):
            assert form not in logs
            assert form not in started
            assert form not in visit.seen.err
