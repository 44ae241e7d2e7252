"""What some providers do in their own way over POP3, and what it means for the person. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from desktopmail.domain.account import Endpoint
from desktopmail.domain.saying import phrase

GMAIL = frozenset({"pop.gmail.com", "pop.googlemail.com"})
RECENT = "recent:"
"""In front of the user name at Gmail: what came in the last 30 days, for every program, again and again."""


@dataclass(frozen=True, slots=True)
class Ways:
    """`hides`: what was fetched, or is older than the provider shows, is not listed any more and still there; its names
    are never used for anything else. `batches`: only some hundred messages are listed at a time, however few. `words`
    say it to a person, a sentence each."""

    hides: bool = False
    batches: bool = False
    words: tuple[str, ...] = ()


def mailbox(endpoint: Endpoint) -> str:
    """Which mailbox this is, however much of it is to be shown."""
    user = endpoint.user
    if _is_gmail(endpoint) and user.lower().startswith(RECENT):
        user = user[len(RECENT) :]
    return f"{user}@{endpoint.host.lower()}"


def _is_gmail(endpoint: Endpoint) -> bool:
    return endpoint.host.lower().rstrip(".") in GMAIL


def ways(endpoint: Endpoint) -> Ways:
    """How the provider behind this server does it; nothing for all that go by the book."""
    if not _is_gmail(endpoint):
        return Ways()
    shown = (
        phrase(
            "With 'recent:' in front of the user name, Gmail shows the mail of the last 30 days to"
            " every program, fetched or not. Older mail comes to no program any more."
        )
        if endpoint.user.lower().startswith(RECENT)
        else phrase(
            "Gmail shows a message to one program only. Where several fetch by POP3, put 'recent:' in"
            " front of the user name in each of them: they all get the last 30 days then."
        )
    )
    return Ways(
        hides=True,
        batches=True,
        words=(
            shown,
            phrase(
                "Gmail's own POP settings decide what becomes of a message that was fetched or removed:"
                " kept, archived or moved to its Trash, whatever the rule here is."
            ),
            phrase(
                "What Gmail does not list any more is called 'only here', although it may still be in All Mail there."
            ),
            phrase("Gmail lists some hundred messages at a time, so a first download takes several visits."),
        ),
    )
