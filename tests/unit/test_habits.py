"""The house's habits, checked by machine: sizes, names, words and dangerous calls. Exceptions only ever shrink."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "desktopmail"
PRODUCT = sorted(PACKAGE.rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))

LONG_FILES: dict[str, int] = {}
LONG_FUNCTIONS: dict[str, int] = {}
MANY_PARAMETERS: dict[str, int] = {}
LARGE_CLASSES: dict[str, int] = {}
FRAMES = {"gui/window.py": 300, "gui/composer/window.py": 300, "engine/engine.py": 300}
BAD_NAMES = re.compile(r"(^|_)(utils?|misc|common|helpers?|base|managers?|handlers?|controllers?|services?)($|_)")
BAD_CLASS = re.compile(r"(Manager|Helper|Util|Utils|Controller|Service)$")
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|NotImplementedError)\b")
BROAD_CATCH = {"engine/runner.py", "app/crash.py"}


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE if PACKAGE in path.parents else ROOT).as_posix()


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@pytest.fixture(scope="module")
def trees() -> dict[Path, ast.Module]:
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in PRODUCT}


def test_files_stay_short() -> None:
    """No file grows past 400 lines, frames not past 300."""
    found = {}
    for path in PRODUCT:
        lines = path.read_text(encoding="utf-8").count("\n")
        if lines > LONG_FILES.get(name_of(path), FRAMES.get(name_of(path), 400)):
            found[name_of(path)] = lines
    assert found == {}


def test_functions_stay_short(trees: dict[Path, ast.Module]) -> None:
    """No function grows past 40 lines."""
    found = {}
    for path, tree in trees.items():
        for node in functions(tree):
            size = (node.end_lineno or node.lineno) - node.lineno + 1
            name = f"{name_of(path)}:{node.name}"
            if size > LONG_FUNCTIONS.get(name, 40):
                found[name] = size
    assert found == {}


def test_functions_take_few_parameters(trees: dict[Path, ast.Module]) -> None:
    """No function takes more than six parameters beside self."""
    found = {}
    for path, tree in trees.items():
        for node in functions(tree):
            names = [argument.arg for argument in node.args.posonlyargs + node.args.args + node.args.kwonlyargs]
            count = len([each for each in names if each not in ("self", "cls")])
            name = f"{name_of(path)}:{node.name}"
            if count > MANY_PARAMETERS.get(name, 6):
                found[name] = count
    assert found == {}


def test_classes_have_few_public_methods(trees: dict[Path, ast.Module]) -> None:
    """No class offers more than 15 public methods of its own (Qt's overrides in camelCase do not count)."""
    found = {}
    for path, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                methods = [each.name for each in node.body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)]
                public = [each for each in methods if not each.startswith("_") and each == each.lower()]
                name = f"{name_of(path)}:{node.name}"
                if len(public) > LARGE_CLASSES.get(name, 15):
                    found[name] = len(public)
    assert found == {}


def test_names_say_what_things_are(trees: dict[Path, ast.Module]) -> None:
    """Modules are nouns or mail verbs; no drawers for everything."""
    found = [name_of(path) for path in PRODUCT if BAD_NAMES.search(path.stem)]
    for path, tree in trees.items():
        classes = [node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
        found += [f"{name_of(path)}:{each}" for each in classes if BAD_CLASS.search(each)]
    assert found == []


def test_modules_say_what_they_are_for(trees: dict[Path, ast.Module]) -> None:
    """Every module opens with a docstring."""
    assert [name_of(path) for path, tree in trees.items() if not ast.get_docstring(tree)] == []


def test_nothing_is_left_unfinished() -> None:
    """No marks of unfinished work."""
    found = []
    for path in [*PRODUCT, *TESTS]:
        if path.name == "test_habits.py":
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if UNFINISHED.search(line):
                found.append(f"{name_of(path)}:{number}")
    assert found == []


def test_errors_are_not_swallowed(trees: dict[Path, ast.Module]) -> None:
    """`except Exception` only in the runner and the crash file; no bare except; no broad error passed over."""
    found = []
    for path, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ExceptHandler):
                kind = ast.unparse(node.type) if node.type else "everything"
                broad = kind in ("everything", "Exception", "BaseException")
                silent = all(isinstance(each, ast.Pass | ast.Continue) for each in node.body)
                if (broad and name_of(path) not in BROAD_CATCH) or (silent and kind in ("MailError", "OSError")):
                    found.append(f"{name_of(path)}:{node.lineno} {kind}")
    assert found == []


def test_no_dangerous_calls(trees: dict[Path, ast.Module]) -> None:
    """No eval, exec, pickle, shell or verification switched off in the product (U14)."""
    bad = re.compile(
        r"\b(eval|pickle\.loads?|os\.system|marshal\.loads?|tempfile\.mktemp|ssl\._create_unverified\w*)\("
    )
    found = []
    for path, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                text = ast.unparse(node.func) + "("
                shell = any(word.arg == "shell" for word in node.keywords)
                if bad.match(text) or text == "exec(" or shell:
                    found.append(f"{name_of(path)}:{node.lineno} {text}")
    assert found == []


def test_tests_use_no_mocks() -> None:
    """Fakes, never mocks."""
    pattern = re.compile(
        r"^\s*(from unittest import mock|from unittest\.mock|import unittest\.mock|.*\bmocker\b)", re.M
    )
    assert [name_of(path) for path in TESTS if pattern.search(path.read_text()) and path.name != "test_habits.py"] == []
