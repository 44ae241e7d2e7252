"""The program is killed while it sends, at every step of the conversation and at any time: nothing is lost, and nothing
goes twice without a person saying so."""

from __future__ import annotations

import asyncio
import random
import signal
import subprocess
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests.fakes.smtp_script import DROP, STALL, SmtpScript
from tests.journeys.terminal import Answer, Terminal
from tests.journeys.test_cli_mail import letter

EHLO = b"250-script\r\n250-8BITMIME\r\n250 AUTH PLAIN\r\n"
RAW = letter("Once", to="bob@example.org").replace(b"ada@example.org", b"me@example.org")


class House:
    """A profile whose only account sends to the script; commands run in processes of their own."""

    def __init__(self, folder: Path, script: SmtpScript) -> None:
        self.script = script
        self.desk = Terminal(folder / "profile", {"DESKTOPMAIL_SECRETS": "env:PW", "PW": "secret"})
        self.mail = folder / "once.eml"
        self.mail.write_bytes(RAW)

    async def run(self, *words: object, codes: tuple[int, ...] = (0,)) -> Answer:
        """Run a command while the script goes on."""
        return await asyncio.to_thread(lambda: self.desk.run("--json", *words, codes=codes))

    async def move_in(self) -> None:
        """Make the account."""
        url = f"smtp://me@localhost:{self.script.port}"
        words = ("account", "add", "me@example.org", "--smtp", url, "--allow-cleartext", "--no-check")
        await self.run(*words)

    def start(self) -> subprocess.Popen[bytes]:
        """Begin to send."""
        return self.desk.start("send", self.mail, "--wait")

    async def kill(self, process: subprocess.Popen[bytes]) -> None:
        """No chance to clean up."""
        process.send_signal(signal.SIGKILL)
        await asyncio.to_thread(process.communicate)

    async def places(self) -> list[str]:
        """Where the message is."""
        found = []
        for folder in ("Outbox", "Sent", "Drafts"):
            found += [folder for row in (await self.run("list", folder)).json if row["subject"] == "Once"]
        return found


def play(folder: Path, test: Callable[[House], Awaitable[None]], **answers: object) -> None:
    async def inside() -> None:
        async with SmtpScript(answers={"ehlo": EHLO, **answers}) as script:  # type: ignore[arg-type]
            house = House(folder, script)
            await house.move_in()
            await test(house)

    asyncio.run(inside())


def received(script: SmtpScript, step: str) -> bool:
    """Whether the conversation has come to a step."""
    if step == "greeting":
        return script.connections > 0
    if step == "dot":
        return bool(script.messages)
    return any(line.upper().startswith(step.upper().encode()) for line in script.lines)


@pytest.mark.parametrize("step", ["greeting", "ehlo", "auth", "mail", "rcpt"])
def test_killed_before_the_message_it_goes_out_next_time(tmp_path: Path, step: str) -> None:  # D13 D14
    async def test(house: House) -> None:
        process = house.start()
        await house.script.until(lambda: received(house.script, step))
        await house.kill(process)
        assert [each["state"] for each in (await house.run("outbox")).json] == ["queued"]
        house.script.answers[step] = EHLO if step == "ehlo" else house.script.usual(step)
        (report,) = (await house.run("sync")).json["accounts"]
        assert report["sent"] == 1
        assert len(house.script.messages) == 1
        assert await house.places() == ["Sent"]

    play(tmp_path, test, **{step: STALL})


@pytest.mark.parametrize("step", ["data", "dot"])
def test_killed_with_the_message_under_way_a_person_decides(tmp_path: Path, step: str) -> None:  # D15
    async def test(house: House) -> None:
        process = house.start()
        await house.script.until(lambda: received(house.script, step))
        await house.kill(process)
        before = len(house.script.messages)
        house.script.answers[step] = house.script.usual(step)
        (entry,) = (await house.run("outbox")).json
        assert entry["state"] == "possibly-sent"
        (report,) = (await house.run("sync", codes=(4,))).json["accounts"]
        assert (report["sent"], report["problems"][0]["kind"]) == (0, "possibly-sent")
        assert len(house.script.messages) == before
        assert await house.places() == ["Outbox"]
        assert (await house.run("outbox", "retry", entry["id"])).json["state"] == "sent"
        assert len(house.script.messages) == before + 1
        assert await house.places() == ["Sent"]

    play(tmp_path, test, **{step: STALL})


@pytest.mark.slow
def test_killed_at_any_time_it_is_somewhere_and_goes_at_most_once(tmp_path: Path) -> None:  # D13
    chance = random.Random(13)

    async def test(house: House) -> None:
        await house.run("send", house.mail, "--wait")
        for number in range(25):
            before = len(house.script.messages)
            known = len(await house.places())
            process = house.start()
            await asyncio.sleep(chance.uniform(0.15, 1.1))
            await house.kill(process)
            waiting = (await house.run("outbox")).json
            await house.run("sync", codes=(0, 4))
            sent = len(house.script.messages) - before
            places = await house.places()
            assert len(places) in (known, known + 1)
            if len(places) == known:
                assert sent == 0, f"round {number}: gone out, and nowhere"
            elif waiting and waiting[0]["state"] == "possibly-sent":
                assert sent in (0, 1)
                await house.run("outbox", "mark-sent", waiting[0]["id"])
            else:
                assert sent == 1, f"round {number}: {waiting}"

    play(tmp_path, test)


def test_what_stands_in_the_way_leaves_the_message_queued(tmp_path: Path) -> None:  # D14
    """send --wait with nobody there: exit code 1, the reason, the message's id; a later sync sends it once."""

    async def test(house: House) -> None:
        answer = await house.run("send", house.mail, "--wait", codes=(1,))
        assert answer.json["state"] == "queued"
        assert answer.json["error"]["kind"] == "connection-lost"
        assert answer.err
        house.script.answers["mail"] = house.script.usual("mail")
        assert (await house.run("sync")).json["accounts"][0]["sent"] == 1
        assert len(house.script.messages) == 1

    play(tmp_path, test, mail=DROP)
