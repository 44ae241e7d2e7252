"""The command line is understood as its contract says."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from desktopmail.app.commandline import understand
from desktopmail.app.main import main
from desktopmail.app.options import Command, SelfTest, WindowOptions, parse
from desktopmail.cli import servers, times
from desktopmail.cli.output import inert
from desktopmail.cli.usage import UsageError
from desktopmail.domain.account import Endpoint, Keep, Leave, Security
from desktopmail.domain.errors import WrongUsage

NOW = datetime(2026, 11, 25, 15, 30, tzinfo=UTC)


def test_without_a_command_the_window_opens() -> None:
    assert parse([]) == WindowOptions()
    assert parse(["--demo", "--theme", "dark"]) == WindowOptions(demo=True, theme="dark")


def test_a_screenshot_has_its_view_size_and_scale() -> None:
    given = ["--demo", "--screenshot", "a.png", "--view", "reader", "--size", "1000x700", "--scale", "2", "--images"]
    assert parse(given) == WindowOptions(
        demo=True, screenshot=Path("a.png"), view="reader", size=(1000, 700), scale=2.0, images=True
    )


def test_a_file_or_an_address_opens_in_the_window(tmp_path: Path) -> None:
    mail = tmp_path / "letter.eml"
    mail.write_bytes(b"Subject: x\r\n\r\n")
    assert parse([str(mail), "--theme", "light"]) == WindowOptions(opens=str(mail), theme="light")
    assert parse(["--", mail.as_uri()]) == WindowOptions(opens=str(mail))
    odd = tmp_path / "50 % off #1.eml"
    odd.write_bytes(b"Subject: x\r\n\r\n")
    assert parse([odd.as_uri().replace("file:///", "FILE://localhost/")]) == WindowOptions(opens=str(odd))
    for elsewhere in ("file://server/share/x.eml", "file:///nowhere/x.eml"):
        with pytest.raises(UsageError):
            parse([elsewhere])
    assert parse(["--"]) == WindowOptions()
    assert parse(["mailto:ada@example.org?subject=x"]) == WindowOptions(opens="mailto:ada@example.org?subject=x")


@pytest.mark.parametrize(
    "given", [[], ["--"], ["--background"], ["--profile", "/p"], ["--profile", ""], ["--profile", "a b"]]
)
def test_the_starts_of_every_day_are_understood_without_a_parser(given: list[str]) -> None:
    assert parse(given) == understand(given)
    code = (
        "import sys; from desktopmail.app.options import parse\n"
        "parse(sys.argv[1:])\n"
        "sys.exit('argparse was loaded' if 'argparse' in sys.modules else 0)"
    )
    subprocess.run([sys.executable, "-c", code, *given], check=True)


@pytest.mark.parametrize("given", [["--json", "folders"], ["folders", "--json"]])
def test_shared_options_stand_before_or_after_the_command(given: list[str]) -> None:
    found = parse(["--profile", "/p", *given])
    assert isinstance(found, Command)
    assert (found.arguments.json, found.arguments.profile) == (True, "/p")


def test_a_later_option_does_not_undo_an_earlier_one() -> None:
    found = parse(["--json", "account", "--profile", "/p", "list"])
    assert isinstance(found, Command)
    assert (found.arguments.json, found.arguments.profile, found.arguments.does) == (True, "/p", "accounts:show_all")


def test_a_search_may_turn_a_word_around() -> None:
    found = parse(["search", "budget", "-from:ada", "--limit", "5"])
    assert isinstance(found, Command)
    assert (" ".join(found.arguments.query).split(), found.arguments.limit) == (["budget", "-from:ada"], 5)


def test_the_self_test_is_no_command() -> None:
    assert parse(["--self-test", "--json"]) == SelfTest(True)


@pytest.mark.parametrize(
    "given",
    [
        ["nonsense"],
        ["list"],
        ["mark", "purple", "1"],
        ["show", "one"],
        ["--demo", "folders"],
        ["--size", "big"],
        ["--json"],
        ["account"],
        ["show", "1", "--raw", "--text"],
        ["--unknown"],
        ["--profile", "--background"],
    ],
)
def test_wrong_usage(given: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UsageError):
        parse(given)
    assert main(given) == 2
    assert capsys.readouterr().err


def test_what_a_desktop_hands_over_is_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Behind `--` stands one thing to open: no option and no command, even when it is called like one."""
    assert parse(["--", "mailto:ada@example.org"]) == WindowOptions(opens="mailto:ada@example.org")
    assert parse(["--demo", "--", "mailto:a@b.example"]) == WindowOptions(demo=True, opens="mailto:a@b.example")
    monkeypatch.chdir(tmp_path)
    Path("send").write_text("From: a\n\nb")
    assert parse(["--", "send"]) == WindowOptions(opens="send")
    for given in (["--", "mailto:a", "--profile", "x"], ["--", "--self-test"], ["--", "--profile=x"], ["--", "delete"]):
        with pytest.raises(UsageError):
            parse(given)


