"""A message on paper: the same sanitised page with its head above, to look at, print, or write as PDF."""

from __future__ import annotations

import html

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QCloseEvent, QColor, QKeySequence, QShortcut
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QDialog, QFileDialog, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from desktopmail.domain.body import Body
from desktopmail.domain.filename import safe_name
from desktopmail.gui.reader import dates
from desktopmail.gui.reader.document import SHEET, Look, compose
from desktopmail.gui.reader.keeping import downloads
from desktopmail.gui.reader.look import present_look
from desktopmail.gui.reader.people import listed
from desktopmail.gui.reader.scheme import Pictures
from desktopmail.gui.reader.web import WebBody
from desktopmail.gui.style import measures
from desktopmail.gui.widgets.button import WordButton
from desktopmail.gui.widgets.label import PlainLabel
from desktopmail.gui.widgets.line import Line

PAGE = 794
"""Width of an A4 page at 96 dots per inch."""
MARGIN = 64


def paper_document(body: Body) -> str:
    """The whole document: subject, people, date, then the message, as dark ink on white."""
    inner = body.html if body.html.strip() else f"<pre>{html.escape(body.text)}</pre>"
    translate = QCoreApplication.translate
    rows = (
        (translate("paper", "From"), listed(body.sender)),
        (translate("paper", "To"), listed(body.to)),
        (translate("paper", "Cc"), listed(body.cc)),
        (translate("paper", "Date"), dates.whole(body.date, body.date_offset)),
        (translate("paper", "Attachments"), ", ".join(part.name for part in body.attachments)),
    )
    head = "".join(
        f"<tr><td style='padding:1px 12px 1px 0;vertical-align:top;white-space:nowrap'>{html.escape(name)}</td>"
        f"<td style='padding:1px 0'>{html.escape(value)}</td></tr>"
        for name, value in rows
        if value
    )
    title = f"<h1 style='font-size:18px;margin:0 0 8px'>{html.escape(body.subject)}</h1>"
    top = f"{title}<table style='border-collapse:collapse'>{head}</table><hr>"
    look = present_look()
    ink = Look(**{name: getattr(SHEET, name) for name in SHEET.__slots__} | {"family": look.family, "size": 12.0})
    return compose(inner, ink, images=True).replace('<div id="message">', f'{top}<div id="message">', 1)


class PaperWindow(QWidget):
    """A look at the paper, with *Print* and *Save as PDF*. Pictures come from the same walls as in the reader.
    `done` tells whether a page came out."""

    done = Signal(bool)
    ready = Signal()

    def __init__(self, body: Body, pictures: Pictures, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("look", "surface")
        self.setWindowTitle(self.tr("Print: {0}").format(body.subject or self.tr("No subject")))
        self._subject = body.subject
        self._words = PlainLabel("", size=measures.SMALL, tone="secondary")
        self.web = WebBody()
        self.web.setFixedWidth(PAGE - 2 * MARGIN)
        self.web.ready.connect(self.ready)
        printing = WordButton(self.tr("Print…"), look="primary", icon="printer")
        saving = WordButton(self.tr("Save as PDF…"), icon="download")
        printing.clicked.connect(self.choose_printer)
        saving.clicked.connect(self.choose_file)
        bar = QHBoxLayout()
        bar.setContentsMargins(measures.px(16), measures.px(10), measures.px(16), measures.px(10))
        bar.setSpacing(measures.px(8))
        for widget in (printing, saving):
            bar.addWidget(widget)
        bar.addStretch()
        bar.addWidget(self._words)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(Line())
        column.addWidget(self._desk(), 1)
        for keys in ("Esc", "Ctrl+W"):
            QShortcut(QKeySequence(keys), self).activated.connect(self.close)
        self.resize(PAGE + measures.px(64), measures.px(760))
        self.web.show_document(paper_document(body), QColor(Qt.GlobalColor.white), pictures)

    def choose_printer(self) -> None:
        """Ask for printer and pages, then print."""
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setDocName(self._subject)
        dialog = QPrintDialog(printer, self)
        dialog.setOption(QPrintDialog.PrintDialogOption.PrintToFile, True)
        dialog.finished.connect(lambda code: self._print(code, printer))
        dialog.finished.connect(dialog.deleteLater)
        QDialog.open(dialog)

    def choose_file(self) -> None:
        """Ask where to, then write a PDF."""
        name = safe_name((self._subject or self.tr("message")) + ".pdf")
        dialog = QFileDialog(self, self.tr("Save as PDF"), str(downloads() / name))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.write_pdf)
        dialog.open()

    def write_pdf(self, path: str) -> None:
        """Write a PDF without asking anything."""
        sheet = self.web.sheet
        if sheet is not None:
            sheet.page.pdfPrintingFinished.connect(lambda _, fine: self._finish(fine))
            sheet.page.printToPdf(path)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.web.release()
        super().closeEvent(event)

    def _desk(self) -> QScrollArea:
        page = QFrame()
        page.setObjectName("page")
        page.setStyleSheet("#page { background: white; border: 1px solid palette(mid); }")
        page.setFixedWidth(PAGE)
        inside = QVBoxLayout(page)
        inside.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        inside.addWidget(self.web)
        inside.addStretch()
        page.setMinimumHeight(round(PAGE * 1.414))
        desk = QWidget()
        room = QHBoxLayout(desk)
        room.setContentsMargins(measures.px(24), measures.px(24), measures.px(24), measures.px(24))
        room.addStretch()
        room.addWidget(page, 0, Qt.AlignmentFlag.AlignTop)
        room.addStretch()
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(desk)
        for each in (area, area.viewport(), desk):
            each.setAutoFillBackground(False)
        return area

    def _print(self, code: int, printer: QPrinter) -> None:
        sheet = self.web.sheet
        if code != QDialog.DialogCode.Accepted or sheet is None:
            return
        self._printer = printer
        sheet.view.printFinished.connect(self._finish)
        sheet.view.print(printer)

    def _finish(self, fine: bool) -> None:
        self._words.setText(self.tr("Done") if fine else self.tr("This could not be printed"))
        self.done.emit(fine)
