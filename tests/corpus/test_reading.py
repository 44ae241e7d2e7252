"""Every sample file gives a view, quickly, and its bytes stay what they were. P01 P11 P17"""

from __future__ import annotations

import email
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktopmail.domain.body import Body
from desktopmail.mime.body import content, read
from desktopmail.mime.headers import Headers, quick
from desktopmail.mime.sanitize import clean
from desktopmail.mime.text import for_index
from tests.corpus.conftest import FILES, samples
from tests.unit.mime.judge import judged


def name(path: Path) -> str:
    return str(path.relative_to(FILES))


def texts(body: Body) -> Iterator[str]:
    yield from (body.subject, body.text, body.html, body.message_id, *body.references, *body.list_unsubscribe)
    for one in (*body.sender, *body.to, *body.cc, *body.bcc, *body.reply_to):
        yield one.name + one.address
    for part in body.parts:
        yield part.name + part.type + part.content_id + part.charset + (part.text or "")
    for warning in body.warnings:
        yield warning.kind + warning.detail


@pytest.mark.parametrize("path", samples(), ids=name)
def test_every_file_can_be_read(path: Path) -> None:  # P01
    raw = path.read_bytes()
    spent = 9.0
    for _ in range(3):
        began = time.process_time()
        body = read(raw)
        spent = min(spent, time.process_time() - began)
        if spent < 0.25:
            break
    assert body.html
    assert spent < 0.25 * max(1.0, len(raw) / 1_000_000)
    for text in texts(body):
        text.encode("utf-8")
        assert "\0" not in text
    for part in body.parts:
        found = content(raw, part.section)
        assert found is not None
        assert len(found[1]) == part.size
    row, headers = quick(raw), Headers.read(raw)
    assert (row.sender, row.to, row.subject) == (body.sender, body.to, body.subject)
    assert row.message_id == headers.message_id == body.message_id
    for_index(raw).text.encode("utf-8")


@pytest.mark.parametrize("path", samples("*.html"), ids=name)
def test_every_page_is_cleaned_for_good(path: Path) -> None:  # C20
    once = clean(path.read_text("utf-8", "replace"))
    assert clean(once.html).html == once.html
    assert judged(once.html).wrong == []


@pytest.mark.parametrize("path", samples("mimetorture.eml"), ids=name)
def test_torture_mail_has_all_its_leaves(path: Path) -> None:  # P11
    body = read(path.read_bytes())
    reference = [part for part in email.message_from_bytes(path.read_bytes()).walk() if not part.is_multipart()]
    assert len(body.parts) == len(reference) == len({part.section for part in body.parts})
    for part, other in zip(body.parts, reference, strict=True):
        assert part.type == other.get_content_type()
