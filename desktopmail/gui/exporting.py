"""Mail out of the program into files that others read: which form, where to, how far, and what was left out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QTimer, QUrl
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QProgressBar, QRadioButton, QVBoxLayout, QWidget

from desktopmail.domain.errors import MailError, Stopped
from desktopmail.domain.folder import Folder, Role
from desktopmail.domain.ids import AccountId
from desktopmail.domain.progress import Progress
from desktopmail.gui import words
from desktopmail.gui.loop import spawn
from desktopmail.gui.naming import folder_title
from desktopmail.gui.outside import open_outside
from desktopmail.gui.style import measures
from desktopmail.gui.style.measures import px
from desktopmail.gui.widgets.asking import Asking
from desktopmail.gui.widgets.label import PlainLabel
from desktopmail.gui.widgets.whereto import ask_folder

if TYPE_CHECKING:
    from desktopmail.engine.engine import Engine
    from desktopmail.engine.transfer import TransferReport

translate = QCoreApplication.translate
LOOK_MS = 100
MOST_NAMED = 4


class Exporting(Asking):
    """Asks first, then shows how far it is, then how it ended. Closing it stops what is going on."""

    def __init__(self, engine: Engine, window: QWidget, title: str, folders: Sequence[Folder], inner: int = 0) -> None:
        """The last `inner` of the folders lie inside the first, and are wanted unless the person says otherwise."""
        super().__init__(window, self.tr("Export to…"))
        self.setWindowTitle(self.tr("Export mail"))
        self._engine, self._folders, self._inner = engine, list(folders), inner
        self._progress: Progress | None = None
        self._target: Path | None = None
        self._over = False
        self.kinds: dict[str, QRadioButton] = {}
        self.inside = QCheckBox(self.tr("With the folders inside it"))
        self.inside.setFont(measures.font())
        self.inside.setChecked(True)
        self.inside.setVisible(inner > 0)
        self.inside.toggled.connect(self._count)
        self.counted = PlainLabel("", size=measures.SMALL, tone="secondary", wrap=True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1000)
        self.bar.setAccessibleName(self.tr("How much is exported"))
        self.bar.hide()
        self.said = PlainLabel("", wrap=True)
        self.said.hide()
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self._look)
        lead = self.tr("Copies go into files; nothing is moved or removed. What is only on the server is fetched.")
        self.lay_out(title, lead, self._forms(), self.inside, self.counted, self.bar, self.said, self.wrong)
        self.button.clicked.connect(self._pressed)
        self.finished.connect(self.stop)
        self._count()

    def _forms(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(px(2))
        for kind, name, sentence in (
            (
                "mbox",
                self.tr("One file per folder (.mbox)"),
                self.tr("Thunderbird, Apple Mail and most others read it."),
            ),
            ("eml", self.tr("One file per message (.eml)"), self.tr("Each can be opened and sent on by itself.")),
            ("maildir", self.tr("Maildir"), self.tr("For mail servers, mutt and notmuch; keeps read and starred.")),
        ):
            choice = QRadioButton(name)
            choice.setFont(measures.font())
            choice.setAccessibleName(name)
            choice.setAccessibleDescription(sentence)
            choice.setChecked(kind == "mbox")
            self.kinds[kind] = choice
            column.addWidget(choice)
            below = QHBoxLayout()
            below.addSpacing(px(24))
            below.addWidget(PlainLabel(sentence, size=measures.SMALL, tone="secondary", wrap=True), 1)
            column.addLayout(below)
            column.addSpacing(px(6))
        return column

    @property
    def kind(self) -> str:
        """The form that is chosen: mbox, eml or maildir."""
        return next(kind for kind, choice in self.kinds.items() if choice.isChecked())

    def chosen(self) -> list[Folder]:
        """The folders that would be written."""
        wanted = self._folders if self.inside.isChecked() or not self._inner else self._folders[: -self._inner]
        return [each for each in wanted if each.total and each.role is not Role.OUTBOX]

    def export(self, target: Path) -> None:
        """Write into a folder, and say how far it is."""
        self._target = target
        self._progress = Progress()
        for each in (*self.kinds.values(), self.inside):
            each.setEnabled(False)
        self.bar.setValue(0)
        self.bar.show()
        self.wrong.hide()
        self.button.word(self.tr("Stop"))
        self._timer.start()
        spawn(self._run(target, self._progress), self)

    def stop(self) -> None:
        """End what is going on at the next message."""
        if self._progress is not None:
            self._progress.stop()

    async def _run(self, target: Path, progress: Progress) -> None:
        try:
            report = await self._engine.transfer.export(self.chosen(), self.kind, target, progress)
        except Stopped:
            self._again(self.tr("Stopped. What was written stays; exporting to the same place goes on from there."))
        except MailError as error:
            self._again("")
            self.complain(error)
        else:
            self._ended(report)
        finally:
            # When the window went meanwhile, the work ends at its next message.
            progress.stop()

    def _again(self, text: str) -> None:
        """Back to where it may be begun once more."""
        self._rest()
        for each in (*self.kinds.values(), self.inside):
            each.setEnabled(True)
        self.button.word(self.tr("Export to…"))
        self._say(text)

    def _ended(self, report: TransferReport) -> None:
        self._rest()
        said = [self.tr("{0} written to {1}.").format(words.messages(report.written), self._target)]
        if report.known:
            said.append(self.tr("There already: {0}.").format(words.messages(report.known)))
        if report.skipped:
            said.append(
                self.tr("Left out, because they could not be read: {0}.").format(words.messages(len(report.skipped)))
            )
            said += report.skipped[:MOST_NAMED]
            if len(report.skipped) > MOST_NAMED:
                said.append(self.tr("and {0} more").format(words.number(len(report.skipped) - MOST_NAMED)))
        self.said.tone("bad" if report.skipped else "good")
        self._say("\n".join(said))
        self._over = True
        self.button.word(self.tr("Open folder"))
        self.button.setFocus()
        self.leave.word(self.tr("Close"))

    def _rest(self) -> None:
        self._progress = None
        self._timer.stop()
        self.bar.hide()

    def _say(self, text: str) -> None:
        self.said.setText(text)
        self.said.setVisible(bool(text))
        if text and self.isVisible():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))

    def _look(self) -> None:
        if self._progress is not None:
            self.bar.setValue(round(self._progress.fraction * 1000))

    def _count(self) -> None:
        total = sum(each.total for each in self.chosen())
        self.counted.setText(words.messages(total))
        self.button.setEnabled(total > 0)

    def _pressed(self) -> None:
        if self._progress is not None:
            self.stop()
        elif self._over:
            if open_outside(QUrl.fromLocalFile(str(self._target)), self.button):
                self.accept()
        else:
            ask_folder(self, self.tr("Export mail to"), self.export)


def of_folder(engine: Engine, window: QWidget, folder: Folder) -> Exporting:
    """A dialog that exports one folder, with those inside it if wanted."""
    inside = [
        each
        for each in engine.library.folders()
        if each.account == folder.account and each.path.startswith(f"{folder.path}/")
    ]
    title = translate("exporting", "Export {0}").format(folder_title(folder))
    return Exporting(engine, window, title, [folder, *inside], len(inside))


def of_account(engine: Engine, window: QWidget, account: AccountId) -> Exporting:
    """A dialog that exports everything an account has."""
    owner = next(each for each in engine.library.accounts() if each.id == account)
    folders = [each for each in engine.library.folders() if each.account == account]
    title = translate("exporting", "Export all mail of {0}").format(owner.name or owner.address)
    return Exporting(engine, window, title, folders)


def of_all(engine: Engine, window: QWidget) -> Exporting:
    """A dialog that exports everything there is."""
    return Exporting(engine, window, translate("exporting", "Export all mail"), engine.library.folders())
