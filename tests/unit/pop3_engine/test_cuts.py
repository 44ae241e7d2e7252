"""The line breaks at any byte, in either direction, under every rule: every message is on the server or here, byte for
byte; nothing comes twice, nothing is stored twice, and the next visit ends where an untouched one would have ended."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict, Unpack

import pytest

from desktopmail.domain.account import Keep, Leave
from desktopmail.engine.actions import Actions
from tests.fakes.pop3_mailbox import Mail, Pop3Mailbox
from tests.unit.pop3_engine.desk import PopDesk

COUNT, BEFORE = 50, 20
RULES = {
    "forever": Leave(),
    "days": Leave(Keep.DAYS, 14),
    "until-deleted": Leave(Keep.UNTIL_DELETED),
    "no": Leave(Keep.NO),
}
LETTERS = [
    f"Message-ID: <{number}@x>\r\nSubject: {number}\r\n\r\n.dot\r\n{'x' * (number % 7)}\r\n".encode()
    for number in range(1, COUNT + 1)
]
Desks = Callable[..., PopDesk]


@dataclass
class Scene:
    """A profile as it is before the session that is cut, and how many bytes go each way when nothing is."""

    rule: Leave
    folder: Path
    down: int
    up: int
    stays: list[bytes]
    """What an untouched session leaves on the server."""
    here: int
    """How many messages the Inbox shows then."""
    removed: set[bytes]
    """What the person removed before."""


def box() -> Pop3Mailbox:
    return Pop3Mailbox([Mail(f"u{number}", raw) for number, raw in enumerate(LETTERS, 1)])


@pytest.fixture(params=list(RULES), scope="module")
def scene(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Of the messages, BEFORE came long ago; of those, some were removed here."""
    rule = RULES[request.param]
    folder = tmp_path_factory.mktemp("scene")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("desktopmail.protocols.transport.connect", None)
        old = box()
        old.mails = old.mails[:BEFORE]
        desk = PopDesk(folder / "profile", old)
        lead_to(patch, desk)
        desk.clean_sync()
        came = set(desk.raws())
        desk.run(Actions(desk.store, grace=0).remove(desk.ids()[:5]))
        removed = came - set(desk.raws())
        desk.age(20)
        desk.leave(rule)
        desk.close()
        shutil.copytree(folder / "profile", folder / "trial")
        desk = PopDesk(folder / "trial", box())
        lead_to(patch, desk)
        line = desk.box.line()
        desk.line = lambda: line
        desk.clean_sync()
        yield Scene(rule, folder / "profile", line.down, line.up, desk.box.left, len(desk.rows()), removed)
        desk.close()


def lead_to(patch: pytest.MonkeyPatch, desk: PopDesk) -> None:
    """Every connection leads to this desk's mailbox."""

    async def connect(endpoint: object, factory: Callable[[], object], **_: object) -> tuple[object, object]:
        protocol = factory()
        line = desk.line()
        line.connect(protocol)  # type: ignore[arg-type]
        return line, protocol

    patch.setattr("desktopmail.protocols.transport.connect", connect)


class Where(TypedDict, total=False):
    """See `Pop3Mailbox.line`."""

    down: int
    up: int
    size: int
    fin: bool


def cut(scene: Scene, folder: Path, patch: pytest.MonkeyPatch, **where: Unpack[Where]) -> None:
    """One session that is cut, and the next one, which is not."""
    shutil.copytree(scene.folder, folder)
    desk = PopDesk(folder, box())
    lead_to(patch, desk)
    try:
        desk.line = lambda: desk.box.line(**where)
        first = desk.sync()
        held = set(desk.raws()) | set(desk.box.left)
        assert held | scene.removed == set(LETTERS), where
        desk.line = desk.box.line
        second = desk.clean_sync()
        assert desk.box.left == scene.stays, where
        assert len(desk.rows()) == scene.here == len(set(desk.raws())), where
        fresh = sum(len(raw) for raw in LETTERS[BEFORE:])
        assert first.bytes + second.bytes == fresh, where
        assert first.new + second.new == COUNT - BEFORE, where
    finally:
        desk.close()
        shutil.rmtree(folder)


def points(total: int, many: int) -> list[int]:
    """So many bytes out of all, spread evenly, the last ones among them."""
    step = max(1, total // many)
    return sorted({*range(0, total, step), *range(max(0, total - 4), total)})


@pytest.mark.timeout(300)
def test_cut_at_many_bytes(scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # D02 D04 D24
    for byte in points(scene.down, 8):
        cut(scene, tmp_path / "cut", monkeypatch, down=byte)
    for byte in points(scene.up, 6):
        cut(scene, tmp_path / "cut", monkeypatch, up=byte)


def test_ended_by_the_server_in_the_middle(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # T33
    for byte in points(scene.down, 4):
        cut(scene, tmp_path / "cut", monkeypatch, down=byte, fin=True)


@pytest.mark.slow
@pytest.mark.timeout(7_200)
def test_cut_at_every_byte(scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # D02 D04 D24
    for byte in range(scene.down):
        cut(scene, tmp_path / "cut", monkeypatch, down=byte)
    for byte in range(scene.up):
        cut(scene, tmp_path / "cut", monkeypatch, up=byte)


def test_replies_in_pieces_of_any_size(scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # P31
    for size in (1, 7, 1_000):
        cut(scene, tmp_path / "cut", monkeypatch, size=size)
