"""What the journeys begin with: a person with a mailbox on the run's servers, sitting at a terminal."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.gui.conftest import qloop, run  # noqa: F401 - fixtures of windows
from tests.journeys.terminal import Terminal
from tests.servers.dovecot import Dovecot, User
from tests.servers.postfix import Postfix


@dataclass
class Person:
    """Somebody with a mailbox; `terminal` runs commands on a profile that has it as its first account."""

    user: User
    terminal: Terminal
    dovecot: Dovecot
    postfix: Postfix

    def add_account(self, *more: object) -> int:
        """Make the account."""
        imap = self.dovecot.url("imaps", self.user)
        smtp = self.postfix.url("smtps", self.user)
        made = self.terminal.ask("account", "add", self.user.address, "--imap", imap, "--smtp", smtp, *more)
        return int(made["id"])


@pytest.fixture
def person(tmp_path: Path, dovecot: Dovecot, postfix: Postfix) -> Person:
    """A person without an account in the profile yet."""
    user = dovecot.add_user()
    secrets = {"DESKTOPMAIL_SECRETS": "env:MAIL_SECRET", "MAIL_SECRET": user.password}
    return Person(user, Terminal(tmp_path / "profile", secrets), dovecot, postfix)
