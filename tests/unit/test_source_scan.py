"""The product's source holds none of the usual ways to be hurt, but for a short list where each place says why.

U14
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "desktopmail"
SOURCES = {path.relative_to(PACKAGE).as_posix(): ast.parse(path.read_text("utf-8")) for path in PACKAGE.rglob("*.py")}

BAD_IMPORTS = {
    "pickle", "cPickle", "dill", "shelve", "marshal", "yaml", "telnetlib", "ftplib", "imp", "code", "codeop",
    "xml.sax", "xml.dom.minidom", "xml.dom.pulldom", "lxml", "pty", "commands", "random",
}  # fmt: skip
"""`random` is for games: what must not be guessed comes from `secrets`."""

BAD_CALLS = {
    "eval", "exec", "compile", "__import__", "breakpoint", "os.system", "os.popen", "os.execl", "os.execv", "os.spawnl",
    "tempfile.mktemp", "tempfile.mkstemp", "ssl._create_unverified_context", "ssl._create_stdlib_context",
    "ssl.wrap_socket", "tarfile.open", "zipfile.ZipFile", "shutil.unpack_archive", "hashlib.md5", "hashlib.sha1",
    "importlib.import_module", "ctypes.CDLL", "ctypes.cdll.LoadLibrary", "os.chmod", "subprocess.getoutput",
    "subprocess.getstatusoutput", "sys.settrace", "asyncio.create_subprocess_shell",
}  # fmt: skip

BAD_WORDS = {"shell": True, "verify": False, "check_hostname": False, "usedforsecurity": True}
BAD_NAMES = {"CERT_NONE", "CERT_OPTIONAL", "PROTOCOL_SSLv23", "PROTOCOL_TLSv1", "OP_LEGACY_SERVER_CONNECT"}

JUSTIFIED = {
    "app/ahead.py: ctypes.CDLL()": "the program itself and what is loaded already; paths are those of the toolkit",
    "cli/run.py: importlib.import_module()": "the name comes from the table of commands, never from outside",
    "engine/backoff.py: import random": "spreads the next tries in time; nothing secret depends on it",
    "protocols/pop3/opening.py: hashlib.md5()": "APOP is defined by it (RFC 1939); only over TLS, as the last choice",
    "store/secrets/keystore.py: importlib.import_module()": "one of four names in a constant table",
    "protocols/tls.py: CERT_NONE": "a certificate trusted by hand is compared by its fingerprint instead (check_pin)",
    "protocols/tls.py: check_hostname off": "the same: a pin holds for one host and port, whatever name it carries",
}
"""Place and finding → why it is right there. A place that is no longer found has to go."""

TABLES_AGREE = {"gui/overview.py", "gui/wizard/questions.py"}
"""Where two tables of the source have to name the same things: wrong at every start or at none, and tests start it."""


def name_of(node: ast.expr) -> str:
    """A dotted name; empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{name_of(node.value) or '?'}.{node.attr}"
    return ""


def in_node(node: ast.AST) -> Iterator[str]:
    """What is suspicious about one node."""
    if isinstance(node, ast.Import):
        yield from (f"import {each.name}" for each in node.names if each.name in BAD_IMPORTS)
    elif isinstance(node, ast.ImportFrom) and node.module in BAD_IMPORTS:
        yield f"import {node.module}"
    elif isinstance(node, ast.Call):
        if (name := name_of(node.func)) in BAD_CALLS:
            yield f"{name}()"
        for word in node.keywords:
            value = word.value.value if isinstance(word.value, ast.Constant) else None
            if word.arg in BAD_WORDS and value is BAD_WORDS[word.arg]:
                yield f"{word.arg}={value}"
    elif isinstance(node, ast.Assign):
        for target in node.targets:
            word, value = name_of(target).rpartition(".")[2], node.value
            if word in ("check_hostname", "verify_mode") and isinstance(value, ast.Constant) and not value.value:
                yield f"{word} off"
    elif isinstance(node, ast.Attribute | ast.Name):
        word = node.attr if isinstance(node, ast.Attribute) else node.id
        if word in BAD_NAMES:
            yield word


def findings() -> dict[str, str]:
    """Everything suspicious, by place and kind."""
    return {
        f"{place}: {found}": f"{place}:{getattr(node, 'lineno', 0)}"
        for place, tree in SOURCES.items()
        for node in ast.walk(tree)
        for found in in_node(node)
    }


def test_nothing_dangerous_is_called() -> None:
    found = findings()
    assert {key: place for key, place in found.items() if key not in JUSTIFIED} == {}
    assert [key for key in JUSTIFIED if key not in found] == [], "the list only shrinks"


@pytest.mark.parametrize(
    "line",
    [
        "import pickle",
        "from yaml import load",
        "eval(text)",
        "subprocess.run(line, shell=True)",
        "tempfile.mktemp()",
        "context.check_hostname = False",
        "context.verify_mode = ssl.CERT_NONE",
        "ssl._create_unverified_context()",
        "requests.get(url, verify=False)",
        "hashlib.md5(data)",
        "import random",
    ],
)
def test_the_scan_sees(line: str) -> None:
    """So that an empty list means something."""
    assert [found for node in ast.walk(ast.parse(line)) for found in in_node(node)]


def states_a_type(test: ast.expr) -> bool:
    """Whether an assertion only tells the type checker what it cannot see: a class, or that something is not None."""
    match test:
        case ast.Call(func=ast.Name(id="isinstance" | "callable")):
            return True
        case ast.Compare(ops=[ast.IsNot() | ast.Is()], comparators=[ast.Constant(value=None)]):
            return True
        case ast.BoolOp(values=values):
            return all(states_a_type(each) for each in values)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return states_a_type(operand)
    return False


def test_no_assertion_is_a_check() -> None:
    """Assertions vanish with `-O`: what must hold is checked by `if` and raised."""
    found = [
        f"{place}:{node.lineno} {ast.unparse(node.test)}"
        for place, tree in SOURCES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Assert) and not states_a_type(node.test) and place not in TABLES_AGREE
    ]
    assert found == []


def test_no_program_is_started() -> None:
    """Addresses are handed to the desktop (QDesktopServices); a mail program starts nothing by itself."""
    ways = ("subprocess.run", "subprocess.Popen", "subprocess.call", "subprocess.check_", "asyncio.create_subprocess",
            "QProcess", "os.startfile", "os.spawn", "os.exec", "os.posix_spawn")  # fmt: skip
    found = [
        f"{place}:{node.lineno}"
        for place, tree in SOURCES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and name_of(node.func).startswith(ways)
    ]
    assert found == []
