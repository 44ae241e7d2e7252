"""The pane of folders: the tree with its selection, drops and menus. Says what was chosen; opens nothing itself."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QMimeData, QModelIndex, QPersistentModelIndex, QPoint, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QTreeView, QVBoxLayout, QWidget

from desktopmail.domain.account import Account
from desktopmail.domain.folder import Folder, Unified
from desktopmail.domain.ids import FolderId
from desktopmail.gui import wares
from desktopmail.gui.folders.delegate import FolderDelegate
from desktopmail.gui.folders.model import FolderModel
from desktopmail.gui.folders.nodes import Kind, tree
from desktopmail.gui.style.measures import px
from desktopmail.gui.style.theme import theme


class FolderTree(QTreeView):
    """The tree. A click on a heading or on a chevron opens and closes; a click on a folder shows it."""

    menu_wanted = Signal(QModelIndex, QPoint)

    def __init__(self, model: FolderModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setViewport(QWidget())
        self.setAccessibleName(self.tr("Folders"))
        self.setModel(model)
        self._model = model
        self._delegate = FolderDelegate(self, model)
        self.setItemDelegate(self._delegate)
        self.setHeaderHidden(True)
        self.setIndentation(0)
        self.setRootIsDecorated(False)
        self.setExpandsOnDoubleClick(False)
        self.setAnimated(False)
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setAcceptDrops(True)
        self.setDropIndicatorShown(False)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DropOnly)
        self.setAutoExpandDelay(600)
        theme().changed.connect(self._restyled)

    def _restyled(self) -> None:
        self.scheduleDelayedItemsLayout()
        self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and index.isValid() and self._opens(index, event):
            self.setExpanded(index, not self.isExpanded(index))
            return
        if event.button() != Qt.MouseButton.RightButton:
            super().mousePressEvent(event)

    def _opens(self, index: QModelIndex, event: QMouseEvent) -> bool:
        node = self._model.node(index)
        if node.kind is Kind.ACCOUNT:
            return True
        rect = QRectF(0, self.visualRect(index).y(), self.viewport().width(), self.visualRect(index).height())
        return bool(node.children) and self._delegate.chevron(rect, index).contains(event.position())

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        index = self.indexAt(event.pos())
        spot = event.pos()
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            index = self.currentIndex()
            spot = self.visualRect(index).center()
        if index.isValid():
            self.menu_wanted.emit(index, self.viewport().mapToGlobal(spot))

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        super().dragMoveEvent(event)
        spot = event.position().toPoint()
        takes = self._takes(spot, event.mimeData())
        self._aim(self.indexAt(spot) if takes else None)
        # Without its own mark between rows, the view takes a drop on the whole tree or none: rows are told apart here.
        if not takes:
            event.ignore()
        elif event.mimeData().hasFormat(wares.TYPE):
            event.acceptProposedAction()
        else:
            # Never moved: a file manager would delete what it gave.
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        super().dragLeaveEvent(event)
        self._aim(None)

    def _aim(self, index: QModelIndex | None) -> None:
        if self._delegate.target != index:
            self._delegate.target = QPersistentModelIndex(index) if index is not None else None
            self.viewport().update()

    def dropEvent(self, event: QDropEvent) -> None:
        spot = event.position().toPoint()
        self._aim(None)
        super().dragLeaveEvent(QDragLeaveEvent())
        if not self._takes(spot, event.mimeData()):
            event.ignore()
            return
        self._model.dropMimeData(event.mimeData(), event.dropAction(), -1, -1, self.indexAt(spot))
        # The sender must not remove anything: the store's news will.
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()

    def _takes(self, spot: QPoint, data: QMimeData) -> bool:
        index = self.indexAt(spot)
        droppable = bool(self._model.flags(index) & Qt.ItemFlag.ItemIsDropEnabled)
        return droppable and any(data.hasFormat(each) for each in self._model.mimeTypes())


class FolderPane(QWidget):
    """Signals: `chosen` with a FolderId or Unified; `menu_wanted` with a node and a point; `dropped` as the model."""

    chosen = Signal(object)
    menu_wanted = Signal(object, QPoint)
    dropped = Signal(list, object, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "surface")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.model = FolderModel(self)
        self.view = FolderTree(self.model, self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, px(8), 0, 0)
        layout.addWidget(self.view)
        self.setMinimumWidth(px(160))
        self._closed: set[str] = set()
        self.view.selectionModel().currentChanged.connect(self._current)
        self.view.menu_wanted.connect(lambda index, spot: self.menu_wanted.emit(self.model.node(index), spot))
        self.view.expanded.connect(lambda index: self._closed.discard(self.model.node(index).key))
        self.view.collapsed.connect(lambda index: self._closed.add(self.model.node(index).key))
        self.model.rowsInserted.connect(lambda *_: QTimer.singleShot(0, self, self._open_headings))
        self.model.dropped.connect(self.dropped)
        self._quiet = False

    def show_tree(self, accounts: Sequence[Account], folders: Sequence[Folder]) -> None:
        """Show these accounts and folders; what is selected stays selected, what is open stays open."""
        self.model.show(tree(accounts, folders))
        self._open_headings()

    def _open_headings(self) -> None:
        for row in range(self.model.rowCount()):
            index = self.model.index(row, 0)
            node = self.model.node(index)
            if node.kind is Kind.ACCOUNT and node.key not in self._closed and not self.view.isExpanded(index):
                self.view.setExpanded(index, True)

    def select(self, place: FolderId | Unified | None) -> None:
        """Mark a place as the shown one, without choosing it again."""
        index = self.model.place(place) if place is not None else QModelIndex()
        self._quiet = True
        try:
            self.view.setCurrentIndex(index)
            if not index.isValid():
                self.view.clearSelection()
        finally:
            self._quiet = False

    def _current(self, now: QModelIndex, before: QModelIndex) -> None:
        place = self.model.node(now).place if now.isValid() else None
        if place is not None and not self._quiet:
            self.chosen.emit(place)
