"""Each source alone, and what it needs to be agreed to."""

from __future__ import annotations

import base64
import hashlib
import json

import pytest

from desktopmail.domain.account import Endpoint, Security, SignIn
from tests.fakes.dns_script import FAILS
from tests.fakes.web_script import moved, page
from tests.unit.discovery.conftest import ADDRESS, AUTOCONFIG, ISPDB, PACC, WELL_KNOWN, Play, World, xml

TLS, STARTTLS = Security.TLS, Security.STARTTLS


@pytest.mark.parametrize(
    ("where", "source"),
    [
        (AUTOCONFIG, "published by the provider"),
        (WELL_KNOWN, "published on the domain's web site"),
        (ISPDB, "Mozilla's list of providers"),
    ],
)
def test_published_over_https(play: Play, where: str, source: str) -> None:
    async def scene(world: World) -> None:
        imap, smtp = await world.both()
        more = '<documentation url="https://help.example.org/mail"><descr>Help</descr></documentation>'
        servers = ("imap", "mx.example.org", imap.port, "SSL"), ("smtp", "mx.example.org", smtp.port, "SSL")
        world.publish(where, *servers, more=more)
        found = await world.find()
        assert found.imap == (Endpoint("mx.example.org", imap.port, TLS, ADDRESS),)
        assert found.smtp == (Endpoint("mx.example.org", smtp.port, TLS, ADDRESS),)
        assert (found.provider, found.source, found.confirm) == ("Example", source, ())
        assert found.sign_in == (SignIn.WORD,) and found.documentation == "https://help.example.org/mail"
        assert found.seen[found.imap[0]].mechanisms == {"PLAIN", "XOAUTH2"}
        assert found.seen[found.smtp[0]].size_limit == 52428800
        assert world.shown[-1] == found
        assert (where.partition("/")[0], world.web.port, "finding") in world.visited
        assert ("mx.example.org", imap.port, "checking") in world.visited

    play(scene)


def pacc(world: World, issuer: str = "https://auth.example.org") -> bytes:
    document = {
        "protocols": {"imap": {"host": "imap.example.org"}, "submit": {"host": "smtp.example.org"}},
        "authentication": {"oauth-public": {"issuer": issuer}, "password": True},
        "info": {"provider": {"name": "Example"}},
    }
    body = json.dumps(document).encode()
    world.web.pages[PACC] = page(body)
    return body


def confirm(world: World, body: bytes) -> None:
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    record = f'"v=UAAC1; a=sha256;" " d={digest}"'
    world.dns.table[("_ua-auto-config.example.org", "TXT")] = ['"v=spf1 -all"', record]


def test_published_for_programs_and_confirmed_in_dns(play: Play) -> None:
    async def scene(world: World) -> None:
        confirm(world, pacc(world))
        found = await world.find()
        assert found.source == "published by the provider and confirmed in DNS" and found.confirm == ()
        assert found.imap == (Endpoint("imap.example.org", 993, TLS, ADDRESS),)
        assert found.smtp == (Endpoint("smtp.example.org", 465, TLS, ADDRESS),)
        assert found.oauth == "https://auth.example.org" and found.sign_in == (SignIn.OAUTH2, SignIn.WORD)

    play(scene)


def test_published_for_programs_and_not_confirmed(play: Play) -> None:
    async def scene(world: World) -> None:
        confirm(world, pacc(world) + b" ")
        assert (await world.find()).source == "nothing found"
        del world.dns.table[("_ua-auto-config.example.org", "TXT")]
        assert (await world.find()).source == "nothing found"

    play(scene)


def test_an_issuer_of_somebody_else_is_not_offered(play: Play) -> None:
    async def scene(world: World) -> None:
        confirm(world, pacc(world, "https://auth.evil.example"))
        assert (await world.find()).oauth == ""

    play(scene)


def test_the_address_goes_to_nobody_but_the_domains_own_host(play: Play) -> None:
    async def scene(world: World) -> None:
        world.dns.table[("example.org", "MX")] = ["10 mx.hoster.example."]
        await world.find("ada.lovelace@example.org")
        told = [each for each in world.web.asked if "lovelace" in each]
        assert told == [f"{AUTOCONFIG}?emailaddress=ada.lovelace@example.org"]
        assert "v1.ispdb.example/example.org" in world.web.asked
        assert "v1.ispdb.example/hoster.example" in world.web.asked
        assert world.plain.asked == [AUTOCONFIG]
        assert not any("lovelace" in name for name, _ in world.dns.asked)
        assert not any(b"Cookie" in head or b"Authorization" in head for head in world.web.heads)

    play(scene)


