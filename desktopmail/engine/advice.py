"""Which protocol suits a person: a pure function of what was said and what the servers offer. It decides nothing; what
it proposes is in force only when the person chose it."""

from __future__ import annotations

from desktopmail.domain.account import Keep, Leave
from desktopmail.domain.advice import (
    Answers,
    Backup,
    Consequence,
    Lasting,
    Line,
    Offers,
    Readers,
    Recommendation,
    Space,
    Topic,
)
from desktopmail.domain.saying import phrase, plural

DAYS = 14
"""How long a copy stays on the server when removing is proposed: long enough to notice that something is wrong."""
SLOW_SIZE = 256_000
"""Bytes above which a slow line brings only the beginning of a message."""

IMAP, POP3 = "imap", "pop3"


def recommend(answers: Answers, offers: Offers) -> Recommendation:
    """What suits these answers at these servers, why, and what it means."""
    protocol, reason, leave, archive = _choose(answers, offers)
    size = SLOW_SIZE if answers.line is Line.SLOW and protocol == POP3 else 0
    words = consequences(protocol, leave, offers, max_size=size)
    return Recommendation(protocol, reason, leave, size, archive, (*words, *_advised(answers, protocol, archive)))


def consequences(protocol: str, leave: Leave, offers: Offers, *, max_size: int = 0) -> tuple[Consequence, ...]:
    """What a protocol and a rule mean in daily life: where mail lives, what others see, what is removed and when, what
    happens without a connection, and where sent mail is."""
    if protocol == IMAP:
        return _imap()
    if protocol == POP3:
        return _pop3(leave, offers, max_size)
    return (Consequence(Topic.LIVES, phrase("This account sends mail and receives none.")),)


def rule(leave: Leave) -> str:
    """What a rule removes from the server and when, in a sentence."""
    match leave.keep:
        case Keep.FOREVER:
            return phrase("Nothing is ever removed from the server without your word.")
        case Keep.DAYS:
            return phrase(
                "A message is removed from the server {0} after it was stored on this computer, and not before.",
                days(leave.days),
            )
        case Keep.UNTIL_DELETED:
            return phrase("A message is removed from the server after you remove it here for ever, and not before.")
        case Keep.NO:
            return phrase(
                "Each message is removed from the server as soon as it is stored and checked on this"
                " computer. Other devices will not see it."
            )


def days(number: int) -> str:
    """A number of days in words."""
    return plural(number, "1 day", "{0} days")


def _choose(answers: Answers, offers: Offers) -> tuple[str, str, Leave, bool]:
    """Protocol, reason, proposed rule, and whether old mail should move to this computer."""
    forever = Leave()
    if not offers.imap and not offers.pop3:
        return "", phrase("No server for incoming mail was found."), forever, False
    if not offers.pop3:
        return IMAP, phrase("This provider offers IMAP only."), forever, _wants_archive(answers)
    if not offers.imap:
        return POP3, phrase("This provider offers POP3 only."), _leave(answers, offers), False
    if offers.uidl is False:
        reason = phrase("IMAP, because the POP3 server of this provider cannot tell old messages from new ones.")
        return IMAP, reason, forever, _wants_archive(answers)
    if answers.readers is Readers.PEOPLE and answers.lasting in (Lasting.HERE, Lasting.BOTH):
        reason = phrase("POP3, because your copy then stays whatever the other people delete.")
        return POP3, reason, forever, False
    if answers.readers is Readers.ALONE and _off_the_provider(answers):
        return POP3, _reason_pop3(answers), _leave(answers, offers), False
    return IMAP, _reason_imap(answers), forever, _wants_archive(answers)


def _off_the_provider(answers: Answers) -> bool:
    """Whether mail should not stay with the provider."""
    return answers.lasting is Lasting.HERE or (answers.lasting is None and answers.space is Space.SCARCE)


def _wants_archive(answers: Answers) -> bool:
    """Whether old mail should leave a server that is read by IMAP."""
    return answers.space is Space.SCARCE or answers.lasting is Lasting.HERE


def _leave(answers: Answers, offers: Offers) -> Leave:
    """The rule to propose with POP3: removing only for somebody who is alone, wants it, and did not say that there is
    no backup; and never at a server that cannot tell messages apart."""
    if answers.readers is not Readers.ALONE or not _off_the_provider(answers):
        return Leave()
    if answers.backup is Backup.NO or offers.uidl is False:
        return Leave()
    return Leave(Keep.DAYS, DAYS)


