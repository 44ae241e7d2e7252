"""Answering, forwarding and writing on messages that are too long to be held in memory."""

from __future__ import annotations

import base64
import tracemalloc
from pathlib import Path

import pytest

from desktopmail.domain.errors import Refused
from desktopmail.domain.folder import Role
from desktopmail.engine import large, originals
from desktopmail.mime import abridged
from tests.unit.engine.test_composing import Desk, run

FILM = bytes(range(256)) * 100_000
"""About 25 MB, 35 on the way."""
CLIP = FILM[:2_000_000]
PNG = b"iVBORw0KGgo="


def message(film: bytes, text: bytes = b"<p>Look <img src='cid:p1'></p>", name: bytes = b"film.mp4") -> bytes:
    """A message with a picture in its text and a film beside it."""
    return (
        b"From: Bob <bob@example.org>\r\nTo: ada@example.org\r\nSubject: Film\r\nMessage-ID: <film@x>\r\n"
        b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=m\r\n\r\n"
        b"--m\r\nContent-Type: multipart/related; boundary=r\r\n\r\n--r\r\nContent-Type: text/html\r\n\r\n"
        + text
        + b"\r\n"
        b"--r\r\nContent-Type: image/png\r\nContent-ID: <p1>\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + PNG
        + b"\r\n--r--\r\n--m\r\nContent-Type: video/mp4\r\nContent-Disposition: attachment; filename="
        + name
        + b"\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes(film).replace(b"\n", b"\r\n")
        + b"--m--\r\n"
    )


@pytest.fixture
def little(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is longer than a few thousand bytes is too long to be held."""
    monkeypatch.setattr(large, "LARGE", 50_000)
    monkeypatch.setattr(abridged, "FIRST", 2_000)
    monkeypatch.setattr(abridged, "KEPT", 1_000)


def test_an_answer_leaves_a_large_message_on_the_disk(tmp_path: Path) -> None:
    async def test(desk: Desk) -> None:
        received = await desk.receive(message(FILM))
        tracemalloc.start()
        try:
            draft = await desk.composing.reply(received)
            _, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert [(each.data, bool(each.content_id)) for each in draft.attachments] == [(base64.b64decode(PNG), True)]
        assert (draft.subject, draft.in_reply_to) == ("Re: Film", "<film@x>") and "cid:p1" in draft.html
        assert most < len(FILM)

    run(tmp_path, test)


@pytest.mark.usefixtures("little")
def test_a_large_message_is_forwarded_and_written_on_whole(tmp_path: Path) -> None:
    async def test(desk: Desk) -> None:
        received = await desk.receive(message(CLIP))
        for draft in (await desk.composing.forward(received), await desk.composing.edit(received)):
            beside = {each.name: each.data for each in draft.attachments if not each.content_id}
            assert beside == {"film.mp4": CLIP}
            assert [each.data for each in draft.attachments if each.content_id] == [base64.b64decode(PNG)]

    run(tmp_path, test)


@pytest.mark.usefixtures("little")
def test_what_is_too_large_to_go_along_is_refused_and_can_still_be_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(originals, "MOST", len(CLIP) // 2)

    async def test(desk: Desk) -> None:
        received = await desk.receive(message(CLIP))
        with pytest.raises(Refused, match="too large to go along") as told:
            await desk.composing.forward(received)
        assert "2 MB" in told.value.detail
        assert (await desk.composing.reply(received)).subject == "Re: Film"

    run(tmp_path, test)


@pytest.mark.usefixtures("little")
def test_no_text_is_cut_off_on_the_way(tmp_path: Path) -> None:
    """Forwarded, a text that is shown in part goes along as a file; written on, it is all there."""
    long = b"<p>begin " + b"word " * 20_000 + b"end</p>"

    async def test(desk: Desk) -> None:
        received = await desk.receive(message(CLIP, long))
        forwarded = await desk.composing.forward(received)
        assert long in [each.data.strip() for each in forwarded.attachments]
        opened = await desk.composing.edit(received)
        assert "begin" in opened.html and "end</p>" in opened.html
        assert [each.name for each in opened.attachments] == ["part-1.2", "film.mp4"]

    run(tmp_path, test)


@pytest.mark.usefixtures("little")
def test_a_draft_with_large_files_loses_none(tmp_path: Path) -> None:
    async def test(desk: Desk) -> None:
        received = await desk.receive(message(CLIP), Role.DRAFTS)
        opened = await desk.composing.edit(received)
        again = await desk.composing.save(opened)
        assert again.id == received
        once_more = await desk.composing.edit(received)
        assert [each.data for each in once_more.attachments] == [each.data for each in opened.attachments]
        assert len(once_more.attachments) == 2

    run(tmp_path, test)
