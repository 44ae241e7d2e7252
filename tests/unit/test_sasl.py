"""Mechanisms: the published example, lies of servers, and what may not be in a password."""

from __future__ import annotations

import base64

import pytest

from desktopmail.domain.errors import ProtocolViolation, WrongUsage
from desktopmail.protocols import sasl

NONCE = "rOprNGfwEbeRWgbNEkqO"
FIRST = b"r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
FINAL = b"c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="


def scram() -> sasl.ScramSha256:
    return sasl.ScramSha256("user", "pencil", NONCE)


def test_scram_as_published() -> None:
    """The example of RFC 7677 section 3."""
    mechanism = scram()
    assert mechanism.initial() == b"n,,n=user,r=" + NONCE.encode()
    assert mechanism.answer(FIRST) == FINAL
    assert not mechanism.proven
    assert mechanism.answer(b"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=") == b""
    assert mechanism.proven


@pytest.mark.parametrize("proof", [b"v=AAAA", b"e=invalid-proof", b"", b"v=", b"\xff"])
def test_a_server_that_does_not_know_the_password(proof: bytes) -> None:
    mechanism = scram()
    mechanism.answer(FIRST)
    with pytest.raises(ProtocolViolation):
        mechanism.answer(proof)
    assert not mechanism.proven


@pytest.mark.parametrize(
    "challenge",
    [
        b"",
        b"r=other,s=W22Z,i=4096",
        b"r=rOprNGfwEbeRWgbNEkqO,s=W22Z,i=4096",
        b"m=x," + FIRST,
        FIRST.replace(b"4096", b"1"),
        FIRST.replace(b"4096", b"999999999"),
        FIRST.replace(b"4096", b"-4096"),
        FIRST.replace(b"4096", b"x"),
        FIRST.replace(b"W22Z", b"???"),
        b"i=4096",
        b"\xff\xfe",
    ],
)
def test_challenges_that_make_no_sense(challenge: bytes) -> None:
    with pytest.raises(ProtocolViolation):
        scram().answer(challenge)


def test_names_are_escaped_and_prepared() -> None:
    assert b"n=a=3Db=2Cc," in sasl.ScramSha256("a=b,c", "x").initial()
    assert sasl.prepared("I\u00adX") == "IX"
    assert sasl.prepared("\u00aa") == "a"
    assert sasl.prepared("a\u00a0b") == "a b"
    for bad in ("\u0007", "a\r\n", "\u200e\x00"):
        with pytest.raises(WrongUsage):
            sasl.prepared(bad)


def test_plain() -> None:
    mechanism = sasl.Plain("alice", "pässword")
    assert mechanism.initial() == "\0alice\0pässword".encode()
    with pytest.raises(ProtocolViolation):
        mechanism.answer(b"")
    with pytest.raises(WrongUsage):
        sasl.Plain("a\0b", "x")


def test_the_strongest_is_chosen() -> None:  # T36
    odd = [f"X-{number}" for number in range(50)]
    chosen = [
        sasl.choose(offered, "a", "b")
        for offered in ([*odd, "login", "plain"], ["PLAIN", "scram-sha-256"], odd, ["SCRAM-SHA-256-PLUS", "PLAIN"])
    ]
    assert [each.name if each else None for each in chosen] == ["PLAIN", "SCRAM-SHA-256", None, "PLAIN"]


def test_nonces_differ_and_secrets_do_not_show() -> None:
    first, second = sasl.ScramSha256("a", "secret"), sasl.ScramSha256("a", "secret")
    assert first.initial() != second.initial()
    assert "secret" not in repr(first) + repr(sasl.Plain("a", "secret"))
    assert base64.b64encode(b"secret").decode() not in repr(first)
