"""Privacy, notifications and storage: what is listed is so, what is revoked is gone, what is started can be stopped."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest

from desktopmail.domain.errors import Stopped
from desktopmail.domain.folder import Role
from desktopmail.domain.hosts import PICTURES, RECEIVING, SENDING
from desktopmail.domain.ids import AccountId, MessageId
from desktopmail.domain.progress import Progress
from desktopmail.engine.notices import Notice, notice
from desktopmail.gui.settings.jobrow import Ended, JobRow
from desktopmail.gui.widgets.button import WordButton
from desktopmail.gui.widgets.switch import Switch
from desktopmail.store.rows import NewMessage
from tests.gui.settings.conftest import Stage, child, row

HEX = "0123456789abcdef" * 4


def test_senders_of_pictures_are_listed_revoked_and_taken_back(stage: Stage) -> None:
    page = stage.page("privacy")
    assert row(page, "Nobody")
    stage.run(stage.engine.reading.allow_images("News@example.net"))
    stage.run(stage.engine.reading.allow_images("@shop.example"))
    stage.until(lambda: len(page.senders.rows) == 2)
    assert row(page, "Everybody at shop.example")
    child(page, WordButton, "Hold back remote pictures of news@example.net").click()
    stage.until(lambda: len(page.senders.rows) == 1)
    assert not stage.engine.library.images_allowed("news@example.net")
    settings = stage.open("privacy")
    assert "news@example.net" in settings.line.words.text()
    settings.line.undo()
    stage.until(lambda: len(page.senders.rows) == 2)


def test_a_trusted_certificate_is_revoked_here(stage: Stage) -> None:  # T30
    page = stage.page("privacy")
    store = stage.engine._store
    stage.run(store.write(lambda tx: [tx.trust.pin("ada.example.org", 993, HEX),
                                      tx.trust.pin("elsewhere.example", 993, HEX)]))  # fmt: skip
    page.came()
    assert [each.title.text() for each in page.pins.rows] == ["ada.example.org:993", "elsewhere.example:993"]
    line = row(page, "ada.example.org:993")
    assert "Ada" in line.sentence.text() and "0123 4567" in line.sentence.text()
    button = child(page, WordButton, "Trust the certificate of ada.example.org no longer")
    assert not button.isDefault() and not button.autoDefault()
    button.click()
    stage.until(lambda: len(page.pins.rows) == 1)
    account = stage.engine.library.accounts()[0]
    assert account.incoming is not None and not account.incoming.endpoint.pins
    assert [each.host for each in stage.engine.library.pins()] == ["elsewhere.example"]
    stage.open("privacy").line.undo()
    stage.until(lambda: len(page.pins.rows) == 2)
    account = stage.engine.library.accounts()[0]
    assert account.incoming is not None and account.incoming.endpoint.pins == {HEX}


def test_hosts_are_listed_with_why_and_when_and_forgotten(stage: Stage) -> None:
    hosts = stage.engine._store.hosts
    for host, port, why in (("ada.example.org", 993, RECEIVING), ("ada.example.org", 993, SENDING),
                            ("pictures.example.net", 443, PICTURES)):  # fmt: skip
        hosts.note(host, port, why)
    page = stage.page("privacy")
    page.came()
    stage.until(lambda: len(page.hosts.rows) == 3)
    line = row(page, "ada.example.org:993")
    assert {"Mail comes from it", "Mail goes to it"} == set(line.sentence.text().split(" · "))
    assert "today" in line.accessibleName()
    child(page, WordButton, "Empty this list").click()
    stage.until(lambda: "Nobody yet" in [each.title.text() for each in page.rows()])


def test_many_hosts_wait_behind_a_word(stage: Stage) -> None:
    for number in range(30):
        stage.engine._store.hosts.note(f"host-{number}.example", 443, PICTURES)
    page = stage.page("privacy")
    page.came()
    stage.until(lambda: len(page.hosts.rows) == 13)
    child(page, WordButton, "Show 18 more").click()
    assert len(page.hosts.rows) == 31


# Notifications ------------------------------------------------------------------------------------------------


async def _arrive(stage: Stage, account: AccountId, subject: str) -> MessageId:
    def work(tx: object) -> MessageId:
        folder = tx.folders.by_role(account, Role.INBOX)  # type: ignore[attr-defined]
        new = NewMessage(account, folder.id, subject.encode(), f"<{subject}>", (), 1, 1, (), (), (), subject)
        return MessageId(tx.messages.insert([new])[0])  # type: ignore[attr-defined]

    return await stage.engine._store.write(work)


def _news(stage: Stage, *messages: MessageId) -> Notice:
    found = notice(stage.engine.library.summaries(messages))
    assert found is not None
    return found


def test_silent_accounts_and_quiet_hours_say_nothing(stage: Stage) -> None:
    first, second = (each.id for each in stage.engine.library.accounts())
    loud, mute = stage.run(_arrive(stage, first, "loud")), stage.run(_arrive(stage, second, "mute"))
    notify = stage.window.notify
    page = stage.page("notifications")
    switch = child(page, Switch, "Notifications of Bob")
    assert switch.isChecked()
    switch.click()
    assert stage.window.preferences.now.silent_accounts == str(second)
    assert notify.wanted(_news(stage, mute)) is None
    both = notify.wanted(_news(stage, loud, mute))
    assert both is not None and both.messages == (loud,)
    switch.click()
    assert notify.wanted(_news(stage, mute)) is not None
    stage.window.preferences.change(quiet_hours=True)
    assert notify.wanted(_news(stage, loud), "23:30") is None
    assert notify.wanted(_news(stage, loud), "12:00") is not None
    stage.window.preferences.change(notify=False)
    assert notify.wanted(_news(stage, loud), "12:00") is None


def test_a_notification_keeps_names_to_itself_when_it_is_told_to(stage: Stage) -> None:
    one = stage.run(_arrive(stage, stage.engine.library.accounts()[0].id, "Secret plans"))
    stage.window.preferences.change(notify_words=False)
    found = stage.window.notify.wanted(_news(stage, one))
    assert found is not None and found.title == "1 new message" and found.text == ""
    assert found.opens == one


# Storage ------------------------------------------------------------------------------------------------------


def test_sizes_check_and_backup(stage: Stage, tmp_path: Path) -> None:
    page = stage.page("storage")
    stage.until(lambda: "free" in page.whole.text())
    assert "Messages" in page.bar.accessibleName()
    page.check.button.click()
    stage.until(lambda: not page.check.busy)
    assert "Everything is whole" in page.check.said.text()
    for number in range(2):
        page.back_up(tmp_path)
        stage.until(lambda: not page.copy.busy)
        copies = [path for path in tmp_path.iterdir() if path.name.startswith("Desktopmail ")]
        assert len(copies) == number + 1
        assert all((path / "mail.db").exists() for path in copies)
    with sqlite3.connect(copies[0] / "mail.db") as db:
        assert db.execute("SELECT count(*) FROM account").fetchone() == (2,)
    db.close()


def test_a_backup_that_cannot_be_written_says_so(stage: Stage, tmp_path: Path) -> None:
    page = stage.page("storage")
    (tmp_path / "file").write_text("no folder")
    page.back_up(tmp_path / "file")
    stage.until(lambda: not page.copy.busy)
    assert "could not be written" in page.copy.said.text() and page.copy.said.property("tone") == "bad"


def test_long_work_shows_how_far_it_is_and_can_be_stopped(stage: Stage) -> None:
    page = stage.page("storage")
    job: JobRow = page.check
    gate: list[Progress] = []

    async def work(progress: Progress) -> Ended:
        gate.append(progress)
        progress.reached(0.4)
        while not progress.stopping:  # noqa: ASYNC110 - the wish comes from another thread in earnest
            await asyncio.sleep(0)
        progress.reached(0.5)
        raise AssertionError("it should have been stopped")

    job.run(work)
    stage.until(lambda: job.bar.value() == 400)
    assert job.button.text() == "Stop" and not job.bar.isHidden()
    job.button.click()
    stage.until(lambda: not job.busy)
    assert job.said.text() == "Stopped. Nothing was changed." and job.bar.isHidden()
    assert job.button.text() == "Check now" and job.button.isEnabled()


def test_closing_the_window_stops_the_work(stage: Stage) -> None:
    page = stage.page("storage")
    seen: list[Progress] = []

    async def work(progress: Progress) -> Ended:
        seen.append(progress)
        await asyncio.Event().wait()
        return "", ""

    page.check.run(work)
    stage.until(lambda: seen)
    stage.open("storage").close()
    stage.until(lambda: seen[0].stopping)
    with pytest.raises(Stopped):
        seen[0].reached(0.9)