def test_the_list_is_not_asked_when_the_person_does_not_want_it(play: Play, names_here: list[str]) -> None:
    async def scene(world: World) -> None:
        world.dns.table[("example.org", "MX")] = ["10 mx.hoster.example."]
        world.listed = False
        await world.find()
        assert AUTOCONFIG in {each.partition("?")[0] for each in world.web.asked}
        assert not any("ispdb" in each for each in (*world.web.asked, *names_here, *world.said))

    play(scene)


def test_a_strange_address_cannot_change_what_is_asked(play: Play) -> None:
    async def scene(world: World) -> None:
        await world.find("a/../b?c&d#e%41+x{domain}@example.org")
        assert f"{AUTOCONFIG}?emailaddress=a%2F..%2Fb%3Fc%26d%23e%2541%2Bx%7Bdomain%7D@example.org" in world.web.asked

    play(scene)


def test_hosts_of_somebody_else_have_to_be_agreed_to(play: Play) -> None:
    async def scene(world: World) -> None:
        imap, smtp = await world.both()
        servers = ("imap", "in.hoster.example", imap.port, "SSL"), ("smtp", "out.hoster.example", smtp.port, "SSL")
        world.publish(AUTOCONFIG, *servers)
        found = await world.find()
        assert found.confirm == (
            "The servers in.hoster.example and out.hoster.example belong to hoster.example, not to example.org. "
            "Go on only if hoster.example is the provider of this address.",
        )
        assert found.seen and not world.shown

    play(scene)


def test_whom_the_domain_sends_on_to_speaks_for_it(play: Play) -> None:
    async def scene(world: World) -> None:
        imap, smtp = await world.both()
        servers = ("imap", "in.hoster.example", imap.port, "SSL"), ("smtp", "out.hoster.example", smtp.port, "SSL")
        world.web.pages[AUTOCONFIG] = moved(f"https://settings.hoster.example:{world.web.port}/all.xml")
        world.publish("settings.hoster.example/all.xml", *servers)
        assert (await world.find()).confirm == ()

    play(scene)


def test_services_in_dns(play: Play) -> None:
    async def scene(world: World) -> None:
        imap, smtp = await world.both()
        pop3 = await world.door("pop3", implicit=False)
        world.dns.table |= {
            ("_imaps._tcp.example.org", "SRV"): [f"5 1 {imap.port} second.example.org.", "0 1 1 first.example.org."],
            ("_pop3._tcp.example.org", "SRV"): [f"0 1 {pop3.port} pop.example.org."],
            ("_submissions._tcp.example.org", "SRV"): [f"0 1 {smtp.port} out.example.org."],
        }
        found = await world.find()
        assert [each.host for each in found.imap] == ["second.example.org", "first.example.org"]
        assert set(found.seen) == {found.imap[0], found.pop3[0], found.smtp[0]}
        assert found.pop3 == (Endpoint("pop.example.org", pop3.port, STARTTLS, ADDRESS),)
        offer = found.seen[found.pop3[0]]
        assert (offer.expire, offer.login_delay, offer.mechanisms) == (30, 60, {"PLAIN", "SCRAM-SHA-256"})
        assert (found.source, found.confirm) == ("published in DNS", ())

    play(scene)


def test_one_service_that_cannot_be_looked_up(play: Play) -> None:
    async def scene(world: World) -> None:
        imap, smtp = await world.both()
        world.dns.table |= {
            ("_imaps._tcp.example.org", "SRV"): [f"0 1 {imap.port} imap.example.org."],
            ("_pop3s._tcp.example.org", "SRV"): FAILS,
            ("_submissions._tcp.example.org", "SRV"): [f"0 1 {smtp.port} smtp.example.org."],
        }
        found = await world.find()
        assert found.source == "published in DNS" and found.imap and found.smtp and not found.pop3

    play(scene)


def test_services_elsewhere_have_to_be_agreed_to(play: Play) -> None:
    async def scene(world: World) -> None:
        imap, smtp = await world.both()
        world.dns.table |= {
            ("_imaps._tcp.example.org", "SRV"): [f"0 1 {imap.port} imap.hoster.example."],
            ("_submissions._tcp.example.org", "SRV"): [f"0 1 {smtp.port} smtp.example.org."],
        }
        found = await world.find()
        assert [each.partition(" ")[0] for each in found.confirm] == ["imap.hoster.example"]

    play(scene)


