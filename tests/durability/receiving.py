"""A POP3 mailbox of 50 messages is visited, and the power goes."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import apsw
import pytest

from desktopmail.domain.account import Keep, Leave
from tests.durability.plays import Play, play, sent, sound
from tests.durability.server import LETTERS, OLD, REMOVED, Server, here, prepared
from tests.durability.trace import Event
from tests.fakes.pop3_mailbox import Mail, Pop3Mailbox
from tests.unit.pop3_engine.desk import PopDesk


def receiving(place: Path, server: Server, keep: Keep, *, fresh: bool = False, careless: bool = False) -> Play:
    """One visit. Half of the messages came long ago, and some of those were removed here, unless the profile is
    `fresh`; with `careless` the program does not sync what it commits."""
    profile = place / "profile"
    if not fresh:
        prepared(server, profile)
    server.refill()
    environment = {"DURABILITY_CARELESS": "yes"} if careless else None
    disk = play("receive", profile, str(server.box.port), keep.value, base=not fresh, environment=environment)
    removed = set() if fresh else REMOVED

    def look(folder: Path, events: Sequence[Event]) -> None:
        asked, box = server_after(events)
        stored = here(folder)
        assert asked <= set(stored) | removed, "something was asked to go that is not here"
        assert set(stored) | set(box.left) | removed == set(LETTERS), "something is neither here nor there"
        assert len(stored) == len(set(stored)), "something is here twice"

    def go_on(folder: Path, events: Sequence[Event]) -> None:
        _, box = server_after(events)
        desk = PopDesk(folder, box, Leave(keep, 14))
        try:
            desk.leave(Leave(keep, 14))
            with pytest.MonkeyPatch.context() as patch:
                lead_to(patch, desk)
                desk.clean_sync()
        finally:
            desk.close()
        assert sorted(here(folder)) == sorted(set(LETTERS) - removed), "something is missing or here twice"
        assert box.left == _left(keep, fresh=fresh), "the server does not hold what it should in the end"
        sound(folder)

    return Play(f"receive {keep.value}{' into a new profile' if fresh else ''}", disk, look, go_on)


def cleaning(place: Path, server: Server) -> Play:
    """The bytes of two messages that were removed here and on the server are swept away."""
    profile = place / "profile"
    prepared(server, profile)
    with contextlib.closing(apsw.Connection(str(profile / "mail.db"))) as db:
        db.execute("UPDATE pop3_copy SET dele_confirmed = 1 WHERE message IN (SELECT id FROM message WHERE hidden = 1)")
    with contextlib.closing(apsw.Connection(str(profile / "content.db"))) as db:
        db.execute("UPDATE content SET stored_at = stored_at - 7200")

    def look(folder: Path, events: Sequence[Event]) -> None:
        assert sorted(here(folder)) == sorted(set(LETTERS[:OLD]) - REMOVED)

    return Play("clean", play("clean", profile), look, look)


def server_after(events: Sequence[Event]) -> tuple[set[bytes], Pop3Mailbox]:
    """What had been asked to go, and the mailbox as it is then: what was asked goes as soon as QUIT was on its way."""
    out = sent(events)
    asked = {LETTERS[int(number) - 1] for number in re.findall(rb"DELE (\d+)\r\n", out)}
    box = Pop3Mailbox([Mail(f"u{number}", raw) for number, raw in enumerate(LETTERS, 1)])
    if b"QUIT\r\n" in out:
        box.mails = [each for each in box.mails if each.raw not in asked]
    return asked, box


def _left(keep: Keep, *, fresh: bool) -> list[bytes]:
    """What is on the server when all is done."""
    if keep is Keep.NO:
        return []
    if fresh or keep is Keep.FOREVER:
        return LETTERS
    return LETTERS[OLD:] if keep is Keep.DAYS else [raw for raw in LETTERS if raw not in REMOVED]


def lead_to(patch: pytest.MonkeyPatch, desk: PopDesk) -> None:
    """Every connection leads to this desk's mailbox."""

    async def connect(endpoint: object, factory: Callable[[], object], **_: object) -> tuple[object, object]:
        protocol = factory()
        line = desk.line()
        line.connect(protocol)  # type: ignore[arg-type]
        return line, protocol

    patch.setattr("desktopmail.protocols.transport.connect", connect)
