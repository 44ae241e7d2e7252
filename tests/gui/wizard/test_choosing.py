"""Which way mail comes in: found by really asking, chosen by the person, and kept with the account with its reason."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from desktopmail.domain.account import ImapServer, Keep, Leave, Pop3Server, Security
from desktopmail.domain.advice import Advice, Answers, Backup, Lasting, Line, Offers, Readers, Space
from desktopmail.engine.discovery import Discovery
from desktopmail.engine.finding.guesses import Usual
from desktopmail.gui.glossary import Glossary
from desktopmail.protocols.autoconfig.probe import Speech
from tests.gui.wizard.conftest import Person, person, until
from tests.servers.dovecot import Dovecot, User
from tests.servers.postfix import Postfix

Run = Callable[[Coroutine[Any, Any, None]], None]
TLS, STARTTLS = Security.TLS, Security.STARTTLS
HOST = "127.0.0.1"


def usual(dovecot: Dovecot, postfix: Postfix, *speeches: Speech, security: Security = TLS) -> Usual:
    """Where these servers are, and nothing else."""
    names = ("imaps", "pop3s", "smtps") if security is TLS else ("imap", "pop3", "submission")
    ports = {**dovecot.ports, **postfix.ports}
    there = dict(zip((Speech.IMAP, Speech.POP3, Speech.SMTP), names, strict=True))
    return {speech: ((("", ports[there[speech]], security),) if speech in speeches else ()) for speech in Speech}


async def meet(ada: Person, user: User, servers: Usual) -> None:
    """From the first page to the servers that were found by asking them."""
    ada.engine.discovery = Discovery(usual=servers)
    ada.introduce(user, address=f"{user.name}@{HOST}")
    await ada.found()


def advice(text: str) -> Advice:
    found = Advice.from_json(text)
    assert found is not None
    return found


@pytest.mark.parametrize("security", [TLS, STARTTLS])
def test_a_server_with_pop3_only(
    tmp_path: Path, run: Run, dovecot: Dovecot, postfix: Postfix, dovecot_user: User, security: Security
) -> None:
    async def work() -> None:
        async with person(tmp_path) as ada:
            found = ada.wizard.found
            await meet(ada, dovecot_user, usual(dovecot, postfix, Speech.POP3, Speech.SMTP, security=security))
            assert found.pop3.isChecked() and not found.imap.isEnabled()
            assert "not found to offer IMAP" in found.imap.accessibleDescription()
            assert "POP3 only" in found.pop3.accessibleDescription()
            assert found.leaving.leave == Leave(Keep.FOREVER)
            ada.press(Qt.Key.Key_Return)
            await ada.done()
            account = await ada.account()
            assert isinstance(account.incoming, Pop3Server)
            assert account.incoming.leave == Leave(Keep.FOREVER)
            assert account.incoming.endpoint.security is security
            assert advice(account.advice).chosen == "pop3"

    run(work())


def test_a_server_with_imap_only(
    tmp_path: Path, run: Run, dovecot: Dovecot, postfix: Postfix, dovecot_user: User
) -> None:
    async def work() -> None:
        async with person(tmp_path) as ada:
            found = ada.wizard.found
            await meet(ada, dovecot_user, usual(dovecot, postfix, Speech.IMAP, Speech.SMTP))
            assert found.imap.isChecked() and not found.pop3.isEnabled() and found.leaving.isHidden()
            ada.press(Qt.Key.Key_Return)
            await ada.done()
            account = await ada.account()
            assert isinstance(account.incoming, ImapServer)
            kept = advice(account.advice)
            assert (kept.recommended, kept.chosen, kept.answers) == ("imap", "imap", Answers())
            assert "IMAP only" in kept.reason

    run(work())


def test_what_servers_offer_is_said_in_sentences(
    tmp_path: Path, run: Run, dovecot: Dovecot, postfix: Postfix, dovecot_user: User
) -> None:
    async def work() -> None:
        async with person(tmp_path) as ada:
            await meet(ada, dovecot_user, usual(dovecot, postfix, *Speech))
            said = ada.wizard.found.offered.words
            assert said.isHidden()
            ada.click(ada.wizard.found.offered.button)
            assert said.isVisible()
            for sentence in ("speaks IMAP, encrypted", "speaks POP3, encrypted", "It takes messages of up to"):
                assert sentence in said.text()
            assert dovecot_user.name not in dovecot.log()

    run(work())


def test_help_with_choosing_and_the_rule_stays_with_the_person(
    tmp_path: Path, run: Run, dovecot: Dovecot, postfix: Postfix, dovecot_user: User
) -> None:
    async def work() -> None:
        async with person(tmp_path) as ada:
            wizard, chips = ada.wizard, {name: each.chips for name, each in ada.wizard.questions.asking.items()}
            await meet(ada, dovecot_user, usual(dovecot, postfix, *Speech))
            assert wizard.found.imap.isChecked()
            ada.click(wizard.found.help)
            assert wizard.page is wizard.questions
            said = wizard.questions.verdict.reason.text()
            assert said.startswith("IMAP") and chips["backup"][Backup.YES].isHidden() is False
            assert not wizard.questions.asking["backup"].isVisible()
            ada.click(chips["readers"][Readers.ALONE])
            ada.click(chips["lasting"][Lasting.HERE])
            assert wizard.questions.verdict.reason.text().startswith("POP3")
            assert "14 days after" in wizard.questions.verdict.meaning.text
            assert wizard.main_button.accessibleName() == "Use POP3"
            ada.click(chips["backup"][Backup.NO])
            assert "14 days" not in wizard.questions.verdict.meaning.text
            ada.click(chips["backup"][Backup.YES])
            # Answered by mistake: pressed again, it is taken back.
            ada.click(chips["space"][Space.PLENTY])
            ada.click(chips["space"][Space.PLENTY])
            ada.click(wizard.main_button)
            await ada.found()
            assert wizard.found.pop3.isChecked()
            # Removing is suggested, and not chosen by that.
            assert wizard.found.leaving.leave == Leave(Keep.FOREVER)
            assert "suggested" in wizard.found.leaving.choice.itemText(list(Keep).index(Keep.DAYS))
            ada.click(wizard.main_button)
            await ada.done()
            account = await ada.account()
            assert isinstance(account.incoming, Pop3Server) and account.incoming.leave == Leave(Keep.FOREVER)
            kept = advice(account.advice)
            assert kept.answers == Answers(Readers.ALONE, Lasting.HERE, backup=Backup.YES)
            assert (kept.recommended, kept.chosen) == ("pop3", "pop3") and "this computer" in kept.reason

    run(work())


def test_a_rule_is_chosen_where_its_effect_is_said(
    tmp_path: Path, run: Run, dovecot: Dovecot, postfix: Postfix, dovecot_user: User
) -> None:
    async def work() -> None:
        async with person(tmp_path) as ada:
            found = ada.wizard.found
            await meet(ada, dovecot_user, usual(dovecot, postfix, *Speech))
            ada.click(found.pop3)
            leaving = found.leaving
            assert leaving.isVisible() and "Nothing is ever removed" in leaving.words.text()
            ada.click(found.means.button)
            assert "Sent mail is on this computer only." in found.meaning.text
            leaving.choice.setFocus()
            ada.press(Qt.Key.Key_Down)
            assert "14 days after" in leaving.words.text() and "Today nothing" in leaving.words.text()
            ada.type("30", leaving.days)
            assert "30 days after" in leaving.words.text() and "the last 30 days" in found.meaning.text
            ada.press(Qt.Key.Key_Return)
            await ada.done()
            account = await ada.account()
            assert isinstance(account.incoming, Pop3Server) and account.incoming.leave == Leave(Keep.DAYS, 30)
            assert (advice(account.advice).recommended, advice(account.advice).chosen) == ("imap", "pop3")

    run(work())


def test_the_cards_are_chosen_by_keys(
    tmp_path: Path, run: Run, dovecot: Dovecot, postfix: Postfix, dovecot_user: User
) -> None:
    async def work() -> None:
        async with person(tmp_path) as ada:
            found = ada.wizard.found
            await meet(ada, dovecot_user, usual(dovecot, postfix, *Speech))
            found.imap.setFocus()
            ada.press(Qt.Key.Key_Down)
            assert found.pop3.isChecked() and found.pop3.hasFocus() and found.touched
            ada.press(Qt.Key.Key_Up)
            assert found.imap.isChecked() and found.leaving.isHidden()

    run(work())


def test_words_of_the_trade_are_one_click_away(
    tmp_path: Path, run: Run, dovecot: Dovecot, postfix: Postfix, dovecot_user: User
) -> None:
    async def work() -> None:
        async with person(tmp_path) as ada:
            await meet(ada, dovecot_user, usual(dovecot, postfix, *Speech))
            ada.click(ada.wizard.found.glossary)
            [shown] = ada.wizard.findChildren(Glossary)
            assert shown.isVisible()
            shown.reject()
            ada.click(ada.wizard.found.hand)
            for fields, word in ((ada.wizard.hand.incoming, "IMAP"), (ada.wizard.hand.outgoing, "SMTP")):
                assert fields.explain.accessibleName() == f"What is {word}?"

    run(work())


def test_what_it_comes_to_is_whole_in_a_small_window(tmp_path: Path, run: Run) -> None:
    async def work() -> None:
        async with person(tmp_path) as ada:
            questions = ada.wizard.questions
            answers = Answers(Readers.ALONE, Lasting.HERE, Space.SCARCE, Line.SLOW, Backup.NO)
            questions.offer(Offers(True, True, expire=30), answers)
            ada.wizard.come_to(questions)
            ada.wizard.resize(ada.wizard.width(), 400)
            await until(lambda: questions.height() < 400)
            verdict = questions.verdict
            labels = [each for each in verdict.findChildren(QLabel) if each.text()]
            assert len(labels) == 9
            await until(lambda: all(each.height() >= each.heightForWidth(each.width()) for each in labels))
            await until(lambda: questions.area.height() > 100)

    run(work())
