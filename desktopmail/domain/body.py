"""A message as it is read: parts, safe HTML, text, warnings and what is known about the sender."""

from __future__ import annotations

from dataclasses import dataclass, field

from desktopmail.domain.address import Address

SCHEME = "desktopmail"
"""The private scheme: the only one that a message's HTML may refer to by itself."""
PART_URL = f"{SCHEME}://message/part/"
"""In front of an IMAP section: a picture that came with the message."""
REMOTE_URL = f"{SCHEME}://message/remote/"
"""In front of a number: a picture elsewhere, a key of `Body.remote_urls`."""


@dataclass(frozen=True, slots=True)
class Part:
    """A leaf of the MIME tree. `section` is the IMAP section ('1', '2.1'; RFC 3501 section 6.4.5). `size` and `sha256`
    are of the decoded bytes; of a message too large to be read whole the one is an estimate and the other empty.
    `inline` means the message shows it in its text rather than beside it."""

    section: str
    type: str
    name: str
    size: int
    sha256: str
    content_id: str
    inline: bool
    charset: str = ""
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Warning:
    """Something the reader ought to know. Kinds are those of the command line's contract ('several-from', …)."""

    kind: str
    detail: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Authentication results of a trusted verifier (RFC 8601). Absence of information is 'unknown', never good."""

    spf: str = "unknown"
    dkim: str = "unknown"
    dmarc: str = "unknown"
    by: str | None = None
    aligned: bool | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One recipient's line of a delivery report (RFC 3464)."""

    recipient: str
    action: str
    status: str
    diagnostic: str
    message_id: str


@dataclass(frozen=True, slots=True)
class Body:
    """Everything the reader pane shows. `html` is sanitised; its pictures are addresses of the private scheme or
    carried as bitmap data. `text` is what a person would read. `remote_content` counts the remote references that were
    held back; `remote_urls` maps private addresses in `html` to the http(s) addresses the engine may fetch when
    allowed. `date_offset` is in minutes east of UTC. `nested` are attached messages as wholes; `parts` has only their
    leaves. `made_from_text` says that the message has no HTML of its own and `html` was made from `text`."""

    subject: str
    date: int
    sender: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    bcc: tuple[Address, ...]
    reply_to: tuple[Address, ...]
    message_id: str
    references: tuple[str, ...]
    html: str
    text: str
    parts: tuple[Part, ...]
    remote_content: int = 0
    remote_urls: dict[str, str] = field(default_factory=dict)
    warnings: tuple[Warning, ...] = ()
    verdict: Verdict = Verdict()
    delivery: tuple[Delivery, ...] = ()
    list_unsubscribe: tuple[str, ...] = ()
    date_offset: int = 0
    nested: tuple[Part, ...] = ()
    made_from_text: bool = False

    @property
    def attachments(self) -> tuple[Part, ...]:
        """What stands beside the text: parts, and attached messages as wholes instead of their inside; in order."""
        inside = tuple(f"{message.section}." for message in self.nested)
        beside = [part for part in (*self.parts, *self.nested) if not part.inline]
        outermost = [part for part in beside if not (inside and part.section.startswith(inside))]
        return tuple(sorted(outermost, key=lambda part: [int(number) for number in part.section.split(".")]))
