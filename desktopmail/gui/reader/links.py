"""Where a link really goes, and whether it may be opened at all. Addresses are parsed once and never mended."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from html.parser import HTMLParser

from PySide6.QtCore import QUrl

SCHEMES = ("http", "https", "mailto")
_NAMED_HOST = re.compile(r"^\s*(?:https?://)?([a-z0-9-]+(?:\.[a-z0-9-]+)+)(?:[/:?#\s]|$)", re.IGNORECASE)
_HIDDEN = re.compile(
    r"[\x00-\x20\x7f-\xa0\u00ad\u061c\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u2064\u2066-\u206f\u3000\ufeff]"
)


@dataclass(frozen=True, slots=True)
class Target:
    """A link's aim. `host` is in ASCII form; `doubts` are stable words for what is odd about it."""

    url: QUrl
    scheme: str
    host: str
    doubts: tuple[str, ...] = ()

    @property
    def openable(self) -> bool:
        """Whether the program hands this to the system at all."""
        return bool(self.scheme) and "hidden-characters" not in self.doubts


def look_at(url: QUrl, text: str = "") -> Target:
    """What a link aims at; `text` is what the message shows in its place. A scheme outside http, https and mailto,
    a relative address or an invalid one gives an empty `scheme`."""
    written = bytes(url.toEncoded().data()).decode("ascii", "replace")
    scheme = url.scheme()
    if scheme not in SCHEMES or not url.isValid() or _HIDDEN.search(written) or (scheme != "mailto" and not url.host()):
        return Target(url, "", "")
    if scheme == "mailto":
        return Target(url, scheme, "")
    host = url.host(QUrl.ComponentFormattingOption.FullyEncoded).lower()
    doubts = []
    named = host_in_text(text)
    if named and not _same_site(named, host):
        doubts.append("other-host")
    if url.userInfo():
        doubts.append("user-info")
    if _is_number(host):
        doubts.append("number")
    if "xn--" in host:
        doubts.append("international")
    if len(host) > 80:
        doubts.append("long-host")
    if _HIDDEN.search(text.strip().replace(" ", "").replace("\n", "")):
        doubts.append("hidden-in-text")
    return Target(url, scheme, host, tuple(doubts))


def host_in_text(text: str) -> str:
    """The host that a link's text names, in ASCII form; empty when it names none."""
    found = _NAMED_HOST.match(text.replace("\u200b", ""))
    if not found:
        return ""
    host = found.group(1).lower().rstrip(".")
    return host if not host.replace(".", "").isdigit() and len(host.rpartition(".")[2]) > 1 else ""


def shown(target: Target) -> tuple[str, str, str]:
    """The address in three pieces for a status line: before the host, the host in ASCII, and the rest, shortened."""
    if target.scheme == "mailto":
        return "mailto:", target.url.path()[:200], ""
    query = "?" + target.url.query() if target.url.hasQuery() else ""
    rest = target.url.path() + query
    port = f":{target.url.port()}" if target.url.port() != -1 else ""
    return f"{target.scheme}://", target.host, port + (rest[:300] if rest != "/" else "")


def texts_of(html: str, address: str) -> list[str]:
    """What the message shows for links with exactly this address."""
    finder = _Anchors(address)
    finder.feed(html)
    finder.close()
    return finder.found


class _Anchors(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__()
        self._address = QUrl(address)
        self._open: list[str] | None = None
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self._open = [] if QUrl(dict(attrs).get("href") or "") == self._address else None

    def handle_data(self, data: str) -> None:
        if self._open is not None:
            self._open.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._open is not None:
            self.found.append("".join(self._open).strip())
            self._open = None


def _same_site(named: str, host: str) -> bool:
    named, host = named.removeprefix("www."), host.removeprefix("www.")
    return named == host or host.endswith("." + named)


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return host.replace(".", "").isdigit() or host.startswith("0x")
    return True
