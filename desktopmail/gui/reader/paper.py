"""A message on paper: the same sanitised page with its head above, printed or written as PDF by a sheet of its own."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Signal
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QDialog, QWidget

from desktopmail.domain.body import Body
from desktopmail.gui.reader import dates
from desktopmail.gui.reader.document import SHEET, Look, compose
from desktopmail.gui.reader.look import present_look
from desktopmail.gui.reader.people import listed

if TYPE_CHECKING:
    from desktopmail.gui.reader.scheme import Pictures
    from desktopmail.gui.reader.sheets import Sheet


def paper_document(body: Body) -> str:
    """The whole document: subject, people, date, then the message, as dark ink on white."""
    inner = body.html if body.html.strip() else f"<pre>{html.escape(body.text)}</pre>"
    say = QCoreApplication.translate
    rows = (
        (say("paper", "From"), listed(body.sender)),
        (say("paper", "To"), listed(body.to)),
        (say("paper", "Cc"), listed(body.cc)),
        (say("paper", "Date"), dates.whole(body.date, body.date_offset)),
        (say("paper", "Attachments"), ", ".join(part.name for part in body.attachments)),
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


class Paper(QObject):
    """Prints one message at a time. `done` tells whether it came out."""

    done = Signal(bool)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._sheet: Sheet | None = None
        self._printer: QPrinter | None = None

    def print(self, body: Body, pictures: Pictures) -> None:
        """Ask for printer and pages, then print. 'Print to file' of the dialog gives a PDF."""
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setDocName(body.subject)
        dialog = QPrintDialog(printer, self._window.window())
        dialog.setOption(QPrintDialog.PrintDialogOption.PrintToFile, True)
        dialog.finished.connect(lambda code: self._chosen(code, printer, body, pictures))
        dialog.finished.connect(dialog.deleteLater)
        QDialog.open(dialog)

    def write_pdf(self, body: Body, pictures: Pictures, path: str) -> None:
        """Write a PDF without asking anything."""
        sheet = self._load(body, pictures)
        sheet.page.pdfPrintingFinished.connect(lambda _, fine: self._finish(fine))
        sheet.page.loadFinished.connect(lambda _: sheet.page.printToPdf(path))

    def _chosen(self, code: int, printer: QPrinter, body: Body, pictures: Pictures) -> None:
        if code != QDialog.DialogCode.Accepted:
            return
        self._printer = printer
        sheet = self._load(body, pictures)
        sheet.view.printFinished.connect(self._finish)
        sheet.page.loadFinished.connect(lambda _: sheet.view.print(printer))

    def _load(self, body: Body, pictures: Pictures) -> Sheet:
        from desktopmail.gui.reader.sheets import Sheet

        if self._sheet is not None:
            self._sheet.close()
        self._sheet = Sheet()
        self._sheet.load(paper_document(body).encode("utf-8", "replace"), pictures)
        return self._sheet

    def _finish(self, fine: bool) -> None:
        from PySide6.QtCore import QTimer

        sheet, self._sheet, self._printer = self._sheet, None, None
        if sheet is not None:
            QTimer.singleShot(0, sheet.close)
        self.done.emit(fine)
