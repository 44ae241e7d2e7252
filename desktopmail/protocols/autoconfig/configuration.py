"""Reads the XML in which providers publish their servers (draft-ietf-mailmaint-autoconfig, `config-v1.1.xml`).

The document is a stranger's: no document type and no entities, little depth, few elements, and every value is checked
before it leaves this module.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from xml.parsers import expat

from desktopmail.domain.account import SignIn
from desktopmail.domain.errors import ProtocolViolation
from desktopmail.domain.hostname import host_name
from desktopmail.domain.saying import phrase
from desktopmail.protocols.autoconfig.probe import Speech
from desktopmail.protocols.transport import inert

MOST_BYTES = 256 * 1024
MOST_ELEMENTS = 2_000
DEEPEST = 12
LONGEST_TEXT = 1_000
MOST_SERVERS = 4
"""Of each kind; the draft wants the best first."""

_PLACEHOLDER = re.compile("%EMAIL(ADDRESS|LOCALPART|DOMAIN)%")
SOCKETS = {"SSL": "tls", "TLS": "tls", "STARTTLS": "starttls", "PLAIN": "none"}
KINDS = {"imap": Speech.IMAP, "pop3": Speech.POP3, "smtp": Speech.SMTP}
WAYS = {
    "password-cleartext": SignIn.WORD,
    "plain": SignIn.WORD,
    "password-encrypted": SignIn.WORD,
    "secure": SignIn.WORD,
    "OAuth2": SignIn.OAUTH2,
    "TLS-client-cert": SignIn.CERTIFICATE,
}
NOBODY = ("none", "client-IP-address")


@dataclass(frozen=True, slots=True)
class PublishedServer:
    """One server as published. `security` is 'tls', 'starttls' or 'none'; `user` may be empty: nobody signs in."""

    speech: Speech
    host: str
    port: int
    security: str
    user: str
    ways: tuple[SignIn, ...] = ()


@dataclass(frozen=True, slots=True)
class Configuration:
    """What a provider publishes. `documentation` is an https address or empty."""

    provider: str
    servers: tuple[PublishedServer, ...]
    documentation: str = ""


@dataclass(slots=True)
class _Node:
    name: str
    attributes: dict[str, str]
    text: str = ""
    children: list[_Node] = field(default_factory=list)

    def all(self, name: str) -> list[_Node]:
        return [each for each in self.children if each.name == name]

    def words(self, name: str) -> str:
        """The text of the first such child."""
        return next((each.text.strip() for each in self.all(name)), "")


def read(document: bytes, address: str) -> Configuration:
    """What the document says for an address, whose parts replace the placeholders. Raises ProtocolViolation when it
    is no such document or tries anything."""
    root = _tree(document)
    provider = next(iter(root.all("emailProvider")), None)
    if root.name != "clientConfig" or provider is None:
        raise _refused("no configuration")
    fill = _filling(address)
    servers: list[PublishedServer] = []
    for node in (*provider.all("incomingServer"), *provider.all("outgoingServer")):
        server = _server(node, fill)
        if server is not None and len([each for each in servers if each.speech is server.speech]) < MOST_SERVERS:
            servers.append(server)
    name = inert(fill(provider.words("displayName") or provider.words("displayShortName")), 60)
    pages = [each.attributes.get("url", "") for each in provider.all("documentation")]
    return Configuration(name, tuple(servers), next((page for page in pages if is_page(page)), ""))


def _filling(address: str) -> Callable[[str], str]:
    local, _, domain = address.rpartition("@")
    values = {"ADDRESS": address, "LOCALPART": local, "DOMAIN": domain}
    return lambda text: _PLACEHOLDER.sub(lambda found: values[found[1]], text)


def _server(node: _Node, fill: Callable[[str], str]) -> PublishedServer | None:
    speech = KINDS.get(node.attributes.get("type", ""))
    if speech is None or (speech is Speech.SMTP) != (node.name == "outgoingServer"):
        return None
    host = host_name(fill(node.words("hostname")))
    security = SOCKETS.get(node.words("socketType").upper(), "")
    port = node.words("port")
    if not host or not security or not (port.isascii() and port.isdigit() and len(port) < 6):
        return None
    said = [each.text.strip() for each in node.all("authentication")]
    ways = tuple(dict.fromkeys(WAYS[each] for each in said if each in WAYS))
    user = "" if said and not ways and said[0] in NOBODY else fill(node.words("username") or "%EMAILADDRESS%")
    if not 0 < int(port) < 65536 or len(user) > 320 or not user.isprintable():
        return None
    return PublishedServer(speech, host, int(port), security, user, ways)


def is_page(url: str) -> bool:
    """Whether this is an https address that can be shown to a person."""
    return url.startswith("https://") and len(url) <= 500 and url.isascii() and url.isprintable() and " " not in url


def _tree(document: bytes) -> _Node:
    if len(document) > MOST_BYTES:
        raise _refused("too large")
    reader = _Reader()
    try:
        return reader.read(document)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise _refused(str(error)) from error


class _Reader:
    """Makes a small tree and refuses what a small tree does not need."""

    def __init__(self) -> None:
        self._root = _Node("", {})
        self._open = [self._root]
        self._count = 0
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.StartDoctypeDeclHandler = self._never
        self._parser.EntityDeclHandler = self._never
        self._parser.ExternalEntityRefHandler = self._never
        self._parser.SkippedEntityHandler = self._never

    def read(self, document: bytes) -> _Node:
        """The document's own element."""
        self._parser.Parse(document, True)
        return self._root.children[0]

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > MOST_ELEMENTS or len(self._open) > DEEPEST:
            raise _refused("too many elements")
        node = _Node(name, {key: value[:LONGEST_TEXT] for key, value in attributes.items()})
        self._open[-1].children.append(node)
        self._open.append(node)

    def _end(self, name: str) -> None:
        self._open.pop()

    def _text(self, text: str) -> None:
        node = self._open[-1]
        if len(node.text) < LONGEST_TEXT:
            node.text += text[: LONGEST_TEXT - len(node.text)]

    def _never(self, *said: object) -> int:
        raise _refused("a document type or an entity")


def _refused(log: str) -> ProtocolViolation:
    return ProtocolViolation(
        phrase("The published settings cannot be read"), phrase("They are left aside."), inert(log, 100)
    )
