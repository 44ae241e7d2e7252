"""Writes Maildir files the way Dovecot names them: the fast way to fill a mailbox."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from itertools import count
from pathlib import Path

Flags = str | Callable[[int], str]
Received = int | Callable[[int], int] | None

_serial = count(1)


def write_messages(place: Path, messages: Iterable[bytes], *, flags: Flags = "", received: Received = None) -> int:
    """Write each message as one file under `place`/cur, owned like `place`; returns how many were written.

    File names sort in the order given, so that the server numbers them in that order."""
    owner = place.stat()
    now = int(time.time())
    written: list[tuple[Path, int]] = []
    for index, raw in enumerate(messages):
        letters = flags(index) if callable(flags) else flags
        file = place / "cur" / _file_name(raw, letters)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.write(descriptor, raw) if len(raw) < 1 << 20 else _write_all(descriptor, raw)
            os.fchown(descriptor, owner.st_uid, owner.st_gid)
        finally:
            os.close(descriptor)
        if received is not None:
            moment = received(index) if callable(received) else received
            os.utime(file, (moment, moment))
        else:
            written.append((file, index))
    for file, index in written:
        moment = now - len(written) + 1 + index
        os.utime(file, (moment, moment))
    return index + 1 if "index" in locals() else 0


def _file_name(raw: bytes, letters: str) -> str:
    on_the_wire = len(raw) + raw.count(b"\n") - raw.count(b"\r\n")
    serial = next(_serial)
    return f"1600000000.M{serial:09d}P{os.getpid():07d}.test,S={len(raw)},W={on_the_wire}:2,{''.join(sorted(letters))}"


def _write_all(descriptor: int, raw: bytes) -> None:
    view = memoryview(raw)
    while view:
        view = view[os.write(descriptor, view) :]
