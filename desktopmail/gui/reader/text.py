"""A plain-text body in a native text widget: at once on screen, as tall as its text, links and folded quotations."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import chain

from PySide6.QtCore import QEvent, QRect, QRegularExpression, QSizeF, Qt, QUrl, Signal
from PySide6.QtGui import (
    QColor,
    QFontInfo,
    QPalette,
    QResizeEvent,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QTextBrowser, QTextEdit, QWidget

from desktopmail.gui.reader.folding import Run, runs
from desktopmail.gui.style import measures
from desktopmail.gui.style.theme import theme

WIDEST = 760
LINE = 1.45
"""Height of a line in sizes of its type, as in HTML bodies."""
FIRST_PIECE = 200_000
"""Characters that are laid out at once; the rest follows when the person asks for it."""

MOST_MARKS = 2_000

LONGEST_LINE = 4_000
"""Characters of a line; longer ones are shown as several, since laying them out takes ever longer."""

FOLD, REST = "fold:", "rest:"
_LINK = re.compile(r"\b(?:https?://[^\s<>\"'\u201c\u201d\u00ab\u00bb]{1,2000}|mailto:[^\s<>\"']{1,500})", re.IGNORECASE)
_ADDRESS = re.compile(r"(?<![\w.@+-])[\w.+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,8}\b", re.IGNORECASE)
_TRAILING = ".,;:!?)]}*_"


def links(line: str) -> list[tuple[int, int, str]]:
    """Where a line has links: from, to, address. Only http, https, mailto and bare mail addresses."""
    found = []
    for hit in _LINK.finditer(line):
        end = hit.end()
        while end > hit.start() and line[end - 1] in _TRAILING and not _closes(line[hit.start() : end]):
            end -= 1
        found.append((hit.start(), end, line[hit.start() : end]))
    for hit in _ADDRESS.finditer(line) if "@" in line else ():
        if not any(start <= hit.start() < end for start, end, _ in found):
            found.append((hit.start(), hit.end(), "mailto:" + hit.group()))
    return sorted(found)


def _closes(address: str) -> bool:
    return address.endswith(")") and address.count("(") >= address.count(")")


class TextBody(QTextBrowser):
    """Shows text and nothing else: no pictures, no style, no resources are ever loaded."""

    link_clicked = Signal(QUrl)
    link_hovered = Signal(str)
    grown = Signal()
    zoom_wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        self._tall = 1
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setProperty("look", "bare")
        self.setOpenLinks(False)
        self.setUndoRedoEnabled(False)
        self.setAcceptDrops(False)
        self.setMaximumWidth(measures.px(WIDEST))
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
        self.document().setDocumentMargin(0)
        self.setViewportMargins(0, 0, 0, 0)
        self._runs: list[Run] = []
        self._open: set[int] = set()
        self._text = ""
        self._whole = False
        self._zoom = 1.0
        self._terms: tuple[str, ...] = ()
        self.document().documentLayout().documentSizeChanged.connect(self._sized)
        self.anchorClicked.connect(self._clicked)
        self.highlighted.connect(lambda url: self.link_hovered.emit(_told(url)))
        theme().changed.connect(self._draw)

    def show_text(self, text: str) -> None:
        """Show a message's text; quotations that end it are folded."""
        self._text = _shorter_lines(text.replace("\r\n", "\n").rstrip())
        self._whole = len(self._text) <= FIRST_PIECE
        self._runs = runs(self._text if self._whole else self._text[:FIRST_PIECE])
        self._open.clear()
        self._draw()

    def zoom(self, factor: float) -> None:
        """Larger or smaller type; 1.0 is the design's."""
        self._zoom = factor
        self._draw()

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        """Nothing is ever loaded."""
        return None

    def mark(self, terms: Sequence[str]) -> None:
        """Mark what was searched for in all mail, where it begins a word as in the search; none takes marks away."""
        before, self._terms = self._terms, tuple(terms)
        if before or terms:
            self._paint_marks(self._begins(QRegularExpression.escape(term)) for term in self._terms if term.strip())

    def search_for(self, text: str, backward: bool, done: Callable[[int, int], None]) -> None:
        """Mark all hits and select the next one; `done` gets the number of the hit (from 1) and of all hits."""
        if text and self._unfold_for(text):
            self._draw()
        spots = self._hits(text)
        self._paint_marks([spots])
        if not spots:
            done(0, 0)
            return
        at = self.textCursor().selectionStart() if backward else self.textCursor().selectionEnd()
        if backward:
            index = max((n for n, each in enumerate(spots) if each.selectionEnd() <= at), default=-1)
        else:
            index = next((n for n, each in enumerate(spots) if each.selectionStart() >= at), -1)
        if index < 0:
            done(0, len(spots))
            return
        self.setTextCursor(spots[index])
        done(index + 1, len(spots))

    def forget_place(self, *, end: bool = False) -> None:
        """Start the next search at the beginning, or at the end."""
        cursor = self.textCursor()
        cursor.movePosition(QTextCursor.MoveOperation.End if end else QTextCursor.MoveOperation.Start)
        self.setTextCursor(cursor)

    def hit_place(self) -> QRect:
        """Where the present hit is, in this widget."""
        return self.cursorRect()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._sized(self.document().size())

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom_wanted.emit(1 if event.angleDelta().y() > 0 else -1)
            event.accept()
        else:
            event.ignore()

    def _sized(self, size: QSizeF) -> None:
        before = self._tall
        self._tall = max(1, round(self.document().size().height() + 0.5))
        self.setFixedHeight(self._tall)
        if before != self._tall:
            self.grown.emit()

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() in (QEvent.Type.Polish, QEvent.Type.StyleChange, QEvent.Type.PolishRequest):
            # The style sheet gives text fields a least height and forgets ours.
            self.setFixedHeight(self._tall)
        return done

    def _paint_marks(self, spots: Iterable[Iterable[QTextCursor]]) -> None:
        marks = []
        for spot in chain.from_iterable(spots):
            mark = QTextEdit.ExtraSelection()
            mark.cursor = spot
            mark.format.setBackground(theme().colours.hit)
            marks.append(mark)
        self.setExtraSelections(marks)

    def _begins(self, words: str) -> list[QTextCursor]:
        options = QRegularExpression.PatternOption
        pattern = rf"(?<!\w){words}"
        return self._hits(
            QRegularExpression(pattern, options.CaseInsensitiveOption | options.UseUnicodePropertiesOption)
        )

    def _hits(self, wanted: str | QRegularExpression) -> list[QTextCursor]:
        found: list[QTextCursor] = []
        spot = QTextCursor(self.document())
        while wanted and len(found) < MOST_MARKS:
            spot = self.document().find(wanted, spot)
            if spot.isNull():
                break
            found.append(spot)
        return found

    def _unfold_for(self, text: str) -> bool:
        wanted = text.casefold()
        shut = {n for n, run in enumerate(self._runs) if run.folds and n not in self._open}
        hits = {n for n in shut if wanted in "\n".join(self._runs[n].lines).casefold()}
        self._open |= hits
        return bool(hits)

    def _clicked(self, url: QUrl) -> None:
        told = url.toString()
        if told.startswith(FOLD):
            self._open ^= {int(told.removeprefix(FOLD))}
            self._draw()
        elif told == REST:
            self._whole, self._runs = True, runs(self._text)
            self._draw()
        else:
            self.link_clicked.emit(url)

    def _draw(self) -> None:
        colours = theme().colours
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Text, colours.text)
        palette.setColor(QPalette.ColorRole.Base, QColor(Qt.GlobalColor.transparent))
        self.setPalette(palette)
        font = measures.font(measures.BODY * self._zoom)
        document = self.document()
        document.blockSignals(True)
        document.clear()
        document.setDefaultFont(font)
        self._write(QTextCursor(document))
        document.blockSignals(False)
        document.setTextWidth(self.width())
        self.moveCursor(QTextCursor.MoveOperation.Start)
        self.mark(self._terms)
        self._sized(document.size())

    def _write(self, cursor: QTextCursor) -> None:
        colours = theme().colours
        plain, quoted, quiet = _ink(colours.text), _ink(colours.secondary), _ink(colours.secondary)
        cursor.beginEditBlock()
        block = QTextBlockFormat()
        face = measures.face(measures.BODY * self._zoom)
        percent = 100 * LINE * QFontInfo(face.font).pixelSize() / face.metrics.lineSpacing()
        block.setLineHeight(max(100.0, percent), QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        cursor.setBlockFormat(block)
        signature = False
        for number, run in enumerate(self._runs):
            if number:
                cursor.insertBlock(block)
            if run.folds:
                self._write_fold(cursor, number, run)
                if number not in self._open:
                    continue
                cursor.insertBlock(block)
            for index, line in enumerate(run.lines):
                signature = signature or (not run.quoted and line.rstrip() == "--")
                if index:
                    cursor.insertBlock(block)
                _write_line(cursor, line, quoted if run.quoted else quiet if signature else plain)
        if not self._whole:
            cursor.insertBlock(block)
            cursor.insertText(self.tr("Show the rest of this long message"), _anchor(REST, colours.accent))
        cursor.endEditBlock()

    def _write_fold(self, cursor: QTextCursor, number: int, run: Run) -> None:
        count = len(run.lines)
        if number in self._open:
            words = self.tr("Hide quoted text")
        else:
            words = self.tr("Show quoted text ({0} lines)").format(count)
        cursor.insertText(words, _anchor(f"{FOLD}{number}", theme().colours.accent))


def _write_line(cursor: QTextCursor, line: str, ink: QTextCharFormat) -> None:
    at = 0
    for start, end, address in links(line) if ":" in line or "@" in line else ():
        cursor.insertText(line[at:start], ink)
        cursor.insertText(line[start:end], _anchor(address, theme().colours.accent, underline=True))
        at = end
    cursor.insertText(line[at:], ink)


def _shorter_lines(text: str) -> str:
    """Text whose longest line can be laid out in no time."""
    if len(text) <= LONGEST_LINE:
        return text
    lines = text.split("\n")
    if max(map(len, lines)) <= LONGEST_LINE:
        return text
    return "\n".join(line[at : at + LONGEST_LINE] for line in lines for at in range(0, max(1, len(line)), LONGEST_LINE))


def _ink(colour: QColor) -> QTextCharFormat:
    made = QTextCharFormat()
    made.setForeground(colour)
    return made


def _anchor(address: str, colour: QColor, *, underline: bool = False) -> QTextCharFormat:
    made = _ink(colour)
    made.setAnchor(True)
    made.setAnchorHref(address)
    made.setFontUnderline(underline)
    return made


def _told(url: QUrl) -> str:
    text = url.toString()
    return "" if text.startswith((FOLD, REST)) else text


def plain_document(text: str) -> QTextDocument:
    """Text as a document for paper."""
    document = QTextDocument()
    document.setPlainText(text)
    return document
