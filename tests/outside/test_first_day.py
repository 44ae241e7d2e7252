"""The first day with the program, driven from outside as a person would: from the wizard to the answered letter.

`DESKTOPMAIL_PROGRAM` names an installed program to drive instead of this checkout's.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.outside import stage, story
from tests.servers.dovecot import Dovecot
from tests.servers.postfix import Postfix


@pytest.mark.slow
def test_from_the_wizard_to_the_answered_letter(tmp_path: Path, dovecot: Dovecot, postfix: Postfix) -> None:
    if reason := stage.missing():
        pytest.skip(reason)
    played = story.begin(dovecot, postfix)
    told = stage.play(stage.own_program(), tmp_path / "profile", played.facts())
    assert (told.returncode, told.stdout.splitlines()[:3]) == (0, story.ACTS), told.stderr
    assert played.lacks() == ""
