"""Links: parsed once, allowed by scheme, shown with the host they truly lead to. Only ASCII space is ever stripped."""

from __future__ import annotations

import html as markup
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote, unquote

from desktopmail.domain.saying import phrase
from desktopmail.mime import hosts

LONGEST = 8_192
_MAX_LINKS = 5_000
_WEB = re.compile(r"(https?)://([^/?#\\]*)([/?#\\].*)?\Z", re.I | re.S)
_MAILTO = re.compile(r"mailto:(?!//)(.*)\Z", re.I | re.S)
_UNWANTED = re.compile("[\x00-\x1f\x7f-\x9f\ufffd\ud800-\udfff]")
_MASKING = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
_SAFE_PATH = "%/:@!$&'()*+,;=~-._?#[]|"
_ASCII_SPACE = " \t\r\n\f"

_ANCHOR = re.compile(r'<a((?: [^\s=>"]++="[^"]*+")*+)>|</a>')
_HREF = re.compile(r' href="([^"]*)"')
_TAGS = re.compile(r'<(?:[^>"]|"[^"]*")*+>')
_SPACES = re.compile(r"\s+")
_URL_IN_TEXT = re.compile(
    r"(?<![\w@.:/-])(?:(https?)://)?((?:[\w-]{1,63}\.){1,8}[a-z]{2,24})(?::\d{1,5})?(?=[/?#\s,;:!)>\"']|\.(?:\s|\Z)|\Z)",
    re.I,
)
_ADDRESS_IN_TEXT = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,8}[a-z]{2,24}\b", re.I)
_FILE_ENDINGS = frozenset(
    {"pdf", "doc", "docx", "xls", "xlsx", "txt", "zip", "png", "jpg", "jpeg", "gif", "html", "htm", "js", "md", "csv"}
)

_LINKABLE = re.compile(
    r"(?<![\w@.+-])(?:https?://[^\s<>\"'\u00ab\u00bb\u201c-\u201f]{1,2000}|www\.[\w-]{1,63}\.[^\s<>\"'\u00ab\u00bb]{2,1000}"
    r"|mailto:[^\s<>\"']{3,500}|[\w.+-]{1,64}@(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24}(?![\w@]))",
    re.I,
)
_TRAILING = ".,;:!?*_~'"
_PAIRS = {")": "(", "]": "[", "}": "{"}


@dataclass(frozen=True, slots=True)
class Link:
    """A link that may be opened after a person agreed. `url` is pure ASCII; `host` is what will be asked (empty for
    mail addresses); `doubts` are reasons for a second look, in words."""

    url: str
    host: str
    doubts: tuple[str, ...] = ()


@lru_cache(maxsize=4_096)
def check(href: str) -> Link | None:
    """The link, or None when it must not be opened: another scheme than http, https, mailto; relative; control
    characters; anything in front of the scheme but ASCII space; no valid host."""
    text = href.strip(_ASCII_SPACE)
    if not text or len(text) > LONGEST or _UNWANTED.search(text):
        return None
    web = _WEB.match(text)
    if web is not None:
        return _web_link(web[1].lower(), web[2], web[3] or "")
    mail = _MAILTO.match(text)
    if mail is not None:
        return Link("mailto:" + quote(_MASKING.sub("", mail[1]), safe=_SAFE_PATH), "", _masked(text))
    return None


def _web_link(scheme: str, authority: str, rest: str) -> Link | None:
    if rest.startswith("\\") or ("%" in authority.rpartition("@")[2] and "%00" in authority):
        return None
    user, at, place = authority.rpartition("@")
    host, port = _host_and_port(place)
    name = hosts.to_ascii(unquote(host))
    if name is None or (port and not 0 < int(port) < 65_536):
        return None
    doubts = list(_masked(authority + rest))
    if at:
        doubts.append(phrase("the part before @ is not the place: {0}", name))
    numeric = hosts.number(name)
    if numeric is not None:
        doubts.append(phrase("a number instead of a name: {0}", numeric))
    doubted = hosts.doubt(unquote(host))
    if doubted:
        doubts.append(doubted)
    if len(name) > 100:
        doubts.append(phrase("a very long name that ends in {0}", hosts.organisation(name)))
    user_part = quote(user, safe="%:!$&'()*+,;=~-._") + "@" if at else ""
    path = quote(rest.replace("\\", "%5C"), safe=_SAFE_PATH)
    return Link(f"{scheme}://{user_part}{name}{':' + port if port else ''}{path or '/'}", name, tuple(doubts))


