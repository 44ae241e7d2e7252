"""Which languages are asked for, from what a system says."""

from __future__ import annotations

import locale

import pytest

from desktopmail.protocols.language import preferred

SAID: list[tuple[dict[str, str], tuple[str, ...]]] = [
    ({"LANG": "de_AT.UTF-8"}, ("de-AT", "de")),
    ({"LANG": "de_AT.UTF-8", "LC_ALL": "fr_FR.UTF-8"}, ("fr-FR", "fr")),
    ({"LANG": "de_AT.UTF-8", "LANGUAGE": "nds:de"}, ("nds",)),
    ({"LANG": "ca_ES.UTF-8@valencia"}, ("ca-ES", "ca")),
    ({"LANG": "zh_Hans_CN"}, ("zh-Hans-CN", "zh")),
    ({"LANG": "C"}, ()),
    ({"LANG": "POSIX", "LANGUAGE": "de"}, ()),
    ({"LANG": "x" * 999}, ()),
    ({"LANG": "de AT"}, ()),
    ({}, ("pl-PL", "pl")),
]


@pytest.mark.parametrize(("said", "tags"), SAID)
def test_what_the_system_says(monkeypatch: pytest.MonkeyPatch, said: dict[str, str], tags: tuple[str, ...]) -> None:
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in said.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr(locale, "getlocale", lambda: ("pl_PL", "UTF-8"))
    assert preferred() == tags
