"""What is dragged from pane to pane: message ids, under a media type that no other program takes."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

from PySide6.QtCore import QMimeData

from desktopmail.domain.ids import MessageId

TYPE = "application/x-desktopmail-messages"
FILES = "text/uri-list"
"""What other programs take and give: files."""


def pack(ids: Sequence[MessageId]) -> bytes:
    """Ids as bytes."""
    return array("q", ids).tobytes()


def only_ids(ids: Sequence[MessageId]) -> QMimeData:
    """What is dragged when nothing but our own panes may take it."""
    data = QMimeData()
    data.setData(TYPE, pack(ids))
    return data


def unpack(data: QMimeData) -> list[MessageId]:
    """The ids that are dragged; empty when it is something else, or not ours."""
    raw = bytes(data.data(TYPE).data()) if data.hasFormat(TYPE) else b""
    if len(raw) % 8:
        return []
    found = array("q")
    found.frombytes(raw)
    return [MessageId(each) for each in found]
