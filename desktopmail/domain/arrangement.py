"""What a person arranged for a POP3 account: whose Inbox takes its new mail, and where sent mail is kept beside."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from desktopmail.domain.ids import AccountId


class Beside(Enum):
    """Where sent mail is kept beside the Sent folder on this computer: nowhere, in the Sent folder of an IMAP account,
    or in the account's own mailbox, by a blind copy to oneself."""

    NOWHERE = ""
    FOLDER = "folder"
    BCC = "bcc"


@dataclass(frozen=True, slots=True)
class Arrangement:
    """`deliver`: the account whose Inbox takes new mail, None: its own. `sent_to`: the account whose Sent folder takes
    a second copy of sent mail; it counts only with `Beside.FOLDER`."""

    deliver: AccountId | None = None
    beside: Beside = Beside.NOWHERE
    sent_to: AccountId | None = None
