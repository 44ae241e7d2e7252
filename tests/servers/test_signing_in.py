"""Every way to sign in, against a real Dovecot and a real Postfix, and the health of both afterwards."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Coroutine, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeVar

import pytest

from desktopmail.domain.account import Endpoint, SignIn
from desktopmail.domain.errors import Refused, SignInRefused
from desktopmail.protocols.imap.session import ImapSession
from desktopmail.protocols.smtp import session as smtp
from tests.servers.certificates import Certificates
from tests.servers.dovecot import Dovecot, User
from tests.servers.postfix import Postfix
from tests.servers.process import wait_until

T = TypeVar("T")
TOKEN = "good-token"
PASSWORD_WAYS = {
    "scram-sha-256": "SCRAM-SHA-256",
    "scram-sha-1 plain": "SCRAM-SHA-1",
    "cram-md5": "CRAM-MD5",
    "plain cram-md5": "PLAIN",
    "login": "LOGIN",
}


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(asyncio.wait_for(work, 60))


class Introspection(BaseHTTPRequestHandler):
    """Says whose a token is, as an authorization server does (RFC 7662)."""

    owner = ""

    def do_GET(self) -> None:
        good = self.headers.get("Authorization") == f"Bearer {TOKEN}"
        body = json.dumps({"active": good, "username": self.owner} if good else {"active": False}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def introspection() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Introspection)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/whose"
    server.shutdown()
    thread.join()
    server.server_close()


def _started(server: Dovecot) -> Iterator[Dovecot]:
    if reason := Dovecot.missing():
        pytest.skip(reason)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module", params=PASSWORD_WAYS)
def limited(request: pytest.FixtureRequest, certificates: Certificates) -> Iterator[tuple[Dovecot, str]]:
    """A server that offers few mechanisms, and the one to take."""
    for server in _started(Dovecot(certificates=certificates, mechanisms=request.param)):
        yield server, PASSWORD_WAYS[request.param]


@pytest.fixture(scope="module", params=["oauthbearer", "xoauth2"])
def bearing(request: pytest.FixtureRequest, certificates: Certificates, introspection: str) -> Iterator[Dovecot]:
    mechanisms = f"plain scram-sha-256 {request.param}"
    yield from _started(Dovecot(certificates=certificates, mechanisms=mechanisms, bearer=introspection))


async def mechanism(endpoint: Endpoint, secret: str) -> str:
    session = await ImapSession.open(endpoint, secret)
    await session.logout()
    return session.mechanism


def test_by_password(limited: tuple[Dovecot, str]) -> None:  # T36
    server, expected = limited
    user = server.add_user(password="pass, wörd=1")
    for kind in ("imaps", "imap"):
        assert run(mechanism(server.endpoint(kind, user), user.password)) == expected
    with pytest.raises(SignInRefused):
        run(mechanism(server.endpoint("imaps", user), "wrong"))
    assert wait_until(lambda: "auth failed" in server.log(), 10)
    assert server.log().count("auth failed, 1 attempts") == 1 and "auth failed, 2 attempts" not in server.log()


def test_by_token(bearing: Dovecot) -> None:  # T36, T38
    user = bearing.add_user()
    Introspection.owner = user.name
    place = replace(bearing.endpoint("imaps", user), sign_in=SignIn.OAUTH2)
    assert run(mechanism(place, TOKEN)) in ("OAUTHBEARER", "XOAUTH2")
    with pytest.raises(SignInRefused) as caught:
        run(mechanism(place, "stale-token"))
    assert "status" in caught.value.log and "stale" not in caught.value.log
    assert "provider" in caught.value.title


def test_a_password_is_never_sent_for_an_account_with_tokens(dovecot: Dovecot, dovecot_user: User) -> None:  # T36
    place = replace(dovecot.endpoint("imaps", dovecot_user), sign_in=SignIn.CERTIFICATE)
    with pytest.raises(Refused):
        run(mechanism(place, dovecot_user.password))


@pytest.fixture
def handing(bearing: Dovecot) -> Iterator[Postfix]:
    if reason := Postfix.missing():
        pytest.skip(reason)
    server = Postfix(bearing)
    server.start()
    yield server
    server.stop()


def test_sending_by_token(handing: Postfix, bearing: Dovecot) -> None:  # T36, T38
    user = bearing.add_user()
    Introspection.owner = user.name
    place = replace(handing.endpoint("submission", user), sign_in=SignIn.OAUTH2)
    run(smtp.check(place, TOKEN))
    with pytest.raises(SignInRefused):
        run(smtp.check(place, "stale-token"))


@pytest.mark.parametrize("limited", ["login", "cram-md5"], indirect=True)
def test_sending_by_password(limited: tuple[Dovecot, str]) -> None:  # T36
    if reason := Postfix.missing():
        pytest.skip(reason)
    server, _ = limited
    user = server.add_user()
    postfix = Postfix(server)
    postfix.start()
    try:
        run(smtp.check(postfix.endpoint("smtps", user), user.password))
        with pytest.raises(SignInRefused):
            run(smtp.check(postfix.endpoint("submission", user), "wrong"))
    finally:
        postfix.stop()
