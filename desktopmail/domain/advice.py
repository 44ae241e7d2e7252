"""The choice between IMAP and POP3 as values: what a person said about a mailbox, what its servers offer, what was
recommended and what was chosen. Stored with the account as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from desktopmail.domain.account import Keep, Leave


class Readers(Enum):
    """Who else reads this mailbox."""

    ALONE = "alone"
    SEVERAL = "several"
    PEOPLE = "people"


class Lasting(Enum):
    """Where the copy that lasts should be."""

    PROVIDER = "provider"
    HERE = "here"
    BOTH = "both"


class Space(Enum):
    """Whether the provider's space is enough. `SCARCE` also means that mail should leave the provider."""

    PLENTY = "plenty"
    SCARCE = "scarce"


class Line(Enum):
    """How this computer is connected."""

    STEADY = "steady"
    OFTEN_WITHOUT = "often-without"
    SLOW = "slow"


class Backup(Enum):
    """Whether this computer is backed up."""

    YES = "yes"
    NO = "no"


Answer = Readers | Lasting | Space | Line | Backup


@dataclass(frozen=True, slots=True)
class Answers:
    """What a person said; None where nothing was said. `backup` matters only when the lasting copy is to be here."""

    readers: Readers | None = None
    lasting: Lasting | None = None
    space: Space | None = None
    line: Line | None = None
    backup: Backup | None = None

    @property
    def any(self) -> bool:
        """Whether anything was said."""
        return any(each is not None for each in (self.readers, self.lasting, self.space, self.line, self.backup))

    @property
    def asks_backup(self) -> bool:
        """Whether the question about backups makes sense."""
        return self.lasting is Lasting.HERE


@dataclass(frozen=True, slots=True)
class Offers:
    """What the servers of an address can do. `expire` is the number of days after which the POP3 server may remove
    messages by itself (RFC 2449, 6.7): -1 never, None unsaid. `uidl`: whether the POP3 server can tell messages apart
    between two visits; None when it was not heard."""

    imap: bool
    pop3: bool
    smtp: bool = True
    expire: int | None = None
    uidl: bool | None = None


class Topic(Enum):
    """What a consequence is about."""

    LIVES = "lives"
    OTHERS = "others"
    REMOVED = "removed"
    OFFLINE = "offline"
    SENT = "sent"
    CARE = "care"


@dataclass(frozen=True, slots=True)
class Consequence:
    """One sentence about what a choice means."""

    topic: Topic
    words: str


@dataclass(frozen=True, slots=True)
class Recommendation:
    """What suits the answers: `protocol` is `imap`, `pop3`, or empty when there is none. `leave` is only proposed: a
    rule that removes something is never in force before the person chose it. `max_size` in bytes, 0 = no limit.
    `archive`: old mail should leave the server for this computer, once the person wants it."""

    protocol: str
    reason: str
    leave: Leave = field(default_factory=Leave)
    max_size: int = 0
    archive: bool = False
    consequences: tuple[Consequence, ...] = ()


@dataclass(frozen=True, slots=True)
class Advice:
    """What is kept with an account: the answers, the protocol that was recommended and why, and the one chosen."""

    answers: Answers
    recommended: str
    reason: str
    chosen: str

    def to_json(self) -> str:
        """As it is stored."""
        answers = {name: _word(getattr(self.answers, name)) for name in QUESTIONS}
        said = {name: word for name, word in answers.items() if word}
        whole = {"answers": said, "recommended": self.recommended, "reason": self.reason, "chosen": self.chosen}
        return json.dumps(whole, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Advice | None:
        """As it was stored; None when nobody asked or it cannot be read. Unknown answers count as not given."""
        try:
            whole = json.loads(text) if text else None
        except ValueError:
            return None
        if not isinstance(whole, dict):
            return None
        said = whole.get("answers")
        words = [whole.get(name) for name in ("recommended", "reason", "chosen")]
        if not isinstance(said, dict) or not all(isinstance(word, str) for word in words):
            return None
        return cls(_answers(said), *(str(word) for word in words))


QUESTIONS: dict[str, type[Enum]] = {
    "readers": Readers,
    "lasting": Lasting,
    "space": Space,
    "line": Line,
    "backup": Backup,
}
"""The questions in the order they are asked, with what can be answered."""

REMOVING = (Keep.DAYS, Keep.UNTIL_DELETED, Keep.NO)
"""The rules that can remove something from a server."""


def _word(answer: Answer | None) -> str:
    return str(answer.value) if answer is not None else ""


def _answers(said: Mapping[str, object]) -> Answers:
    found: dict[str, Enum] = {}
    for name, kind in QUESTIONS.items():
        known = {each.value: each for each in kind}
        if isinstance(word := said.get(name), str) and word in known:
            found[name] = known[word]
    return Answers(**found)  # type: ignore[arg-type]
