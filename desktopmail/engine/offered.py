"""What servers said they can do, in plain sentences and as what advice is made from. Pure."""

from __future__ import annotations

from desktopmail.domain.advice import Offers
from desktopmail.domain.found import FoundServers, Offer
from desktopmail.engine.advice import days

NAMES = {"imap": "IMAP", "pop3": "POP3", "smtp": "SMTP"}
IMAP_WORDS = (
    ("IDLE", "It announces new mail at once."),
    ("CONDSTORE", "It tells what changed since the last visit, so catching up is quick."),
    ("SPECIAL-USE", "It says which folders are for sent mail, drafts and the like."),
    ("QUOTA", "It can say how full the mailbox is."),
    ("COMPRESS=DEFLATE", "It can compress what it sends, which helps on a slow line."),
)
POP3_WORDS = (
    ("UIDL", "It can tell old messages from new ones."),
    ("TOP", "It can show the beginning of a large message without the rest."),
    ("PIPELINING", "It hands out many messages in one go."),
)
SMTP_WORDS = (
    ("DSN", "It can report what became of a message."),
    ("SMTPUTF8", "It takes addresses in every script."),
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
            words.append(f"It takes messages of up to {_size(offer.size_limit)}.")
    if any(each.upper().startswith("SCRAM-") for each in offer.mechanisms):
        words.append("Your password can be proved without being sent.")
    if {each.upper() for each in offer.mechanisms} & {"OAUTHBEARER", "XOAUTH2"}:
        words.append("It accepts signing in by the provider's web page instead of a password.")
    return tuple(words)


def _protected(offer: Offer) -> str:
    name = NAMES.get(offer.protocol, offer.protocol)
    version = offer.tls.replace("TLSv", "TLS ")
    return f"{offer.endpoint.host} speaks {name}, encrypted ({version})." if version else (
        f"{offer.endpoint.host} speaks {name}."
    )  # fmt: skip


def _named(offer: Offer, words: tuple[tuple[str, str], ...]) -> list[str]:
    return [sentence for name, sentence in words if name in offer.capabilities]


def _pop3(offer: Offer) -> list[str]:
    words = []
    if offer.capabilities and "UIDL" not in offer.capabilities:
        words.append("It cannot tell old messages from new ones.")
    if offer.expire == 0:
        words.append("It keeps no message once it was fetched.")
    elif offer.expire is not None and offer.expire > 0:
        words.append(f"It may remove messages by itself after {days(offer.expire)}.")
    elif offer.expire == -1:
        words.append("It never removes messages by itself.")
    if offer.login_delay > 0:
        words.append(f"It wants {_seconds(offer.login_delay)} between two visits.")
    return words


def _seconds(number: int) -> str:
    if number < 120:
        return f"{number} seconds" if number != 1 else "1 second"
    return f"{-(-number // 60)} minutes"


def _size(number: int) -> str:
    """Bytes as people say them, rounded down."""
    for step, unit in ((1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "KB")):
        if number >= step:
            return f"{number // step} {unit}"
    return f"{number} bytes"
