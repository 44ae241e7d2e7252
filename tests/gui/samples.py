"""Rows to look at: many scripts, very long names, every sign, in plausible rhythm of dates."""

from __future__ import annotations

import time
from array import array
from collections.abc import Iterable, Sequence

from desktopmail.domain.account import Account
from desktopmail.domain.address import Address
from desktopmail.domain.folder import Ability, Folder, Lives, Role, Unified
from desktopmail.domain.ids import AccountId, FolderId, MessageId, ThreadId
from desktopmail.domain.message import Copy, Fetched, Flags, Summary

ME = Address("Ada Lovelace", "ada@example.org")

LETTERS: list[tuple[str, str, str, str]] = [
    ("Grace Hopper", "grace@navy.example", "Compiler review moved to Thursday",
     "Nothing else changes: same room, same people. Bring the listing of the linker, I would like to go through"),
    ("Marek Dvořák", "marek.dvorak@example.cz", "Příští týden v Brně?",
     "Ahoj, budu v Brně od úterý do čtvrtka. Nešli bychom na oběd? Našel jsem jedno nové místo u"),
    ("山田 太郎", "taro@example.jp", "来週の打ち合わせの資料をお送りします",
     "いつもお世話になっております。来週火曜日の打ち合わせの資料を添付いたしましたので、ご確認ください。"),
    ("دانا الخطيب", "dana@example.sa", "تأكيد الحجز رقم 4821",
     "مرحبا، نؤكد لكم حجز الغرفة من 12 إلى 15 مارس. يرجى إبلاغنا بموعد الوصول"),
    ("Deutsche Bahn Reiseservice", "buchung@bahn.example", "Ihre Reservierung für den 3. Dezember",
     "Guten Tag, vielen Dank für Ihre Buchung. Ihre Fahrkarte liegt dieser Nachricht bei."),
    ("Νίκος Παπαδόπουλος", "nikos@example.gr", "Σχετικά με το συνέδριο", "Καλησπέρα, στέλνω το πρόγραμμα του"),
    ("GitLab", "gitlab@forge.example", "Re: imap: follow moves by key (!214)",
     "Alan Turing commented: The bisection reads well now. One question about the empty folder, see line 88."),
    ("נועה לוי", "noa@example.il", "Re: הצעת מחיר לפרויקט", "שלום עדה, תודה על ההצעה. יש לי שתי שאלות קטנות לפני"),
    ("김민준", "minjun@example.kr", "회의록 공유드립니다", "안녕하세요, 어제 회의록을 공유드립니다."),
    ("The Very Long-Named Association of Mailbox Owners and Friends of Correspondence International e. V.",
     "association@example.org", "Invitation to the forty-second ordinary general meeting of all members and guests",
     "Dear members, the board invites you to the general meeting, which takes place in the great hall of"),
    ("Ольга Смирнова", "olga@example.ru", "Фотографии с поездки 🏔️", "Привет! Наконец-то разобрала фотографии"),
    ("สมชาย ใจดี", "somchai@example.th", "ใบเสร็จรับเงินประจำเดือน", "เรียนคุณเอดา ใบเสร็จรับเงิน"),
    ("Mathilde Øster", "mathilde@example.dk", "", "Jeg glemte at skrive et emne, men her er listen alligevel:"),
    ("ceo@example.org", "phisher@elsewhere.example", "Urgent: wire transfer", "Kindly process the attached invoice"),
    ("अनिता शर्मा", "anita@example.in", "कल की बैठक के बारे में", "नमस्ते, कल की बैठक सुबह दस बजे होगी। कृपया समय पर"),
    ("Renée Müller", "renee@example.ch", "Quarterly numbers, second try",
     "Here is the corrected table; the totals of the third row were from last year. Sorry for the confusion"),
    ("Newsletter of the Botanical Garden", "news@garden.example", "🌱 What blooms in November",
     "Witch hazel, winter jasmine and a surprising number of camellias. Guided tours on Sundays at eleven."),
    ("Alan Turing", "alan@example.uk", "Re: Re: Lunch on Friday?", "Friday is fine. Half past twelve, as usual?"),
]  # fmt: skip

STEPS = (600, 2400, 5400, 9000, 4000, 40000, 30000, 20000, 86400, 50000, 90000, 200000, 150000, 400000, 700000, 900000,
         2500000, 5000000)  # fmt: skip


