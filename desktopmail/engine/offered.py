"""What servers said they can do, in plain sentences and as what advice is made from. Pure."""

from __future__ import annotations

from desktopmail.domain.advice import Offers
from desktopmail.domain.found import FoundServers, Offer
from desktopmail.domain.marking import mark
from desktopmail.domain.saying import phrase, plural, said
from desktopmail.engine.advice import days

NAMES = {"imap": "IMAP", "pop3": "POP3", "smtp": "SMTP"}
IMAP_WORDS = (
    ("IDLE", mark("engine", "It announces new mail at once.")),
    ("CONDSTORE", mark("engine", "It tells what changed since the last visit, so catching up is quick.")),
    ("SPECIAL-USE", mark("engine", "It says which folders are for sent mail, drafts and the like.")),
    ("QUOTA", mark("engine", "It can say how full the mailbox is.")),
    ("COMPRESS=DEFLATE", mark("engine", "It can compress what it sends, which helps on a slow line.")),
)
POP3_WORDS = (
    ("UIDL", mark("engine", "It can tell old messages from new ones.")),
    ("TOP", mark("engine", "It can show the beginning of a large message without the rest.")),
    ("PIPELINING", mark("engine", "It hands out many messages in one go.")),
)
SMTP_WORDS = (
    ("DSN", mark("engine", "It can report what became of a message.")),
    ("SMTPUTF8", mark("engine", "It takes addresses in every script.")),
)


def offers(found: FoundServers) -> Offers:
    """What was found, as the advice looks at it."""
    heard = found.seen.get(found.pop3[0]) if found.pop3 else None
    uidl = "UIDL" in heard.capabilities if heard is not None and heard.capabilities else None
    expire = heard.expire if heard is not None else None
    return Offers(bool(found.imap), bool(found.pop3), bool(found.smtp), expire, uidl)


def in_words(offer: Offer) -> tuple[str, ...]:
    """What a server offers, one sentence each; only what it said, for some say more after the sign-in."""
    words = [_protected(offer)]
    if offer.protocol == "imap":
        words += _named(offer, IMAP_WORDS)
    elif offer.protocol == "pop3":
        words += [*_named(offer, POP3_WORDS), *_pop3(offer)]
    else:
        words += _named(offer, SMTP_WORDS)
        if offer.size_limit:
            words.append(phrase("It takes messages of up to {0}.", _size(offer.size_limit)))
    if any(each.upper().startswith("SCRAM-") for each in offer.mechanisms):
        words.append(phrase("Your password can be proved without being sent."))
    if {each.upper() for each in offer.mechanisms} & {"OAUTHBEARER", "XOAUTH2"}:
        words.append(phrase("It accepts signing in by the provider's web page instead of a password."))
    return tuple(words)


def _protected(offer: Offer) -> str:
    name = NAMES.get(offer.protocol, offer.protocol)
    version = offer.tls.replace("TLSv", "TLS ")
    if not version:
        return phrase("{0} speaks {1}.", offer.endpoint.host, name)
    return phrase("{0} speaks {1}, encrypted ({2}).", offer.endpoint.host, name, version)


def _named(offer: Offer, words: tuple[tuple[str, str], ...]) -> list[str]:
    return [said(sentence) for name, sentence in words if name in offer.capabilities]


def _pop3(offer: Offer) -> list[str]:
    words = []
    if offer.capabilities and "UIDL" not in offer.capabilities:
        words.append(phrase("It cannot tell old messages from new ones."))
    if offer.expire == 0:
        words.append(phrase("It keeps no message once it was fetched."))
    elif offer.expire is not None and offer.expire > 0:
        words.append(phrase("It may remove messages by itself after {0}.", days(offer.expire)))
    elif offer.expire == -1:
        words.append(phrase("It never removes messages by itself."))
    if offer.login_delay > 0:
        words.append(phrase("It wants {0} between two visits.", _seconds(offer.login_delay)))
    return words


def _seconds(number: int) -> str:
    if number < 120:
        return plural(number, "1 second", "{0} seconds")
    return phrase("{0} minutes", -(-number // 60))


def _size(number: int) -> str:
    """Bytes as people say them, rounded down."""
    for step, unit in ((1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "KB")):
        if number >= step:
            return f"{number // step} {unit}"
    return phrase("{0} bytes", number)
