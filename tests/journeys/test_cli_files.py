"""Messages in and out of files, backups, checks, and looking at a message without a profile."""

from __future__ import annotations

import json
import mailbox
import subprocess
import sys
from pathlib import Path

from desktopmail.store.store import Store
from tests.journeys.terminal import Terminal
from tests.journeys.test_cli_mail import letter

HTML = (
    b"From: Ada <ada@example.org>\r\nSender: list@example.org\r\nTo: me@example.org\r\nSubject: Page\r\n"
    b"MIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n"
    b"<script>bad()</script><p>Hello <img src='http://tracker.example/x.png'></p>\r\n"
)


def terminal(tmp_path: Path) -> Terminal:
    """A profile with an account that only sends, so that its folders live here."""
    desk = Terminal(tmp_path / "profile", {"DESKTOPMAIL_SECRETS": "env:PW", "PW": "x"})
    desk.run("account", "add", "me@example.org", "--smtp", "smtps://me@localhost:1", "--no-check")
    return desk


def test_import_twice_and_export_in_every_form(tmp_path: Path) -> None:  # D43
    """What went in comes out byte for byte; a second import adds nothing."""
    raws = [letter(f"Letter {number}", "From here\r\n>From there\r\n", number=number) for number in range(1, 4)]
    source = tmp_path / "in"
    source.mkdir()
    for number, raw in enumerate(raws):
        (source / f"{number}.eml").write_bytes(raw)
    desk = terminal(tmp_path)
    report = desk.ask("import", source)
    assert (report["read"], report["written"], report["skipped"]) == (3, 3, [])
    again = desk.ask("import", source)
    assert (again["written"], again["known"]) == (0, 3)
    rows = desk.ask("list", "Imported")
    assert [row["subject"] for row in rows] == ["Letter 3", "Letter 2", "Letter 1"]
    assert [desk.run("show", row["id"], "--raw").out for row in reversed(rows)] == raws

    desk.ask("export", "Imported", "--format", "eml", tmp_path / "eml")
    assert sorted(path.read_bytes() for path in (tmp_path / "eml" / "Imported").iterdir()) == sorted(raws)
    assert desk.ask("export", "Imported", "--format", "eml", tmp_path / "eml")["known"] == 3
    desk.ask("export", "--all", "--format", "maildir", tmp_path / "maildir")
    assert len(mailbox.Maildir(tmp_path / "maildir" / "Imported", create=False)) == 3
    desk.ask("export", "Imported", tmp_path / "mbox")
    desk.ask("import", tmp_path / "mbox" / "Imported.mbox", "--into", "Archive")
    archived = [desk.run("show", row["id"], "--raw").out for row in reversed(desk.ask("list", "Archive"))]
    assert [raw.replace(b"\r\n", b"\n") for raw in archived] == [raw.replace(b"\r\n", b"\n") for raw in raws]


def test_backup_restore_and_check(tmp_path: Path) -> None:  # D41
    """A backup opens as a profile of its own, holds no secret, and a damaged content is found."""
    desk = terminal(tmp_path)
    (tmp_path / "a.eml").write_bytes(letter("Kept"))
    desk.run("import", tmp_path / "a.eml", "--into", "Inbox")
    desk.run("backup", tmp_path / "backup")
    desk.run("backup", tmp_path / "backup", codes=(2,))
    other = Terminal(tmp_path / "restored", desk.variables)
    other.run("restore", tmp_path / "backup")
    (row,) = other.ask("list", "Inbox")
    assert row["subject"] == "Kept"
    assert other.ask("check") | {"contents": 0} == {
        "ok": True,
        "messages": 1,
        "contents": 0,
        "findings": [],
        "repaired": False,
        "lost": [],
        "aside": [],
        "refetch": 0,
        "orphans": 0,
        "recovered": 0,
    }
    desk.run("--profile", tmp_path / "nothing", "check", codes=(3,))


def test_beside_an_open_window_everything_can_be_read_and_nothing_changed(tmp_path: Path) -> None:  # D38
    """Lists, messages and searches work while somebody has the profile; verbs say that it is in use."""
    desk = terminal(tmp_path)
    (tmp_path / "a.eml").write_bytes(letter("Open", "The word is sesame.\r\n"))
    desk.run("import", tmp_path / "a.eml", "--into", "Inbox")
    desk.run("search", "sesame")
    window = Store.open(desk.profile)
    try:
        (row,) = desk.ask("list", "Inbox")
        assert desk.run("show", row["id"], "--raw").out == letter("Open", "The word is sesame.\r\n")
        assert desk.ask("show", row["id"])["subject"] == "Open"
        assert [found["id"] for found in desk.ask("search", "sesame")] == [row["id"]]
        assert desk.ask("check")["ok"] is True
        for words in (("mark", "read", row["id"]), ("send", tmp_path / "a.eml"), ("undo",), ("sync",)):
            assert desk.run("--json", *words, codes=(1,)).json["error"]["kind"] == "profile-in-use"
        desk.run("backup", tmp_path / "copy")
    finally:
        window.close_now()
    desk.run("mark", "read", row["id"])


def test_inspect_needs_no_profile(tmp_path: Path) -> None:
    """The JSON of show, the tree, the safe HTML."""
    (tmp_path / "page.eml").write_bytes(HTML)
    desk = Terminal(tmp_path / "profile")
    seen = json.loads(desk.run("inspect", tmp_path / "page.eml").out)
    assert seen["from"] == [{"name": "Ada", "address": "ada@example.org"}]
    assert seen["sender"] == [{"name": "", "address": "list@example.org"}]
    assert seen["remote_content"] == 1
    assert "script" not in seen["html"]
    assert "text/html" in desk.run("inspect", "--tree", tmp_path / "page.eml").text
    assert desk.run("inspect", "--safe-html", tmp_path / "page.eml").text == seen["html"]
    assert desk.run("inspect", "-", given=HTML).json == seen
    desk.run("inspect", tmp_path / "missing.eml", codes=(3,))
    assert not desk.profile.exists()


def test_inspect_in_batches_answers_line_by_line(tmp_path: Path) -> None:
    """Each answer comes before the next path is read; a missing file is an answer too."""
    (tmp_path / "page.eml").write_bytes(HTML)
    process = subprocess.Popen(
        [sys.executable, "-m", "desktopmail", "inspect", "--batch", "--safe-html"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    answers = []
    for path in (tmp_path / "page.eml", tmp_path / "missing.eml", tmp_path / "page.eml"):
        process.stdin.write(f"{path}\n")
        process.stdin.flush()
        answers.append(json.loads(process.stdout.readline()))
    process.stdin.close()
    process.stdout.close()
    assert process.wait(30) == 0
    assert [each["error"] and each["error"]["kind"] for each in answers] == [None, "not-found", None]
    assert answers[0]["remote_content"] == 1
    assert set(answers[0]) == {"path", "error", "html", "remote_content"}
