"""All sources together: who is first, who is better, who is late, and who lies."""

from __future__ import annotations

import asyncio
import time

import pytest

from desktopmail.domain.account import Endpoint, Security
from desktopmail.domain.errors import WrongUsage
from desktopmail.engine.finding.search import Limits
from desktopmail.protocols.autoconfig.probe import Speech
from tests.fakes.dns_script import GARBAGE, SILENT
from tests.fakes.web_script import SILENT as NO_ANSWER
from tests.fakes.web_script import page
from tests.unit.discovery.conftest import ADDRESS, AUTOCONFIG, ISPDB, WELL_KNOWN, Play, Published, World, xml

TLS, STARTTLS, NONE = Security.TLS, Security.STARTTLS, Security.NONE


def both(imap: int, smtp: int, host: str = "mx.example.org") -> tuple[Published, Published]:
    return ("imap", host, imap, "SSL"), ("smtp", host, smtp, "SSL")


def test_the_first_is_shown_at_once_and_a_better_one_replaces_it(play: Play) -> None:
    async def scene(world: World) -> None:
        world.limits = Limits(source=5.0, server=5.0, total=10.0, head_start=0.0)
        imap, smtp = await world.both()
        world.guesses(imap.port, smtp.port)
        world.publish(ISPDB, *both(imap.port, smtp.port))
        world.web.held = asyncio.Event()
        search = asyncio.create_task(world.find())
        await world.until(lambda: world.shown)
        assert [each.source for each in world.shown] == ["found by trying"] and not search.done()
        world.web.held.set()
        assert (await search).source == "Mozilla's list of providers"
        assert [each.source for each in world.shown] == ["found by trying", "Mozilla's list of providers"]

    play(scene)


def test_what_has_to_be_agreed_to_replaces_what_was_shown_but_is_not_shown_first(play: Play) -> None:
    async def scene(world: World) -> None:
        world.limits = Limits(source=5.0, server=5.0, total=10.0, head_start=0.0)
        imap, smtp = await world.both()
        world.guesses(imap.port, smtp.port)
        world.publish(ISPDB, *both(imap.port, smtp.port, "mx.hoster.example"))
        world.web.held = asyncio.Event()
        search = asyncio.create_task(world.find())
        await world.until(lambda: world.shown)
        world.web.held.set()
        found = await search
        assert found.confirm and world.shown[-1] == found and not world.shown[0].confirm

    play(scene)


def test_a_search_that_is_given_up_leaves_nothing_behind(play: Play) -> None:
    async def scene(world: World) -> None:
        world.limits = Limits(source=5.0, server=5.0, total=10.0, head_start=0.0)
        silent = await world.door("imap", silent=True)
        world.guesses(silent.port)
        world.web.held = asyncio.Event()
        before = asyncio.all_tasks()
        search = asyncio.create_task(world.find())
        await world.until(lambda: silent.connections and world.web.asked)
        search.cancel()
        with pytest.raises(asyncio.CancelledError):
            await search
        left = [task.get_coro() for task in asyncio.all_tasks() - before]
        assert not [each for each in left if "/desktopmail/" in each.cr_code.co_filename]  # type: ignore[union-attr]

    play(scene)


def test_nothing_worse_is_waited_for(play: Play) -> None:
    async def scene(world: World) -> None:
        imap, smtp = await world.both()
        world.publish(AUTOCONFIG, *both(imap.port, smtp.port))
        for where in (WELL_KNOWN, ISPDB):
            world.web.pages[where] = NO_ANSWER
        world.dns.table[("example.org", "MX")] = SILENT
        world.dns.table[("_imaps._tcp.example.org", "SRV")] = SILENT
        began = time.monotonic()
        found = await world.find()
        assert found.source == "published by the provider" and time.monotonic() - began < 3
        assert world.shown == [found]

    play(scene)


def test_silence_everywhere_ends(play: Play) -> None:
    async def scene(world: World) -> None:
        world.limits = Limits(source=0.3, server=0.3, total=1.0, head_start=0.1)
        silent = await world.door("imap", silent=True)
        world.guesses(silent.port)
        for where in (AUTOCONFIG, WELL_KNOWN, ISPDB):
            world.web.pages[where] = NO_ANSWER
        world.plain.pages[AUTOCONFIG] = NO_ANSWER
        world.dns.table |= {("example.org", "MX"): SILENT, ("_imaps._tcp.example.org", "SRV"): GARBAGE}
        began = time.monotonic()
        assert (await world.find()).source == "nothing found"
        assert time.monotonic() - began < 4

    play(scene)


def test_the_whole_search_has_an_end(play: Play) -> None:
    async def scene(world: World) -> None:
        world.limits = Limits(source=30.0, server=30.0, total=0.5, head_start=0.0)
        imap, smtp = await world.both()
        world.guesses(imap.port, smtp.port)
        world.web.pages[AUTOCONFIG] = NO_ANSWER
        found = await world.find()
        assert found.source == "found by trying" and "left aside" in world.said[-1]

    play(scene)


