"""What is left out of the toolkit's start is there when it is asked for."""

from __future__ import annotations

import subprocess
import sys

import pytest

BEGIN = """
import builtins, sys
from desktopmail.gui import toolkit
finders = list(sys.meta_path)
toolkit.load()
import PySide6.QtWidgets
from PySide6.QtCore import QObject, QSize, Qt

def empty():
    return sorted(name for name in toolkit.LATER if "__getattr__" in vars(sys.modules[name]))
"""
LEFT = """
assert len(empty()) == len(toolkit.LATER) - 1, empty()  # one is asked by every module of Qt
assert sys.meta_path == finders and type(sys.meta_path) is list
assert builtins.__import__.__name__ != "__feature_import__"
assert Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop == Qt.AlignmentFlag(0x21)
assert len(empty()) == len(toolkit.LATER) - 1, empty()
"""
WRONG = """
try:
    QSize("wide")
except TypeError as wrong:
    assert "QSize.__init__(w: int, h: int, /)" in str(wrong), wrong
try:
    QObject().setObjectName("one", "two")
except TypeError as wrong:
    assert "setObjectName" in str(wrong), wrong
assert "shibokensupport.signature.mapping" not in empty()
"""
HELP = """
assert QSize.width.__doc__ is None or "-> int" in QSize.width.__doc__  # none with Python 3.12 and later, as without us
import shibokensupport.signature
assert "name: str" in str(shibokensupport.signature.get_signature(QObject.setObjectName))
"""
LOOKED_AT = """
assert [module for module in sys.modules.values() if hasattr(module, "__warningregistry__")] is not None
assert len(empty()) == len(toolkit.LATER) - 1, empty()
import shibokensupport.signature.layout
try:
    shibokensupport.signature.layout.nonsense
except AttributeError as wrong:
    assert "nonsense" in str(wrong)
assert callable(shibokensupport.signature.layout.create_signature)
"""
THREADS = """
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
import shibokensupport.signature.layout
together = Barrier(4)

def ask(number):
    together.wait()
    return callable(shibokensupport.signature.layout.create_signature)

with ThreadPoolExecutor(4) as pool:
    assert all(pool.map(ask, range(4)))
"""
LOADED = """
import PySide6.QtCore
import sys
before = list(sys.meta_path), dict(sys.modules)
from desktopmail.gui import toolkit
toolkit.load()
assert list(sys.meta_path) == before[0]
try:
    PySide6.QtCore.QSize("wide")
except TypeError as wrong:
    assert "w: int" in str(wrong)
"""


@pytest.mark.parametrize(
    "program",
    [BEGIN + LEFT, BEGIN + WRONG, BEGIN + HELP, BEGIN + LOOKED_AT, BEGIN + THREADS, LOADED],
    ids=["left for later", "wrong arguments", "help", "looked at", "threads", "loaded before"],
)
def test_descriptions_of_signatures_come_when_they_are_asked_for(program: str) -> None:
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=False, timeout=120
    )
    assert (run.returncode, run.stderr) == (0, "")
