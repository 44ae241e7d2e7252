"""A message body in a web view that is as tall as its content, so that the pane around it scrolls as one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QChildEvent, QEvent, QObject, QPoint, QSizeF, Qt, QTimer, QUrl, Signal, SignalInstance
from PySide6.QtGui import QColor, QKeyEvent, QPixmap, QResizeEvent, QWheelEvent
from PySide6.QtWebEngineCore import QWebEngineFindTextResult, QWebEnginePage, QWebEngineSettings
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QLabel, QWidget

from desktopmail.gui.reader.scheme import Pictures
from desktopmail.gui.reader.sheets import Sheet, sheets

SMALLEST = 24
TALLEST = 12_000
"""Device pixels a view may be tall; longer messages scroll inside it (graphics memory and texture limits)."""

LEAST_ZOOM = 0.45
SETTLE = 300
"""Milliseconds after which a page counts as measured although it did not say its size."""
MEASURE = 80
MOST_GROWTHS = 12
"""How often a page may grow by itself after loading: pages measured by the view's own height never end."""

SCROLL_KEYS = frozenset(
    (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Home, Qt.Key.Key_End,
     Qt.Key.Key_Space)
)  # fmt: skip


class WebBody(QWidget):
    """Takes a sheet from the stock with `show_document` and gives it back with `release`. While the page loads the
    widget keeps its place; `ready` tells that the first picture stands, `gone` that the page's process died."""

    ready = Signal()
    gone = Signal()
    grown = Signal()
    link_clicked = Signal(QUrl)
    link_hovered = Signal(str)
    menu_wanted = Signal(QPoint)
    zoom_wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sheet: Sheet | None = None
        self._zoom = 1.0
        self._widest = 0
        self._natural = 0.0
        self._limit = 0
        self._growths = 0
        self._loading = False
        self._turn = 0
        self._arrived = False
        self._early = False
        self._finished = False
        self._folds = False
        self._marked = ""
        self._settle = QTimer(self, singleShot=True, interval=SETTLE)
        self._settle.timeout.connect(self._settled)
        self._again = QTimer(self, singleShot=True, interval=120)
        self._again.timeout.connect(self.measure)
        self._cover = QLabel(self)
        self._cover.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self._cover.hide()
        self.setFixedHeight(SMALLEST)

    def show_document(self, document: str, background: QColor, pictures: Pictures | None) -> None:
        """Show a composed document (see `document.compose`)."""
        sheet = self.sheet or self._take()
        self._turn += 1
        self._loading, self._arrived, self._finished = True, False, False
        self._natural, self._growths, self._early = 0.0, 0, False
        self._folds = "<details" in document
        self._again.stop()
        self._settle.stop()
        sheet.page.setBackgroundColor(background)
        sheet.page.setZoomFactor(self._zoom)
        sheet.view.setGeometry(0, 0, max(200, self.width()), SMALLEST)
        sheet.view.show()
        self._hide_until_sized(background)
        # The title says when the new page has taken the place of the old one; the odd pixel at its end makes sure
        # that its size is told even when it equals the old one.
        mark = f"<title>{self._turn}</title><style>html {{ padding-bottom: {self._turn % 2}px }}</style>"
        sheet.load(document.replace("<title></title>", mark, 1).encode("utf-8", "replace"), pictures)

    def _hide_until_sized(self, background: QColor) -> None:
        """Nobody sees the page before, nor the first strip of the new one."""
        palette = self._cover.palette()
        palette.setColor(palette.ColorRole.Window, background)
        self._cover.setPalette(palette)
        self._cover.setPixmap(QPixmap())
        self._cover.setAutoFillBackground(True)
        self._show_cover()

    def _show_cover(self) -> None:
        self._cover.setGeometry(0, 0, 10_000, TALLEST)
        self._cover.show()
        self._cover.raise_()

    def release(self) -> None:
        """Give the sheet back; the widget is empty then."""
        sheet, self.sheet = self.sheet, None
        if sheet is None:
            return
        self._settle.stop()
        for child in sheet.view.findChildren(QWidget):
            child.removeEventFilter(self)
        sheet.view.removeEventFilter(self)
        page = sheet.page
        for signal, slot in self._wires(sheet):
            signal.disconnect(slot)
        page.findText("")
        sheets().give_back(sheet)

    def zoom(self, factor: float) -> None:
        """The person's zoom; wide pages are shown smaller so that they fit."""
        if factor == self._zoom:
            return
        self._zoom = factor
        self._fit()
        self.measure()

    def limit(self, height: int) -> None:
        """Be at most this tall and scroll inside (so that a found word can be scrolled to); 0 takes it back."""
        if height != self._limit:
            self._limit = height
            self.measure()

    def mark(self, terms: Sequence[str]) -> None:
        """Mark a word that was searched for in all mail: the longest, since a page marks one at a time."""
        word = max(terms, key=len, default="")
        if self.sheet is not None and not self._loading and (word or self._marked):
            self.sheet.page.findText(word)
            self._marked = word

    def search_for(self, text: str, backward: bool, done: Callable[[int, int], None]) -> None:
        """Mark all hits and go to the next one; `done` gets the number of the hit (from 1) and of all hits."""
        if self.sheet is None:
            done(0, 0)
            return
        flag = QWebEnginePage.FindFlag.FindBackward if backward else QWebEnginePage.FindFlag(0)

        def told(result: QWebEngineFindTextResult) -> None:
            done(result.activeMatch(), result.numberOfMatches())

        self.sheet.page.findText(text, flag, told)

    def measure(self) -> None:
        """Learn the content's height anew: a page never says that it got shorter than its view, so the view is made
        small behind a picture of itself."""
        if self.sheet is None or self._loading:
            return
        self._growths = 0
        self._cover.setPixmap(self.sheet.view.grab())
        self._cover.setAutoFillBackground(False)
        self._show_cover()
        self.sheet.view.resize(max(200, self.width()), SMALLEST)
        self._settle.start(MEASURE)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._widest = max(self._widest, event.oldSize().width())
        if event.size().width() != event.oldSize().width() and self.sheet is not None:
            self.sheet.view.resize(max(200, self.width()), self.sheet.view.height())
            self._fit()
            if event.size().width() > event.oldSize().width() > 0:
                self._again.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.ChildAdded and isinstance(event, QChildEvent):
            self._heed(event.child())
        elif kind == QEvent.Type.Wheel and isinstance(event, QWheelEvent):
            return self._wheel(event)
        elif kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier)
            inside = self._limit or self._inner_room() > 1
            area = self._area()
            if event.key() in SCROLL_KEYS and plain and area is not None and not inside:
                QApplication.sendEvent(area, event)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._folds:
                self._again.start()
        elif kind == QEvent.Type.MouseButtonRelease and self._folds:
            self._again.start()
        return False

    def _take(self) -> Sheet:
        sheet = sheets().take(self)
        self.sheet = sheet
        sheet.view.installEventFilter(self)
        for child in sheet.view.findChildren(QWidget):
            self._heed(child)
        for signal, slot in self._wires(sheet):
            signal.connect(slot)
        self.setFocusProxy(sheet.view)
        return sheet

    def _heed(self, child: QObject) -> None:
        """Look at what happens to a part of the view, which has the keyboard in its place and so needs its name."""
        if isinstance(child, QWidget):
            child.installEventFilter(self)
            if self.sheet is not None:
                child.setAccessibleName(self.sheet.view.accessibleName())

    def _wires(self, sheet: Sheet) -> tuple[tuple[SignalInstance, Callable[..., object]], ...]:
        page = sheet.page
        return (
            (page.titleChanged, self._titled),
            (page.loadFinished, self._loaded),
            (page.contentsSizeChanged, self._sized),
            (page.renderProcessTerminated, self._died),
            (page.link_clicked, self.link_clicked.emit),
            (page.linkHovered, self.link_hovered.emit),
            (sheet.view.customContextMenuRequested, self.menu_wanted.emit),
        )

    def _titled(self, title: str) -> None:
        if title == str(self._turn):
            self._arrived = True
            self._stands()

    def _loaded(self, fine: bool) -> None:
        self._finished = True
        self._stands()

    def _stands(self) -> None:
        """The new page is there and complete, in whichever order that was told."""
        if self._loading and self._arrived and self._finished:
            self._settle.start(20 if self._growths or self._early else SETTLE)

    def _died(self) -> None:
        self.release()
        self.gone.emit()

    def _sized(self, size: QSizeF) -> None:
        if self.sheet is None:
            return
        if not self._arrived:
            # Of the old page, or of the new one before its title was told.
            self._early = True
            return
        self._growths += 1
        self._learn_width(size.width())
        if self._growths > MOST_GROWTHS:
            return
        self._fit()
        self._take_height(size)
        self._cover.hide()
        if self._loading and self._finished:
            self._settle.start(20)

    def _settled(self) -> None:
        if self.sheet is None:
            return
        first, self._loading = self._loading, False
        size = self.sheet.page.contentsSize()
        self._learn_width(size.width())
        self._fit()
        self._take_height(size)
        self._cover.hide()
        if first:
            self.ready.emit()

    def _take_height(self, size: QSizeF) -> None:
        assert self.sheet is not None
        whole = max(SMALLEST, round(size.height() + 0.499))
        most = self._limit or int(TALLEST / self.devicePixelRatioF())
        height = min(whole, most)
        bars = QWebEngineSettings.WebAttribute.ShowScrollBars
        settings = self.sheet.page.settings()
        if settings.testAttribute(bars) != (whole > most):
            settings.setAttribute(bars, whole > most)
        self.sheet.view.resize(max(200, self.width()), height)
        if height != self.height():
            self.setFixedHeight(height)
            self.grown.emit()

    def _learn_width(self, wide: float) -> None:
        """Notice a page that does not fit. What was laid out for a wider view is no news."""
        assert self.sheet is not None
        factor = self.sheet.page.zoomFactor()
        if wide > max(self.width(), self._widest) + 2:
            if factor > LEAST_ZOOM + 0.01:
                self._natural = max(self._natural, wide / factor)
        else:
            self._widest = self.width()

    def _fit(self) -> None:
        """Show a page that is wider than the pane smaller, never larger than the person's zoom."""
        if self.sheet is None or self.width() < 50:
            return
        page = self.sheet.page
        factor = page.zoomFactor()
        wanted = self._zoom
        if self._natural:
            wanted = max(LEAST_ZOOM, min(self._zoom, self.width() / self._natural))
        if abs(wanted - factor) > 0.005:
            page.setZoomFactor(wanted)

    def _wheel(self, event: QWheelEvent) -> bool:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom_wanted.emit(1 if event.angleDelta().y() > 0 else -1)
            return True
        area = self._area()
        if area is None or event.modifiers() & Qt.KeyboardModifier.ShiftModifier or self._scrolls_inside(event):
            return False
        QApplication.sendEvent(area.viewport(), event)
        return True

    def _scrolls_inside(self, event: QWheelEvent) -> bool:
        room = self._inner_room()
        if room <= 1 or self.sheet is None:
            return False
        at = self.sheet.page.scrollPosition().y()
        return at > 0 if event.angleDelta().y() > 0 else at < room - 1

    def _inner_room(self) -> float:
        """How far the page scrolls inside its view, in pixels."""
        return self.sheet.page.contentsSize().height() - self.sheet.view.height() if self.sheet else 0.0

    def _area(self) -> QAbstractScrollArea | None:
        widget = self.parentWidget()
        while widget is not None and not isinstance(widget, QAbstractScrollArea):
            widget = widget.parentWidget()
        return widget
