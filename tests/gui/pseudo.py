"""A language that nobody speaks: every letter of a text is written as another one. What is then still written in Latin
letters was not translated."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[2]
RELEASE = Path(sys.executable).with_name("pyside6-lrelease")
LANGUAGE = "ru"
"""It is written in these letters, so that names of months are taken for translated, too."""
_KEPT = re.compile(r"(\{[^{}]*\}|<[^<>]*>|&[a-z]+;|%n|%\d|[a-z]+://\S+)")
_OTHER = {
    **{ord("a") + place: ord("а") + place for place in range(26)},
    **{ord("A") + place: ord("А") + place for place in range(26)},
}


def pseudo(text: str) -> str:
    """The text in other letters; places, tags and addresses are left as they are."""
    pieces = _KEPT.split(text)
    return "".join(piece if number % 2 else piece.translate(_OTHER) for number, piece in enumerate(pieces))


def collector() -> ModuleType:
    """`packaging/texts.py`, which is no module of the program."""
    spec = importlib.util.spec_from_file_location("texts", ROOT / "packaging" / "texts.py")
    assert spec is not None and spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def write(folder: Path, language: str = LANGUAGE) -> Path:
    """Collect all texts, translate them and compile them: `desktopmail_<language>.qm` in the folder."""
    texts = folder / f"desktopmail_{language}.ts"
    collector().collect(texts)
    tree = ElementTree.parse(texts)
    tree.getroot().set("language", language)
    for message in tree.iter("message"):
        found = message.find("translation")
        assert found is not None
        found.attrib.pop("type", None)
        found.text = pseudo(message.findtext("source", ""))
    tree.write(texts, encoding="utf-8", xml_declaration=True)
    compiled = texts.with_suffix(".qm")
    subprocess.run([str(RELEASE), str(texts), "-qm", str(compiled)], check=True, capture_output=True)
    return compiled
