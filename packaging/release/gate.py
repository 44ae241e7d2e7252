"""Everything that has to hold before a release is built: lock, known holes, age of the web engine, age of the lists.

    python3 packaging/release/gate.py [TAG]

With a tag, `v1.2.3` has to be the version of the program.
"""

from __future__ import annotations

import datetime
import json
import sys
from pathlib import Path

import advisories
import locking
import webengine

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import product

OLDEST_LIST = 30
"""So many days after somebody looked over the stored lists they count as out of date."""


def stale(today: datetime.date) -> list[str]:
    """Which stored lists nobody compared with the world for too long."""
    return [
        f"{file.name} was last looked over on {day}, {(today - day).days} days ago"
        for file in (advisories.FILE, webengine.FILE)
        if (today - (day := advisories.looked_over(file))).days > OLDEST_LIST
    ]


def problems(tag: str, level: str, today: datetime.date) -> list[str]:
    """Why nothing may be released now; empty when it may."""
    lock = locking.LOCK.read_text(encoding="utf-8")
    found = locking.problems(locking.PYPROJECT.read_text(encoding="utf-8"), lock)
    found += advisories.holes(locking.read(lock), advisories.known())
    found += webengine.problems(level, json.loads(webengine.FILE.read_text(encoding="utf-8")))
    found += stale(today)
    if tag and tag != f"v{product.version()}":
        found.append(f"the tag is {tag}, the program says {product.version()}")
    return found


def main(arguments: list[str]) -> int:
    """Check everything; 0 when a release may be built."""
    tag = arguments[0] if arguments else ""
    found = problems(tag, webengine.installed(), datetime.datetime.now(datetime.UTC).date())
    for each in found:
        sys.stderr.write(f"release: {each}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
