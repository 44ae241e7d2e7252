"""The log: private, small, and without secrets. And where the profile is."""

from __future__ import annotations

import logging
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktopmail.app import logs
from desktopmail.app.paths import PROFILE_VARIABLE, profile_folder


@pytest.fixture
def log(tmp_path: Path) -> Iterator[logs.SecretsFilter]:
    """A log in `tmp_path`; the loggers are left as they were."""
    root, ours = logging.getLogger(), logging.getLogger("desktopmail")
    before = (root.handlers[:], root.level, ours.level, logging.raiseExceptions)
    yield logs.start(tmp_path / "profile")
    for handler in set(root.handlers) - set(before[0]):
        root.removeHandler(handler)
        handler.close()
    root.setLevel(before[1])
    ours.setLevel(before[2])
    logging.raiseExceptions = before[3]


def text(tmp_path: Path) -> str:
    return (tmp_path / "profile" / logs.LOG_NAME).read_text(encoding="utf-8")


def test_nothing_is_made_before_there_is_something_to_say(tmp_path: Path, log: logs.SecretsFilter) -> None:
    assert not (tmp_path / "profile").exists()
    logging.getLogger("desktopmail.engine").info("begun")
    assert "begun" in text(tmp_path)
    if os.name == "posix":
        mode = stat.S_IMODE((tmp_path / "profile" / logs.LOG_NAME).stat().st_mode)
        assert mode == 0o600


def test_secrets_do_not_get_through(tmp_path: Path, log: logs.SecretsFilter) -> None:
    log.hide("correct horse")
    ours = logging.getLogger("desktopmail.engine")
    ours.warning("it is %s and so on", "correct horse")
    ours.warning("a1 LOGIN ada sesame-1")
    ours.warning("AUTH PLAIN AGFkYQBzZXNhbWUtMg==")
    ours.warning("Authorization: Bearer sesame-3")
    ours.warning("AUTHENTICATE XOAUTH2 c2VzYW1lLTU= and AUTH OAUTHBEARER c2VzYW1lLTU=")
    ours.warning("http://127.0.0.1:1/?code=sesame-6&state=sesame-7 refresh_token=sesame-8&client_secret=sesame-9")
    ours.warning('{"access_token": "sesame-10", "refresh_token":"sesame-11"}')
    try:
        raise ValueError("password=sesame-4")
    except ValueError:
        ours.exception("failed")
    written = text(tmp_path)
    for secret in ("correct horse", "sesame", "AGFkYQBzZXNhbWUtMg", "c2VzYW1l"):
        assert secret not in written
    assert "ValueError" in written


def test_other_libraries_are_heard_only_when_they_warn(tmp_path: Path, log: logs.SecretsFilter) -> None:
    logging.getLogger("aioimaplib").info("sent a1 LOGIN")
    logging.getLogger("aioimaplib").warning("something is wrong")
    logging.getLogger("aioimaplib.x").setLevel(logging.DEBUG)
    logging.getLogger("aioimaplib.x").debug("sent a2 LOGIN")
    assert "sent" not in text(tmp_path)
    assert "something is wrong" in text(tmp_path)


def test_the_profile_is_where_it_was_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(PROFILE_VARIABLE, str(tmp_path / "named"))
    assert profile_folder(None) == tmp_path / "named"
    assert profile_folder(str(tmp_path / "given")) == tmp_path / "given"
    monkeypatch.delenv(PROFILE_VARIABLE)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    if os.name == "posix" and os.uname().sysname == "Linux":
        assert profile_folder(None) == tmp_path / "data" / "desktopmail"
