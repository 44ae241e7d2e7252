"""Every text a person reads in the window can be collected for translation."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from desktopmail.domain.preferences import PREFERENCES
from desktopmail.gui.commands import COMMANDS, INBOX, TAG, worded
from desktopmail.gui.reader.strips import _DAMAGE, _WORDS
from desktopmail.gui.style.tags import TAGS
from tests.gui.pseudo import collector

ROOT = Path(__file__).resolve().parents[2]
COLLECT = Path(sys.executable).with_name("pyside6-lupdate")


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> set[tuple[str, str]]:
    if not COLLECT.exists():
        pytest.skip("pyside6-lupdate is not installed")
    target = tmp_path_factory.mktemp("texts") / "texts.ts"
    collector().collect(target)
    tree = ElementTree.parse(target).getroot()
    return {
        (context.findtext("name", ""), message.findtext("source", ""))
        for context in tree.iter("context")
        for message in context.iter("message")
    }


def test_texts_of_tables_are_collected(collected: set[tuple[str, str]]) -> None:
    texts = {("commands", INBOX), ("commands", TAG)}
    texts |= {("commands", command.text) for command in COMMANDS if not command.id[-1].isdigit()}
    texts |= {("commands", command.other) for command in COMMANDS if command.other}
    texts |= {("tags", tag.name) for tag in TAGS}
    texts |= {("strips", text) for text in _DAMAGE.values()} | {("strips", row[0]) for row in _WORDS.values()}
    texts |= {("settings", text) for each in PREFERENCES for text in (each.group, each.title, each.sentence)}
    assert texts - collected == set()


def test_texts_of_calls_are_collected(collected: set[tuple[str, str]]) -> None:
    """Those inside of f-strings, for one, are not."""
    texts = {text for _, text in collected}
    missed = [
        text for context, text in _translated() if ((context, text) not in collected if context else text not in texts)
    ]
    assert missed == []


def test_only_literals_are_translated_by_the_widget() -> None:
    """What stands in a table is marked there and translated by its context."""
    odd = [place for place, name, call in _calls() if name == "tr" and not isinstance(call.args[0], ast.Constant)]
    assert odd == []


def test_numbered_commands_keep_their_number() -> None:
    assert worded("Inbox 3") == "Inbox 3"
    assert worded("Tag: Work") == "Tag: Work"
    assert worded("Move to folder…") == "Move to folder…"


def _translated() -> Iterator[tuple[str, str]]:
    """Context, where it is named, and text of every `translate("…", "…")` and `tr("…")` in the window's code."""
    for _, name, call in _calls():
        texts = [str(each.value) for each in call.args[:2] if isinstance(each, ast.Constant)]
        if name == "translate" and len(texts) == 2:
            yield texts[0], texts[1]
        elif name == "tr" and texts:
            yield "", texts[0]


def _calls() -> Iterator[tuple[str, str, ast.Call]]:
    """Place, name and node of every call in the window's code."""
    for path in sorted((ROOT / "desktopmail" / "gui").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args:
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                yield f"{path.relative_to(ROOT).as_posix()}:{node.lineno}", name, node
