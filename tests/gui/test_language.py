"""Window and engine speak the person's language where there is a translation, and English otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, Qt, QTranslator
from PySide6.QtWidgets import QApplication

from desktopmail.domain import saying
from desktopmail.domain.saying import phrase, plural, said
from desktopmail.engine import deeds
from desktopmail.engine.notices import notice
from desktopmail.engine.offered import IMAP_WORDS
from desktopmail.gui.language import speak
from desktopmail.gui.words import messages
from tests.gui.pseudo import RELEASE, pseudo, write
from tests.gui.samples import summary


@pytest.fixture(scope="module")
def translations(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not RELEASE.exists():
        pytest.skip("pyside6-lrelease is not installed")
    folder = tmp_path_factory.mktemp("translations")
    write(folder, "uk")
    (folder / "desktopmail_ar.qm").write_bytes((folder / "desktopmail_uk.qm").read_bytes())
    return folder


@pytest.fixture
def application(qapp: QApplication) -> Iterator[QApplication]:
    yield qapp
    for each in qapp.findChildren(QTranslator):
        qapp.removeTranslator(each)
        each.setParent(None)
    qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    saying.speak(str)


def test_the_first_language_there_is_is_spoken(application: QApplication, translations: Path) -> None:
    assert speak(application, translations, ["fi-FI", "fi", "uk-UA", "uk", "en"]) == "uk_UA"
    assert QCoreApplication.translate("words", "1 message") == pseudo("1 message") == messages(1)
    assert phrase("{0} does not answer", "imap.example.org") == f"imap.example.org {pseudo('does not answer')}"
    assert plural(2, "1 message archived", "{0:,} messages archived") == f"2 {pseudo('messages archived')}"
    assert said(IMAP_WORDS[0][1]) == pseudo("It announces new mail at once.")
    assert application.layoutDirection() is Qt.LayoutDirection.LeftToRight


def test_notifications_and_receipts_are_said_in_it(application: QApplication, translations: Path) -> None:
    speak(application, translations, ["uk"])
    found = notice([summary(number, 1_790_000_000) for number in range(9)])
    assert found is not None and found.title == f"9 {pseudo('new messages')}"
    assert found.text.startswith(f"{pseudo('From')} ") and found.text.endswith(pseudo(" more"))
    done = deeds.moved("Plans")
    assert (done.kind, done.story) == ("moved", f"{pseudo('moved to')} Plans")
    assert done.receipt(1200) == f"1,200 {pseudo('messages moved to')} Plans"


def test_it_is_written_from_the_right_where_the_language_is(application: QApplication, translations: Path) -> None:
    assert speak(application, translations, ["ar"]) == "ar"
    assert application.layoutDirection() is Qt.LayoutDirection.RightToLeft


@pytest.mark.parametrize("languages", [["en-GB", "uk"], ["C"], ["fi"]])
def test_english_comes_before_what_is_less_wanted(
    application: QApplication, translations: Path, languages: list[str]
) -> None:
    assert speak(application, translations, languages) == "en"
    assert phrase("It is in Drafts.") == "It is in Drafts." and messages(1) == "1 message"
    assert (
        application.findChildren(QTranslator) == [] and application.layoutDirection() is Qt.LayoutDirection.LeftToRight
    )


def test_a_translation_with_other_places_harms_nobody() -> None:
    saying.speak(lambda text: text.replace("{0}", "{2}"))
    try:
        assert phrase("{0} does not answer", "host") == "host does not answer"
    finally:
        saying.speak(str)
