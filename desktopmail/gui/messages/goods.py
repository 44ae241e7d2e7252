"""What is dragged out of the list: ids for our own panes, and message files for everybody else, written only when
somebody takes them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QByteArray, QMetaType, QMimeData, QTimer, QUrl

from desktopmail.domain.errors import MailError
from desktopmail.domain.filename import safe_name
from desktopmail.domain.ids import MessageId
from desktopmail.domain.message import Fetched, Summary
from desktopmail.gui.files import free_path
from desktopmail.gui.wares import FILES, TYPE, pack

LONGEST_SUBJECT = 80
MOST_FILES = 500
"""More messages than that leave the program by exporting their folder."""
KEPT_MS = 15 * 60_000
"""How long written files stay for whoever took them; a copy can take a while after the drop."""

Read = Callable[[MessageId], bytes | None]


class Goods(QMimeData):
    """`rows` are what is dragged as far as it is known; `read` gives the exact bytes of a message, or None when they
    are not here. Files lie in a private folder, and are taken away a while after they were asked for."""

    def __init__(self, ids: Sequence[MessageId], rows: Sequence[Summary] = (), read: Read | None = None) -> None:
        super().__init__()
        self.setData(TYPE, QByteArray(pack(ids)))
        self._rows = [row for row in rows if read is not None and row.fetched is Fetched.FULL]
        self._read = read
        self._urls: list[QUrl] | None = None
        self.left_out = 0

    def formats(self) -> list[str]:
        return [TYPE, FILES] if self._rows else [TYPE]

    def hasFormat(self, mimetype: str) -> bool:
        return mimetype in self.formats()

    def retrieveData(self, mimetype: str, preferredType: QMetaType | QMetaType.Type) -> object:
        if mimetype != FILES or not self._rows:
            return super().retrieveData(mimetype, preferredType)
        if self._urls is None:
            self._urls = self._write()
        if QMetaType(preferredType).id() == QMetaType.Type.QByteArray.value:
            return QByteArray(b"".join(bytes(url.toEncoded().data()) + b"\r\n" for url in self._urls))
        return self._urls

    def _write(self) -> list[QUrl]:
        from desktopmail.gui.reader.keeping import private_folder

        folder = private_folder()
        QTimer.singleShot(KEPT_MS, lambda: shutil.rmtree(folder, ignore_errors=True))
        found = [path for row in self._rows if (path := self._file(folder, row)) is not None]
        self.left_out = len(self._rows) - len(found)
        return [QUrl.fromLocalFile(str(path)) for path in found]

    def _file(self, folder: Path, row: Summary) -> Path | None:
        """Write one message; None when it is not here after all, or the disk is full."""
        from desktopmail.gui.reader.keeping import write

        assert self._read is not None
        path = free_path(folder, file_name(row))
        try:
            raw = self._read(row.id)
            if raw is not None:
                write(path, raw)
        except (MailError, OSError):
            raw = None
        return path if raw is not None else None


def file_name(row: Summary) -> str:
    """'2026-11-26 Lunch on Friday.eml', safe on every system."""
    day = datetime.fromtimestamp(max(0, row.date)).strftime("%Y-%m-%d")
    subject = safe_name(row.subject[:LONGEST_SUBJECT], "message").removesuffix(".eml")
    return safe_name(f"{day} {subject}.eml", "message.eml")
