"""Mechanisms: the published examples, lies of servers, what may not be in a password, and which one is taken."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest

from desktopmail.domain.account import Endpoint, Security, SignIn
from desktopmail.domain.errors import InsecureServer, ProtocolViolation, Refused, WrongUsage
from desktopmail.protocols import sasl
from desktopmail.protocols.certificate import end_point

NONCE = "rOprNGfwEbeRWgbNEkqO"
FIRST = b"r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
FINAL = b"c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
ODD = [f"X-{number}" for number in range(50)]
TIE = sasl.Binding("tls-server-end-point", b"\1\2\3")
HERE = Endpoint("mail.example.org", 993, Security.TLS, "a")
BEARER = replace(HERE, sign_in=SignIn.OAUTH2, user="ada@example.org")


def scram(digest: str = "sha256", nonce: str = NONCE) -> sasl.Scram:
    return sasl.Scram(digest, "user", "pencil", nonce=nonce)


def test_scram_as_published() -> None:
    """The example of RFC 7677 section 3."""
    mechanism = scram()
    assert mechanism.initial() == b"n,,n=user,r=" + NONCE.encode()
    assert mechanism.answer(FIRST) == FINAL
    assert not mechanism.proven
    assert mechanism.answer(b"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=") == b""
    assert mechanism.proven


def test_scram_with_sha1_as_published() -> None:
    """The example of RFC 5802 section 5."""
    mechanism = scram("sha1", "fyko+d2lbbFgONRv9qkxdawL")
    challenge = b"r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096"
    assert (
        mechanism.answer(challenge)
        == b"c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts="
    )
    mechanism.answer(b"v=rmF9pqV8S7suAoZWja4dJRkFsKQ=")
    assert mechanism.proven and mechanism.name == "SCRAM-SHA-1"


def test_scram_bound_to_the_connection() -> None:
    mechanism = sasl.Scram("sha256", "user", "pencil", TIE, bound=True, nonce=NONCE)
    assert mechanism.name == "SCRAM-SHA-256-PLUS"
    assert mechanism.initial() == b"p=tls-server-end-point,,n=user,r=" + NONCE.encode()
    sent = base64.b64decode(mechanism.answer(FIRST).split(b",")[0][2:])
    assert sent == b"p=tls-server-end-point,,\1\2\3"


def test_a_server_that_hides_its_binding_notices() -> None:
    """RFC 5802 section 6: 'y' says that we could have, so a list that was tampered with comes to light."""
    mechanism = sasl.Scram("sha256", "user", "pencil", TIE, nonce=NONCE)
    assert mechanism.initial().startswith(b"y,,")
    assert mechanism.answer(FIRST).startswith(b"c=" + base64.b64encode(b"y,,"))


@pytest.mark.parametrize("proof", [b"v=AAAA", b"", b"v=", b"\xff"])
def test_a_server_that_does_not_know_the_password(proof: bytes) -> None:
    mechanism = scram()
    mechanism.answer(FIRST)
    with pytest.raises(ProtocolViolation):
        mechanism.answer(proof)
    assert not mechanism.proven


def test_a_server_that_says_what_is_wrong_is_heard_out() -> None:
    mechanism = scram()
    mechanism.answer(FIRST)
    assert mechanism.answer(b"e=invalid-proof\r\n") == b""
    assert mechanism.told == "invalid-proof" and not mechanism.proven


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
    assert b"n=a=3Db=2Cc," in sasl.Scram("sha256", "a=b,c", "x").initial()
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


def test_login() -> None:
    mechanism = sasl.Login("alice", "pässword")
    assert not mechanism.first and mechanism.initial() == b""
    assert [mechanism.answer(b"Username:"), mechanism.answer(b"whatever")] == [b"alice", "pässword".encode()]
    with pytest.raises(ProtocolViolation):
        mechanism.answer(b"Again:")


def test_cram_md5_as_published() -> None:
    """The example of RFC 2195 section 2."""
    mechanism = sasl.CramMd5("tim", "tanstaaftanstaaf")
    assert not mechanism.first
    challenge = b"<1896.697170952@postoffice.reston.mci.net>"
    assert mechanism.answer(challenge) == b"tim b913a602c7eda7a495b4e6e7334d3890"
    for made in (mechanism, sasl.CramMd5("tim", "x")):
        with pytest.raises(ProtocolViolation):
            made.answer(challenge if made is mechanism else b"")


def test_bearer_tokens() -> None:
    """RFC 7628 section 4.1, and the providers' own form."""
    standard = sasl.OAuthBearer("ada=x,y@example.org", "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==", "h.example", 143)
    assert standard.initial() == (
        b"n,a=ada=3Dx=2Cy@example.org,\x01host=h.example\x01port=143\x01"
        b"auth=Bearer vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==\x01\x01"
    )
    assert sasl.XOAuth2("ada", "tok").initial() == b"user=ada\x01auth=Bearer tok\x01\x01"
    for mechanism, farewell in ((standard, b"\x01"), (sasl.XOAuth2("ada", "tok"), b"")):
        assert mechanism.answer(b'{"status":"401"}') == farewell
        assert mechanism.told == '{"status":"401"}'
        with pytest.raises(ProtocolViolation):
            mechanism.answer(b"more")
    for user, token in (("a\x01auth=Bearer other", "t"), ("a", "t\x01"), ("a", ""), ("a", "t t"), ("a", "ü")):
        with pytest.raises(WrongUsage):
            sasl.XOAuth2(user, token)