def _reason_imap(answers: Answers) -> str:
    if answers.readers is Readers.PEOPLE:
        return phrase("IMAP, because other people work with the same mailbox and everybody sees the same.")
    if answers.readers is Readers.SEVERAL and _wants_archive(answers):
        return phrase("IMAP, because you read this address on other devices too; old mail can be kept here as files.")
    if answers.readers is Readers.SEVERAL:
        return phrase("IMAP, because you read this address on other devices too and all of them show the same.")
    if answers.space is Space.SCARCE:
        return phrase("IMAP, because the provider keeps a copy; old mail can be kept here as files to free its space.")
    if answers.lasting is Lasting.HERE:
        return phrase("IMAP, as long as it is open whether another device reads this address.")
    if answers.lasting is Lasting.BOTH:
        return phrase("IMAP, because it keeps a whole copy here and one with your provider, with all folders.")
    if answers.lasting is Lasting.PROVIDER:
        return phrase("IMAP, because your mail and its folders stay with your provider.")
    if answers.line is Line.OFTEN_WITHOUT:
        return phrase("IMAP, because what you read and sort without a connection is carried over later.")
    return phrase("IMAP, because nothing is lost with this computer and a phone would show the same.")


def _reason_pop3(answers: Answers) -> str:
    if answers.lasting is Lasting.HERE and answers.backup is Backup.NO:
        return phrase("POP3, because you read on this computer only. Keep the server's copy until there is a backup.")
    if answers.lasting is Lasting.HERE:
        return phrase("POP3, because you read on this computer only and want your mail to be here.")
    return phrase("POP3, because you read on this computer only and your provider has little space.")


def _imap() -> tuple[Consequence, ...]:
    return (
        Consequence(Topic.LIVES, phrase("Your mail lives with your provider, with a whole copy on this computer.")),
        Consequence(Topic.OTHERS, phrase("Other devices show the same mail, the same folders and what was read.")),
        Consequence(Topic.REMOVED, phrase("Nothing is removed from the server unless you delete it.")),
        Consequence(
            Topic.OFFLINE, phrase("Without a connection you read and sort what is here; it is carried over later.")
        ),
        Consequence(Topic.SENT, phrase("Sent mail is kept with your provider too.")),
    )


def _pop3(leave: Leave, offers: Offers, max_size: int) -> tuple[Consequence, ...]:
    found = [
        Consequence(Topic.LIVES, phrase("Your mail lives on this computer, in folders of its own.")),
        Consequence(Topic.OTHERS, _others(leave)),
        Consequence(Topic.REMOVED, rule(leave)),
        Consequence(Topic.OFFLINE, phrase("Without a connection everything that was fetched is here.")),
        Consequence(Topic.SENT, phrase("Sent mail is on this computer only.")),
    ]
    if max_size:
        words = phrase("Of messages above {0} KB only the beginning comes by itself.", max_size // 1000)
        found.append(Consequence(Topic.CARE, words))
    if offers.expire == 0:
        words = phrase("This provider says that it keeps no message once it was fetched, whatever is chosen here.")
        found.append(Consequence(Topic.CARE, words))
    elif offers.expire is not None and offers.expire > 0:
        words = phrase("This provider may remove messages by itself after {0}.", days(offers.expire))
        found.append(Consequence(Topic.CARE, words))
    if offers.uidl is False:
        words = phrase("This server cannot tell old messages from new ones, so they may have to be fetched again.")
        found.append(Consequence(Topic.CARE, words))
    return tuple(found)


def _others(leave: Leave) -> str:
    match leave.keep:
        case Keep.FOREVER | Keep.UNTIL_DELETED:
            return phrase("Other devices see the server's inbox only, without folders or what was read.")
        case Keep.DAYS:
            return phrase("Other devices see the messages of the last {0} only.", days(leave.days))
        case Keep.NO:
            return phrase("Other devices see nothing that was fetched here.")


def _advised(answers: Answers, protocol: str, archive: bool) -> tuple[Consequence, ...]:
    """What the person should know or do beside it."""
    found = []
    if archive:
        words = phrase(
            "To free space at the provider, export old mail to files here and delete it there when"
            " that suits you. Nothing is moved by itself."
        )
        found.append(Consequence(Topic.CARE, words))
    if protocol == POP3 and answers.backup is not Backup.YES:
        words = phrase("Back this computer up: what is not on the server any more is only here.")
        found.append(Consequence(Topic.CARE, words))
    if protocol == IMAP and answers.line is Line.SLOW:
        found.append(
            Consequence(Topic.CARE, phrase("On a slow line the newest come first, and the list before the texts."))
        )
    return tuple(found)