def test_what_the_domain_does_not_offer_is_not_guessed(play: Play) -> None:
    async def scene(world: World) -> None:
        imap, smtp = await world.both()
        pop3 = await world.door("pop3")
        world.guesses(imap.port, smtp.port, pop3.port)
        world.dns.table |= {
            ("_pop3s._tcp.example.org", "SRV"): ["0 0 0 ."],
            ("_pop3._tcp.example.org", "SRV"): ["0 0 0 ."],
        }
        found = await world.find()
        assert found.source == "found by trying" and found.imap and found.smtp and not found.pop3

    play(scene)


def test_who_receives_the_mail_is_known(play: Play) -> None:
    async def scene(world: World) -> None:
        world.dns.table[("example.org", "MX")] = ["10 alt1.aspmx.l.google.com.", "5 aspmx.l.google.com."]
        found = await world.find()
        assert (found.provider, found.oauth) == ("Google Mail", "google")
        assert found.imap[0] == Endpoint("imap.gmail.com", 993, TLS, ADDRESS)
        assert "app password" in found.password_help
        assert "imap.gmail.com" in found.confirm[0] and "belong to gmail.com, not to example.org" in found.confirm[0]
        assert found.source == "known from who receives the mail" and found.seen == {} and not world.shown

    play(scene)


def test_a_short_name_is_named_as_people_know_it(play: Play) -> None:
    async def scene(world: World) -> None:
        world.dns.table[("example.org", "MX")] = ["10 mx-ha02.web.de."]
        found = await world.find()
        assert found.provider.startswith("WEB.DE") and "belong to web.de, not to example.org" in found.confirm[0]

    play(scene)


def test_who_receives_the_mail_is_looked_up(play: Play) -> None:
    async def scene(world: World) -> None:
        imap, smtp = await world.both()
        world.dns.table[("example.org", "MX")] = ["10 mx1.in.hoster.example."]
        servers = ("imap", "imap.hoster.example", imap.port, "SSL"), ("smtp", "smtp.hoster.example", smtp.port, "SSL")
        world.publish("v1.ispdb.example/hoster.example", *servers, name="Hoster")
        found = await world.find()
        assert found.provider == "Hoster" and found.source == "known from who receives the mail"
        assert found.imap == (Endpoint("imap.hoster.example", imap.port, TLS, ADDRESS),)
        assert "belong to hoster.example, not to example.org" in found.confirm[0]

    play(scene)


def test_over_http_has_to_be_agreed_to(play: Play) -> None:
    async def scene(world: World) -> None:
        imap, smtp = await world.both()
        servers = ("imap", "imap.example.org", imap.port, "SSL"), ("smtp", "smtp.example.org", smtp.port, "SSL")
        world.plain.pages[AUTOCONFIG] = page(xml(*servers))
        found = await world.find()
        assert found.imap and found.source == "published without encryption" and not world.shown
        assert len(found.confirm) == 1 and "not encrypted" in found.confirm[0]
        assert b"emailaddress" not in world.plain.heads[0]

    play(scene)


def test_found_by_trying(play: Play) -> None:
    async def scene(world: World) -> None:
        imap, smtp = await world.both()
        world.guesses(imap.port, smtp.port)
        found = await world.find()
        assert [each.host for each in (*found.imap, *found.smtp)] == ["imap.example.org", "smtp.example.org"]
        assert (found.source, found.confirm) == ("found by trying", ())
        assert world.shown == [found]

    play(scene)


def test_a_domain_in_another_script(play: Play) -> None:
    async def scene(world: World) -> None:
        world.dns.table[("xn--bcher-kva.example", "MX")] = ["10 mx.bücher.example."]
        await world.find("ada@BÜCHER.example")
        assert ("xn--bcher-kva.example", "MX") in world.dns.asked
        assert all(name.isascii() for name, _ in world.dns.asked)
        assert "v1.ispdb.example/xn--bcher-kva.example" in world.web.asked

    play(scene)


def test_nothing_anywhere(play: Play) -> None:
    async def scene(world: World) -> None:
        found = await world.find()
        assert found.empty and found.source == "nothing found" and not world.shown
        assert "Asking autoconfig.example.org…" in world.said and "Trying the usual names in example.org…" in world.said

    play(scene)
