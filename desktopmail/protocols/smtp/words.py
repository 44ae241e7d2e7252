"""What goes wrong while sending, in words for a person."""

from __future__ import annotations

import aiosmtplib

from desktopmail.domain.draft import RecipientResult
from desktopmail.domain.errors import (
    ConnectionLost,
    MailError,
    PossiblySent,
    ProtocolViolation,
    Refused,
    Stalled,
    WrongUsage,
)
from desktopmail.domain.saying import phrase
from desktopmail.protocols.smtp.line import Stage
from desktopmail.protocols.tls import certificate_wanted
from desktopmail.protocols.transport import inert, map_error

NO_UTF8 = "This server cannot carry addresses with letters outside ASCII."
SAFE = "Nothing was sent."


class MessageRefused(Refused):
    """The server took the message for nobody. `results` holds the answer for each recipient, in the envelope's order;
    `passing` when at least one of them may be tried again later (a code of 400 to 499)."""

    kind = "message-refused"

    def __init__(self, results: tuple[RecipientResult, ...]) -> None:
        self.results = results
        self.passing = any(400 <= result.code < 500 for result in results)
        first = results[0]
        who = first.address if len(results) == 1 else f"all {len(results)} recipients"
        title = f"The server takes no message for {who} now" if self.passing else f"The server refused {who}"
        if len({(result.code, result.text) for result in results}) == 1 and len(results) > 1:
            title = "The server does not take this message now" if self.passing else "The server refused this message"
        detail = "It will be tried again." if self.passing else "Nobody got it. The text is kept."
        super().__init__(title, detail, f"{first.code} {first.text}")


class PassingRefusal(Refused):
    """The server said no for now (4xx; RFC 5321 section 4.2.1)."""

    passing = True


def refused(title: str, reply: aiosmtplib.SMTPResponse) -> Refused:
    """A refusal that concerns no recipient in particular; passing when the server said so."""
    kind = PassingRefusal if 400 <= reply.code < 500 else Refused
    return kind(title, SAFE, inert(f"{reply.code} {reply.message}"))


def no_mechanism(host: str, offered: str) -> Refused:
    """The server offers no way to sign in that is known here."""
    return Refused(
        phrase("{0} offers no way to sign in with a password", host),
        phrase("Nothing was sent."),
        inert(offered or "no AUTH in EHLO"),
    )


def tampered(host: str) -> ProtocolViolation:
    """Something was said that an honest server does not say here."""
    return ProtocolViolation(
        phrase("Somebody may be interfering with the connection to {0}", host),
        phrase("It was closed before anything was sent. Try another network."),
    )


def nobody() -> WrongUsage:
    """A message without recipients."""
    return WrongUsage(phrase("The message has no recipients"), phrase("Add somebody to send it to."))


def too_large(size: int, limit: int) -> str:
    """Why a message is refused before it is sent (RFC 1870)."""
    return f"The message has {_megabytes(size)} MB; this server takes up to {_megabytes(limit)} MB."


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:.1f}"


def from_foreign(error: aiosmtplib.SMTPException | OSError, host: str, stage: Stage) -> MailError:
    """An error of the line or of aiosmtplib as one of ours. After the final dot every one of them means the same."""
    log = inert(f"{type(error).__name__}: {error}")
    if stage is Stage.AFTER_FINAL_DOT:
        return PossiblySent(
            phrase("The connection to {0} broke while it was answering", host),
            phrase("The message may have been sent. Look for it in Sent or ask the recipient, then decide."),
            log,
        )
    if isinstance(error, TimeoutError):
        return Stalled(phrase("{0} took too long to answer", host), phrase("{0} It will be tried again.", SAFE), log)
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return ProtocolViolation(phrase("{0} said something that makes no sense", host), SAFE, log)
    if wanted := certificate_wanted(error.__cause__, host):
        return wanted
    if isinstance(error, aiosmtplib.SMTPServerDisconnected):
        return ConnectionLost(
            phrase("The connection to {0} broke", host), phrase("{0} It will be tried again.", SAFE), log
        )
    if isinstance(error, OSError):
        return map_error(error, host)
    return ProtocolViolation(phrase("{0} could not be understood", host), SAFE, log)
