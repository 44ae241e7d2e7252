"""What is said in good time, and once."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from desktopmail.domain.account import Endpoint, ImapServer, NewAccount, Security
from desktopmail.domain.activity import Activity, Problem, State
from desktopmail.domain.health import DAY, Encryption, Health, Line, Room, Side
from desktopmail.domain.ids import AccountId
from desktopmail.engine.ears import Ears
from desktopmail.engine.worries import Worries, worries
from desktopmail.store.store import Store

NOW = 20_000 * DAY
ONE = AccountId(1)


def line(days: float) -> Line:
    ends = int(NOW + days * DAY)
    return Line(Side.INCOMING, "mail.example.org", 993, Encryption("TLSv1.3", "AES", ends), "PLAIN", NOW)


@pytest.mark.parametrize(
    ("days", "words"),
    [(90, ""), (14.5, ""), (13.5, "in 13 days"), (1.5, "tomorrow"), (0.5, "today"), (-1, "")],
)
def test_a_certificate_is_spoken_of_two_weeks_before_its_end(days: float, words: str) -> None:
    """One that has ended is refused anyway, and that is said elsewhere."""
    found = list(worries(Health(ONE, lines=(line(days),)), NOW).values())
    assert [each.title for each in found] == ([f"The certificate of mail.example.org ends {words}"] if words else [])


@pytest.mark.parametrize(
    ("room", "title"),
    [
        (None, ""),
        (Room(80, 100), ""),
        (Room(10**12, 0), ""),
        (Room(91, 100), "The mailbox on the server is nearly full"),
        (Room(101, 100), "The mailbox on the server is full"),
    ],
)
def test_a_mailbox_that_fills_up(room: Room | None, title: str) -> None:
    found = list(worries(Health(ONE, room=room), NOW).values())
    assert [each.title for each in found] == ([title] if title else [])


def test_each_is_said_once_and_again_when_it_comes_back(tmp_path: Path) -> None:
    place = Endpoint("mail.example.org", 993, Security.TLS, "ada")
    new = NewAccount("ada@example.org", "Home", "Ada", ImapServer(place), None)

    async def story() -> None:
        store = Store.open(tmp_path / "profile")
        account = await store.write(lambda tx: tx.accounts.add(new))
        said: list[Problem] = []

        async def rest(used: int) -> list[str]:
            """An account comes to rest, in a program that was just started."""
            said.clear()
            ears = Ears()
            ears.on_problem.append(said.append)
            looking = Worries(store, ears)
            looking.start()
            await store.write(lambda tx: tx.sightings.room(account, Room(used, 100)))
            ears.activity(Activity(account, State.IDLE, "Up to date"))
            ears.activity(Activity(account, State.WORKING, "Looking"))
            await looking.close()
            ears.activity(Activity(account, State.IDLE, "Up to date"))
            return [each.kind for each in said]

        assert await rest(50) == []
        assert await rest(95) == ["mailbox-full"]
        assert await rest(96) == []
        assert await rest(100) == ["mailbox-full"]
        assert await rest(50) == []
        assert await rest(95) == ["mailbox-full"]
        soon = Encryption("TLSv1.3", "AES", int(time.time()) + 3 * DAY)
        seen = Line(Side.INCOMING, place.host, place.port, soon, "PLAIN", NOW)
        await store.write(lambda tx: tx.sightings.line(account, seen))
        assert await rest(95) == ["certificate-ends"]
        assert await rest(95) == []
        await store.close()

    asyncio.run(story())