@pytest.mark.parametrize("lie", [page(b"<html>Parked</html>"), page(b"\xff\xfe" * 50), page(b"", status="500 No")])
def test_nonsense_is_left_aside(play: Play, lie: bytes) -> None:
    async def scene(world: World) -> None:
        imap, smtp = await world.both()
        world.web.pages |= {AUTOCONFIG: lie, WELL_KNOWN: lie}
        world.plain.pages[AUTOCONFIG] = lie
        world.publish(ISPDB, *both(imap.port, smtp.port))
        assert (await world.find()).source == "Mozilla's list of providers"

    play(scene)


def test_servers_that_do_not_prove_themselves_come_last(play: Play) -> None:
    async def scene(world: World) -> None:
        imap, smtp = await world.both()
        expired = await world.door("imap", context=world.certificates.expired.context())
        servers = (("imap", "a.example.org", expired.port, "SSL"), *both(imap.port, smtp.port, "b.example.org"))
        world.publish(AUTOCONFIG, *servers)
        found = await world.find()
        assert [each.host for each in found.imap] == ["b.example.org", "a.example.org"]
        assert found.imap[0] in found.seen and found.imap[1] not in found.seen

    play(scene)


def test_an_answer_without_a_proven_server_gives_way_to_one_with(play: Play) -> None:
    async def scene(world: World) -> None:
        imap, smtp = await world.both()
        world.publish(AUTOCONFIG, ("imap", "gone.example.org", 1, "SSL"))
        world.guesses(imap.port, smtp.port)
        assert (await world.find()).source == "found by trying"

    play(scene)


def test_a_published_server_that_is_down_is_still_named(play: Play) -> None:
    async def scene(world: World) -> None:
        world.publish(AUTOCONFIG, ("imap", "down.example.org", 1, "SSL"))
        found = await world.find()
        assert found.imap == (Endpoint("down.example.org", 1, TLS, ADDRESS),) and found.seen == {}
        assert world.shown == [], "nothing is shown as trusted before it proved its name"

    play(scene)


def test_sending_is_taken_from_the_next_that_knows(play: Play) -> None:
    async def scene(world: World) -> None:
        imap, smtp = await world.both()
        world.dns.table[("_imaps._tcp.example.org", "SRV")] = [f"0 1 {imap.port} imap.example.org."]
        world.guesses(smtp=smtp.port)
        found = await world.find()
        assert found.source == "published in DNS, the outgoing server found by trying"
        assert found.smtp == (Endpoint("smtp.example.org", smtp.port, TLS, ADDRESS),) and found.smtp[0] in found.seen

    play(scene)


def test_nobody_tries_names_while_only_something_better_is_awaited(play: Play) -> None:
    async def scene(world: World) -> None:
        world.limits = Limits(source=2.0, server=5.0, total=10.0, head_start=1.6)
        imap, smtp = await world.both()
        tried = await world.door("imap")
        world.guesses(tried.port, smtp.port)
        world.web.pages[AUTOCONFIG] = NO_ANSWER
        world.publish(ISPDB, *both(imap.port, smtp.port))
        assert (await world.find()).source == "Mozilla's list of providers"
        assert tried.connections == 0 and not world.plain.asked
        assert not any(words.startswith("Trying") for words in world.said)

    play(scene)


def test_sending_in_clear_gives_way_to_sending_that_was_found_elsewhere(play: Play) -> None:
    async def scene(world: World) -> None:
        imap, smtp = await world.both()
        clear = await world.door("smtp", implicit=False, begins=False)
        world.publish(
            AUTOCONFIG, ("imap", "mx.example.org", imap.port, "SSL"), ("smtp", "x.example.org", clear.port, "plain")
        )
        world.guesses(smtp=smtp.port)
        found = await world.find()
        assert found.smtp[0].host == "smtp.example.org" and found.cleartext == ()
        assert not any("AUTH" in line or "MAIL" in line for line in clear.lines)

    play(scene)


def test_each_place_is_asked_once(play: Play) -> None:
    async def scene(world: World) -> None:
        world.limits = Limits(source=5.0, server=5.0, total=10.0, head_start=0.0)
        imap, smtp = await world.both()
        servers = ("imap", "imap.example.org", imap.port, "SSL"), ("smtp", "smtp.example.org", smtp.port, "SSL")
        for where in (AUTOCONFIG, WELL_KNOWN, ISPDB):
            world.publish(where, *servers)
        world.guesses(imap.port, smtp.port)
        await world.find()
        assert (imap.connections, smtp.connections) == (1, 1)

    play(scene)


def test_tls_from_the_first_byte_is_taken_before_tls_by_command(play: Play) -> None:
    async def scene(world: World) -> None:
        # T34
        imap, smtp = await world.both()
        by_command = await world.door("imap", implicit=False)
        servers = ("imap", "mx.example.org", by_command.port, "STARTTLS"), *both(imap.port, smtp.port)
        world.publish(AUTOCONFIG, *servers)
        found = await world.find()
        assert [each.security for each in found.imap][:1] == [TLS] and found.imap[0].port == imap.port

    play(scene)


