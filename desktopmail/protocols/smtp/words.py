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
from desktopmail.domain.marking import mark
from desktopmail.domain.saying import phrase, said
from desktopmail.protocols.smtp.line import Stage
from desktopmail.protocols.tls import certificate_wanted
from desktopmail.protocols.transport import inert, map_error

NO_UTF8 = mark("engine", "This server cannot carry addresses with letters outside ASCII.")
SAFE = mark("engine", "Nothing was sent.")
AGAIN = mark("engine", "Nothing was sent. It will be tried again.")


class MessageRefused(Refused):
    """The server took the message for nobody. `results` holds the answer for each recipient, in the envelope's order;
    `passing` when at least one of them may be tried again later (a code of 400 to 499)."""

    kind = "message-refused"

    def __init__(self, results: tuple[RecipientResult, ...]) -> None:
        self.results = results
        self.passing = any(400 <= result.code < 500 for result in results)
        first = results[0]
        alike = len({(result.code, result.text) for result in results}) == 1 and len(results) > 1
        title = _this_message(self.passing) if alike else _to_whom(results, self.passing)
        detail = phrase("It will be tried again.") if self.passing else phrase("Nobody got it. The text is kept.")
        super().__init__(title, detail, f"{first.code} {first.text}")


def _this_message(passing: bool) -> str:
    if passing:
        return phrase("The server does not take this message now")
    return phrase("The server refused this message")


def _to_whom(results: tuple[RecipientResult, ...], passing: bool) -> str:
    if len(results) == 1:
        who = results[0].address
        return (
            phrase("The server takes no message for {0} now", who) if passing else phrase("The server refused {0}", who)
        )
    if passing:
        return phrase("The server takes no message for all {0} recipients now", len(results))
    return phrase("The server refused all {0} recipients", len(results))


class PassingRefusal(Refused):
    """The server said no for now (4xx; RFC 5321 section 4.2.1)."""

    passing = True


def refused(title: str, reply: aiosmtplib.SMTPResponse) -> Refused:
    """A refusal that concerns no recipient in particular; passing when the server said so."""
    kind = PassingRefusal if 400 <= reply.code < 500 else Refused
    return kind(title, said(SAFE), inert(f"{reply.code} {reply.message}"))


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
    return phrase("The message has {0} MB; this server takes up to {1} MB.", _megabytes(size), _megabytes(limit))


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
        return Stalled(phrase("{0} took too long to answer", host), said(AGAIN), log)
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return ProtocolViolation(phrase("{0} said something that makes no sense", host), said(SAFE), log)
    if wanted := certificate_wanted(error.__cause__, host):
        return wanted
    if isinstance(error, aiosmtplib.SMTPServerDisconnected):
        return ConnectionLost(phrase("The connection to {0} broke", host), said(AGAIN), log)
    if isinstance(error, OSError):
        return map_error(error, host)
    return ProtocolViolation(phrase("{0} could not be understood", host), said(SAFE), log)
