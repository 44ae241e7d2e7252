"""The bar of formats under the text, and the field for a link's address."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont, QKeyEvent, QKeySequence, QShortcut, QTextListFormat
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from desktopmail.gui.composer.editor import Editor
from desktopmail.gui.composer.taking import QUOTE
from desktopmail.gui.style import measures
from desktopmail.gui.widgets.button import IconButton, WordButton
from desktopmail.gui.widgets.line import Line

_KEYS = {
    "bold": "Ctrl+B", "italic": "Ctrl+I", "underline": "Ctrl+U", "strikethrough": "Ctrl+Shift+X",
    "list": "Ctrl+Shift+8", "list-ordered": "Ctrl+Shift+7", "text-quote": "Ctrl+Shift+9", "link": "Ctrl+K",
    "remove-formatting": "Ctrl+\\",
}  # fmt: skip


class FormatBar(QWidget):
    """Acts on one editor and shows what holds at its caret."""

    link_wanted = Signal()

    def __init__(self, editor: Editor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._editor = editor
        self._buttons: dict[str, IconButton] = {}
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(measures.px(16), measures.px(4), measures.px(16), measures.px(4))
        self._row.setSpacing(measures.px(2))
        self.setAccessibleName(self.tr("Formats"))
        marks = (
            ("bold", self.tr("Bold"), "bold"),
            ("italic", self.tr("Italic"), "italic"),
            ("underline", self.tr("Underline"), "underline"),
            ("strikethrough", self.tr("Strike out"), "strike"),
        )
        for icon, name, what in marks:
            self._add(icon, name).clicked.connect(lambda _=False, what=what: editor.mark(what))
        self._gap()
        self._add("list", self.tr("List")).clicked.connect(lambda: editor.toggle_list(False))
        self._add("list-ordered", self.tr("Numbered list")).clicked.connect(lambda: editor.toggle_list(True))
        self._add("text-quote", self.tr("Quotation")).clicked.connect(editor.toggle_quote)
        self._gap()
        self._add("link", self.tr("Link")).clicked.connect(self.link_wanted)
        self._add("remove-formatting", self.tr("Clear formats")).clicked.connect(editor.clear_marks)
        self._row.addStretch()
        editor.currentCharFormatChanged.connect(lambda _: self._show())
        editor.cursorPositionChanged.connect(self._show)

    def add_right(self, widget: QWidget) -> None:
        """Put something at the right end."""
        self._row.addWidget(widget)

    def _add(self, icon: str, name: str) -> IconButton:
        keys = QKeySequence(_KEYS[icon])
        native = keys.toString(QKeySequence.SequenceFormat.NativeText)
        button = IconButton(icon, name)
        button.setToolTip(f"{name} ({native})")
        button.setCheckable(icon not in ("link", "remove-formatting"))
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(self._show)
        shortcut = QShortcut(keys, self._editor, context=Qt.ShortcutContext.WidgetShortcut)
        shortcut.activated.connect(button.click)
        self._buttons[icon] = button
        self._row.addWidget(button)
        return button

    def _gap(self) -> None:
        line = Line(standing=True)
        line.setFixedHeight(measures.px(20))
        self._row.addSpacing(measures.px(6))
        self._row.addWidget(line)
        self._row.addSpacing(measures.px(6))

    def _show(self) -> None:
        made = self._editor.currentCharFormat()
        cursor = self._editor.textCursor()
        present = cursor.currentList()
        style = present.format().style() if present is not None else None
        states = {
            "bold": made.fontWeight() > QFont.Weight.Medium,
            "italic": made.fontItalic(),
            "underline": made.fontUnderline() and not made.isAnchor(),
            "strikethrough": made.fontStrikeOut(),
            "list": style == QTextListFormat.Style.ListDisc,
            "list-ordered": style == QTextListFormat.Style.ListDecimal,
            "text-quote": bool(cursor.blockFormat().intProperty(QUOTE)),
        }
        for icon, on in states.items():
            button = self._buttons[icon]
            if button.isChecked() != on:
                button.setChecked(on)
            button.show_icon(icon, "accent" if on else "secondary")


class LinkRow(QWidget):
    """Asks for the address of a link, in a row above the formats."""

    def __init__(self, editor: Editor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._editor = editor
        self.field = QLineEdit()
        self.field.setFont(measures.font())
        self.field.setPlaceholderText("https://")
        self.field.setAccessibleName(self.tr("Link address"))
        apply, remove = WordButton(self.tr("Set link")), WordButton(self.tr("Remove link"), look="plain")
        apply.clicked.connect(self._apply)
        remove.clicked.connect(self._remove)
        row = QHBoxLayout(self)
        row.setContentsMargins(measures.px(24), measures.px(4), measures.px(24), measures.px(4))
        row.setSpacing(measures.px(8))
        row.addWidget(self.field, 1)
        row.addWidget(apply)
        row.addWidget(remove)
        self.field.returnPressed.connect(self._apply)
        self.hide()

    def ask(self) -> None:
        """Show the row with the address at the caret."""
        self.field.setText(self._editor.currentCharFormat().anchorHref())
        self.show()
        self.field.setFocus()
        self.field.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._leave()
        else:
            super().keyPressEvent(event)

    def _apply(self) -> None:
        self._editor.link(self.field.text().strip())
        self._leave()

    def _remove(self) -> None:
        self._editor.link("")
        self._leave()

    def _leave(self) -> None:
        self.hide()
        self._editor.setFocus()
