"""Health in sentences: what is well is said calmly, what is not says what to expect."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QApplication

from desktopmail.domain.account import Endpoint, Security
from desktopmail.domain.activity import Activity, State
from desktopmail.domain.health import DAY, Encryption, Health, Line, Others, Retention, Room, RoomOn, Side
from desktopmail.domain.ids import AccountId
from desktopmail.gui.accounts import healthwords
from desktopmail.gui.accounts.serverrows import described
from desktopmail.gui.accounts.sparkline import Sparkline
from desktopmail.gui.activity.state import standing

NOW = 20_000 * DAY
ONE = AccountId(1)


def line(days: float | None, mechanism: str = "PLAIN", version: str = "TLSv1.2", issuer: str = "Good CA") -> Line:
    ends = 0 if days is None else int(NOW + days * DAY)
    made = Encryption(version, "AES" if version else "", ends, issuer, "ab" * 32) if version else Encryption()
    return Line(Side.INCOMING, "mail.example.org", 993, made, mechanism, NOW)


@pytest.mark.parametrize(
    ("seen", "words", "tone"),
    [
        (line(90), "issued by Good CA and lasts until", ""),
        (line(90, issuer=""), "The certificate lasts until", ""),
        (line(None), "Encrypted with TLS 1.2.", ""),
        (line(13.5), "in 13 days. If its provider", "care"),
        (line(0.5), ", today. If", "care"),
        (line(1.5), ", tomorrow. If", "care"),
        (line(-3), "ended on", "bad"),
        (line(90, version=""), "Not encrypted", "bad"),
    ],
)
def test_protection(seen: Line, words: str, tone: str) -> None:
    said, found = healthwords.protection(seen, NOW)
    assert words in said and found == tone


def test_a_certificate_of_ones_own() -> None:
    said, tone = healthwords.protection(line(90), NOW, pinned=True)
    assert "one you trust yourself" in said and tone == ""


@pytest.mark.parametrize(
    ("mechanism", "words"),
    [
        ("SCRAM-SHA-256-PLUS", "the password itself is never sent"),
        ("CRAM-MD5", "the password itself is never sent"),
        ("XOAUTH2", "holds no password"),
        ("EXTERNAL", "client certificate"),
        ("LOGIN", "inside the encrypted connection"),
        ("", "asks for no password"),
    ],
)
def test_signing_in(mechanism: str, words: str) -> None:
    said, tone = healthwords.signing_in(line(90, mechanism))
    assert words in said and said.startswith(mechanism) and tone == ""


def test_a_password_in_clear_is_bad() -> None:
    assert healthwords.signing_in(line(90, "PLAIN", version=""))[1] == "bad"


def test_a_server_on_this_computer_needs_no_encryption() -> None:
    here = replace(line(None, version=""), host="127.0.0.1")
    assert healthwords.protection(here, NOW) == (
        "Not encrypted, and it need not be: the server is on this computer.",
        "",
    )
    assert healthwords.signing_in(here) == ("PLAIN: the password does not leave this computer.", "")


def test_paused_accounts_leave_the_word_to_the_others() -> None:
    paused, busy = Activity(ONE, State.PAUSED, "Paused"), Activity(AccountId(2), State.IDLE, "Up to date")
    assert standing([paused]).text == "Paused"
    assert standing([paused, busy]).text == "Up to date"
    assert standing([]).text == ""


def test_room() -> None:
    assert healthwords.room(Health(ONE)) == ("", "")
    calm = Health(ONE, room=Room(10, 100), trend=(RoomOn(1, Room(10, 100)),))
    assert healthwords.room(calm) == ("10 bytes of 100 bytes used (10 %).", "")
    trend = (RoomOn(1, Room(70, 100)), RoomOn(11, Room(90, 100)))
    said, tone = healthwords.room(Health(ONE, room=Room(90, 100), trend=trend))
    assert "2 bytes a day, it is full in 5 days" in said and tone == "care"
    said, tone = healthwords.room(Health(ONE, room=Room(101, 100), trend=trend))
    assert "refused until there is room" in said and tone == "bad"


@pytest.mark.parametrize(
    ("said", "words", "tone"),
    [
        (None, "", ""),
        (Retention(), "", ""),
        (Retention(-1), "removes nothing by itself", ""),
        (Retention(0), "as soon as it was fetched", "care"),
        (Retention(1), "after 1 day", "care"),
        (Retention(60), "after 60 days", ""),
    ],
)
def test_retention(said: Retention | None, words: str, tone: str) -> None:
    found, how = healthwords.retention(said)
    assert words in found and how == tone


@pytest.mark.parametrize(
    ("delay", "next_visit", "words"),
    [
        (0, 0, ""),
        (45, 0, "wants 45 seconds between two visits"),
        (60, 0, "wants 1 minute between"),
        (900, 0, "wants 15 minutes between two visits, so new mail may come that much later."),
        (900, 1_000_000_000, "Next visit: 9 September 2001"),
    ],
)
def test_time_between_visits(delay: int, next_visit: int, words: str) -> None:
    said = healthwords.visits(Health(ONE, retention=Retention(None, delay), next_visit=next_visit))
    assert words in said and bool(said) is bool(words)
    assert healthwords.visits(Health(ONE)) == ""


def test_other_programs() -> None:
    assert "No other program" in healthwords.others(Others())
    assert healthwords.others(Others(removed=2)).endswith("removed 2 messages in the last 7 days.")
    assert "read or marked 1 message in" in healthwords.others(Others(marked=1))


def test_moments() -> None:
    assert healthwords.when(int(time.time())).startswith("Today, ")
    assert "2001" in healthwords.when(1_000_000_000)
    assert healthwords.date(0) == "1 January 1970"


def test_a_server_in_words() -> None:
    place = Endpoint("h", 143, Security.NONE, "ada", proxy="http://p:1", certificate="/x.pem")
    assert described(place) == (
        "h, port 143, not encrypted · signs in as ada · through http://p:1 · with a client certificate"
    )
    assert described(Endpoint("h", 25, Security.STARTTLS, "")) == "h, port 25, STARTTLS"


def test_the_line_of_the_days(qapp: QApplication) -> None:
    """The fuller the higher, from left to right; what barely changes is flat; fewer than two days are nothing."""
    line = Sparkline()
    line.show_trend([RoomOn(1, Room(10, 100))], "one day")
    assert line.isHidden()
    line.show_trend([RoomOn(1, Room(10, 100)), RoomOn(2, Room(90, 100)), RoomOn(5, Room(50, 100))], "three days")
    assert not line.isHidden() and line.accessibleName() == "three days"
    points = line.points(QRectF(0, 0, 100, 40))
    assert [point.x() for point in points] == [0, 25, 100]
    assert points[0].y() == 40 and points[1].y() == 0 and points[2].y() == 20
    line.show_trend([RoomOn(1, Room(1_000, 10**6)), RoomOn(2, Room(1_010, 10**6))], "flat")
    assert all(abs(point.y() - 20) < 0.1 for point in line.points(QRectF(0, 0, 100, 40)))
    line.show_trend([RoomOn(1, Room(0, 0)), RoomOn(2, Room(0, 0))], "nothing")
    assert all(point.y() == 20 for point in line.points(QRectF(0, 0, 100, 40)))
    line.grab()
    line.deleteLater()
