"""`desktopmail discover` against servers on loopback."""

from __future__ import annotations

import asyncio
import json
from argparse import Namespace
from pathlib import Path

import pytest

from desktopmail.cli import servers
from desktopmail.cli.desk import Desk
from desktopmail.cli.diagnosing import discover
from desktopmail.cli.output import DONE, NOTHING_FOUND, Output
from desktopmail.domain.account import Endpoint, Security
from desktopmail.domain.errors import NeedsPerson
from desktopmail.domain.found import FoundServers
from desktopmail.engine.discovery import Discovery
from tests.fakes.unplugged import unplugged
from tests.unit.discovery.conftest import AUTOCONFIG, Play, World

Captured = pytest.CaptureFixture[str]


def desk(address: str = "ada@example.org", *, as_json: bool = False, offline: bool = False) -> Desk:
    async def nothing(profile: Path) -> object:
        raise AssertionError("no profile is needed")

    return Desk(Namespace(address=address, offline=offline), Output(as_json=as_json), Path("nowhere"), nothing)  # type: ignore[arg-type]


def discovery(world: World) -> Discovery:
    return Discovery(world.usual, world.places, world.names, world.limits)


async def hoster(world: World) -> tuple[int, int]:
    pop3, smtp = await world.door("pop3"), await world.door("smtp")
    clear = await world.door("imap", implicit=False, begins=False)
    world.publish(
        AUTOCONFIG,
        ("imap", "mx.example.org", clear.port, "STARTTLS"),
        ("pop3", "mx.hoster.example", pop3.port, "SSL"),
        ("smtp", "mx.example.org", smtp.port, "SSL"),
        more='<documentation url="https://help.example.org/"/>',
    )
    return pop3.port, clear.port


def test_in_words(play: Play, capsys: Captured) -> None:
    async def scene(world: World) -> None:
        port, clear = await hoster(world)
        assert await discover(desk(), discovery(world)) == DONE
        told = capsys.readouterr().out
        assert told.startswith("Example: published by the provider\n")
        assert f"pop3 mx.hoster.example:{port} offers" in told and "tls" in told
        assert "authentication PLAIN SCRAM-SHA-256" in told and "messages may be removed after 30 days" in told
        assert "messages of at most 50 MB" in told and "at most one visit in 60 seconds" in told
        assert f"mx.example.org:{clear} is not used: it does not encrypt" in told
        assert "mx.hoster.example belongs to hoster.example" in told and "https://help.example.org/" in told

    play(scene)


def test_for_programs(play: Play, capsys: Captured) -> None:
    async def scene(world: World) -> None:
        port, clear = await hoster(world)
        assert await discover(desk(as_json=True), discovery(world)) == DONE
        told = json.loads(capsys.readouterr().out)
        assert told["source"] == "published by the provider" and told["imap"] == []
        [pop3] = told["pop3"]
        assert (pop3["host"], pop3["port"], pop3["security"]) == ("mx.hoster.example", port, "tls")
        assert pop3["offer"]["expire_days"] == 30 and pop3["offer"]["authentication"] == ["PLAIN", "SCRAM-SHA-256"]
        assert told["smtp"][0]["offer"]["size_limit"] == 52428800
        assert told["cleartext"][0]["port"] == clear and len(told["confirm"]) == 1
        assert told["sign_in"] == ["password"] and told["documentation"] == "https://help.example.org/"

    play(scene)


def test_nothing_found(play: Play, capsys: Captured) -> None:
    async def scene(world: World) -> None:
        assert await discover(desk(), discovery(world)) == NOTHING_FOUND
        assert capsys.readouterr().err.splitlines()[-1] == "No servers were found for ada@example.org."

    play(scene)


def test_nobody_could_be_asked(capsys: Captured) -> None:
    assert asyncio.run(discover(desk(), unplugged())) == NOTHING_FOUND
    assert capsys.readouterr().err.splitlines()[-1] == "Nothing could be looked up about example.org."
    assert asyncio.run(discover(desk(as_json=True), unplugged())) == NOTHING_FOUND
    assert json.loads(capsys.readouterr().out)["unasked"] == "Nothing could be looked up about example.org"


def test_a_provider_without_servers(play: Play, capsys: Captured) -> None:
    async def scene(world: World) -> None:
        assert await discover(desk("ada@tuta.com", offline=True), discovery(world)) == NOTHING_FOUND
        assert "Tuta offers no access" in capsys.readouterr().err

    play(scene)


def test_known_without_asking(play: Play, capsys: Captured, names_here: list[str]) -> None:
    async def scene(world: World) -> None:
        assert await discover(desk("ada@gmail.com", as_json=True, offline=True), unplugged()) == DONE
        told = json.loads(capsys.readouterr().out)
        assert told["imap"][0]["offer"] is None and told["oauth"] == "google" and not names_here

    play(scene)


def test_what_has_to_be_agreed_to_is_not_used_unseen() -> None:
    imap = Endpoint("mx.hoster.example", 993, Security.TLS, "ada@example.org")
    smtp = Endpoint("mx.hoster.example", 587, Security.STARTTLS, "")
    found = FoundServers("ada@example.org", "H", "published in DNS", (imap,), (imap,), (smtp,))
    assert servers.agreed(found) is found
    unsure = FoundServers("ada@example.org", "H", "published in DNS", (imap,), (imap,), (smtp,), confirm=("Stop.",))
    with pytest.raises(NeedsPerson) as caught:
        servers.agreed(unsure)
    named = "--imap imaps://ada%40example.org@mx.hoster.example:993 --smtp smtp+starttls://mx.hoster.example:587"
    assert caught.value.detail == f"Stop. To use them, name them: {named}"
    url = "imaps://ada%40example.org@mx.hoster.example:993"
    assert servers.endpoint(url, "imap", "x", frozenset(), cleartext=False) == imap
