"""The line to a real server is cut at every byte in either direction, of a session with 50 messages under every rule.
D02 D04

The messages are short, so that a session has few bytes: up to 5,800 trials for each rule, every tenth of which is
followed by the next session. A trial takes a twentieth of a second of an idle computer, and all together half an hour:
`python -m tests.durability -k every_byte_of`; two rules at a time, from two consoles, with `-k "every_byte_of and …"`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.durability.mailboxes import Real
from tests.durability.sessions import RULES, Figures, Trials
from tests.servers.dovecot import Dovecot

SHORT = [f"Message-ID: <{number}@k>\r\nSubject: {number}\r\n\r\n.{number}\r\n".encode() for number in range(1, 51)]


@pytest.fixture(scope="module")
def short(dovecot: Dovecot, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Real]:
    yield Real(dovecot, dovecot.add_user(), tmp_path_factory.mktemp("short"), SHORT)


def test_a_session_of_short_messages(short: Real, place: Path) -> None:
    """Cut before the first byte, inside the farewell, and not at all."""
    trials = Trials(short, RULES["no"], place)
    last = trials.whole()
    assert trials.cut(down=0) and trials.cut(up=last - 3) and not trials.cut(up=last + 1)


@pytest.mark.slow
@pytest.mark.timeout(7_200)
@pytest.mark.parametrize("rule", RULES)
def test_cut_at_every_byte_of_a_session(short: Real, place: Path, rule: str, figures: list[Figures]) -> None:
    found = Figures(f"cut, real, {rule}, every byte")
    figures.append(found)
    trials = Trials(short, RULES[rule], place, thorough=10)
    for byte in count():
        if not found.note(f"down {byte}", lambda: trials.cut(down=byte)):  # noqa: B023
            break
    for byte in count():
        if not found.note(f"up {byte}", lambda: trials.cut(up=byte)):  # noqa: B023
            break
    assert found.wrong == [] and found.tried > 2_500
