"""What is being written: the state of a composer, independent of any window."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from desktopmail.domain.address import Address
from desktopmail.domain.ids import IdentityId, MessageId


class Answer(Enum):
    """What a draft does to the message it was started from."""

    NEW = "new"
    REPLY = "reply"
    REPLY_ALL = "reply-all"
    FORWARD = "forward"
    EDIT = "edit"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes along. `content_id` is set for pictures inside the text."""

    name: str
    type: str
    data: bytes
    content_id: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A message in the making. `id` is the row it was saved as (None: never saved); `html` is empty for plain text.
    `answers` is the message replied to or forwarded, `answer` says which; both survive saving and sending."""

    identity: IdentityId
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    bcc: tuple[Address, ...] = ()
    subject: str = ""
    text: str = ""
    html: str = ""
    attachments: tuple[Attachment, ...] = ()
    answers: MessageId | None = None
    answer: Answer = Answer.NEW
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    id: MessageId | None = None
    message_id: str = ""

    @property
    def recipients(self) -> tuple[Address, ...]:
        """Everybody this goes to, in order."""
        return self.to + self.cc + self.bcc


class Sending(Enum):
    """Life of a message on its way out. QUEUED and WAITING may be cancelled; SENDING is committed before DATA;
    POSSIBLY_SENT means the server may have it, so only the person decides what happens next."""

    QUEUED = "queued"
    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"
    POSSIBLY_SENT = "possibly-sent"


@dataclass(frozen=True, slots=True)
class RecipientResult:
    """What the submission server said about one recipient; code 0: not asked yet."""

    address: str
    code: int
    text: str


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One entry of the Outbox. `due_at` and `next_try` are seconds since 1970 UTC."""

    id: MessageId
    subject: str
    to: tuple[Address, ...]
    state: Sending
    due_at: int
    attempts: int
    error: str
    recipients: tuple[RecipientResult, ...]

    @property
    def going(self) -> bool:
        """Whether it goes out by itself."""
        return self.state in (Sending.QUEUED, Sending.WAITING, Sending.SENDING)

    @property
    def stuck(self) -> bool:
        """Whether it waits for a person."""
        return self.state in (Sending.REFUSED, Sending.POSSIBLY_SENT)
