"""Everything that is chosen by typing: a folder to move to or to go to, a tag, any command."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import QObject
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QWidget

from desktopmail.domain.account import Account
from desktopmail.domain.folder import Ability, Folder, Role, Unified
from desktopmail.domain.ids import FolderId
from desktopmail.gui.commands import COMMANDS, Commands
from desktopmail.gui.naming import ICONS, UNIFIED_ICONS, folder_title, unified_name
from desktopmail.gui.style.tags import TAGS
from desktopmail.gui.widgets.choice import Choice, Chooser

PALETTE = ("message", "edit", "go", "view", "mail", "help", "program")


def folder_choices(folders: Iterable[Folder], accounts: Sequence[Account], *, accepting: bool) -> list[Choice]:
    """Folders as choices, with the way to them at the end of the line; `accepting`: only where mail may be put."""
    names = {account.id: account.name or account.address for account in accounts}
    found = []
    for each in folders:
        if each.role is Role.OUTBOX or (accepting and Ability.ACCEPT not in each.abilities):
            continue
        way = each.path.rpartition("/")[0]
        where = [names.get(each.account, "")] if len(accounts) > 1 else []
        detail = " · ".join(part for part in (*where, way) if part)
        found.append(Choice(each.id, folder_title(each), detail, ICONS[each.role]))
    return found


class Choosing(QObject):
    """One chooser for the window, asked about different things."""

    def __init__(self, window: QWidget, commands: Commands) -> None:
        super().__init__(window)
        self._chooser = Chooser(window)
        self._commands = commands
        self._recent: list[FolderId] = []

    @property
    def chooser(self) -> Chooser:
        """The card that is shown."""
        return self._chooser

    def target(
        self, what: str, folders: Iterable[Folder], accounts: Sequence[Account], take: Callable[[FolderId], object]
    ) -> None:
        """Ask for a folder that takes mail; those used last come first."""
        choices = folder_choices(folders, accounts, accepting=True)
        recent: dict[object, int] = {folder: number for number, folder in enumerate(self._recent)}
        choices.sort(key=lambda each: recent.get(each.key, len(recent)))

        def taken(key: object) -> None:
            folder = FolderId(int(str(key)))
            self._recent = [folder, *(each for each in self._recent if each != folder)][:5]
            take(folder)

        self._chooser.ask(what, choices, taken)

    def place(self, folders: Iterable[Folder], accounts: Sequence[Account], take: Callable[[object], object]) -> None:
        """Ask where to go."""
        views = [Choice(view, unified_name(view), self.tr("All accounts"), UNIFIED_ICONS[view]) for view in Unified]
        choices = [*(views if len(accounts) > 1 else []), *folder_choices(folders, accounts, accepting=False)]
        self._chooser.ask(self.tr("Go to folder"), choices, lambda key: _ignore(take(key)))

    def tag(self, take: Callable[[str], object]) -> None:
        """Ask for a tag; a new word becomes one."""
        choices = [Choice(tag.keyword, tag.name, str(number), "tag") for number, tag in enumerate(TAGS, 1)]

        def extra(typed: str) -> Choice | None:
            plain = typed.isascii() and typed.isprintable() and not any(each in '(){ %*"\\]' for each in typed)
            return Choice(typed, self.tr("New tag “{0}”").format(typed), "", "tag") if plain else None

        self._chooser.ask(self.tr("Tag"), choices, lambda key: _ignore(take(str(key))), extra)

    def command(self) -> None:
        """Ask for any command that makes sense now."""
        choices = []
        for command in COMMANDS:
            action = self._commands.actions[command.id]
            if not action.isEnabled() or command.id == "palette" or command.id.startswith(("inbox_", "tag_")):
                continue
            key = next(iter(self._commands.keys(command.id)), "")
            shown = QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
            choices.append(Choice(command.id, self._commands.text(command.id), shown, command.icon))
        self._chooser.ask(self.tr("Command"), choices, lambda key: self._commands.run(str(key)))


def _ignore(value: object) -> None:
    """Some verbs give something back that nobody waits for."""
