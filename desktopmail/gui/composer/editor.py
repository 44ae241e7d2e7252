"""The text that is being written: a rich text field that takes HTML safely and never loads anything."""

from __future__ import annotations

import re
from html import escape

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMimeData, QRect, Qt, QUrl, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontInfo,
    QImage,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextImageFormat,
    QTextList,
    QTextListFormat,
)
from PySide6.QtWidgets import QTextEdit, QWidget

from desktopmail.domain.draft import Attachment
from desktopmail.gui.composer.giving import blocks
from desktopmail.gui.composer.taking import QUOTE, HtmlTaker, safe_link
from desktopmail.gui.style import measures
from desktopmail.gui.style.theme import theme

WIDEST = 760
WIDEST_PICTURE = 560
LARGEST_PICTURE = 2000
"""Pixels; larger pasted pictures are scaled down before they are sent."""
_BARE_LINK = re.compile(r"(?:https?://|www\.)[^\s<>\"']{2,}$")


class Editor(QTextEdit):
    """Holds the text and the pictures in it. `files_dropped` carries local paths for the attachments."""

    files_dropped = Signal(list)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pictures: dict[str, Attachment] = {}
        self._images: dict[str, QImage] = {}
        self.setProperty("look", "bare")
        self.setAcceptRichText(True)
        self.setTabChangesFocus(False)
        self.setAccessibleName(self.tr("Message text"))
        self.setPlaceholderText(self.tr("Write your message"))
        self.document().setDocumentMargin(0)
        self.document().setIndentWidth(measures.px(24))
        self.setFont(measures.font())
        theme().changed.connect(self._recolour)
        self._recolour()

    def plain_format(self) -> QTextCharFormat:
        """Text without any mark."""
        return QTextCharFormat()

    def show_html(self, html: str) -> None:
        """Replace the text; the caret goes to the top."""
        self._begin()
        HtmlTaker(QTextCursor(self.document()), self._knows, self.plain_format()).take(html)
        self._end()

    def show_text(self, text: str) -> None:
        """Replace the text by plain text; lines behind '>' become quotations."""
        self._begin()
        cursor = QTextCursor(self.document())
        for number, line in enumerate(text.replace("\r\n", "\n").rstrip("\n").split("\n")):
            level = 0
            while line.startswith(">"):
                level, line = level + 1, line[1:].removeprefix(" ")
            block = QTextBlockFormat()
            if level:
                block.setProperty(QUOTE, level)
            if number:
                cursor.insertBlock(block)
            else:
                cursor.setBlockFormat(block)
            cursor.insertText(line, self.plain_format())
        self._end()

    def add_picture(self, picture: Attachment, image: QImage) -> None:
        """Make a picture known under its content id."""
        self.pictures[picture.content_id] = picture
        self._images[f"cid:{picture.content_id}"] = image

    def borrow_pictures(self, other: Editor) -> None:
        """Know the pictures of another editor."""
        self.pictures = other.pictures
        self._images = other._images

    def insert_picture(self, picture: Attachment, image: QImage) -> None:
        """Put a picture at the caret."""
        self.add_picture(picture, image)
        made = QTextImageFormat()
        made.setName(f"cid:{picture.content_id}")
        made.setWidth(min(image.width(), measures.px(WIDEST_PICTURE)))
        self.textCursor().insertImage(made)

    def used_pictures(self) -> tuple[Attachment, ...]:
        """The pictures that are still in the text, in order."""
        seen: dict[str, Attachment] = {}
        for block in blocks(self.document()):
            spot = block.begin()
            while not spot.atEnd():
                made = spot.fragment().charFormat()
                name = made.toImageFormat().name().removeprefix("cid:") if made.isImageFormat() else ""
                if name in self.pictures:
                    seen[name] = self.pictures[name]
                spot += 1
        return tuple(seen.values())

    def mark(self, what: str) -> None:
        """Turn bold, italic, underline or strike on or off for the selection."""
        made = QTextCharFormat()
        now = self.currentCharFormat()
        if what == "bold":
            strong = now.fontWeight() > QFont.Weight.Medium
            made.setFontWeight(QFont.Weight.Normal if strong else QFont.Weight.Bold)
        elif what == "italic":
            made.setFontItalic(not now.fontItalic())
        elif what == "underline":
            made.setFontUnderline(not now.fontUnderline())
        else:
            made.setFontStrikeOut(not now.fontStrikeOut())
        self.mergeCurrentCharFormat(made)

    def toggle_list(self, ordered: bool) -> None:
        """Make the chosen lines a list, change its kind, or take the list away."""
        cursor = self.textCursor()
        style = QTextListFormat.Style.ListDecimal if ordered else QTextListFormat.Style.ListDisc
        present = cursor.currentList()
        cursor.beginEditBlock()
        if present is not None and present.format().style() == style:
            for block in self._chosen(cursor):
                if (owner := block.textList()) is not None:
                    owner.remove(block)
                QTextCursor(block).setBlockFormat(QTextBlockFormat())
        else:
            made = QTextListFormat()
            made.setStyle(style)
            cursor.createList(made)
        cursor.endEditBlock()

    def toggle_quote(self) -> None:
        """Quote the chosen lines, or take the quotation away."""
        cursor = self.textCursor()
        chosen = self._chosen(cursor)
        level = 0 if all(block.blockFormat().intProperty(QUOTE) for block in chosen) else 1
        cursor.beginEditBlock()
        for block in chosen:
            QTextCursor(block).setBlockFormat(self._quoted(level))
        cursor.endEditBlock()
        self._lay_out()

    def link(self, address: str) -> None:
        """Make the selection, or the address itself, a link; an empty address takes the link away."""
        cursor = self.textCursor()
        if address and not safe_link(address) and "@" in address and " " not in address:
            address = "mailto:" + address
        elif address and "://" not in address and not address.startswith("mailto:"):
            address = "https://" + address
        href = safe_link(address)
        if not cursor.hasSelection() and self.currentCharFormat().isAnchor():
            self._select_link(cursor)
        made = QTextCharFormat()
        made.setAnchor(bool(href))
        made.setAnchorHref(href)
        made.setFontUnderline(bool(href))
        if href:
            made.setForeground(theme().colours.accent)
        if cursor.hasSelection():
            if not href:
                made.clearForeground()
            cursor.mergeCharFormat(made)
        elif href:
            cursor.insertText(href.removeprefix("mailto:"), made)
            cursor.insertText(" ", self.plain_format())

    def clear_marks(self) -> None:
        """Take all formats from the chosen lines."""
        cursor = self.textCursor()
        if not cursor.hasSelection():
            cursor.select(QTextCursor.SelectionType.BlockUnderCursor)
        cursor.setCharFormat(self.plain_format())
        self.setCurrentCharFormat(self.plain_format())

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        """Pictures of this message from memory; never anything else."""
        return self._images.get(QUrl(name).toString())

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Paste and drop: pictures go into the text, files to the attachments, HTML is taken apart and rebuilt."""
        paths = [url.toLocalFile() for url in source.urls() if url.isLocalFile()]
        if paths:
            self.files_dropped.emit(paths)
        elif source.hasImage() and not source.hasHtml():
            image = source.imageData()
            if isinstance(image, QImage) and not image.isNull():
                self.insert_picture(*pasted_picture(image, len(self.pictures) + 1))
        elif source.hasHtml():
            cursor = self.textCursor()
            cursor.removeSelectedText()
            level = cursor.blockFormat().intProperty(QUOTE)
            HtmlTaker(cursor, self._knows, self.plain_format(), level).take(source.html())
            self._lay_out()
        else:
            self.insertPlainText(source.text())

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return source.hasText() or source.hasHtml() or source.hasImage() or source.hasUrls()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        cursor = self.textCursor()
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and plain:
            self._link_word(cursor)
            if cursor.blockFormat().intProperty(QUOTE):
                self._answer_between(cursor)
                return
        elif event.key() == Qt.Key.Key_Space and plain:
            self._link_word(cursor)
        elif event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            present: QTextList | None = cursor.currentList()
            if present is None:
                self.focusNextPrevChild(event.key() == Qt.Key.Key_Tab)
                return
            made = QTextListFormat(present.format())
            made.setIndent(max(1, made.indent() + (1 if event.key() == Qt.Key.Key_Tab else -1)))
            cursor.createList(made)
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        side = measures.px(24)
        rest = max(side, self.width() - measures.px(WIDEST) - side)
        self.setViewportMargins(side, measures.px(16), rest, measures.px(8))
        super().resizeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        offset = self.verticalScrollBar().value()
        layout = self.document().documentLayout()
        for block in blocks(self.document()):
            level = block.blockFormat().intProperty(QUOTE)
            if not level:
                continue
            where = layout.blockBoundingRect(block)
            top = round(where.top()) - offset
            if top > event.rect().bottom():
                break
            for number in range(min(level, 8)):
                bar = QRect(number * measures.px(14), top, 2, round(where.height()) + 1)
                painter.fillRect(bar, theme().colours.line.darker(112))

    def _begin(self) -> None:
        self.document().setUndoRedoEnabled(False)
        self.document().clear()

    def _end(self) -> None:
        self._lay_out()
        self.document().setUndoRedoEnabled(True)
        self.document().setModified(False)
        self.moveCursor(QTextCursor.MoveOperation.Start)

    def _knows(self, source: str) -> bool:
        return source in self._images

    def _quoted(self, level: int) -> QTextBlockFormat:
        made = QTextBlockFormat()
        made.setProperty(QUOTE, level)
        made.setLeftMargin(measures.px(14) * min(level, 8))
        face = measures.face()
        percent = 145 * QFontInfo(face.font).pixelSize() / face.metrics.lineSpacing()
        made.setLineHeight(max(100.0, percent), QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        return made

    def _lay_out(self) -> None:
        """Give every line its margin and its colour, without a step in the undo history."""
        colours = theme().colours
        cursor = QTextCursor(self.document())
        cursor.joinPreviousEditBlock()
        for block in blocks(self.document()):
            level = block.blockFormat().intProperty(QUOTE)
            at = QTextCursor(block)
            at.mergeBlockFormat(self._quoted(level))
            at.select(QTextCursor.SelectionType.BlockUnderCursor)
            ink = QTextCharFormat()
            ink.setForeground(colours.secondary if level else colours.text)
            at.mergeCharFormat(ink)
        cursor.endEditBlock()

    def _recolour(self) -> None:
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Text, theme().colours.text)
        palette.setColor(QPalette.ColorRole.Base, QColor(Qt.GlobalColor.transparent))
        palette.setColor(QPalette.ColorRole.PlaceholderText, theme().colours.secondary)
        self.setPalette(palette)
        modified = self.document().isModified()
        self._lay_out()
        self.document().setModified(modified)

    def _chosen(self, cursor: QTextCursor) -> list[QTextBlock]:
        first = self.document().findBlock(cursor.selectionStart())
        last = self.document().findBlock(cursor.selectionEnd())
        found = [first]
        while found[-1] != last and found[-1].next().isValid():
            found.append(found[-1].next())
        return found

    def _answer_between(self, cursor: QTextCursor) -> None:
        """Enter in a quotation opens it for an answer."""
        cursor.beginEditBlock()
        cursor.removeSelectedText()
        level = cursor.blockFormat().intProperty(QUOTE)
        if not cursor.atBlockStart():
            cursor.insertBlock(self._quoted(level))
        cursor.insertBlock(self._quoted(level))
        cursor.movePosition(QTextCursor.MoveOperation.PreviousBlock)
        cursor.setBlockFormat(self._quoted(0))
        cursor.endEditBlock()
        self.setTextCursor(cursor)
        self.setCurrentCharFormat(self.plain_format())

    def _link_word(self, cursor: QTextCursor) -> None:
        """An address that was typed becomes a link when the word ends."""
        if cursor.hasSelection() or self.currentCharFormat().isAnchor():
            return
        before = cursor.block().text()[: cursor.positionInBlock()]
        found = _BARE_LINK.search(before[-2000:])
        if not found:
            return
        word = found.group().rstrip(".,;:!?)")
        href = safe_link(word if "://" in word else f"https://{word}")
        at = QTextCursor(cursor)
        at.movePosition(QTextCursor.MoveOperation.Left, QTextCursor.MoveMode.MoveAnchor, len(found.group()) - len(word))
        at.movePosition(QTextCursor.MoveOperation.Left, QTextCursor.MoveMode.KeepAnchor, len(word))
        made = QTextCharFormat()
        made.setAnchor(True)
        made.setAnchorHref(href)
        made.setFontUnderline(True)
        made.setForeground(theme().colours.accent)
        at.mergeCharFormat(made)
        self.setCurrentCharFormat(self.plain_format())

    def _select_link(self, cursor: QTextCursor) -> None:
        href = cursor.charFormat().anchorHref()
        document: QTextDocument = self.document()
        start = end = cursor.position()
        while start > 0 and _href_at(document, start) == href:
            start -= 1
        while end < document.characterCount() - 1 and _href_at(document, end + 1) == href:
            end += 1
        cursor.setPosition(start)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)


def _href_at(document: QTextDocument, position: int) -> str:
    at = QTextCursor(document)
    at.setPosition(position)
    return at.charFormat().anchorHref()


def pasted_picture(image: QImage, number: int) -> tuple[Attachment, QImage]:
    """A picture from the clipboard as an attachment in the text, not larger than any screen needs."""
    if max(image.width(), image.height()) > LARGEST_PICTURE:
        image = image.scaled(LARGEST_PICTURE, LARGEST_PICTURE, Qt.AspectRatioMode.KeepAspectRatio,
                             Qt.TransformationMode.SmoothTransformation)  # fmt: skip
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    content = bytes(data.data())
    identity = f"picture{number}.{abs(hash(content)) % 10**10:010d}@desktopmail"
    return Attachment(f"picture-{number}.png", "image/png", content, identity), image


def text_as_html(text: str) -> str:
    """Plain text as the editor's HTML."""
    return "".join(f"<div>{escape(line) or '<br>'}</div>" for line in text.split("\n"))