def _host_and_port(place: str) -> tuple[str, str]:
    match = re.match(r"(\[[^\]]*\]|[^:]*)(?::([0-9]{0,5}))?\Z", place)
    return (match[1], match[2] or "") if match else ("", "")


def _masked(text: str) -> tuple[str, ...]:
    return (phrase("invisible or direction-changing characters"),) if _MASKING.search(text) else ()


def differing(words: str, link: Link) -> str:
    """The host or address that the words of a link promise when the link leads elsewhere; empty otherwise."""
    shown = _MASKING.sub("", words).strip()[:2_000]
    if not shown:
        return ""
    if link.url.startswith("mailto:"):
        promised = _ADDRESS_IN_TEXT.fullmatch(shown)
        target = unquote(link.url[7:].partition("?")[0])
        return shown if promised and shown.casefold() != target.casefold() else ""
    if "@" in shown and not shown.lower().startswith(("http://", "https://")):
        return ""
    found = _URL_IN_TEXT.search(shown)
    if found is None or (not found[1] and (found.start() > 0 or _is_file(found[2], shown))):
        return ""
    host = hosts.to_ascii(found[2])
    return found[2] if host is None or not hosts.same_organisation(host, link.host) else ""


def _is_file(name: str, shown: str) -> bool:
    return name.rpartition(".")[2].lower() in _FILE_ENDINGS and "/" not in shown


def anchors(html: str) -> Iterator[tuple[str, str]]:
    """(href, words) of the links in sanitised HTML, whose tags have one form only."""
    href, since, count = "", 0, 0
    for match in _ANCHOR.finditer(html):
        if match[1] is not None:
            target = _HREF.search(match[1])
            href, since = target[1] if target else "", match.end()
            count += 1
        elif href:
            words = _TAGS.sub("", html[since : min(match.start(), since + 5_000)])
            yield markup.unescape(href), _SPACES.sub(" ", markup.unescape(words)).strip()
            href = ""
        if count > _MAX_LINKS:
            return


def linkify(text: str) -> str:
    """Plain text as HTML in which addresses of the web and of mail are links. Linear; no markup survives."""
    out: list[str] = []
    position = 0
    for match in _LINKABLE.finditer(text) if _may_link(text) else ():
        found = _trimmed(match[0])
        link = check(_target(found))
        if link is None or len(found) < 4:
            continue
        out.append(markup.escape(text[position : match.start()], quote=False))
        out.append(
            f'<a href="{markup.escape(link.url)}" rel="noopener noreferrer">{markup.escape(found, quote=False)}</a>'
        )
        position = match.start() + len(found)
        if len(out) > 2 * _MAX_LINKS:
            break
    out.append(markup.escape(text[position:], quote=False))
    return "".join(out)


def _may_link(text: str) -> bool:
    return "@" in text or "://" in text or "www." in text.lower()


def _target(found: str) -> str:
    lowered = found[:8].lower()
    if lowered.startswith(("http://", "https://", "mailto:")):
        return found
    return f"https://{found}" if lowered.startswith("www.") else f"mailto:{found}"


def _trimmed(found: str) -> str:
    """Without the punctuation of the sentence around it."""
    end = len(found)
    while end:
        last = found[end - 1]
        if last in _TRAILING or (last in _PAIRS and found.count(last, 0, end) > found.count(_PAIRS[last], 0, end)):
            end -= 1
        else:
            break
    return found[:end]
