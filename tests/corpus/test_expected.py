"""Independent expected results: trees of mailbox files and lists of TNEF wrappers."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from desktopmail.formats import mbox
from desktopmail.mime import tnef
from desktopmail.mime.parse import parse
from tests.corpus.conftest import EXPECTED, FILES, samples

MORE_THAN_EXPECTED = {"winmail": {"body.rtf"}}
"""Files that are in the wrapper but not in the list; both readings are right."""


def types(body: dict[str, Any]) -> list[str]:
    """The types of a tree in order, as the expected results tell them."""
    out = [body["mimeType"].lower()]
    for child in body.get("children") or []:
        out += types(child)
    if body.get("message"):
        out += types(body["message"]["body"])
    return out


@pytest.mark.parametrize("path", samples("*.mbox.txt"), ids=lambda path: path.name)
def test_mailbox_files_have_the_expected_trees(path: Path) -> None:  # P09
    expected = EXPECTED / path.relative_to(FILES).parent / path.name.replace(".mbox.txt", ".unix-offsets.json")
    if not expected.is_file():
        pytest.skip("no expected result for this file")
    messages = list(mbox.read(io.BytesIO(path.read_bytes())))
    trees = json.loads(expected.read_bytes())
    assert len(messages) == len(trees)
    for raw, tree in zip(messages, trees, strict=True):
        assert [node.type for node in parse(raw).walk()] == types(tree["body"])


@pytest.mark.parametrize("path", samples("*.tnef"), ids=lambda path: path.name)
def test_wrappers_hold_the_expected_files(path: Path) -> None:
    expected = EXPECTED / path.relative_to(FILES).parent / f"{path.stem}.list"
    found = sorted(file.name for file in tnef.files(path.read_bytes()))
    wanted = expected.read_text().replace("\r", "").strip().split("\n")
    assert found == sorted([*wanted, *MORE_THAN_EXPECTED.get(path.stem, ())])
