"""The journeys of a message through the real window, against a real Dovecot and a real Postfix."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from desktopmail.domain.folder import Role
from desktopmail.domain.message import Flags
from desktopmail.store.secrets import Memory
from tests.journeys.house import Wire, house, move_in, until
from tests.servers.dovecot import Dovecot, User
from tests.servers.postfix import Postfix

pytestmark = pytest.mark.webengine


def letter(
    subject: str,
    text: str = "Hello Ada,\r\n\r\nit works.\r\n",
    name: str = "Noor",
    address: str = "noor@haddad.example",
) -> bytes:
    return (
        f"From: {name} <{address}>\r\nTo: Ada <ada@mail.test>\r\nSubject: {subject}\r\n"
        f"Date: Wed, 25 Nov 2026 10:00:00 +0000\r\nMessage-ID: <{subject.replace(' ', '-')}@haddad.example>\r\n"
        f"Content-Type: text/plain; charset=utf-8\r\n\r\n{text}"
    ).encode()


def on_server(dovecot: Dovecot, user: User, folder: str) -> list[str]:
    """Subjects that the server holds in a folder."""
    found = [
        raw.split(b"Subject: ", 1)[1].split(b"\r\n", 1)[0].split(b"\n", 1)[0] for raw in dovecot.messages(user, folder)
    ]
    return sorted(each.decode() for each in found)


def test_new_mail_by_idle_is_painted(run: Any, tmp_path: Path, dovecot: Dovecot, dovecot_user: User) -> None:
    """Journey 1: the server tells of a new message, and its row is painted without a key being pressed."""
    dovecot.seed(dovecot_user, "INBOX", [letter("The first")])

    async def journey() -> None:
        async with house(tmp_path / "profile") as home:
            await move_in(home, dovecot_user, dovecot.endpoint("imaps", dovecot_user))
            await home.sees("The first")
            inbox = home.folder(Role.INBOX)
            await until(lambda: any("IDLE" in line for line in [dovecot.log()]) or home.engine.activities)
            before = home.window.messages.view.grab().toImage()
            dovecot.seed(dovecot_user, "INBOX", [letter("Came by itself", name="Tomás Rivera")])
            row = await home.sees("Came by itself")
            assert Flags.SEEN not in row.flags
            assert next(each for each in home.engine.library.folders() if each.id == inbox).unread == 2
            await until(lambda: home.window.messages.view.grab().toImage() != before)
            await home.chooses("Came by itself")
            reader = home.window.reader.reader
            assert reader is not None
            await until(lambda: "Came by itself" in [each.summary.subject for each in reader._views])
            # Reading marks it as read, here and then there.
            await until(lambda: Flags.SEEN in next(each for each in home.rows() if each.id == row.id).flags)
            await until(lambda: ":2,S" in "".join(each.name for each in dovecot.maildir(dovecot_user).rglob("*")))

    run(journey())


def test_trash_offline_then_reconnect(run: Any, tmp_path: Path, dovecot: Dovecot, dovecot_user: User) -> None:
    """Journey 2: trashed without a line, moved on the server when it is back, and taken back after a restart."""
    dovecot.seed(dovecot_user, "INBOX", [letter("Keep me"), letter("Throw me away")])
    passwords = Memory()

    async def journey() -> None:
        profile = tmp_path / "profile"
        real = dovecot.endpoint("imaps", dovecot_user)
        wire = Wire(real.port)
        await wire.plug_in()
        try:
            async with house(profile, passwords) as home:
                await move_in(home, dovecot_user, replace(real, port=wire.port))
                await home.sees("Throw me away")
                await wire.pull_out()
                await home.chooses("Throw me away")
                home.run("trash")
                await until(lambda: home.subjects(Role.TRASH) == ["Throw me away"])
                assert home.subjects() == ["Keep me"]
                await until(home.window.toast.isVisible)
                assert on_server(dovecot, dovecot_user, "INBOX") == ["Keep me", "Throw me away"]
                await wire.plug_in()
                home.engine.wake()
                # A server copies first and removes then.
                await until(lambda: on_server(dovecot, dovecot_user, "Trash") == ["Throw me away"])
                await until(lambda: on_server(dovecot, dovecot_user, "INBOX") == ["Keep me"])
            async with house(profile, passwords) as again:
                await again.sees("Keep me")
                again.run("undo")
                await until(lambda: sorted(again.subjects(Role.INBOX)) == ["Keep me", "Throw me away"])
                await until(lambda: on_server(dovecot, dovecot_user, "INBOX") == ["Keep me", "Throw me away"])
                await until(lambda: on_server(dovecot, dovecot_user, "Trash") == [])
        finally:
            await wire.pull_out()

    run(asyncio.wait_for(journey(), 90))


def test_an_answer_arrives(run: Any, tmp_path: Path, dovecot: Dovecot, dovecot_user: User, postfix: Postfix) -> None:
    """Read, answer, send over Postfix with sign-in over TLS; it arrives, Sent has its copy, the original is marked."""
    other = dovecot.add_user()
    dovecot.seed(dovecot_user, "INBOX", [letter("A question", address=other.address)])

    async def journey() -> None:
        async with house(tmp_path / "profile") as home:
            await move_in(
                home, dovecot_user, dovecot.endpoint("imaps", dovecot_user), postfix.endpoint("smtps", dovecot_user)
            )
            await home.engine.change_settings(undo_send_seconds=0)
            original = await home.chooses("A question")
            home.run("reply")
            await until(lambda: home.beside("ComposerWindow"))
            composer: Any = home.beside("ComposerWindow")
            assert [each.address for each in composer._draft().to] == [other.address]
            composer.editor.textCursor().insertText("The answer is forty-two.")
            composer.send()
            await until(lambda: home.beside("ComposerWindow") is None)
            await until(lambda: "Re: A question" in home.subjects(Role.SENT))
            await until(lambda: Flags.ANSWERED in home.engine.library.summary(original.id).flags)
            await until(lambda: on_server(dovecot, dovecot_user, "Sent") == ["Re: A question"])
        received = await asyncio.to_thread(postfix.delivered, other)
        assert b"forty-two" in received[0]
        assert b"In-Reply-To: <A-question@haddad.example>" in received[0]

    run(asyncio.wait_for(journey(), 90))


def test_sending_can_be_undone(
    run: Any, tmp_path: Path, dovecot: Dovecot, dovecot_user: User, postfix: Postfix
) -> None:
    """The toast's Undo takes a message back before it leaves, and opens it again as it was."""
    dovecot.seed(dovecot_user, "INBOX", [letter("Too fast")])

    async def journey() -> None:
        async with house(tmp_path / "profile") as home:
            smtp = postfix.endpoint("submission", dovecot_user)
            await move_in(home, dovecot_user, dovecot.endpoint("imaps", dovecot_user), smtp)
            await home.engine.change_settings(undo_send_seconds=20)
            await home.chooses("Too fast")
            home.run("reply")
            await until(lambda: home.beside("ComposerWindow"))
            composer: Any = home.beside("ComposerWindow")
            composer.editor.textCursor().insertText("I did not mean this.")
            composer.send()
            await until(lambda: home.beside("ComposerWindow") is None)
            await until(lambda: home.subjects(Role.OUTBOX) == ["Re: Too fast"])
            await until(lambda: home.window.toast._button.isVisible())
            home.window.toast._button.click()
            await until(lambda: home.beside("ComposerWindow"))
            again: Any = home.beside("ComposerWindow")
            assert "I did not mean this." in again.editor.toPlainText()
            assert home.subjects(Role.OUTBOX) == []
            assert home.subjects(Role.SENT) == []
            again.close()
            await until(lambda: home.beside("ComposerWindow") is None)
            assert home.subjects(Role.DRAFTS) == ["Re: Too fast"]
            await until(lambda: on_server(dovecot, dovecot_user, "Drafts") == ["Re: Too fast"])

    run(asyncio.wait_for(journey(), 90))
