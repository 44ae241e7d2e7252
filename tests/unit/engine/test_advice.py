"""Every combination of answers and offers, and what is recommended for it."""

from __future__ import annotations

import json
from itertools import product

import pytest

from desktopmail.domain.account import Keep, Leave
from desktopmail.domain.advice import (
    QUESTIONS,
    REMOVING,
    Advice,
    Answers,
    Backup,
    Lasting,
    Line,
    Offers,
    Readers,
    Space,
    Topic,
)
from desktopmail.engine.advice import DAYS, SLOW_SIZE, consequences, recommend, rule

BOTH, ONLY_IMAP, ONLY_POP3 = Offers(True, True), Offers(True, False), Offers(False, True)
OFFERS = [
    Offers(imap, pop3, True, expire, uidl)
    for imap, pop3, expire, uidl in product((True, False), (True, False), (None, -1, 0, 1, 30), (None, True, False))
]
EVERY = [Answers(*given) for given in product(*([None, *kind] for kind in QUESTIONS.values()))]

# One row for each answer to the first question and the second; the columns are the answers to the third:
# nothing said, plenty, scarce. I: IMAP; A: IMAP and room made at the provider; P: POP3, everything kept there;
# R: POP3, removal after some days proposed.
TABLE = {
    (None, None): "I I A",
    (None, Lasting.PROVIDER): "I I A",
    (None, Lasting.HERE): "A A A",
    (None, Lasting.BOTH): "I I A",
    (Readers.ALONE, None): "I I R",
    (Readers.ALONE, Lasting.PROVIDER): "I I A",
    (Readers.ALONE, Lasting.HERE): "R R R",
    (Readers.ALONE, Lasting.BOTH): "I I A",
    (Readers.SEVERAL, None): "I I A",
    (Readers.SEVERAL, Lasting.PROVIDER): "I I A",
    (Readers.SEVERAL, Lasting.HERE): "A A A",
    (Readers.SEVERAL, Lasting.BOTH): "I I A",
    (Readers.PEOPLE, None): "I I A",
    (Readers.PEOPLE, Lasting.PROVIDER): "I I A",
    (Readers.PEOPLE, Lasting.HERE): "P P P",
    (Readers.PEOPLE, Lasting.BOTH): "P P P",
}
KEPT, REMOVED = Leave(), Leave(Keep.DAYS, DAYS)
MEANS = {
    "I": ("imap", KEPT, False),
    "A": ("imap", KEPT, True),
    "P": ("pop3", KEPT, False),
    "R": ("pop3", REMOVED, False),
}


def test_the_table_is_full() -> None:
    assert set(TABLE) == set(product((None, *Readers), (None, *Lasting)))
    assert len(EVERY) == 4 * 4 * 3 * 4 * 3


@pytest.mark.parametrize(("said", "row"), TABLE.items(), ids=str)
@pytest.mark.parametrize("line", [None, *Line])
@pytest.mark.parametrize("backup", [None, *Backup])
def test_every_row(
    said: tuple[Readers | None, Lasting | None], row: str, line: Line | None, backup: Backup | None
) -> None:
    for space, letter in zip((None, Space.PLENTY, Space.SCARCE), row.split(), strict=True):
        found = recommend(Answers(*said, space, line, backup), BOTH)
        protocol, leave, archive = MEANS[letter]
        # Nobody without a backup is told to remove anything.
        if backup is Backup.NO:
            leave = KEPT
        assert (found.protocol, found.leave, found.archive) == (protocol, leave, archive)
        assert found.max_size == (SLOW_SIZE if line is Line.SLOW and protocol == "pop3" else 0)


def test_every_answer_at_every_server() -> None:
    for offers, answers in product(OFFERS, EVERY):
        found = recommend(answers, offers)
        offered = {"imap": offers.imap, "pop3": offers.pop3, "": not (offers.imap or offers.pop3)}
        assert offered[found.protocol]
        if offers.imap != offers.pop3:
            assert "only" in found.reason
        if offers.imap and offers.uidl is False:
            assert found.protocol == "imap"
        # Removing is proposed only to somebody who is alone with the mailbox, at a server that knows its messages.
        if found.leave.keep in REMOVING:
            assert found.protocol == "pop3"
            assert answers.readers is Readers.ALONE
            assert answers.backup is not Backup.NO
            assert offers.uidl is not False
        else:
            assert found.leave == KEPT


def test_every_recommendation_can_be_read() -> None:
    for offers, answers in product(OFFERS, EVERY):
        found = recommend(answers, offers)
        assert found.reason.endswith(".")
        assert found.protocol.upper() in found.reason
        if found.protocol:
            topics = [each.topic for each in found.consequences]
            assert topics[:5] == [Topic.LIVES, Topic.OTHERS, Topic.REMOVED, Topic.OFFLINE, Topic.SENT]
            assert set(topics[5:]) <= {Topic.CARE}
        words = [each.words for each in found.consequences]
        assert len(set(words)) == len(words)
        assert all(each[0].isupper() and each.endswith(".") and "!" not in each for each in words)


def test_nothing_said_means_nothing_removed() -> None:
    for offers in OFFERS:
        assert recommend(Answers(), offers).leave == KEPT
    assert recommend(Answers(), BOTH).protocol == "imap"
    assert recommend(Answers(), ONLY_IMAP).protocol == "imap"
    assert recommend(Answers(), ONLY_POP3).protocol == "pop3"
    assert recommend(Answers(), Offers(False, False)).protocol == ""


def test_what_a_rule_removes_is_said() -> None:
    said = {keep: rule(Leave(keep, 1 if keep is Keep.DAYS else 0)) for keep in Keep}
    assert len(set(said.values())) == len(Keep)
    assert "Nothing is ever removed" in said[Keep.FOREVER]
    assert "1 day after" in said[Keep.DAYS]
    assert "14 days after" in rule(REMOVED)


def test_what_the_provider_removes_is_said() -> None:
    def cares(offers: Offers) -> str:
        return " ".join(each.words for each in consequences("pop3", KEPT, offers) if each.topic is Topic.CARE)

    assert cares(BOTH) == cares(Offers(True, True, expire=-1)) == ""
    assert "after 30 days" in cares(Offers(True, True, expire=30))
    assert "keeps no message" in cares(Offers(True, True, expire=0))
    assert "cannot tell" in cares(Offers(False, True, uidl=False))


@pytest.mark.parametrize("answers", EVERY[::7], ids=str)
def test_answers_come_back_as_they_were_kept(answers: Answers) -> None:
    found = recommend(answers, BOTH)
    kept = Advice(answers, found.protocol, found.reason, "pop3")
    assert Advice.from_json(kept.to_json()) == kept


@pytest.mark.parametrize(
    "text",
    ["", "null", "[]", "{", "1", '{"answers": []}', '{"answers": {}, "recommended": 1, "reason": "", "chosen": ""}'],
)
def test_what_cannot_be_read_counts_as_not_asked(text: str) -> None:
    assert Advice.from_json(text) is None


def test_unknown_answers_count_as_not_given() -> None:
    answers = {"readers": "martians", "space": "scarce", "x": 1}
    text = json.dumps({"answers": answers, "recommended": "imap", "reason": "R.", "chosen": "imap"})
    assert Advice.from_json(text) == Advice(Answers(space=Space.SCARCE), "imap", "R.", "imap")
