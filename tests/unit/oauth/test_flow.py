"""The way to the provider's page and back: what goes out, who may come back, what is believed. T38 on the wire."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

import pytest

from desktopmail.domain.errors import MailError, ProtocolViolation, Refused, SignInRefused, Stalled, WrongUsage
from desktopmail.domain.oauth import Grant, Provider
from desktopmail.protocols.oauth import tokens, web
from desktopmail.protocols.oauth.flow import Attempt, refused
from desktopmail.protocols.oauth.loopback import Loopback
from tests.fakes.authorization import Authorization, visit

T = TypeVar("T")
PROVIDER = Provider("p", "Provider", "https://p.example/auth", "https://p.example/token", ("mail",), client="c")


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(asyncio.wait_for(work, 20))


def test_every_attempt_is_new() -> None:
    first, second = Attempt(PROVIDER, "http://127.0.0.1:1/"), Attempt(PROVIDER, "http://127.0.0.1:1/")
    assert first.state != second.state and first.verifier != second.verifier
    assert len(first.verifier) >= 43
    values = parse_qs(urlsplit(first.address("ada@example.org")).query)
    assert values["login_hint"] == ["ada@example.org"] and values["scope"] == ["mail"]
    assert (
        first.verifier not in first.address() and first.state not in repr(first) and first.verifier not in repr(first)
    )


def test_the_example_of_the_standard() -> None:
    """RFC 7636 appendix B."""
    attempt = Attempt(PROVIDER, "http://127.0.0.1:1/", verifier="dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
    assert "code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&" in attempt.address()


async def _round_trip(server: Authorization, provider: Provider) -> Grant:
    async with Loopback(provider.host) as back:
        attempt = Attempt(provider, back.redirect)
        waiting = asyncio.ensure_future(back.wait(attempt.ours, 5))
        fields = server.authorize(attempt.address())
        assert "200" in await visit(back.redirect, fields)
        return await tokens.redeem(attempt, attempt.code(await waiting))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_there_and_back(host: str) -> None:  # T38
    async def journey() -> None:
        async with Authorization() as server:
            grant = await _round_trip(server, server.provider(host=host))
            assert grant.refresh == "refresh-1" and grant.access == "access-1"
            assert "refresh-1" not in repr(grant) and "access-1" not in str(grant)
            assert Grant.read(str(grant)) == replace(grant, access="", ends=0.0)
            access = await tokens.renew(grant, "Fake")
            assert (access.token, access.refresh) == ("access-2", "refresh-2")
            with pytest.raises(SignInRefused) as caught:
                await tokens.renew(grant, "Fake")
            assert "again" in caught.value.title and "refresh-1" not in caught.value.log

    run(journey())


def test_only_the_right_request_comes_in() -> None:  # T38
    async def journey() -> None:
        async with Loopback() as back:
            assert back.redirect.startswith("http://127.0.0.1:")
            attempt = Attempt(PROVIDER, back.redirect)
            waiting = asyncio.ensure_future(back.wait(attempt.ours, 5))
            good = {"code": "c", "state": attempt.state}
            assert "404" in await visit(back.redirect, {"code": "c"})
            assert "404" in await visit(back.redirect, {"code": "c", "state": attempt.state + "x"})
            assert "404" in await visit(back.redirect, good, path="/favicon.ico")
            for foreign in ("evil.example", f"evil.example:{back.port}", "127.0.0.1", f"localhost:{back.port}"):
                assert "400" in await visit(back.redirect, good, host=foreign)
            assert "400" in await visit(back.redirect, good, verb="POST")
            assert "400" in await visit(
                back.redirect, good, host=f"127.0.0.1:{back.port}\r\nHost: 127.0.0.1:{back.port}"
            )
            assert not waiting.done()
            assert "200" in await visit(back.redirect, good)
            assert (await waiting)["code"] == "c"
            assert await visit(back.redirect, good) == ""
        assert await visit(back.redirect, good) == ""

    run(journey())


def test_nobody_else_can_reach_it() -> None:  # T38
    async def journey() -> None:
        async with Loopback() as back:
            for address in {each[4][0] for each in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}:
                if not str(address).startswith("127."):
                    with pytest.raises(OSError):
                        await asyncio.open_connection(address, back.port)

    run(journey())


def test_twice_the_same_field_is_refused() -> None:  # T38
    async def journey() -> None:
        async with Loopback() as back:
            waiting = asyncio.ensure_future(back.wait(lambda _: True, 5))
            assert "404" in await visit(back.redirect, {}, path="/?code=a&code=b&x=")
            waiting.cancel()
            await asyncio.wait([waiting])

    run(journey())


def test_nobody_comes_back() -> None:  # T38
    async def journey() -> None:
        async with Loopback() as back:
            with pytest.raises(Stalled):
                await back.wait(lambda _: True, 0.01)

    run(journey())


def test_a_visitor_who_says_nothing_does_not_hold_the_program() -> None:
    async def journey() -> None:
        async with Loopback() as back:
            reader, writer = await asyncio.open_connection("127.0.0.1", back.port)
            writer.write(b"GET / HTTP/1.1\r\n")
        with contextlib.suppress(ConnectionError):
            assert await asyncio.wait_for(reader.read(), 3) == b""
        writer.close()

    run(journey())


def test_another_issuer_answers() -> None:  # T38
    """RFC 9207: the answer of one server must not be taken to another."""
    asked = replace(PROVIDER, issuer="https://p.example", names_issuer=True)
    attempt = Attempt(asked, "http://127.0.0.1:1/")
    assert attempt.code({"code": "c", "iss": "https://p.example"}) == "c"
    for wrong in ({"code": "c", "iss": "https://evil.example"}, {"code": "c"}):
        with pytest.raises(ProtocolViolation):
            attempt.code(wrong)
    assert Attempt(replace(asked, names_issuer=False), "x").code({"code": "c"}) == "c"


@pytest.mark.parametrize(
    ("error", "words"),
    [("access_denied", "told not to"), ("invalid_client", "does not know"), ("consent_required", "administrator"),
     ("odd\r\n\x1b[31m", "refused")],
)  # fmt: skip
def test_refusals_in_words(error: str, words: str) -> None:
    found = refused("Provider", error, "because\r\n")
    assert isinstance(found, SignInRefused) and words in found.title
    assert found.log.isprintable()
    with pytest.raises(SignInRefused):
        Attempt(PROVIDER, "x").code({"error": error})


def test_a_tenant_that_wants_an_administrator_is_named() -> None:
    found = refused("Microsoft", "invalid_grant", "AADSTS65001: consent missing")
    assert "administrator" in found.title


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        ((503, {}), Stalled),
        ((429, {}), Stalled),
        ((400, {"error": "temporarily_unavailable"}), Stalled),
        ((400, {"error": "invalid_grant"}), SignInRefused),
        ((400, {}), ProtocolViolation),
        ((302, {"error": "x"}), ProtocolViolation),
        ((200, {}), ProtocolViolation),
        ((200, {"access_token": "a b\n", "token_type": "Bearer"}), ProtocolViolation),
        ((200, {"access_token": "x" * 20_000, "token_type": "Bearer"}), ProtocolViolation),
        ((200, {"access_token": "x", "token_type": "mac"}), ProtocolViolation),
        ((200, {"access_token": ["x"], "token_type": "Bearer"}), ProtocolViolation),
        ((200, {"access_token": "x" * 300_000, "token_type": "Bearer"}), ProtocolViolation),
    ],
)
def test_answers_of_token_endpoints(reply: tuple[int, dict[str, Any]], kind: type[MailError]) -> None:
    async def journey() -> None:
        async with Authorization(replies=[reply]) as server:
            grant = Grant("fake", f"{server.root}/token", "c", ("h",), "refresh-0")
            with pytest.raises(kind):
                await tokens.renew(grant, "Fake")

    run(journey())


def test_what_an_issuer_says_about_itself() -> None:
    """RFC 8414, and RFC 7591 where it lets everybody introduce themselves."""

    async def journey() -> None:
        async with Authorization() as server:
            server.members = {"registration_endpoint": f"{server.root}/register"}
            found = await tokens.learn(server.root)
            assert found.names_issuer and found.issuer == server.root and found.scopes == ("mail", "offline_access")
            known = await tokens.register(found)
            assert known.client == "registered"
            grant = await _round_trip(server, known)
            assert grant.refresh

    run(journey())


@pytest.mark.parametrize(
    "members",
    [
        {"issuer": "https://evil.example"},
        {"code_challenge_methods_supported": ["plain"]},
        {"token_endpoint": "http://evil.example/token"},
        {"authorization_endpoint": "file:///etc/passwd"},
        {"token_endpoint": 7},
    ],
)
def test_an_issuer_that_says_something_odd(members: dict[str, Any]) -> None:
    async def journey() -> None:
        async with Authorization(members=members) as server:
            with pytest.raises((Refused, WrongUsage)):
                await tokens.learn(server.root)

    run(journey())


@pytest.mark.parametrize(
    "url",
    ["http://p.example/", "ftp://p.example/", "https://", "https://u:p@p.example/", "https://p.example/a b", "x",
     "https://p.example/\r\nHost: e", "https://[::1", "http://127.0.0.1.evil.example/"],
)  # fmt: skip
def test_addresses_that_are_none(url: str) -> None:
    with pytest.raises(WrongUsage):
        web.endpoint(url)
