"""The language of the window: that of the person where there is a translation, English otherwise.

A translation is `resources/translations/desktopmail_<locale>.qm`, made from what `packaging/texts.py` collects; beside
it may lie `qtbase_<locale>.qm` with Qt's own words, where its folder does not have them.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator
from PySide6.QtWidgets import QApplication

from desktopmail.domain import saying
from desktopmail.domain.product import NAME

QTS_OWN = "qtbase"


def speak(application: QApplication, folder: Path, languages: Sequence[str] = ()) -> str:
    """Have window and engine speak the first of these languages there is a translation for, and write in its direction;
    without `languages` what the system says the person reads. The name of the language, 'en' when all stays as it is.

    To be called before anything is shown and only once."""
    for name in languages or QLocale.system().uiLanguages():
        locale = QLocale(name)
        if locale.language() == QLocale.Language.English:
            break
        written = name.replace("-", "_")
        if not _install(application, f"{NAME}_{written}", folder):
            continue
        _install(application, f"{QTS_OWN}_{written}", folder) or _install(
            application, f"{QTS_OWN}_{written}", Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))
        )
        application.setLayoutDirection(locale.textDirection())
        saying.speak(lambda text: QCoreApplication.translate(saying.CONTEXT, text))
        return written
    return "en"


def _install(application: QApplication, name: str, folder: Path) -> bool:
    translator = QTranslator()
    if not translator.load(name, str(folder)):
        return False
    translator.setParent(application)
    return QCoreApplication.installTranslator(translator)
