"""Records what a program of its own asks of the disk and of the network, in order and with every byte.

events = record(["-m", "tests.durability.scenes", "receive", profile, …], folder, environment)
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CALLS = (
    "openat,open,creat,write,writev,pwrite64,pwritev,ftruncate,truncate,fallocate,fsync,fdatasync,sync_file_range,"
    "rename,renameat,renameat2,unlink,unlinkat,link,linkat,mkdir,mkdirat,rmdir,sendto,sendmsg,sendfile,copy_file_range"
)
UNKNOWN = {"write", "writev", "pwritev", "truncate", "fallocate", "sendfile", "copy_file_range", "link", "linkat"}
"""Calls that nothing here makes on a profile; one that appears has to be taught to the reader first."""
NEVER = 1 << 60
LINE = re.compile(r"^(\d+) +(\w+)\((.*)\) += (-?\d+|\?)(?:<(.*?)>)?")
BEGUN = re.compile(r"^(\d+) +(\w+)\((.*) <unfinished \.\.\.>$")
ENDED = re.compile(r"^(\d+) +<\.\.\. (\w+) resumed>(.*)\) += (-?\d+|\?)(?:<(.*?)>)?")
HANDLE = re.compile(r"^(-?\d+|AT_FDCWD)(?:<(.*?)>)?(?:, |$)")
TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?')


class Unreadable(AssertionError):
    """The record holds something that this reader does not know."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing asked for. `kind`: make, folder, write, cut, sync, rename, unlink, send, say. `until`: for a sync, how
    many events had begun when it was over; only from there on is true what it promises."""

    kind: str
    path: str
    data: bytes = b""
    offset: int = 0
    to: str = ""
    until: int = 0


def record(words: Sequence[str], folder: Path, environment: dict[str, str], said: Path) -> list[Event]:
    """Run Python with these words under a tracer and read what it did below `folder`, to sockets, and to the file
    `said`, to which it writes what it holds to be safe. Raises Unreadable, CalledProcessError."""
    log = folder.parent / "strace.log"
    subprocess.run(
        ["strace", "-f", "-qq", "-y", "-xx", "-s1048576", "--seccomp-bpf", "-e", f"trace={CALLS}", "-o", str(log),
         sys.executable, *words],
        cwd=ROOT,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **environment},
        timeout=120,
        check=True,
    )  # fmt: skip
    return list(Reader(str(folder), str(said)).read(log.read_text().splitlines()))


class Reader:
    """Makes events of lines. A call that takes effect between two other lines counts from where it begins; a sync, for
    what it promises, from where it ends."""

    def __init__(self, folder: str, said: str) -> None:
        self._folder = folder
        self._said = said
        self._events: list[Event] = []
        self._open: dict[str, tuple[str, str, int | None]] = {}

    def read(self, lines: Sequence[str]) -> list[Event]:
        """All events of a record."""
        for line in lines:
            if found := LINE.match(line):
                self._whole(found[2], found[3], int(found[4].replace("?", "-1")), found[5] or "")
            elif found := BEGUN.match(line):
                self._begin(found[1], found[2], found[3])
            elif found := ENDED.match(line):
                self._end(found[1], found[3], int(found[4].replace("?", "-1")), found[5] or "")
        return self._events

    def _begin(self, thread: str, call: str, words: str) -> None:
        """A write may be on its way to the disk from its first moment on."""
        place = None
        if call in ("write", "pwrite64", "sendto", "sendmsg", "fsync", "fdatasync"):
            place = len(self._events)
            self._whole(call, words, 0, "")
            if place == len(self._events):
                place = None
            elif self._events[place].kind == "sync":
                self._events[place] = replace(self._events[place], until=NEVER)
        self._open[thread] = (call, words, place)

    def _end(self, thread: str, more: str, result: int, opened: str) -> None:
        call, words, place = self._open.pop(thread)
        if call in ("fsync", "fdatasync") and place is not None:
            self._events[place] = replace(self._events[place], until=len(self._events) if result == 0 else NEVER)
        elif place is None and call not in ("write", "pwrite64", "sendto", "sendmsg"):
            self._whole(call, words + more, result, opened)

    def _whole(self, call: str, words: str, result: int, opened: str) -> None:
        if result < 0:
            return
        for event in self._made(call, words, result, opened):
            self._events.append(event)

    def _made(self, call: str, words: str, result: int, opened: str) -> Iterator[Event]:
        texts = [bytes.fromhex(each.replace("\\x", "")) for each, _ in TEXT.findall(words)]
        handle = HANDLE.match(words)
        place = _plain(handle[2] or "") if handle else ""
        if call in ("sendto", "sendmsg") or (call == "write" and place.startswith("socket:")):
            yield Event("send", place, b"".join(texts[:1] if call == "sendto" else texts))
        elif call in ("write", "pwrite64") and place == self._said:
            yield Event("say", place, texts[0])
        elif call in ("rename", "renameat", "renameat2", "unlink", "unlinkat", "mkdir", "mkdirat", "rmdir"):
            yield from self._names(call, [os.fsdecode(each) for each in texts])
        elif call in ("openat", "open", "creat"):
            if self._ours(_plain(opened)) and "O_CREAT" in words:
                yield Event("make", _plain(opened))
        elif self._ours(place):
            yield from self._bytes(call, words, place, texts)

    def _bytes(self, call: str, words: str, place: str, texts: list[bytes]) -> Iterator[Event]:
        if call == "pwrite64":
            if not place.endswith("-shm"):
                yield Event("write", place, texts[0], int(words.rpartition(", ")[2]))
        elif call == "ftruncate":
            yield Event("cut", place, offset=int(words.rpartition(", ")[2]))
        elif call in ("fsync", "fdatasync"):
            yield Event("sync", place, until=len(self._events) + 1)
        elif call in UNKNOWN:
            raise Unreadable(f"{call} on {place}")

    def _names(self, call: str, paths: list[str]) -> Iterator[Event]:
        if not any(self._ours(each) for each in paths):
            return
        if call.startswith("rename"):
            yield Event("rename", paths[0], to=paths[1])
        elif call.startswith("mkdir"):
            yield Event("folder", paths[0])
        else:
            yield Event("unlink", paths[0])

    def _ours(self, path: str) -> bool:
        return path == self._folder or path.startswith(self._folder + "/") or path == str(Path(self._folder).parent)


def _plain(path: str) -> str:
    """A path as the tracer writes it beside a handle."""
    text = path.removesuffix(" (deleted)")
    return bytes.fromhex(text.replace("\\x", "")).decode() if text.startswith("\\x") else text
