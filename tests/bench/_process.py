"""What a program and all processes it started use: memory, and how often they wake."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

TICKS = os.sysconf("SC_CLK_TCK")


class Used(NamedTuple):
    """`wakes`: how often its threads went to sleep and were woken; `cpu` in seconds."""

    wakes: int
    cpu: float


def family(process: int) -> list[int]:
    """The process and all below it."""
    found = [process]
    for listed in Path(f"/proc/{process}/task").glob("*/children"):
        try:
            below = listed.read_text().split()
        except OSError:
            continue
        for child in below:
            found += family(int(child))
    return list(dict.fromkeys(found))


def memory(process: int) -> float:
    """The proportional set size of them all, in MiB."""
    total = 0
    for each in family(process):
        try:
            lines = Path(f"/proc/{each}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


def used(process: int) -> Used:
    """What they used since they began."""
    wakes, ticks = 0, 0
    for each in family(process):
        try:
            fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
            threads = [path.read_text() for path in Path(f"/proc/{each}/task").glob("*/status")]
        except OSError:
            continue
        ticks += int(fields[11]) + int(fields[12])
        for thread in threads:
            line = next(line for line in thread.splitlines() if line.startswith("voluntary_ctxt_switches"))
            wakes += int(line.split()[1])
    return Used(wakes, ticks / TICKS)
