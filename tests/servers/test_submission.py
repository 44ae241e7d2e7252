"""Handing mail over to a real Postfix: signing in, refusals, large mail, delivery byte for byte."""

from __future__ import annotations

import asyncio
import base64
import dataclasses
import time
from collections.abc import Coroutine
from typing import Any, TypeVar

import pytest

from desktopmail.domain.account import Endpoint, Security
from desktopmail.domain.errors import BadCertificate, InsecureServer, SignInRefused
from desktopmail.protocols.smtp.envelope import Envelope
from desktopmail.protocols.smtp.session import check, submit
from desktopmail.protocols.smtp.words import MessageRefused
from tests.servers.dovecot import User
from tests.servers.postfix import Postfix

T = TypeVar("T")
RAW = b"From: alice@mail.test\r\nTo: you@mail.test\r\nSubject: hello\r\nMessage-ID: <1@mail.test>\r\n\r\nHello\r\n"


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(asyncio.wait_for(work, 60))


def _mail(*recipients: str, sender: str = "alice@mail.test", raw: bytes = RAW) -> Envelope:
    return Envelope(sender, recipients, raw)


@pytest.mark.parametrize("kind", ["smtps", "submission"])
def test_sent_and_delivered(postfix: Postfix, dovecot_user: User, kind: str) -> None:
    raw = RAW + b".\r\n..two\nbare\rends\r\n\r\n.\r\n"
    done = run(
        submit(postfix.endpoint(kind, dovecot_user), dovecot_user.password, _mail(dovecot_user.address, raw=raw))
    )
    assert [(each.address, each.code) for each in done.results] == [(dovecot_user.address, 250)]
    assert "queued as" in done.text
    [message] = postfix.delivered(dovecot_user)
    assert message.replace(b"\r\n", b"\n").endswith(b"\n\nHello\n.\n..two\nbare\nends\n\n.\n")


@pytest.mark.parametrize("kind", ["smtps", "submission"])
def test_check(postfix: Postfix, dovecot_user: User, kind: str) -> None:
    run(check(postfix.endpoint(kind, dovecot_user), dovecot_user.password))
    with pytest.raises(SignInRefused) as caught:
        run(check(postfix.endpoint(kind, dovecot_user), "not the password"))
    assert dovecot_user.name in caught.value.title


def test_a_port_without_tls_is_refused_where_tls_is_demanded(postfix: Postfix, dovecot_user: User) -> None:
    clear = Endpoint("localhost", postfix.ports["submission"], Security.TLS, dovecot_user.name)
    with pytest.raises(InsecureServer):
        run(check(clear, dovecot_user.password))


def test_pins(postfix: Postfix, dovecot_user: User) -> None:
    endpoint = postfix.endpoint("smtps", dovecot_user)
    run(check(dataclasses.replace(endpoint, pins=frozenset({postfix.pair.fingerprint})), dovecot_user.password))
    with pytest.raises(BadCertificate) as caught:
        run(check(dataclasses.replace(endpoint, pins=frozenset({"00" * 32})), dovecot_user.password))
    assert caught.value.fingerprint == postfix.pair.fingerprint


def test_partial_refusal(postfix: Postfix, dovecot_user: User) -> None:
    people = (
        dovecot_user.address,
        "nosuch@mail.test",
        "full@mail.test",
        "greylist@mail.test",
        "friend@elsewhere.example",
    )
    done = run(submit(postfix.endpoint("smtps", dovecot_user), dovecot_user.password, _mail(*people)))
    assert {each.address: each.code for each in done.results} == dict(
        zip(people, (250, 550, 552, 450, 250), strict=True)
    )
    assert len(postfix.delivered(dovecot_user)) == 1


@pytest.mark.parametrize(
    ("mail", "code", "passing"),
    [
        (_mail("nosuch@mail.test", "full@mail.test"), 550, False),
        (_mail("nosuch@mail.test", "greylist@mail.test"), 550, True),
        (_mail("you@mail.test", sender="banned@mail.test"), 553, False),
        (_mail("you@mail.test", sender="later@mail.test"), 451, True),
        (_mail("you@mail.test", raw=b"X-Refuse: yes\r\n" + RAW), 550, False),
        (_mail("you@mail.test", sender="busy@mail.test"), 452, True),
    ],
)
def test_full_refusal(postfix: Postfix, dovecot_user: User, mail: Envelope, code: int, passing: bool) -> None:
    with pytest.raises(MessageRefused) as caught:
        run(submit(postfix.endpoint("smtps", dovecot_user), dovecot_user.password, mail))
    assert caught.value.results[0].code == code
    assert caught.value.passing is passing


def test_over_the_size_limit_nothing_is_sent(postfix: Postfix, dovecot_user: User) -> None:
    raw = RAW + (b"x" * 76 + b"\r\n") * (postfix.size_limit // 78)
    with pytest.raises(MessageRefused) as caught:
        run(submit(postfix.endpoint("smtps", dovecot_user), dovecot_user.password, _mail("you@mail.test", raw=raw)))
    assert caught.value.results[0].code == 552
    assert "MB" in caught.value.results[0].text


def test_international_addresses(postfix: Postfix, dovecot_user: User) -> None:
    people = (dovecot_user.address, "jürgen@bücher.example")
    done = run(submit(postfix.endpoint("smtps", dovecot_user), dovecot_user.password, _mail(*people)))
    assert [each.code for each in done.results] == [250, 250]


def test_twenty_five_megabytes_do_not_hold_the_loop(postfix: Postfix, dovecot_user: User) -> None:
    line = base64.b64encode(bytes(range(57))) + b"\r\n"
    raw = RAW + line * (35_000_000 // len(line))
    longest = 0.0

    async def watch() -> None:
        nonlocal longest
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.001)
            longest = max(longest, time.perf_counter() - before)

    async def work() -> None:
        watcher = asyncio.create_task(watch())
        await submit(
            postfix.endpoint("smtps", dovecot_user), dovecot_user.password, _mail(dovecot_user.address, raw=raw)
        )
        watcher.cancel()

    start = time.perf_counter()
    run(work())
    print(f"{time.perf_counter() - start:.2f} s, longest stall {longest * 1000:.0f} ms")
    assert longest < 0.25
    [message] = postfix.delivered(dovecot_user, seconds=30)
    assert message.replace(b"\r\n", b"\n").endswith(raw.replace(b"\r\n", b"\n")[-1_000_000:])
