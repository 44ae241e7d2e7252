"""A field of people: each accepted address is a chip, the one being typed is completed from the contacts."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QGuiApplication, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QMenu, QSizePolicy, QWidget

from desktopmail.domain.address import Address
from desktopmail.gui.composer.addresses import is_sound, read_all
from desktopmail.gui.composer.suggestions import Suggestions
from desktopmail.gui.style import measures
from desktopmail.gui.style.colours import blend
from desktopmail.gui.style.lettering import base, write
from desktopmail.gui.style.theme import theme
from desktopmail.gui.widgets.cross import Cross
from desktopmail.gui.widgets.flow import Flow
from desktopmail.gui.widgets.tip import tip

Complete = Callable[[str, int], Sequence[Address]]
GAP = 4


class Chip(QWidget):
    """One person. The cross or Delete takes it away, a double click or Enter opens it for mending."""

    removed = Signal()
    opened = Signal()

    def __init__(self, person: Address, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.person = person
        self.sound = is_sound(person)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        text = person.full if self.sound else self.tr("{0}: this is not a complete address").format(person.address)
        tip(self, text)
        self.setAccessibleName(text)
        self._shown = measures.face().metrics.elidedText(person.shown, Qt.TextElideMode.ElideRight, measures.px(260))
        width = round(measures.face().metrics.horizontalAdvance(self._shown)) + measures.px(36)
        self.setFixedSize(width, measures.px(26))
        self._cross = Cross(self, inset=7)
        theme().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = theme().colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        fill = colours.quiet if self.sound else blend(colours.bad, colours.window, 0.14)
        painter.setBrush(colours.soft if self.hasFocus() else fill)
        radius = self.height() / 2
        painter.drawRoundedRect(QRectF(self.rect()), radius, radius)
        painter.setPen(colours.text if self.sound else colours.bad)
        face = measures.face()
        write(painter, self, face, QPointF(measures.px(10), base(face, self.height())), self._shown)
        self._cross.paint(painter)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._cross.holds(event.position()):
            self.removed.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.opened.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("Copy address")).triggered.connect(
            lambda: QGuiApplication.clipboard().setText(self.person.address)
        )
        menu.addAction(self.tr("Edit")).triggered.connect(self.opened)
        menu.addAction(self.tr("Remove")).triggered.connect(self.removed)
        menu.popup(event.globalPos())

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.update()


class Recipients(QWidget):
    """`changed` whenever the people or the text being typed change; `at_work` when somebody types or is about to."""

    changed = Signal()
    at_work = Signal()

    def __init__(self, name: str, complete: Complete, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._complete = complete
        self._chips: list[Chip] = []
        self._suggestions: Suggestions | None = None
        self.field = QLineEdit()
        self.field.setProperty("look", "bare")
        self.field.setFont(measures.font())
        self.field.setAccessibleName(name)
        self.field.setMinimumWidth(measures.px(160))
        self.field.setFixedHeight(measures.px(26))
        self.field.installEventFilter(self)
        self.field.textEdited.connect(self._edited)
        self._flow = Flow(self, measures.px(GAP), fill=True)
        self._flow.addWidget(self.field)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setFocusProxy(self.field)
        self.setCursor(Qt.CursorShape.IBeamCursor)

    @property
    def people(self) -> tuple[Address, ...]:
        """Everybody, the one still being typed included."""
        rest = read_all(self.field.text()) if self.field.text().strip() else ()
        return tuple(chip.person for chip in self._chips) + rest

    def show_people(self, people: Sequence[Address]) -> None:
        """Replace everybody."""
        for chip in list(self._chips):
            self._take_away(chip)
        self.field.clear()
        for person in people:
            self._add(person)

    def accept_text(self) -> None:
        """Make chips of what is typed."""
        text = self.field.text()
        self.field.clear()
        for person in read_all(text):
            self._add(person)
        if text.strip():
            self.changed.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.field.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key(event)
        if event.type() == QEvent.Type.FocusIn:
            QTimer.singleShot(0, self, self.at_work.emit)
        if event.type() == QEvent.Type.FocusOut:
            if self._suggestions is not None:
                self._suggestions.hide()
            self.accept_text()
        return False

    def _key(self, event: QKeyEvent) -> bool:
        key = event.key()
        list_shown = self._suggestions is not None and self._suggestions.isVisible()
        if list_shown and key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and self._suggestions is not None:
            self._suggestions.step(1 if key == Qt.Key.Key_Down else -1)
            return True
        if list_shown and key == Qt.Key.Key_Escape and self._suggestions is not None:
            self._suggestions.hide()
            return True
        control = event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.MetaModifier)
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab) and not control:
            current = self._suggestions.current if self._suggestions is not None else None
            if current is not None:
                self._choose(current)
                return True
            if key != Qt.Key.Key_Tab:
                self.accept_text()
                return True
        if event.text() in (",", ";") and self.field.text().count('"') % 2 == 0:
            self.accept_text()
            return True
        if key == Qt.Key.Key_Backspace and not self.field.text() and self._chips:
            self._chips[-1].setFocus()
            return True
        return False

    def _edited(self, text: str) -> None:
        self.changed.emit()
        if any(mark in text for mark in ",;\n") and len(read_all(text)) > 1:
            self.accept_text()
            return
        words = text.strip()
        have = {chip.person.address.casefold() for chip in self._chips}
        found = [each for each in self._complete(words, 8) if each.address.casefold() not in have] if words else []
        if self._suggestions is None:
            self._suggestions = Suggestions(self.window())
            self._suggestions.chosen.connect(self._choose)
        spot = self.field.mapTo(self.window(), QPoint(-measures.px(8), self.field.height() + measures.px(4)))
        self._suggestions.offer(found, spot, measures.px(380))

    def _choose(self, person: Address) -> None:
        if self._suggestions is not None:
            self._suggestions.hide()
        self.field.clear()
        self._add(person)
        self.changed.emit()
        self.field.setFocus()

    def _add(self, person: Address) -> None:
        if any(chip.person.same_mailbox(person) for chip in self._chips):
            return
        chip = Chip(person)
        chip.removed.connect(lambda: self._remove(chip))
        chip.opened.connect(lambda: self._open(chip))
        self._chips.append(chip)
        self._flow.removeWidget(self.field)
        self._flow.addWidget(chip)
        self._flow.addWidget(self.field)
        chip.show()
        self.updateGeometry()
        if self.field.hasFocus():
            QTimer.singleShot(0, self, self.at_work.emit)

    def _remove(self, chip: Chip) -> None:
        self._take_away(chip)
        self.changed.emit()
        self.field.setFocus()

    def _open(self, chip: Chip) -> None:
        self.accept_text()
        self._take_away(chip)
        self.field.setText(chip.person.full)
        self.field.setFocus()
        self.field.selectAll()
        self.changed.emit()

    def _take_away(self, chip: Chip) -> None:
        self._chips.remove(chip)
        self._flow.removeWidget(chip)
        chip.hide()
        chip.deleteLater()
        self.updateGeometry()