def test_wrong_usage_is_a_document_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "--json"]) == 2
    assert '"kind": "usage"' in capsys.readouterr().out


def test_asking_for_help_is_quick_and_loads_nothing() -> None:
    code = (
        "import sys; from desktopmail.app.options import parse\n"
        "try: parse(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'asyncio', 'apsw', 'PySide6', 'ssl', 'logging', 'desktopmail.engine.engine'} & set(sys.modules)\n"
        "sys.exit(f'loaded {heavy}' if heavy else 0)"
    )
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)
    assert time.perf_counter() - begun < 5


@pytest.mark.parametrize(
    ("url", "meant"),
    [
        ("imaps://ada@mail.example.org", Endpoint("mail.example.org", 993, Security.TLS, "ada")),
        ("imaps://mail.example.org:1993", Endpoint("mail.example.org", 1993, Security.TLS, "me@example.org")),
        ("imap+starttls://a%40b.example@h", Endpoint("h", 143, Security.STARTTLS, "a@b.example")),
        ("imap+starttls://a@[::1]:99/", Endpoint("::1", 99, Security.STARTTLS, "a")),
    ],
)
def test_server_addresses(url: str, meant: Endpoint) -> None:
    assert servers.endpoint(url, "imap", "me@example.org", frozenset(), cleartext=False) == meant


@pytest.mark.parametrize(
    "url",
    [
        "imap://h",
        "pop3s://h",
        "imaps://",
        "h:993",
        "imaps://a:secret@h",
        "imaps://h:port",
        "imaps://h/x",
        "imaps://[::1",
    ],
)
def test_refused_server_addresses(url: str) -> None:
    with pytest.raises(WrongUsage) as wrong:
        servers.endpoint(url, "imap", "me", frozenset(), cleartext=False)
    assert "secret" not in wrong.value.title + wrong.value.detail + wrong.value.log


def test_a_user_name_may_have_a_colon() -> None:
    """Gmail's recent mode is asked for in the user name."""
    found = servers.endpoint(
        "pop3s://recent%3Aada%40gmail.com@pop.gmail.com", "pop3", "x", frozenset(), cleartext=False
    )
    assert found == Endpoint("pop.gmail.com", 995, Security.TLS, "recent:ada@gmail.com")


def test_cleartext_only_when_it_is_demanded() -> None:
    found = servers.endpoint("imap://localhost:10143", "imap", "me", frozenset(), cleartext=True)
    assert found.security is Security.NONE


def test_fingerprints_as_people_paste_them() -> None:
    assert servers.pins([":".join(["AB"] * 32)]) == frozenset({"ab" * 32})
    with pytest.raises(WrongUsage):
        servers.pins(["abc"])


@pytest.mark.parametrize(
    ("rule", "meant"),
    [(None, Leave(Keep.FOREVER)), ("14", Leave(Keep.DAYS, 14)), ("no", Leave(Keep.NO))],
)
def test_leave_rules(rule: str | None, meant: Leave) -> None:
    assert servers.leave(rule) == meant


@pytest.mark.parametrize("rule", ["0", "soon", "-3", "٣"])
def test_refused_leave_rules(rule: str) -> None:
    with pytest.raises(WrongUsage):
        servers.leave(rule)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2026-12-24T18:00", datetime(2026, 12, 24, 18, 0, tzinfo=UTC)),
        ("2026-12-24 18:00:00+01:00", datetime(2026, 12, 24, 17, 0, tzinfo=UTC)),
        ("+2h", datetime(2026, 11, 25, 17, 30, tzinfo=UTC)),
        ("16:00", datetime(2026, 11, 25, 16, 0, tzinfo=UTC)),
        ("09:00", datetime(2026, 11, 26, 9, 0, tzinfo=UTC)),
        ("tomorrow", datetime(2026, 11, 26, 9, 0, tzinfo=UTC)),
        ("tomorrow 7:45", datetime(2026, 11, 26, 7, 45, tzinfo=UTC)),
    ],
)
def test_times(typed: str, meant: datetime) -> None:
    assert times.later(typed, NOW) == int(meant.timestamp())


@pytest.mark.parametrize("typed", ["", "soon", "25:00", "2020-01-01", "2026-13-01", "today 08:00", "+h"])
def test_refused_times(typed: str) -> None:
    with pytest.raises(WrongUsage):
        times.later(typed, NOW)


def test_text_from_mail_cannot_steer_a_terminal() -> None:
    assert inert("a\x1b[31mred\x07\u202egnp.exe\tb\nc\x9b") == "a\ufffd[31mred\ufffdgnp.exe\tb\nc\ufffd"


@pytest.mark.parametrize(("given", "size"), [(None, 0), ("0", 0), ("50", 50_000), ("1000000", 1_000_000_000)])
def test_sizes(given: str | None, size: int) -> None:
    assert servers.max_size(given) == size


@pytest.mark.parametrize("given", ["", "-1", "1.5", "ten", "1000001", "5MB", "٣"])
def test_refused_sizes(given: str) -> None:
    with pytest.raises(WrongUsage):
        servers.max_size(given)
