"""The verbs on folders: make, rename, delete, empty; offered by what a folder is able to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QMenu, QWidget

from desktopmail.domain.folder import Ability, Folder
from desktopmail.domain.ids import AccountId
from desktopmail.gui import words
from desktopmail.gui.commands import Commands
from desktopmail.gui.folders.nodes import Node
from desktopmail.gui.loop import spawn
from desktopmail.gui.naming import folder_title
from desktopmail.gui.verbs import Verbs

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from desktopmail.engine.engine import Engine


class Foldering(QObject):
    """Asks for a name where one is needed, and before anything that cannot be taken back."""

    def __init__(self, engine: Engine, verbs: Verbs, commands: Commands, window: QWidget) -> None:
        super().__init__(window)
        self._engine = engine
        self._verbs = verbs
        self._commands = commands
        self._window = window

    def menu(self, node: Node, spot: QPoint) -> None:
        """The menu of a line of the tree."""
        self.build(node).exec(spot)

    def build(self, node: Node) -> QMenu:
        """What can be done with it."""
        menu = QMenu(self._window)
        self._commands.menu(menu, ("sync", ""))
        folder = node.folder
        if folder is None:
            account = node.key.removeprefix("a:")
            if account.isdigit():
                menu.addAction(self.tr("New folder…"), lambda: self.create(AccountId(int(account)), ""))
                menu.addAction(self.tr("Export all mail…"), lambda: self.export_account(AccountId(int(account))))
            self._commands.menu(menu, ("settings",))
            return menu
        if Ability.ADD_CHILD in folder.abilities:
            menu.addAction(self.tr("New folder inside…"), lambda: self.create(folder.account, folder.path))
        if Ability.RENAME in folder.abilities:
            menu.addAction(self.tr("Rename…"), lambda: self.rename(folder))
        if Ability.EMPTY in folder.abilities:
            menu.addAction(self.tr("Empty…"), lambda: self.empty(folder)).setEnabled(folder.total > 0)
        menu.addAction(self.tr("Export…"), lambda: self.export(folder))
        if Ability.DELETE in folder.abilities:
            menu.addAction(self.tr("Delete folder"), lambda: self.delete(folder))
        return menu

    def create(self, account: AccountId | None, parent: str) -> None:
        """Make a folder, inside another one if a path is given."""
        from desktopmail.gui.widgets.ask import Ask

        owner = account if account is not None else self._engine.library.accounts()[0].id
        before = f"{parent}/" if parent else ""
        title = self.tr("New folder in {0}").format(parent) if parent else self.tr("New folder")
        Ask(self._window, title, self.tr("Make folder")).ask(
            lambda name: self._start(self._engine.folders.create(owner, f"{before}{name}"))
        )

    def rename(self, folder: Folder) -> None:
        """Another name."""
        from desktopmail.gui.widgets.ask import Ask

        Ask(self._window, self.tr("Rename folder"), self.tr("Rename"), folder.name).ask(
            lambda name: self._start(self._engine.folders.rename(folder.id, name))
        )

    def delete(self, folder: Folder) -> None:
        """Delete it; what is inside goes to the trash, and all of it can be taken back."""
        self._start(self._engine.folders.delete(folder.id))

    def empty(self, folder: Folder) -> None:
        """Remove everything in it for ever, after a question."""
        from desktopmail.gui.removal import removed_where
        from desktopmail.gui.widgets.confirm import Confirm

        what = self.tr("{0} will be removed for ever.").format(words.messages(folder.total))
        Confirm(
            self._window,
            self.tr("Empty {0}?").format(folder_title(folder)),
            f"{what} {removed_where([folder])}",
            self.tr("Remove for ever"),
            self.tr("Keep"),
        ).ask(lambda: self._start(self._engine.folders.empty(folder.id)))

    def export(self, folder: Folder | None) -> None:
        """Copy it into files that other programs read; without a folder, all mail."""
        from desktopmail.gui.exporting import of_all, of_folder

        engine, window = self._engine, self._window
        (of_folder(engine, window, folder) if folder is not None else of_all(engine, window)).open()

    def export_account(self, account: AccountId) -> None:
        """Copy everything an account has into files."""
        from desktopmail.gui.exporting import of_account

        of_account(self._engine, self._window, account).open()

    def _start(self, work: Awaitable[object]) -> None:
        spawn(self._finish(work))

    async def _finish(self, work: Awaitable[object]) -> None:
        from desktopmail.domain.action import Receipt

        receipt = await work
        if isinstance(receipt, Receipt):
            self._verbs.show(receipt)
