"""Answers the private scheme for one page: the document it may show, and pictures of the message in it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from PySide6.QtCore import QBuffer, QByteArray, QUrl
from PySide6.QtGui import QImageReader
from PySide6.QtWebEngineCore import QWebEngineUrlRequestJob, QWebEngineUrlSchemeHandler
from shiboken6 import isValid

from desktopmail.domain.body import PART_URL, REMOTE_URL
from desktopmail.gui.loop import spawn
from desktopmail.gui.reader.document import CSP
from desktopmail.gui.reader.walls import DOCUMENT

Picture = tuple[str, bytes] | None
Pictures = Callable[[str], Awaitable[Picture]]
"""Given a private URL, the type and bytes of a picture, or None when there is none or it is not allowed."""

TYPES = {"png": "image/png", "jpeg": "image/jpeg", "gif": "image/gif", "webp": "image/webp", "bmp": "image/bmp",
         "ico": "image/vnd.microsoft.icon"}  # fmt: skip
MOST_PIXELS = 64_000_000
LONGEST_SIDE = 20_000
MOST_BYTES = 32 * 1024 * 1024

HEADERS = {b"Content-Security-Policy": CSP.encode(), b"X-Content-Type-Options": b"nosniff"}

NOTHING = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000b49444154789c6360000200000500017a5eab3f"
    "0000000049454e44ae426082"
)
"""A transparent picture of one pixel, for what is held back: the page keeps its shape."""


class MessageSource(QWebEngineUrlSchemeHandler):
    """Serves exactly one message at a time. `show` puts another one in place; requests of the old one get nothing."""

    def __init__(self) -> None:
        super().__init__()
        self._document = b""
        self._pictures: Pictures | None = None
        self._turn = 0

    def show(self, document: bytes, pictures: Pictures | None) -> None:
        """What the next load of the document answers, and where its pictures come from."""
        self._document, self._pictures = document, pictures
        self._turn += 1

    def requestStarted(self, job: QWebEngineUrlRequestJob) -> None:
        """Called by the engine for every URL of the private scheme that passed the interceptor."""
        url = job.requestUrl()
        if bytes(job.requestMethod().data()) != b"GET":
            job.fail(QWebEngineUrlRequestJob.Error.RequestDenied)
        elif url == DOCUMENT:
            # The binding wants a list of values for each name; a bare value would be taken apart into its letters.
            headers = {QByteArray(name): [QByteArray(value)] for name, value in HEADERS.items()}
            job.setAdditionalResponseHeaders(headers)  # type: ignore[arg-type]
            _reply(job, b"text/html; charset=utf-8", self._document)
        elif self._pictures is not None and _is_picture(url):
            spawn(self._answer(job, url.toString(), self._pictures, self._turn))
        else:
            job.fail(QWebEngineUrlRequestJob.Error.UrlNotFound)

    async def _answer(self, job: QWebEngineUrlRequestJob, url: str, pictures: Pictures, turn: int) -> None:
        found = await pictures(url)
        if not isValid(job) or turn != self._turn:
            return
        kind = fit_picture(found[1]) if found else ""
        if found and kind:
            _reply(job, kind.encode(), found[1])
        else:
            _reply(job, b"image/png", NOTHING)


def fit_picture(data: bytes) -> str:
    """The media type of a picture by its own bytes; empty for anything else and for pictures too large to paint."""
    if len(data) > MOST_BYTES:
        return ""
    buffer = QBuffer()
    buffer.setData(data)
    buffer.open(QBuffer.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    reader.setDecideFormatFromContent(True)
    kind = TYPES.get(bytes(reader.format().data()).decode("ascii", "replace"), "")
    size = reader.size()
    if not kind or not size.isValid() or size.isEmpty():
        return ""
    small = size.width() * size.height() <= MOST_PIXELS and max(size.width(), size.height()) <= LONGEST_SIDE
    return kind if small else ""


def _is_picture(url: QUrl) -> bool:
    text = bytes(url.toEncoded().data()).decode("ascii", "replace")
    return text.startswith((PART_URL, REMOTE_URL)) and not url.hasQuery() and not url.hasFragment()


def _reply(job: QWebEngineUrlRequestJob, kind: bytes, data: bytes) -> None:
    buffer = QBuffer(job)
    buffer.setData(data)
    job.reply(kind, buffer)
