"""Every text a person reads in the window can be collected for translation."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from desktopmail.domain.preferences import PREFERENCES
from desktopmail.gui.commands import COMMANDS, INBOX, TAG, worded
from desktopmail.gui.reader.strips import _DAMAGE, _WORDS
from desktopmail.gui.style.tags import TAGS

ROOT = Path(__file__).resolve().parents[2]
COLLECT = Path(sys.executable).with_name("pyside6-lupdate")
ALIAS = ("-tr-function-alias", "QT_TRANSLATE_NOOP+=mark")


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> set[tuple[str, str]]:
    if not COLLECT.exists():
        pytest.skip("pyside6-lupdate is not installed")
    target = tmp_path_factory.mktemp("texts") / "texts.ts"
    places = [ROOT / "desktopmail" / name for name in ("domain", "gui", "app")]
    files = [str(path) for place in places for path in sorted(place.rglob("*.py"))]
    subprocess.run([str(COLLECT), *ALIAS, *files, "-ts", str(target)], check=True, capture_output=True)
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
    missed = [(context, text) for context, text in _translated() if (context, text) not in collected]
    assert missed == []


def test_numbered_commands_keep_their_number() -> None:
    assert worded("Inbox 3") == "Inbox 3"
    assert worded("Tag: Work") == "Tag: Work"
    assert worded("Move to folder…") == "Move to folder…"


def _translated() -> Iterator[tuple[str, str]]:
    """Context and text of every `translate("…", "…")` in the window's code."""
    for path in sorted((ROOT / "desktopmail" / "gui").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or len(node.args) < 2:
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            first, second = node.args[:2]
            if name == "translate" and isinstance(first, ast.Constant) and isinstance(second, ast.Constant):
                yield str(first.value), str(second.value)
