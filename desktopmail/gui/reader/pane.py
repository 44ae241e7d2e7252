"""The reader pane: subject, actions, and the messages of one conversation below each other.

Gets its messages from the window and asks the engine for their bodies; what the person wants leaves as signals.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QAction, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QMenu, QScrollArea, QSizePolicy, QStackedLayout, QVBoxLayout, QWidget

from desktopmail.domain.ids import MessageId
from desktopmail.domain.message import Flags, Summary
from desktopmail.gui.loop import spawn
from desktopmail.gui.reader.actionline import ActionLine
from desktopmail.gui.reader.area import ConversationArea
from desktopmail.gui.reader.bodies import Bodies
from desktopmail.gui.reader.findbar import FindBar
from desktopmail.gui.reader.finding import Finding
from desktopmail.gui.reader.linking import Linking
from desktopmail.gui.reader.message import MessageView
from desktopmail.gui.reader.rawview import SourceWindow
from desktopmail.gui.reader.row import EarlierRow
from desktopmail.gui.style import measures
from desktopmail.gui.widgets.label import PlainLabel

if TYPE_CHECKING:
    from desktopmail.engine.engine import Engine
    from desktopmail.gui.reader.paper import PaperWindow

MOST_OPENED = 4
"""Messages of a conversation that open by themselves: the wanted one and unread ones."""
MOST_WEB = 6
"""Open messages that may have a web view at a time; the one opened longest ago is folded."""
MOST_ROWS = 6
ZOOMS = (0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0)


class ReaderPane(QWidget):
    """Shows one conversation. `quiet` tells that everything that can be seen is there; `message_opened` that a
    message is being read; `open_link` carries mailto: addresses (others are opened by the system after a check)."""

    command = Signal(str)
    compose_requested = Signal(str, int)
    open_link = Signal(QUrl)
    message_opened = Signal(int)
    zoom_changed = Signal(float)
    said = Signal(str)
    quiet = Signal()

    def __init__(self, engine: Engine, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Message"))
        self._engine = engine
        self._bodies = Bodies(engine)
        self._views: list[MessageView] = []
        self._order: list[MessageView] = []
        self._focus: MessageId | None = None
        self._zoom = 1.0
        self._terms: Sequence[str] = ()
        self._own: frozenset[str] = frozenset()
        self.actions_line = ActionLine()
        self._subject = PlainLabel("", size=measures.SUBJECT, bold=True, wrap=True)
        self._subject.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._earlier = EarlierRow()
        self._earlier.open_wanted.connect(self._show_earlier)
        self._area = self._make_area()
        self._empty = PlainLabel("", tone="secondary")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack = QStackedLayout()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._area)
        everything = QVBoxLayout(self)
        everything.setContentsMargins(0, 0, 0, 0)
        everything.setSpacing(0)
        everything.addWidget(self.actions_line)
        everything.addLayout(self._stack, 1)
        self._links = Linking(self)
        self._links.mail_wanted.connect(self.open_link)
        self._links.refused.connect(self.said)
        self._bar = FindBar(self)
        self._finding = Finding(self._bar, self._area, lambda: self._views)
        self._settling = QTimer(self, singleShot=True, interval=0)
        self._settling.timeout.connect(self._check_quiet)
        self.clear()

    def show_actions(self, groups: Sequence[Sequence[QAction]], more: QMenu | None = None) -> None:
        """The actions above the message, in groups."""
        self.actions_line.show_actions(groups, more)

    def show_messages(self, messages: Sequence[Summary], focus: MessageId | None = None) -> None:
        """Show a conversation, oldest first; `focus` is the one to read (the newest when None)."""
        if not messages:
            self.clear()
            return
        focus = focus if focus is not None else messages[-1].id
        if self._follows(messages, focus):
            return
        self._throw_away()
        self._focus = focus
        self._own = frozenset(
            identity.address.casefold()
            for account in self._engine.library.accounts()
            for identity in account.identities
        )
        self._subject.setText(messages[-1].subject.strip() or self.tr("No subject"))
        for summary in messages:
            self._add(summary)
        self._fold_rows(messages)
        self._stack.setCurrentWidget(self._area)
        self._area.verticalScrollBar().setValue(0)
        self._open_first(messages)
        self._column.activate()

    def clear(self, words: str = "") -> None:
        """Show nothing but a quiet sentence."""
        self._throw_away()
        self._focus = None
        self._empty.setText(words or self.tr("No message selected"))
        self._stack.setCurrentWidget(self._empty)
        self._settling.start()

    def prefetch(self, messages: Sequence[Summary]) -> None:
        """Have bodies ready that will probably be wanted next."""
        for summary in messages:
            allowed = bool(summary.sender) and self._engine.library.images_allowed(summary.sender[0].address)
            if self._bodies.get(summary.id, allowed) is None:
                spawn(self._bodies.prefetch(summary.id, allowed))

    def warm_up(self) -> None:
        """Start the web engine while nobody waits for it."""
        from desktopmail.gui.reader.sheets import sheets

        sheets().warm()

    def advance(self, backward: bool = False) -> bool:
        """Scroll by a page; False at the end, where the next message is wanted."""
        bar = self._area.verticalScrollBar()
        before = bar.value()
        page = max(40, self._area.viewport().height() - measures.px(48))
        bar.setValue(before + (-page if backward else page))
        return bar.value() != before

    def zoom(self, step: int) -> None:
        """One step larger or smaller; 0 for the usual size."""
        index = min(range(len(ZOOMS)), key=lambda number: abs(ZOOMS[number] - self._zoom))
        factor = ZOOMS[max(0, min(len(ZOOMS) - 1, index + step))] if step else 1.0
        self.set_zoom(factor)
        self.zoom_changed.emit(factor)

    def set_zoom(self, factor: float) -> None:
        """Take a remembered zoom."""
        self._zoom = min(3.0, max(0.6, factor))
        for view in self._views:
            view.zoom(self._zoom)

    def mark(self, terms: Sequence[str]) -> None:
        """Mark these words in every message that is shown, until others are given: what was searched for."""
        self._terms = terms
        for view in self._views:
            view.mark(terms)

    def find_in_message(self) -> None:
        """Open the find bar, with what is selected."""
        if self._views:
            self._place_bar()
            self._bar.enter()

    def show_source(self) -> SourceWindow | None:
        """The source of the message being read, in a window of its own."""
        view = self._current()
        if view is None:
            return None
        window = SourceWindow(self._engine, view.summary, self.window())
        window.show()
        return window

    def print_message(self) -> PaperWindow | None:
        """The message being read as it looks on paper, in a window that prints."""
        from desktopmail.gui.reader.paper import PaperWindow

        view = self._current()
        if view is None or view.body is None:
            return None
        window = PaperWindow(view.body, view.picture, self.window())
        window.show()
        return window

    def show_images(self) -> None:
        """Show remote pictures of the open messages this once."""
        for view in self._views:
            if view.is_open:
                view.show_images()

    def show_again(self) -> None:
        """Show the open messages anew, after it was decided how messages are shown."""
        for view in self._views:
            if view.is_open:
                view.show_again()

    @property
    def settled(self) -> bool:
        """Whether everything that is open is on screen."""
        return all(view.is_settled for view in self._views if view.is_open)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_bar()
        self._links.place()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        bar = self._area.verticalScrollBar()
        line = measures.px(48)
        key = event.key()
        steps = {Qt.Key.Key_Up: -line, Qt.Key.Key_Down: line}
        if key in steps:
            bar.setValue(bar.value() + steps[Qt.Key(key)])
        elif key in (Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
            self.advance(key == Qt.Key.Key_PageUp)
        elif key == Qt.Key.Key_Space:
            if not self.advance(bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)):
                self.command.emit("next_unread")
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            bar.setValue(bar.minimum() if key == Qt.Key.Key_Home else bar.maximum())
        elif key == Qt.Key.Key_Escape and self._bar.isVisible():
            self._bar.leave()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QWidget, event: QEvent) -> bool:  # type: ignore[override]
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            self.keyPressEvent(event)
            return event.isAccepted()
        return False

    def _make_area(self) -> QScrollArea:
        column = QWidget()
        self._column = QVBoxLayout(column)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        head = QVBoxLayout()
        head.setContentsMargins(measures.px(24), measures.px(8), measures.px(24), measures.px(12))
        head.addWidget(self._subject)
        self._column.addLayout(head)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(0)
        self._rows.addWidget(self._earlier)
        self._column.addLayout(self._rows)
        self._column.addStretch(1)
        area = ConversationArea(column)
        area.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        area.setAccessibleName(self.tr("Conversation"))
        area.installEventFilter(self)
        return area

    def _add(self, summary: Summary) -> None:
        view = MessageView(self._bodies, summary, self._own)
        view.zoom(self._zoom)
        view.mark(self._terms)
        # As wide as it will be, so that its text has its height before it is painted.
        view.resize(self._area.viewport().width(), view.height())
        view.opened.connect(lambda: self._opened(view))
        view.fold_wanted.connect(lambda: self._fold(view))
        view.settled.connect(self._settling.start)
        view.link_clicked.connect(lambda url: self._links.clicked(url, view.html))
        view.link_hovered.connect(lambda address: self._links.hovered(address, view.html))
        view.menu_wanted.connect(lambda spot: self._menu(view, spot))
        view.zoom_wanted.connect(self.zoom)
        view.source_wanted.connect(self.show_source)
        view.keeper.said.connect(self.said)
        self._views.append(view)
        self._rows.addWidget(view)

    def _follows(self, messages: Sequence[Summary], focus: MessageId) -> bool:
        """Whether this is the conversation on screen, with flags, messages or their order changed: then only that is
        changed, and nothing that is being read moves."""
        shown = {view.summary.id: view for view in self._views}
        wanted = [each.id for each in messages]
        same = wanted == list(shown) and (focus == self._focus or len(wanted) > 1)
        grown = len(shown) > 1 and self._focus in wanted and not shown.keys().isdisjoint(wanted)
        if not same and not grown:
            return False
        for gone in [view for one, view in shown.items() if one not in wanted]:
            self._drop(gone)
        for place, summary in enumerate(messages):
            if summary.id in shown:
                shown[summary.id].refresh(summary)
            else:
                self._add(summary)
                self._views.insert(place, self._views.pop())
                self._rows.insertWidget(place + 1, self._views[place])
        return True

    def _open_first(self, messages: Sequence[Summary]) -> None:
        unread = [each.id for each in messages if Flags.SEEN not in each.flags and each.id != self._focus]
        wanted = {self._focus, *unread[-(MOST_OPENED - 1) :]}
        for view in self._views:
            if view.summary.id in wanted:
                view.open()
        QTimer.singleShot(0, self, self._bring)

    def _bring(self) -> None:
        """Have the wanted message in sight, with the folded ones above it when there is room."""
        view = self._current()
        column = self._area.widget()
        if view is None or column is None or len(self._views) == 1:
            return
        top = view.mapTo(column, QPoint(0, 0)).y()
        if top + measures.px(160) > self._area.viewport().height():
            self._area.verticalScrollBar().setValue(max(0, top - measures.px(44)))

    def _fold_rows(self, messages: Sequence[Summary]) -> None:
        """Of a long conversation only the first and the last rows show at first."""
        hidden = self._views[1 : -(MOST_ROWS - 2)] if len(messages) > MOST_ROWS + 1 else []
        hidden = [view for view in hidden if Flags.SEEN in view.summary.flags and view.summary.id != self._focus]
        for view in hidden:
            view.hide()
        self._earlier.show_count(len(hidden))
        self._earlier.setVisible(bool(hidden))
        self._rows.removeWidget(self._earlier)
        self._rows.insertWidget(1 if hidden else 0, self._earlier)

    def _show_earlier(self) -> None:
        self._earlier.hide()
        for view in self._views:
            view.show()

    def _opened(self, view: MessageView) -> None:
        if view in self._order:
            self._order.remove(view)
        self._order.append(view)
        self.message_opened.emit(view.summary.id)
        web = [each for each in self._order if each.is_open and each.has_web]
        for each in web[: max(0, len(web) - MOST_WEB)]:
            each.fold()

    def _fold(self, view: MessageView) -> None:
        if len(self._views) > 1:
            view.fold()

    def _current(self) -> MessageView | None:
        return next((view for view in self._views if view.summary.id == self._focus), None)

    def _menu(self, view: MessageView, spot: QPoint) -> None:
        from desktopmail.gui.reader.textmenu import text_menu

        text_menu(view, self._links).popup(spot)

    def _throw_away(self) -> None:
        self._bar.leave()
        self._links.forget()
        for view in list(self._views):
            self._drop(view)
        self._order = []

    def _drop(self, view: MessageView) -> None:
        view.close_body()
        self._views.remove(view)
        if view in self._order:
            self._order.remove(view)
        self._rows.removeWidget(view)
        view.hide()
        view.deleteLater()

    def _check_quiet(self) -> None:
        if self.settled:
            self.quiet.emit()

    def _place_bar(self) -> None:
        self._bar.adjustSize()
        self._bar.move(self.width() - self._bar.width() - measures.px(16), self.actions_line.height() + measures.px(4))
