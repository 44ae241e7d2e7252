"""One window per person and profile: hears the wishes of further starts.

Who may open a profile is decided by its lock alone, which goes with its process. The socket here only carries wishes,
so one that a crash left behind is taken over and never stands in anybody's way.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import stat
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from desktopmail.app.handing import CARD, GRANTED, REFUSED
from desktopmail.domain.wish import MOST_BYTES, decode

ANSWER_MS = 5_000
MOST_VISITORS = 16
LONGEST_PATH = 100
"""Bytes of a socket's path that every system takes (sun_path holds 104 or 108)."""

log = logging.getLogger(__name__)


def names(profile: Path) -> list[str]:
    """Where the window of a profile may listen, best first: a pipe's name on Windows, elsewhere paths in folders that
    are this person's alone."""
    whole = os.path.normcase(os.path.realpath(profile))
    person = os.geteuid() if hasattr(os, "geteuid") else os.environ.get("USERNAME", "")
    name = f"desktopmail-{hashlib.sha256(f'{person} {whole}'.encode('utf-8', 'surrogateescape')).hexdigest()[:24]}"
    if sys.platform == "win32":
        return [name]
    runtime = Path(os.environ.get("XDG_RUNTIME_DIR", ""))
    folders = [*([runtime] if runtime.is_absolute() else []), Path(whole)]
    found = _fitting(folders, name)
    if not found:
        own = Path(tempfile.gettempdir()) / f"desktopmail-{person}"
        with contextlib.suppress(OSError):
            own.mkdir(mode=0o700)
        found = _fitting([own], name)
    return found


def _fitting(folders: Sequence[Path], name: str) -> list[str]:
    """The name in those folders that are this person's alone and whose path is short enough."""
    paths = [str(folder / name) for folder in folders if _private(folder)]
    return [path for path in paths if len(os.fsencode(path)) <= LONGEST_PATH]


def _private(folder: Path) -> bool:
    """Whether a folder is there, is no link, is this person's, and shut to everybody else."""
    try:
        found = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o077


class Instance(QObject):
    """The ear of the window that holds the profile's lock. `wished` with every Wish that comes in."""

    wished = Signal(object)

    def __init__(self, profile: Path, parent: QObject) -> None:
        super().__init__(parent)
        self._card = profile / CARD
        self._visitors: set[_Visitor] = set()
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.setMaxPendingConnections(MOST_VISITORS)
        self._server.newConnection.connect(self._come)
        self.name = next((each for each in names(profile) if self._listen(each)), "")
        if self.name:
            self._leave_card()
        else:
            log.warning("No second start can reach this window: %s", self._server.errorString())

    def close(self) -> None:
        """Listen no more."""
        self._card.unlink(missing_ok=True)
        self._server.close()
        for visitor in list(self._visitors):
            visitor.leave()

    def _listen(self, name: str) -> bool:
        QLocalServer.removeServer(name)
        return self._server.listen(name)

    def _leave_card(self) -> None:
        fresh = self._card.with_name(f"{CARD}.new")
        try:
            fresh.unlink(missing_ok=True)
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(os.fsencode(self.name))
            fresh.replace(self._card)
        except OSError as error:
            log.warning("No second start can find this window: %s", error)

    def _come(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            if len(self._visitors) >= MOST_VISITORS:
                socket.abort()
                socket.deleteLater()
                continue
            visitor = _Visitor(socket, self)
            self._visitors.add(visitor)
            visitor.gone.connect(self._visitors.discard)
            visitor.wished.connect(self.wished)
            visitor.listen()


class _Visitor(QObject):
    """One start of the program that came with a wish: heard once, answered, and gone within seconds."""

    wished = Signal(object)
    gone = Signal(object)

    def __init__(self, socket: QLocalSocket, parent: QObject) -> None:
        super().__init__(parent)
        self._socket = socket
        self._heard = False
        socket.setParent(self)
        socket.setReadBufferSize(MOST_BYTES + 1)
        socket.readyRead.connect(self._read)
        socket.disconnected.connect(self.leave)
        self._late = QTimer(self, singleShot=True, interval=ANSWER_MS)
        self._late.timeout.connect(self.leave)

    def listen(self) -> None:
        """Hear what has come already, and wait for the rest."""
        self._late.start()
        self._read()

    def leave(self) -> None:
        """Hang up."""
        self._late.stop()
        self._socket.disconnected.disconnect(self.leave)
        self._socket.abort()
        self.gone.emit(self)
        self.deleteLater()

    def _read(self) -> None:
        if self._heard or not (self._socket.canReadLine() or self._socket.bytesAvailable() > MOST_BYTES):
            return
        self._heard = True
        try:
            wish = decode(bytes(self._socket.readLine(MOST_BYTES + 2).data()))
        except ValueError as error:
            log.warning("A wish from outside was refused: %s", type(error).__name__)
            self._say(REFUSED)
            return
        self._say(GRANTED)
        self.wished.emit(wish)

    def _say(self, answer: bytes) -> None:
        self._socket.write(answer)
        self._socket.flush()
        self._socket.disconnectFromServer()
