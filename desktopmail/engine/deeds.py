"""What the person's verbs are called: a stable word for programs, what stands in a message's story, and the receipt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from desktopmail.domain.saying import phrase, plural


@dataclass(frozen=True, slots=True)
class Deed:
    """`kind` never changes with the language. `story` is said of one message ('moved to Trash'), `receipt` gives the
    words for a number of them ('3 messages moved to Trash')."""

    kind: str
    story: str
    receipt: Callable[[int], str]


def read() -> Deed:
    """Marked as read."""
    return Deed(
        "marked",
        phrase("marked as read"),
        lambda count: plural(count, "1 message marked as read", "{0:,} messages marked as read"),
    )


def unread() -> Deed:
    """Marked as unread."""
    return Deed(
        "marked",
        phrase("marked as unread"),
        lambda count: plural(count, "1 message marked as unread", "{0:,} messages marked as unread"),
    )


def starred() -> Deed:
    """The star was set."""
    return Deed(
        "starred", phrase("starred"), lambda count: plural(count, "1 message starred", "{0:,} messages starred")
    )


def unstarred() -> Deed:
    """The star was cleared."""
    return Deed(
        "unstarred", phrase("unstarred"), lambda count: plural(count, "1 message unstarred", "{0:,} messages unstarred")
    )


def tagged(tag: str) -> Deed:
    """A tag was added."""
    return Deed(
        "tagged",
        phrase("tagged {0}", tag),
        lambda count: plural(count, "1 message tagged {1}", "{0:,} messages tagged {1}", tag),
    )


def untagged(tag: str) -> Deed:
    """A tag was removed."""
    return Deed(
        "untagged",
        phrase("untagged {0}", tag),
        lambda count: plural(count, "1 message untagged {1}", "{0:,} messages untagged {1}", tag),
    )


def moved(folder: str) -> Deed:
    """Moved into a folder."""
    return Deed(
        "moved",
        phrase("moved to {0}", folder),
        lambda count: plural(count, "1 message moved to {1}", "{0:,} messages moved to {1}", folder),
    )


def trashed() -> Deed:
    """Moved to the trash."""
    return Deed(
        "moved",
        phrase("moved to Trash"),
        lambda count: plural(count, "1 message moved to Trash", "{0:,} messages moved to Trash"),
    )


def copied(folder: str) -> Deed:
    """Copied into a folder."""
    return Deed(
        "copied",
        phrase("copied to {0}", folder),
        lambda count: plural(count, "1 message copied to {1}", "{0:,} messages copied to {1}", folder),
    )


def archived() -> Deed:
    """Moved to the archive."""
    return Deed(
        "archived", phrase("archived"), lambda count: plural(count, "1 message archived", "{0:,} messages archived")
    )


def junk() -> Deed:
    """Called junk."""
    return Deed(
        "marked",
        phrase("marked as junk"),
        lambda count: plural(count, "1 message marked as junk", "{0:,} messages marked as junk"),
    )


def not_junk() -> Deed:
    """Called no junk."""
    return Deed(
        "marked",
        phrase("marked as not junk"),
        lambda count: plural(count, "1 message marked as not junk", "{0:,} messages marked as not junk"),
    )


def removed() -> Deed:
    """Removed for ever."""
    return Deed(
        "removed", phrase("removed"), lambda count: plural(count, "1 message removed", "{0:,} messages removed")
    )


def emptied(folder: str) -> Deed:
    """Removed for ever with everything in a folder."""
    return Deed(
        "removed",
        phrase("removed from {0}", folder),
        lambda count: plural(count, "1 message removed from {1}", "{0:,} messages removed from {1}", folder),
    )


def discarded() -> Deed:
    """A draft was thrown away."""
    return Deed(
        "discarded", phrase("discarded"), lambda count: plural(count, "1 message discarded", "{0:,} messages discarded")
    )


def imported(folder: str) -> Deed:
    """Taken in from files."""
    return Deed(
        "imported",
        phrase("imported into {0}", folder),
        lambda count: plural(count, "1 message imported into {1}", "{0:,} messages imported into {1}", folder),
    )