def summary(number: int, at: int, folder: int = 1) -> Summary:
    """A message like real ones; the same number always gives the same."""
    name, address, subject, preview = LETTERS[number % len(LETTERS)]
    flags = Flags.NONE if number in (0, 1, 3, 8) else Flags.SEEN
    flags |= Flags.STARRED if number % 6 == 2 else Flags.NONE
    flags |= Flags.ANSWERED if number % 7 == 6 else Flags.NONE
    tags = {4: {"travel"}, 9: {"to do", "family"}, 15: {"work"}}.get(number % 18, set())
    copy = Copy.SERVER if number % 11 == 5 else Copy.BOTH
    return Summary(
        MessageId(number + 1), FolderId(folder), ThreadId(number + 1), at, (Address(name, address),), (ME,), subject,
        preview, flags, frozenset(tags), 4321, 1 if number % 5 == 2 else 0,
        Fetched.HEADERS if copy is Copy.SERVER else Fetched.FULL, copy, f"<{number}@example.org>",
        {0: 3, 6: 12, 17: 4}.get(number, 1), "The server refused: over quota" if number == 13 else "",
    )  # fmt: skip


def folder(one: int, name: str, role: Role, unread: int = 0, parent: int | None = None, account: int = 1) -> Folder:
    """A folder of the first account."""
    path = name if parent is None else f"…/{name}"
    able = Ability.ACCEPT | Ability.RENAME | Ability.DELETE | Ability.ADD_CHILD
    return Folder(FolderId(one), AccountId(account), FolderId(parent) if parent else None, name, path, role,
                  Lives.SERVER if account == 1 else Lives.HERE, able, 100, unread)  # fmt: skip


class Samples:
    """A source of rows in memory, with the reading side's signature."""

    def __init__(self, count: int = 0, now: float | None = None) -> None:
        at = int(now or time.time()) - 60
        self.all: dict[int, Summary] = {}
        for number in range(count or len(LETTERS)):
            at -= STEPS[number % len(STEPS)] if number else 0
            self.all[number + 1] = summary(number, at)

    def rows(
        self,
        place: FolderId | Unified,
        *,
        grouped: bool = False,
        unread: bool = False,
        starred: bool = False,
        copy: Copy | None = None,
        limit: int = 0,
    ) -> tuple[array[int], array[int], array[int]]:
        found = [
            each
            for each in self.all.values()
            if (isinstance(place, Unified) or each.folder == place)
            and not (unread and Flags.SEEN in each.flags)
            and not (starred and Flags.STARRED not in each.flags)
            and copy in (None, each.copy)
        ]
        found.sort(key=lambda each: (-each.date, -each.id))
        found = found[: limit or None]
        if grouped:
            heads: dict[int, Summary] = {}
            for each in found:
                heads.setdefault(each.thread, each)
            found = list(heads.values())
        return (array("q", [each.id for each in found]), array("q", [each.date for each in found]),
                array("q", [each.thread for each in found]))  # fmt: skip

    def heads(
        self,
        place: FolderId | Unified,
        threads: Iterable[int],
        *,
        unread: bool = False,
        starred: bool = False,
        copy: Copy | None = None,
    ) -> list[tuple[int, int, int]]:
        wanted = set(threads)
        rows = zip(*self.rows(place, grouped=True, unread=unread, starred=starred, copy=copy), strict=True)
        return [row for row in rows if row[2] in wanted]

    def keys(self, ids: Iterable[MessageId]) -> list[tuple[int, int, int, int, int]]:
        rows = [self.all[one] for one in ids if one in self.all]
        return [(each.id, each.date, each.thread, each.folder, each.flags) for each in rows]

    def summaries(self, ids: Sequence[MessageId], *, grouped: bool = False) -> list[Summary]:
        return [self.all[one] for one in ids if one in self.all]

    def thread(self, thread: ThreadId, place: FolderId | None = None) -> list[Summary]:
        return [each for each in self.all.values() if each.thread == thread]

    def accounts(self) -> Sequence[Account]:
        return []

    def folders(self) -> Sequence[Folder]:
        return [folder(1, "Inbox", Role.INBOX, 4), folder(2, "Archive", Role.ARCHIVE)]
