"""Messages for reader tests, and the part of an engine that the reader talks to, filled from memory."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from desktopmail.domain.account import Account, Identity
from desktopmail.domain.address import Address
from desktopmail.domain.body import Body, Part, Verdict, Warning
from desktopmail.domain.errors import ContentMissing, MailError
from desktopmail.domain.ids import AccountId, FolderId, IdentityId, MessageId, ThreadId
from desktopmail.domain.message import Copy, Fetched, Flags, Summary
from desktopmail.domain.settings import Settings

ME = Address("Robin Meyer", "robin@example.org")
ADA = Address("Ada Lovelace", "ada@analytical.example")
BOB = Address("Bob Kahn", "bob@example.net")
CY = Address("Cyrus Adler", "cyrus.adler@library.example")
WHEN = 1_763_990_000


def summary(number: int, sender: Address = ADA, subject: str = "Plan for Thursday", **more: object) -> Summary:
    """A row of the list."""
    made = Summary(
        MessageId(number), FolderId(1), ThreadId(1), WHEN + number * 3600, (sender,), (ME,), subject,
        "The numbers for Thursday are in, and they look better than we thought.", Flags.SEEN, frozenset(), 4000, 0,
        Fetched.FULL, Copy.BOTH,
    )  # fmt: skip
    return replace(made, **more)  # type: ignore[arg-type]


def body(text: str = "", html: str = "", sender: Address = ADA, **more: object) -> Body:
    """A body as the engine hands it out."""
    made = Body(
        "Plan for Thursday", WHEN, (sender,), (ME, BOB, CY), (), (), (), "<1@analytical.example>", (), html, text, ()
    )
    return replace(made, **more)  # type: ignore[arg-type]


def part(section: str, name: str, kind: str = "application/pdf", size: int = 240_000) -> Part:
    """An attachment."""
    return Part(section, kind, name, size, "", "", False)


class Reading:
    """Answers from a dictionary; what is an error is raised. `asked` notes every picture that was wanted."""

    def __init__(self) -> None:
        self.bodies: dict[int, Body | MailError] = {}
        self.pictures: dict[str, tuple[str, bytes]] = {}
        self.raws: dict[int, bytes] = {}
        self.parts: dict[str, bytes] = {}
        self.allowed: list[str] = []
        self.asked: list[str] = []
        self.loads: list[tuple[int, bool]] = []
        self.whole: list[bool] = []

    async def load(self, message: int, *, images: bool = False, whole: bool = False) -> Body:
        self.loads.append((message, images))
        self.whole.append(whole)
        await asyncio.sleep(0)
        found = self.bodies.get(message, ContentMissing("This message is not on this computer yet", "It is fetched "
                                "as soon as there is a connection.", "timed out"))  # fmt: skip
        if isinstance(found, MailError):
            raise found
        return found

    async def picture(self, message: int, url: str) -> tuple[str, bytes] | None:
        self.asked.append(url)
        return self.pictures.get(url)

    async def raw(self, message: int) -> bytes:
        return self.raws.get(message, b"Subject: x\r\n\r\nbody\r\n")

    async def pour(self, message: int, into: Callable[[bytes], object]) -> None:
        into(await self.raw(message))

    async def pour_part(self, message: int, section: str, into: Callable[[bytes], object]) -> None:
        into(self.parts[section])

    async def allow_images(self, address: str) -> None:
        self.allowed.append(address)


class Library:
    """One account, nobody whose pictures are allowed unless named."""

    def __init__(self) -> None:
        self.allowed: set[str] = set()
        self.now = Settings()

    def accounts(self) -> tuple[Account, ...]:
        identity = Identity(IdentityId(1), ME.name, ME.address)
        return (Account(AccountId(1), "Home", ME.address, None, None, (identity,)),)

    def settings(self) -> Settings:
        return self.now

    def elsewhere(self, message: int) -> tuple[int, ...]:
        return ()

    def images_allowed(self, address: str) -> bool:
        return address in self.allowed


class Engine:
    """What a reader needs of an engine."""

    def __init__(self) -> None:
        self.reading = Reading()
        self.library = Library()


NOTES = (
    Warning("reply-to-differs", "helpdesk@elsewhere.example"),
    Warning("link-differs", "bank.example → login.evil.example"),
    Warning("damaged-structure", "a part was never closed"),
    Warning("receipt-requested", "ada@analytical.example"),
)
CHECKED = Verdict("pass", "pass", "pass", "mx.example.org", True)
