"""Where the frozen program starts: nothing foreign is left in its environment."""

import sys

import hijack
import launch
import pytest


def test_foreign_variables_are_taken_out() -> None:
    """U11"""
    environment = dict.fromkeys(launch.FOREIGN, "/trap") | {"HOME": "/home/a", "QT_SCALE_FACTOR": "2", "LANG": "de"}
    launch.cleaned(environment)
    assert environment == {"HOME": "/home/a", "QT_SCALE_FACTOR": "2", "LANG": "de"}


def test_what_the_trap_is_set_with_is_foreign() -> None:
    """U11: every variable that the installed program is tried with has to be on the list."""
    assert set(hijack.VARIABLES) <= set(launch.FOREIGN)


def test_children_get_the_search_path_of_the_person(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    mine = {"LD_LIBRARY_PATH": "/bundle:/mine", "LD_LIBRARY_PATH_ORIG": "/mine"}
    launch.cleaned(mine)
    assert mine == {"LD_LIBRARY_PATH": "/mine"}
    nobody = {"LD_LIBRARY_PATH": "/bundle"}
    launch.cleaned(nobody)
    assert nobody == {}


def test_a_checkout_keeps_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(sys, "frozen", raising=False)
    environment = {"LD_LIBRARY_PATH": "/mine"}
    launch.cleaned(environment)
    assert environment == {"LD_LIBRARY_PATH": "/mine"}


def test_without_a_console_there_is_somebody_to_talk_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wrong usage is answered, and a command ends as it does elsewhere; streams that are there stay."""
    from desktopmail.app.main import main

    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    launch.heard()
    given = sys.stdout, sys.stderr
    launch.heard()
    assert (sys.stdout, sys.stderr) == given
    assert main(["no-such-command"]) == 2
    assert main(["no-such-command", "--json"]) == 2
    for stream in given:
        stream.close()