@pytest.mark.parametrize("speech", ["imap", "pop3"])
def test_a_server_in_clear_is_told_apart_and_hears_no_secret(play: Play, speech: str) -> None:
    async def scene(world: World) -> None:
        # T34
        clear, smtp = await world.door(speech, implicit=False, begins=False), await world.door("smtp")
        ports = {"imap": clear.port} if speech == "imap" else {"pop3": clear.port}
        world.guesses(**ports, security=STARTTLS)
        world.usual |= {Speech.SMTP: (("smtp.", smtp.port, TLS),)}
        found = await world.find()
        host = "imap.example.org" if speech == "imap" else "pop.example.org"
        assert found.cleartext == (Endpoint(host, clear.port, NONE, ADDRESS),)
        assert not found.imap and not found.pop3 and clear.connections == 1
        assert not any("AUTH" in line or "LOGIN" in line or "USER" in line for line in clear.lines)
        assert not any("ada" in line for line in clear.lines)

    play(scene)


def test_published_in_clear_is_encrypted_when_the_server_can(play: Play) -> None:
    async def scene(world: World) -> None:
        imap, smtp = await world.door("imap", implicit=False), await world.door("smtp")
        servers = ("imap", "mx.example.org", imap.port, "plain"), ("smtp", "mx.example.org", smtp.port, "SSL")
        world.publish(AUTOCONFIG, *servers)
        found = await world.find()
        assert found.imap == (Endpoint("mx.example.org", imap.port, STARTTLS, ADDRESS),) and found.cleartext == ()

    play(scene)


def test_published_in_clear_and_nothing_else(play: Play) -> None:
    async def scene(world: World) -> None:
        imap, smtp = await world.door("imap", implicit=False, begins=False), await world.door("smtp")
        servers = ("imap", "mx.example.org", imap.port, "plain"), ("smtp", "mx.example.org", smtp.port, "SSL")
        world.publish(AUTOCONFIG, *servers)
        found = await world.find()
        assert found.imap == () and found.smtp and imap.in_clear
        assert found.cleartext == (Endpoint("mx.example.org", imap.port, NONE, ADDRESS),)

    play(scene)


def test_a_clear_twin_of_a_proven_server_is_not_mentioned(play: Play) -> None:
    async def scene(world: World) -> None:
        imap, smtp = await world.both()
        clear = await world.door("imap", implicit=False, begins=False)
        world.publish(AUTOCONFIG, *both(imap.port, smtp.port), ("imap", "mx.example.org", clear.port, "STARTTLS"))
        assert (await world.find()).cleartext == ()

    play(scene)


def test_many_servers_of_a_hostile_answer(play: Play) -> None:
    async def scene(world: World) -> None:
        imap, smtp = await world.both()
        many = [("imap", f"h{number}.hoster.example", imap.port, "SSL") for number in range(300)]
        world.web.pages[AUTOCONFIG] = page(xml(*many, *both(imap.port, smtp.port)))
        found = await world.find()
        assert len(found.imap) == 4 and imap.connections <= 4

    play(scene)


def test_a_thousand_services(play: Play) -> None:
    async def scene(world: World) -> None:
        imap, smtp = await world.both()
        records = [f"{number} 1 {imap.port} h{number}.example.org." for number in range(1000)]
        world.dns.table[("_imaps._tcp.example.org", "SRV")] = records
        world.dns.table[("_submissions._tcp.example.org", "SRV")] = [f"0 1 {smtp.port} smtp.example.org."]
        found = await world.find()
        assert found.source == "published in DNS" and imap.connections <= 3

    play(scene)


def test_known_providers_are_shown_before_anything_is_asked(play: Play, names_here: list[str]) -> None:
    async def scene(world: World) -> None:
        found = await world.find("ada@gmail.com")
        assert world.shown[0].source == "bundled facts" == found.source
        assert found.imap[0].host == "imap.gmail.com" and found.seen == {} and found.confirm == ()
        assert found.oauth == "google" and "app password" in found.password_help
        assert not world.web.asked and not world.dns.asked
        assert set(names_here) == {"imap.gmail.com", "pop.gmail.com", "smtp.gmail.com"}

    play(scene)


def test_a_provider_without_servers_is_not_asked(play: Play, names_here: list[str]) -> None:
    async def scene(world: World) -> None:
        found = await world.find("ada@tuta.com")
        assert found.empty and found.password_help and not names_here and not world.dns.asked

    play(scene)


@pytest.mark.parametrize(
    "address", ["jörg@example.org", '"a b"@example.org', f"ada@{'a' * 63}.{'b' * 63}.{'c' * 63}.{'d' * 50}.org"]
)
def test_unusual_addresses(play: Play, address: str) -> None:
    async def scene(world: World) -> None:
        assert (await world.find(address)).empty

    play(scene)


@pytest.mark.parametrize("address", ["", "ada", "@example.org", "ada@", "ada@exa mple.org", "a\r\nb@example.org"])
def test_what_is_no_address(play: Play, address: str) -> None:
    async def scene(world: World) -> None:
        with pytest.raises(WrongUsage) as caught:
            await world.find(address)
        assert (caught.value.title, caught.value.detail) == (
            "This is not a mail address",
            "It has a name, an @ and a domain: ada@example.org",
        )
        assert not world.dns.asked

    play(scene)
