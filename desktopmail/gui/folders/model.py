"""The tree as a Qt model: follows accounts and folders by insertions, removals and repaints, never by a reset."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QAbstractItemModel, QMimeData, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from desktopmail.domain.folder import Ability, Unified
from desktopmail.domain.ids import FolderId
from desktopmail.gui import wares, words
from desktopmail.gui.folders.nodes import Kind, Node

Index = QModelIndex | QPersistentModelIndex


class FolderModel(QAbstractItemModel):
    """Holds `Node`s. `dropped` says which messages were let go over which folder, and whether a copy is meant;
    `files_dropped` which files of other programs."""

    dropped = Signal(list, object, bool)
    files_dropped = Signal(list, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._root = Node("", Kind.ACCOUNT, "", "")
        self._parents: dict[str, Node] = {}
        self._ids: dict[str, int] = {}
        self._nodes: dict[int, Node] = {}

    # Qt's questions -------------------------------------------------------------------------------------------

    def node(self, index: Index) -> Node:
        """The node behind an index; the invisible root for an invalid one."""
        return self._nodes.get(index.internalId(), self._root) if index.isValid() else self._root

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        children = self.node(parent).children
        if column != 0 or not 0 <= row < len(children):
            return QModelIndex()
        return self.createIndex(row, 0, self._id(children[row]))

    def parent(self, index: Index = QModelIndex()) -> QModelIndex:  # type: ignore[override]  # noqa: B008
        above = self._parents.get(self.node(index).key, self._root)
        return self.index_of(above)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return len(self.node(parent).children)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        node = self.node(index)
        if role == Qt.ItemDataRole.DisplayRole:
            return node.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._spoken(node)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(node)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The header is not shown, but spoken."""
        return self.tr("Folders") if role == Qt.ItemDataRole.DisplayRole else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        node = self.node(index)
        flags = Qt.ItemFlag.ItemIsEnabled
        if node.place is not None:
            flags |= Qt.ItemFlag.ItemIsSelectable
        if node.folder is not None and Ability.ACCEPT in node.folder.abilities:
            flags |= Qt.ItemFlag.ItemIsDropEnabled
        return flags

    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction | Qt.DropAction.CopyAction

    def mimeTypes(self) -> list[str]:
        return [wares.TYPE, wares.FILES]

    def dropMimeData(self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index) -> bool:
        folder, ids = self.node(parent).folder, wares.unpack(data)
        if folder is None:
            return False
        if ids:
            self.dropped.emit(ids, folder.id, action == Qt.DropAction.CopyAction)
        elif data.hasUrls():
            self.files_dropped.emit([url.toLocalFile() for url in data.urls() if url.isLocalFile()], folder.id)
        # False: the list removes moved rows itself, when the store says so.
        return False

    def _spoken(self, node: Node) -> str:
        parts = [node.title]
        if node.count:
            unread = node.folder is None or node.count == node.folder.unread
            text = self.tr("{0} unread") if unread else self.tr("{0} messages")
            parts.append(text.format(words.number(node.count)))
        parts += [self.tr("on this computer")] if node.here else []
        return ", ".join([*parts, node.problem] if node.problem else parts)

    def _tip(self, node: Node) -> str:
        if node.problem:
            return node.problem
        if node.here:
            return self.tr("This mail lives on this computer only. Other devices do not see it.")
        return ""

    # Following ------------------------------------------------------------------------------------------------

    def index_of(self, node: Node) -> QModelIndex:
        """Where a node is now."""
        above = self._parents.get(node.key)
        if above is None:
            return QModelIndex()
        return self.createIndex(above.children.index(node), 0, self._id(node))

    def find(self, wanted: Callable[[Node], bool]) -> QModelIndex:
        """The first node that is wanted, by index; invalid when there is none."""
        found = next((node for node in self._nodes.values() if node.key in self._parents and wanted(node)), None)
        return self.index_of(found) if found is not None else QModelIndex()

    def place(self, place: FolderId | Unified) -> QModelIndex:
        """Where a folder or a unified view stands; invalid when it does not."""
        return self.find(lambda node: node.place == place)

    def show(self, nodes: list[Node]) -> None:
        """Become this tree, keeping every line that stays."""
        self._follow(self._root, nodes)

    def _id(self, node: Node) -> int:
        number = self._ids.setdefault(node.key, len(self._ids) + 1)
        self._nodes[number] = node
        return number

    def _follow(self, here: Node, fresh: list[Node]) -> None:
        keys = {node.key for node in fresh}
        for row in range(len(here.children) - 1, -1, -1):
            if here.children[row].key not in keys:
                self._take(here, row)
        for row, node in enumerate(fresh):
            old = here.children[row] if row < len(here.children) else None
            if old is None or old.key != node.key:
                there = next((place for place, each in enumerate(here.children) if each.key == node.key), -1)
                if there >= 0:
                    self._take(here, there)
                self._put(here, row, node)
                continue
            children = node.children
            changed = old.facts() != node.facts()
            node.children = old.children
            here.children[row] = node
            self._adopt(here, node)
            if changed:
                index = self.index_of(node)
                self.dataChanged.emit(index, index)
            self._follow(node, children)

    def _adopt(self, here: Node, node: Node) -> None:
        self._parents[node.key] = here
        self._id(node)
        for child in node.children:
            self._parents[child.key] = node

    def _take(self, here: Node, row: int) -> None:
        self.beginRemoveRows(self.index_of(here), row, row)
        self._forget(here.children.pop(row))
        self.endRemoveRows()

    def _forget(self, node: Node) -> None:
        self._parents.pop(node.key, None)
        for child in node.children:
            self._forget(child)

    def _put(self, here: Node, row: int, node: Node) -> None:
        self.beginInsertRows(self.index_of(here), row, row)
        here.children.insert(row, node)
        self._know(here, node)
        self.endInsertRows()

    def _know(self, here: Node, node: Node) -> None:
        self._adopt(here, node)
        for child in node.children:
            self._know(node, child)
