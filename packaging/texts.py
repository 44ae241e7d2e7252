"""Collects every text a person reads for translation: `python3 packaging/texts.py FILE.ts`.

Qt's own collector reads the window's code and what is marked in tables. It knows neither `domain.saying.phrase` and
`plural`, to which the parts below the window give their sentences, nor what resources tell: both are written down for
it in a form that it reads.
"""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PROGRAM = ROOT / "desktopmail"
COLLECT = Path(sys.executable).with_name("pyside6-lupdate")
MARKS = ("-tr-function-alias", "QT_TRANSLATE_NOOP+=mark")
SAYS = {"phrase": slice(0, 1), "plural": slice(1, 3)}
"""Where the texts stand among what these are called with."""
CONTEXT = "engine"
HELP = ("oauth.json", "autoconfig/own.json")
"""What is told about providers lies in these resources, under `help`."""


def said(program: Path = PROGRAM) -> Iterator[tuple[str, str]]:
    """Place and text of every `phrase("…")` and `plural(count, "…", "…")`. Raises ValueError where a text is not a
    literal."""
    for path in sorted(program.rglob("*.py")):
        if path.relative_to(program).as_posix() == "domain/saying.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SAYS:
                place = f"{path.relative_to(program.parent).as_posix()}:{node.lineno}"
                which = SAYS[node.func.id]
                texts = node.args[which]
                if len(texts) < which.stop - which.start:
                    raise ValueError(f"{place}: nothing is said")
                for text in texts:
                    if not isinstance(text, ast.Constant) or not isinstance(text.value, str):
                        raise ValueError(f"{place}: what is said is no literal")
                    yield place, text.value


def told(resources: Path = ROOT / "resources") -> Iterator[tuple[str, str]]:
    """Place and text of everything that the resources tell a person."""
    for name in HELP:
        for text in dict.fromkeys(_helping(json.loads((resources / name).read_text(encoding="utf-8")))):
            yield f"resources/{name}", text


def _helping(found: object) -> Iterator[str]:
    if isinstance(found, list):
        for each in found:
            yield from _helping(each)
    elif isinstance(found, dict):
        for name, each in found.items():
            texts = [each] if isinstance(each, str) else each.values() if isinstance(each, dict) else ()
            yield from texts if name == "help" else _helping(each)


def collect(target: Path) -> None:
    """Write all texts to a `.ts` file, or bring one up to date."""
    faces = [str(path) for path in sorted(PROGRAM.rglob("*.py"))]
    with tempfile.TemporaryDirectory() as folder:
        sentences = Path(folder) / "said.py"
        lines = [f"mark({CONTEXT!r}, {text!r})  # {place}" for place, text in (*said(), *told())]
        sentences.write_text("\n".join(lines) + "\n", encoding="utf-8")
        command = [str(COLLECT), *MARKS, *faces, str(sentences), "-ts", str(target)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    collect(Path(sys.argv[1]))
