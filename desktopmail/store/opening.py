"""Opens a profile on a thread of its own, for who has something else to do meanwhile and no loop yet."""

from __future__ import annotations

from pathlib import Path
from threading import Thread

from desktopmail.domain.errors import MailError
from desktopmail.store.store import Store


class Opening:
    """Begins when it is made. `wait` has to be called, or nobody closes what was opened."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._store: Store | None = None
        self._error: MailError | None = None
        self._thread = Thread(target=self._open, name="opening")
        self._thread.start()

    def wait(self) -> Store:
        """The store, once it is open. Raises what `Store.open` raises."""
        self._thread.join()
        if self._error is not None:
            raise self._error
        # Without an error that is known it is tried here, where one that is not is seen.
        return self._store if self._store is not None else Store.open(self._folder)

    def _open(self) -> None:
        try:
            self._store = Store.open(self._folder)
        except MailError as error:
            self._error = error
