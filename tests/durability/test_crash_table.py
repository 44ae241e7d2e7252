"""The process is killed at every call that writes, and the line cut at every byte, of a session with 50 messages under
every rule, at a scripted server and at a real one. D02 D04 D24

By default a small part; all of it with `python -m tests.durability`, which says the figures. CRASH_STEP: at the real
server, every so many-th byte.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.durability.mailboxes import Mailbox, Real, Scripted
from tests.durability.server import Server
from tests.durability.sessions import RULES, TARGETS, Figures, Trials
from tests.servers.dovecot import Dovecot

STEP = int(os.environ.get("CRASH_STEP", "31"))
traced = pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not here")


@pytest.fixture(scope="module")
def scripted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mailbox]:
    with Server() as server:
        yield Scripted(server, tmp_path_factory.mktemp("scripted"))


@pytest.fixture(scope="module")
def real(dovecot: Dovecot, tmp_path_factory: pytest.TempPathFactory) -> Mailbox:
    return Real(dovecot, dovecot.add_user(), tmp_path_factory.mktemp("real"))


@pytest.fixture(params=["scripted", "real"], scope="module")
def box(request: pytest.FixtureRequest) -> Mailbox:
    found: Mailbox = request.getfixturevalue(request.param)
    return found


@traced
@pytest.mark.parametrize(("rule", "calls"), [("no", (9, 24, 41)), ("days", (33,)), ("until-deleted", (20,))])
def test_killed_at_some_writes(scripted: Mailbox, place: Path, rule: str, calls: tuple[int, ...]) -> None:
    for call in calls:
        assert Trials(scripted, RULES[rule], place).kill(call)


@traced
def test_killed_at_some_writes_with_a_real_server(real: Mailbox, place: Path) -> None:
    trials = Trials(real, RULES["no"], place)
    assert trials.kill(30) and trials.kill(12, calls="sendto") and trials.kill(4, "mail.db-wal")


def test_cut_at_some_bytes_at_a_real_server(real: Mailbox, place: Path) -> None:
    """The last of the bytes from here are those of DELE and QUIT: a line that is lost between them removes nothing."""
    trials = Trials(real, RULES["no"], place)
    assert trials.cut(down=5_000)
    last = trials.whole()
    assert trials.cut(up=last - 2) and trials.cut(up=last - 9) and trials.cut(up=last - 300)


@pytest.mark.slow
@traced
@pytest.mark.timeout(7_200)
@pytest.mark.parametrize("rule", RULES)
def test_killed_at_every_write(box: Mailbox, place: Path, rule: str, figures: list[Figures]) -> None:
    found = Figures(f"killed, {type(box).__name__.lower()}, {rule}")
    figures.append(found)
    trials = Trials(box, RULES[rule], place)
    for file, calls in TARGETS:
        for call in count(1):
            if not found.note(f"call {call} {file}", lambda: trials.kill(call, file, calls)):  # noqa: B023
                break
    assert found.wrong == [] and found.tried > 100


@pytest.mark.slow
@pytest.mark.timeout(7_200)
@pytest.mark.parametrize("rule", RULES)
def test_cut_at_every_byte(real: Mailbox, place: Path, rule: str, figures: list[Figures]) -> None:
    """Every byte at the scripted server is the matter of another test, in memory; here every STEP-th, and of those that
    go to the server, which remove, many more."""
    found = Figures(f"cut, real, {rule}, every {STEP}. byte down, every {max(1, STEP // 8)}. up")
    figures.append(found)
    trials = Trials(real, RULES[rule], place)
    for byte in count(0, STEP):
        if not found.note(f"down {byte}", lambda: trials.cut(down=byte)):  # noqa: B023
            break
    for byte in count(0, max(1, STEP // 8)):
        if not found.note(f"up {byte}", lambda: trials.cut(up=byte)):  # noqa: B023
            break
    assert found.wrong == [] and found.tried > 100
