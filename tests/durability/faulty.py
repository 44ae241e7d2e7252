"""A disk that fails at a chosen moment: a file system for SQLite in this process, between it and the real one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import apsw

FULL, BROKEN = "full", "broken"
IOERR = {"write": 778, "sync": 1034, "cut": 1546}
"""SQLITE_IOERR_WRITE, _FSYNC, _TRUNCATE."""


@dataclass
class Fault:
    """The `at`-th of these calls (write, sync, cut) on a file whose name ends so fails, and with `lasting` all after
    it: because the disk is `full`, or because it is `broken`. `at` 0: none; `came` counts them."""

    call: str
    ending: str = ""
    kind: str = FULL
    at: int = 0
    lasting: bool = True
    came: int = 0
    visit: int = 0
    """How many had come when what was to fail was over."""
    happened: int = 0
    calls: list[tuple[str, str, bool]] = field(default_factory=list)
    """What was asked for, in order: open, write, sync or cut, of which file, and whether it failed."""

    def check(self, call: str, name: str) -> None:
        """Raise when this one is to fail."""
        fails = False
        if self.call == call and name.endswith(self.ending):
            self.came += 1
            fails = self.at > 0 and (self.came == self.at or (self.lasting and self.came > self.at))
            self.happened += fails
        self.calls.append((call, name, fails))
        if fails:
            if self.kind == FULL:
                raise apsw.FullError("full")
            error = apsw.IOError("broken")
            error.extendedresult = IOERR[call]  # type: ignore[attr-defined]
            raise error

    def mend(self) -> None:
        """From now on nothing fails."""
        self.at = 0


class _File(apsw.VFSFile):
    def __init__(self, base: str, name: apsw.URIFilename | str | None, flags: list[int], fault: Fault) -> None:
        path = name if isinstance(name, str) or name is None else name.filename()
        self._name = Path(path or "").name
        self._fault = fault
        fault.calls.append(("open", self._name, False))
        super().__init__(base, name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:
        self._fault.check("write", self._name)
        super().xWrite(data, offset)

    def xSync(self, flags: int) -> None:
        self._fault.check("sync", self._name)
        super().xSync(flags)

    def xTruncate(self, newsize: int) -> None:
        self._fault.check("cut", self._name)
        super().xTruncate(newsize)


class _Disk(apsw.VFS):
    def __init__(self, base: str, fault: Fault) -> None:
        self._base, self._fault = base, fault
        super().__init__("faulty", base, makedefault=True)

    def xOpen(self, name: apsw.URIFilename | str | None, flags: list[int]) -> _File:
        return _File(self._base, name, flags, self._fault)


@contextmanager
def failing(fault: Fault) -> Iterator[Fault]:
    """Every database that is opened inside is on this disk."""
    base = apsw.vfs_names()[0]
    disk = _Disk(base, fault)
    try:
        yield fault
    finally:
        apsw.set_default_vfs(base)
        apsw.unregister_vfs("faulty")
        del disk