@pytest.mark.parametrize(
    ("offered", "taken"),
    [
        ([*ODD, "login", "plain"], "PLAIN"),
        (["PLAIN", "scram-sha-1", "scram-sha-256"], "SCRAM-SHA-256"),
        (["PLAIN", "scram-sha-1", "DIGEST-MD5", "CRAM-MD5"], "SCRAM-SHA-1"),
        (ODD, None),
        (["SCRAM-SHA-256-PLUS", "PLAIN"], "PLAIN"),
        (["CRAM-MD5", "LOGIN"], "LOGIN"),
        (["CRAM-MD5", "XOAUTH2", "EXTERNAL"], "CRAM-MD5"),
        (["OAUTHBEARER", "EXTERNAL"], None),
    ],
)
def test_the_strongest_is_chosen(offered: list[str], taken: str | None) -> None:  # T36
    mechanism = sasl.choose(offered, HERE, "b")
    assert (mechanism.name if mechanism else None) == taken


@pytest.mark.parametrize(
    ("offered", "taken"),
    [
        (["SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"], "SCRAM-SHA-256-PLUS"),
        (["SCRAM-SHA-1-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-1"], "SCRAM-SHA-1-PLUS"),
        (["SCRAM-SHA-1", "PLAIN"], "SCRAM-SHA-1"),
    ],
)
def test_bound_where_both_can(offered: list[str], taken: str) -> None:  # T36
    mechanism = sasl.choose(offered, HERE, "b", TIE)
    assert mechanism is not None and mechanism.name == taken


def test_in_clear_the_password_itself_is_the_last_choice() -> None:  # T36
    """The person has chosen to do without encryption; even so it is not thrown about."""
    chosen = sasl.choose(["PLAIN", "LOGIN", "CRAM-MD5"], replace(HERE, security=Security.NONE), "b")
    assert chosen is not None and chosen.name == "CRAM-MD5"


def test_a_token_goes_out_as_a_token_only() -> None:  # T36, T38
    offered = ["PLAIN", "XOAUTH2", "OAUTHBEARER", "SCRAM-SHA-256", "LOGIN"]
    for without, taken in (("", "OAUTHBEARER"), ("OAUTHBEARER", "XOAUTH2")):
        mechanism = sasl.choose([each for each in offered if each != without], BEARER, "token")
        assert mechanism is not None and mechanism.name == taken
    with pytest.raises(Refused):
        sasl.choose(["PLAIN", "LOGIN", "SCRAM-SHA-256"], BEARER, "token")
    with pytest.raises(InsecureServer):
        sasl.choose(offered, replace(BEARER, security=Security.NONE), "token")


def test_a_certificate_needs_external() -> None:
    shown = replace(HERE, sign_in=SignIn.CERTIFICATE)
    mechanism = sasl.choose(["PLAIN", "EXTERNAL"], shown, "")
    assert mechanism is not None and (mechanism.name, mechanism.initial()) == ("EXTERNAL", b"a")
    with pytest.raises(ProtocolViolation):
        mechanism.answer(b"")
    with pytest.raises(Refused):
        sasl.choose(["PLAIN"], shown, "")


def test_a_binding_that_the_server_does_not_know() -> None:
    """It refused before it saw any proof: the next connection does without, and says so truthfully ('n')."""
    place = replace(HERE, host="binding.example.org")
    offered = ["SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"]
    first = sasl.choose(offered, place, "b", TIE)
    assert sasl.unbound(first, place) is not None
    second = sasl.choose(offered, place, "b", TIE)
    assert second is not None and second.name == "SCRAM-SHA-256" and second.initial().startswith(b"n,,")
    assert sasl.unbound(second, place) is None
    other = sasl.Scram("sha256", "user", "pencil", TIE, bound=True, nonce=NONCE)
    other.answer(FIRST)
    assert sasl.unbound(other, HERE) is None


def test_nonces_differ_and_secrets_do_not_show() -> None:
    first, second = sasl.Scram("sha256", "a", "secret"), sasl.Scram("sha256", "a", "secret")
    assert first.initial() != second.initial()
    shown = repr(first) + repr(sasl.Plain("a", "secret")) + repr(sasl.XOAuth2("a", "secret"))
    assert "secret" not in shown
    assert base64.b64encode(b"secret").decode() not in shown


@pytest.mark.parametrize("junk", [b"", b"\x30", b"\x30\x82", b"\xff" * 40, b"\x30\x03\x30\x01\x00"])
def test_no_binding_from_what_is_no_certificate(junk: bytes) -> None:
    assert end_point(junk) == b""
