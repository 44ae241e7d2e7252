"""Host names as they truly are: ASCII form, and whether one is made to be mistaken for another (UTS 39 in small)."""

from __future__ import annotations

import contextlib
import ipaddress
import re
import unicodedata
from functools import lru_cache

import idna

from desktopmail.domain.saying import phrase

_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\Z")
_DIGITS = str.maketrans({"0": "o", "1": "l", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "9": "g"})
_SECOND_LEVEL = frozenset({"ac", "co", "com", "edu", "gob", "gouv", "gov", "go", "ne", "net", "nom", "or", "org"})
_LATIN_LOOKALIKES = frozenset("аеорсухіјѕһԁԛԝӏѵґᴀвкмнтгпбᴏοαενρτυικχϲϳ")
_WELL_KNOWN = frozenset(
    {
        *(
            "adobe",
            "airbnb",
            "alibaba",
            "allianz",
            "amazon",
            "americanexpress",
            "apple",
            "barclays",
            "binance",
            "chase",
        ),
        *(
            "citibank",
            "coinbase",
            "commerzbank",
            "discord",
            "docusign",
            "dropbox",
            "ebay",
            "facebook",
            "fedex",
            "github",
        ),
        *("gmail", "google", "hotmail", "hsbc", "icloud", "instagram", "linkedin", "lloyds", "mastercard", "microsoft"),
        *(
            "netflix",
            "nordea",
            "office",
            "outlook",
            "paypal",
            "postbank",
            "revolut",
            "santander",
            "sparkasse",
            "spotify",
        ),
        *("stripe", "telekom", "tiktok", "twitter", "visa", "wellsfargo", "whatsapp", "yahoo", "youtube", "zoom"),
        *("example", "bankofamerica", "steampowered", "wikipedia", "volksbank", "sparkassen", "klarna", "booking"),
    }
)
_HIDDEN = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")


@lru_cache(maxsize=2_000)
def to_ascii(host: str) -> str | None:
    """The form that is looked up (RFC 5891, UTS 46), lower case, without a final dot; None when it is no host name."""
    name = host.strip().rstrip(".").lower()
    if not name or len(host) > 1_000:
        return None
    if name.startswith("[") and name.endswith("]"):
        return _bracketed(name)
    if not name.isascii():
        try:
            name = idna.encode(name, uts46=True, transitional=False).decode("ascii").lower()
        except (idna.IDNAError, UnicodeError, ValueError):
            return None
    if len(name) > 253 or not all(_LABEL.match(label) for label in name.split(".")):
        return None
    return name


def _bracketed(name: str) -> str | None:
    try:
        return f"[{ipaddress.IPv6Address(name[1:-1])}]"
    except ValueError:
        return None


def number(host: str) -> str | None:
    """The IP address behind a host written as a number in any of the ways browsers accept; None for names."""
    if host.startswith("["):
        return host
    pieces = host.rstrip(".").split(".")
    if len(pieces) > 4 or not all(re.fullmatch(r"0[xX][0-9a-fA-F]*|[0-9]+", piece) for piece in pieces):
        return None
    values = []
    for piece in pieces:
        digits = piece[:20].lower()
        try:
            octal = digits.startswith("0") and len(digits) > 1 and not digits.startswith("0x")
            values.append(int(digits[2:] or "0", 16) if digits.startswith("0x") else int(digits, 8 if octal else 10))
        except ValueError:
            return None
    total = values[-1]
    for index, value in enumerate(values[:-1]):
        total += value << (8 * (3 - index))
    try:
        return str(ipaddress.IPv4Address(total))
    except ValueError:
        return None


def organisation(host: str) -> str:
    """The part of a name that somebody registered, as far as a short rule can tell: 'b.co.uk' of 'a.b.co.uk'."""
    labels = host.lower().rstrip(".").split(".")
    if len(labels) <= 2:
        return ".".join(labels)
    keep = 3 if len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL else 2
    return ".".join(labels[-keep:])


def same_organisation(one: str, other: str) -> bool:
    """Whether two names belong together (relaxed alignment, RFC 7489 section 3.1)."""
    return bool(one) and bool(other) and organisation(one) == organisation(other)


@lru_cache(maxsize=2_000)
def doubt(host: str) -> str:
    """Why a name deserves a second look, its ASCII form included; empty when it does not."""
    shown = host.rstrip(".").lower()
    if _HIDDEN.search(shown):
        return phrase("{0}: contains invisible characters", ascii_form(shown))
    plain = _unicode(shown)
    if not plain.isascii():
        if any(_mixed(label) for label in plain.split(".")):
            return phrase("{0}: letters of several scripts", ascii_form(shown))
        if any(_imitates(label) for label in plain.split(".")):
            return phrase("{0}: letters that look like others", ascii_form(shown))
        return phrase("{0}: international letters", ascii_form(shown))
    for label in organisation(plain).split(".")[:1]:
        for word in (label, *label.split("-")):
            skeleton = word.translate(_DIGITS).replace("rn", "m").replace("vv", "w")
            if skeleton != word and skeleton in _WELL_KNOWN and word not in _WELL_KNOWN:
                return phrase("{0}: looks like {1}", plain, skeleton)
    return ""


def ascii_form(host: str) -> str:
    """The ASCII form for display; characters that cannot be encoded are spelled out."""
    return to_ascii(host) or host.encode("ascii", "backslashreplace").decode("ascii")


def _unicode(host: str) -> str:
    """Punycode labels as the letters they stand for."""
    out = []
    for label in host.split("."):
        if label.startswith("xn--"):
            with contextlib.suppress(UnicodeError, ValueError):
                label = label[4:].encode("ascii").decode("punycode")
        out.append(label)
    return unicodedata.normalize("NFKC", ".".join(out))


def _mixed(label: str) -> bool:
    scripts = {_script(letter) for letter in label if letter.isalpha()}
    scripts.discard("")
    if scripts <= {"CJK", "HIRAGANA", "KATAKANA", "LATIN"} or scripts <= {"CJK", "HANGUL", "LATIN"}:
        return False
    return len(scripts) > 1


def _imitates(label: str) -> bool:
    foreign = [letter for letter in label if not letter.isascii()]
    return bool(foreign) and all(letter in _LATIN_LOOKALIKES for letter in foreign)


@lru_cache(maxsize=4_000)
def _script(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0].partition("-")[0]
