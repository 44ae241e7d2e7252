"""Every sentence that a person reads goes past somebody who can translate it, and has the places for its parts."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktopmail.domain import errors, saying
from desktopmail.domain.saying import phrase, plural, said, speak
from tests.gui.pseudo import ROOT, collector

PROGRAM = ROOT / "desktopmail"
SHOWN = {"Problem": (2, 3), "Activity": (2,), "Receipt": (0,), "Consequence": (1,), "Kept": (1,), "working": (0,),
         "counting": (0,), "say": (0,), "refusal": (0,), "unavailable": (0, 1), "Deed": (1,)}  # fmt: skip
"""Which arguments of these a person reads; of errors it is the first two."""
COMMANDS = ("cli", "app/commandline.py", "app/passphrase.py", "app/picture.py", "app/selftest.py", "app/demo")
"""What only speaks on the command line, which is English."""
Call = tuple[str, ast.Call]


def _calls() -> Iterator[Call]:
    """Every call in the program, and where it is."""
    for path in sorted(PROGRAM.rglob("*.py")):
        place = path.relative_to(PROGRAM).as_posix()
        if not place.startswith(COMMANDS):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call):
                    yield f"{place}:{node.lineno}", node


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _errors() -> frozenset[str]:
    """The names of all known errors, wherever they are added."""
    bases: dict[str, set[str]] = {}
    for path in PROGRAM.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                bases[node.name] = {each.id for each in node.bases if isinstance(each, ast.Name)}
    found = {errors.MailError.__name__}
    while more := {name for name, above in bases.items() if above & found} - found:
        found |= more
    return frozenset(found)


def _bare(node: ast.expr) -> bool:
    """Whether words stand there as they are; what is only put together from names and signs has none."""
    if isinstance(node, ast.IfExp):
        return _bare(node.body) or _bare(node.orelse)
    if isinstance(node, ast.BinOp):
        return _bare(node.left) or _bare(node.right)
    if isinstance(node, ast.JoinedStr):
        return any(_bare(each) for each in node.values if isinstance(each, ast.Constant))
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and any(map(str.isalpha, node.value))


def _places(text: str) -> set[int]:
    return {int(name) for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def _texts(call: ast.Call, start: int, stop: int) -> list[str]:
    found = call.args[start:stop]
    return [str(each.value) for each in found if isinstance(each, ast.Constant)]


def test_nothing_is_told_in_bare_words() -> None:
    known = _errors()
    bare = []
    for place, call in _calls():
        wanted = (0, 1) if _name(call) in known else SHOWN.get(_name(call), ())
        named = [each.value for each in call.keywords if each.arg in ("title", "detail", "words") and wanted]
        given = [call.args[each] for each in wanted if each < len(call.args)]
        bare += [f"{place} {_name(call)}" for each in (*given, *named) if _bare(each)]
    assert bare == [], "\n".join(bare)


def test_every_part_has_its_place() -> None:
    odd = []
    for place, call in _calls():
        if any(isinstance(each, ast.Starred) for each in call.args):
            continue
        if _name(call) == "phrase":
            texts = _texts(call, 0, 1)
            wrong = [each for each in texts if call.args[1:] and _places(each) != set(range(len(call.args) - 1))]
            wrong += [each for each in texts if not call.args[1:] and "{0" in each]
        elif _name(call) == "plural":
            parts = set(range(len(call.args) - 2))
            one, many = _texts(call, 1, 3)
            wrong = [one] if _places(one) | {0} != parts else []
            wrong += [many] if _places(many) != parts else []
        else:
            continue
        odd += [f"{place} {each}" for each in wrong]
    assert odd == []


def test_nothing_is_said_before_a_face_said_its_language() -> None:
    """What is said while modules are loaded stays English."""
    early = []
    for path in sorted(PROGRAM.rglob("*.py")):
        waiting: list[ast.AST] = [ast.parse(path.read_text(encoding="utf-8"))]
        while waiting:
            node = waiting.pop()
            if isinstance(node, ast.Lambda):
                continue
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                waiting += [*node.args.defaults, *(each for each in node.args.kw_defaults if each is not None)]
                continue
            if isinstance(node, ast.Call) and _name(node) in ("phrase", "plural", "said", "translate", "tr"):
                early.append(f"{path.relative_to(PROGRAM).as_posix()}:{node.lineno}")
            waiting += ast.iter_child_nodes(node)
    assert early == []


def test_everything_said_can_be_collected(tmp_path: Path) -> None:
    texts = collector()
    assert len({text for _, text in texts.said()}) > 500
    assert ("resources/oauth.json", "Yahoo takes an app password instead. Make it at "
            "https://login.yahoo.com/account/security.") in set(texts.told())  # fmt: skip
    for said_past in ("phrase(words)", "phrase(f'{host} is away')", "plural(2, 'one', many)", "plural(2, 'one')"):
        (tmp_path / "odd.py").write_text(said_past, encoding="utf-8")
        with pytest.raises(ValueError, match="said"):
            list(texts.said(tmp_path))


def test_a_sentence_is_said_in_the_language_of_the_face() -> None:
    words = {"{0} is away": "weg ist {0}", "{0} of {1}": "von {1} sind es {0}"}
    speak(lambda text: words.get(text, text))
    try:
        assert phrase("{0} is away", "host") == "weg ist host"
        assert plural(3, "1 of {1}", "{0} of {1}", 4) == "von 4 sind es 3" and plural(1, "1 of {1}", "…", 4) == "1 of 4"
        assert said("untold") == "untold"
        speak(lambda text: "{7}")
        assert phrase("{0} is away", "host") == "host is away"
    finally:
        speak(str)
    assert phrase("{0} is away", "host") == "host is away" and saying.CONTEXT == collector().CONTEXT
