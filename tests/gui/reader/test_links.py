"""Where links go and what is refused."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktopmail.gui.reader.linking import Linking
from desktopmail.gui.reader.links import host_in_text, look_at, shown, texts_of


# C32
@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)", "JaVaScRiPt:alert(1)", "\u00a0javascript:alert(1)", "\u2028javascript:x",
        "data:text/html,x",
        "file:///etc/passwd", "smb://host/share", "ms-settings:", "vbscript:x", "desktopmail://message/document",
        "//host/path", "page.html", "", "http:", "https://", "java\tscript:x", "blob:https://x/y", "view-source:https://x",
        "ftp://host/x", "tel:123",
    ],
)  # fmt: skip
def test_other_schemes_are_refused(address: str) -> None:
    assert not look_at(QUrl(address)).openable


@pytest.mark.parametrize("address", ["https://example.org/a?b=c#d", "http://example.org", "mailto:ada@example.org"])
def test_three_schemes_open(address: str) -> None:
    assert look_at(QUrl(address)).openable


# C33
@pytest.mark.parametrize(
    ("address", "text", "doubt"),
    [
        ("https://evil.example/", "bank.example", "other-host"),
        ("https://evil.example/", "https://www.bank.example/login", "other-host"),
        ("https://bank.example.evil.example/", "bank.example", "other-host"),
        ("https://bank.example@evil.example/", "log in", "user-info"),
        ("https://192.168.0.1/", "router", "number"),
        ("https://0x7f000001/", "x", "number"),
        ("https://[::1]/", "x", "number"),
        ("https://аpple.com/", "apple", "international"),
        (f"https://{'a' * 60}.{'b' * 60}.example/", "x", "long-host"),
        ("https://example.org/", "exam\u202eple", "hidden-in-text"),
    ],
)
def test_doubtful_links_are_noticed(address: str, text: str, doubt: str) -> None:
    assert doubt in look_at(QUrl(address), text).doubts


@pytest.mark.parametrize(
    ("address", "text"),
    [
        ("https://bank.example/x", "bank.example"),
        ("https://www.bank.example/x", "https://bank.example"),
        ("https://login.bank.example/x", "bank.example"),
        ("https://bank.example/x", "read more"),
        ("https://example.org/", "version 1.2"),
    ],
)
def test_honest_links_raise_no_doubt(address: str, text: str) -> None:
    assert look_at(QUrl(address), text).doubts == ()


def test_the_host_is_shown_in_ascii() -> None:
    assert shown(look_at(QUrl("https://аpple.com:8443/a?b=1")))[1] == "xn--pple-43d.com"
    assert shown(look_at(QUrl("https://example.org/a?b=1"))) == ("https://", "example.org", "/a?b=1")


def test_texts_of_an_address() -> None:
    html = '<a href="https://x.example/">one <b>two</b></a><a href="https://y.example/">no</a>'
    assert texts_of(html, "https://x.example/") == ["one two"]
    assert host_in_text("see bank.example") == ""


def test_a_link_that_lies_is_asked_about(qtbot: QtBot) -> None:
    pane = QWidget()
    qtbot.addWidget(pane)
    opened: list[QUrl] = []
    linking = Linking(pane)
    linking.open_outside = opened.append
    html = '<a href="https://evil.example/">www.bank.example</a> <a href="https://good.example/">here</a>'
    linking.clicked(QUrl("https://evil.example/"), html)
    assert opened == []
    assert not linking.question.isHidden()
    linking.clicked(QUrl("https://good.example/"), html)
    assert [url.toString() for url in opened] == ["https://good.example/"]


def test_mail_links_stay_inside_and_others_are_refused(qtbot: QtBot) -> None:
    pane = QWidget()
    qtbot.addWidget(pane)
    linking = Linking(pane)
    with qtbot.waitSignal(linking.mail_wanted):
        linking.clicked(QUrl("mailto:ada@example.org"), "")
    with qtbot.waitSignal(linking.refused):
        linking.clicked(QUrl("file:///etc/passwd"), "")
