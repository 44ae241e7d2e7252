"""What servers say before anybody signs in, and what they are not believed."""

from __future__ import annotations

from typing import Any

import pytest

from desktopmail.domain.account import Endpoint, Security
from desktopmail.domain.errors import BadCertificate, ConnectionLost, MailError, ProtocolViolation, Refused, Stalled
from desktopmail.domain.found import Offer
from desktopmail.protocols.autoconfig.offers import look
from desktopmail.protocols.autoconfig.probe import Speech
from tests.fakes.door import Door
from tests.fakes.smtp_script import CLOSE, ENDLESS, Reply, SmtpScript
from tests.unit.discovery.conftest import Play, World

TLS, STARTTLS, NONE = Security.TLS, Security.STARTTLS, Security.NONE


def at(door: Door, security: Security) -> Endpoint:
    return Endpoint("mx.example.org", door.port, security, "")


async def heard(world: World, speech: Speech, security: Security = TLS, **more: Any) -> Offer:
    door = await world.door(speech.value, implicit=security is TLS, **more)
    return await look(at(door, security), speech, timeout=5)


@pytest.mark.parametrize("security", [TLS, STARTTLS])
@pytest.mark.parametrize("speech", Speech)
def test_over_tls(play: Play, speech: Speech, security: Security) -> None:
    async def scene(world: World) -> None:
        door = await world.door(speech.value, implicit=security is TLS)
        offer = await look(at(door, security), speech, timeout=5)
        assert offer.endpoint == at(door, security) and offer.protocol == speech.value
        assert offer.tls.startswith("TLSv1.") and "STARTTLS" not in offer.capabilities
        expected = {Speech.IMAP: "QUOTA", Speech.POP3: "UIDL", Speech.SMTP: "8BITMIME"}
        assert expected[speech] in offer.capabilities and "PLAIN" in offer.mechanisms
        # T34: nothing is said but questions, and in clear only what begins TLS.
        words = {line.split()[-1 if speech is Speech.IMAP else 0] for line in door.in_clear}
        assert words <= {"CAPABILITY", "CAPA", "EHLO", "STARTTLS", "STLS"}
        assert not any("AUTH" in line or "LOGIN" in line or "USER" in line for line in door.lines)

    play(scene)


@pytest.mark.parametrize("speech", Speech)
def test_in_clear_only(play: Play, speech: Speech) -> None:
    async def scene(world: World) -> None:
        offer = await heard(world, speech, STARTTLS, begins=False)
        assert offer.tls == "" and offer.endpoint.security is NONE

    play(scene)


@pytest.mark.parametrize(
    ("offers", "expire", "delay"),
    [
        (["EXPIRE NEVER"], -1, 0),
        (["EXPIRE 0", "LOGIN-DELAY 900 USER"], 0, 900),
        (["EXPIRE 7 USER"], 7, 0),
        (["EXPIRE"], None, 0),
        (["EXPIRE soon", "LOGIN-DELAY -1"], None, 0),
        (["EXPIRE ９", "LOGIN-DELAY 99999999999999999999999"], None, 0),
        ([], None, 0),
    ],
)
def test_what_pop3_keeps(play: Play, offers: list[str], expire: int | None, delay: int) -> None:
    async def scene(world: World) -> None:
        offer = await heard(world, Speech.POP3, offers=offers)
        assert (offer.expire, offer.login_delay) == (expire, delay)

    play(scene)


@pytest.mark.parametrize(
    ("offers", "size", "mechanisms"),
    [
        (["SIZE", "AUTH=LOGIN PLAIN"], 0, {"LOGIN"}),
        (["SIZE 1000", "auth plain Login"], 1000, {"PLAIN", "LOGIN"}),
        (["SIZE 99999999999999999999999999", "AUTH"], 0, set()),
        (["SIZE x y z", ""], 0, set()),
    ],
)
def test_what_smtp_takes(play: Play, offers: list[str], size: int, mechanisms: set[str]) -> None:
    async def scene(world: World) -> None:
        offer = await heard(world, Speech.SMTP, offers=offers)
        assert (offer.size_limit, offer.mechanisms) == (size, mechanisms)

    play(scene)


def test_pop3_without_the_question(play: Play) -> None:
    async def scene(world: World) -> None:
        offer = await heard(world, Speech.POP3, offers=["x" * 600] * 5)
        assert offer.capabilities == frozenset()

    play(scene)


@pytest.mark.parametrize(
    ("more", "kind"),
    [
        ({"greeting": "* BYE go away"}, Refused),
        ({"greeting": "* PREAUTH welcome"}, Refused),
        ({"greeting": "220 smtp"}, Refused),
        ({"greeting": "* OK " + "x" * 60_000}, ProtocolViolation),
        ({"offers": ["x " * 30_000]}, ProtocolViolation),
        ({"silent": True}, Stalled),
    ],
)
@pytest.mark.parametrize("security", [TLS, STARTTLS])
def test_no_such_server(play: Play, more: dict[str, Any], kind: type[MailError], security: Security) -> None:
    async def scene(world: World) -> None:
        door = await world.door("imap", implicit=security is TLS, **more)
        with pytest.raises(kind):
            await look(at(door, security), Speech.IMAP, timeout=0.4)

    play(scene)


@pytest.mark.parametrize("name", ["expired", "other_name", "self_signed", "unknown_root"])
@pytest.mark.parametrize("security", [TLS, STARTTLS])
def test_a_bad_certificate_offers_nothing(play: Play, name: str, security: Security) -> None:
    async def scene(world: World) -> None:
        context = getattr(world.certificates, name).context()
        with pytest.raises(BadCertificate):
            await heard(world, Speech.IMAP, security, context=context)

    play(scene)


@pytest.mark.parametrize(
    ("answers", "kind"),
    [
        ({"greeting": CLOSE}, ConnectionLost),
        ({"ehlo": b"250-a\r\n250-STARTTLS\r\n250 OK\r\n", "starttls": b"220 go\r\n250 forged\r\n"}, ProtocolViolation),
        ({"starttls": b"454 no\r\n"}, Refused),
        ({"ehlo": ENDLESS}, MailError),
        ({"ehlo": b"502 what\r\n"}, Refused),
    ],
)
def test_a_submission_server_that_cheats(
    play: Play, answers: dict[str, Reply | list[Reply]], kind: type[MailError]
) -> None:
    async def scene(world: World) -> None:
        async with SmtpScript(world.certificates.good.context(), answers=answers) as script:
            with pytest.raises(kind):
                await look(script.endpoint(STARTTLS), Speech.SMTP, timeout=5)
            assert script.passwords == []

    play(scene)
