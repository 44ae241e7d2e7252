"""Is the bundled web engine fresh enough to be released? It shows mail from strangers, so its age is a gate.

    python3 packaging/release/webengine.py [LEVEL]

A level is Chromium's version up to which security patches are in; without one, that of the installed engine is asked.
The stored table says when each level was published with Qt. Exit code 1 when a level is more than 30 days behind the
newest one known, or not in the table.
"""

from __future__ import annotations

import datetime
import json
import sys
from pathlib import Path
from typing import Any

FILE = Path(__file__).resolve().parents[1] / "webengine.json"
MOST_DAYS = 30


def installed() -> str:
    """The level of the engine of this environment, as the program itself shows it in About."""
    from PySide6.QtWebEngineCore import qWebEngineChromiumSecurityPatchVersion

    return str(qWebEngineChromiumSecurityPatchVersion() or "")


def problems(level: str, table: dict[str, Any]) -> list[str]:
    """Why an engine of this level may not be released; empty when it may."""
    dates = {each["patched_up_to"]: datetime.date.fromisoformat(each["published"]) for each in table["levels"]}
    if not level:
        return ["the web engine does not say up to where it is patched"]
    if level not in dates:
        return [
            f"{level} is not in packaging/webengine.json: enter it with the day it was published, and what is newer"
        ]
    behind = (max(dates.values()) - dates[level]).days
    if behind > MOST_DAYS:
        newest = max(dates, key=lambda each: dates[each])
        return [f"the web engine is patched up to {level}, {behind} days behind {newest}"]
    return []


def main(arguments: list[str]) -> int:
    """Check a level; 0 when it may be released."""
    level = arguments[0] if arguments else installed()
    found = problems(level, json.loads(FILE.read_text(encoding="utf-8")))
    for each in found:
        sys.stderr.write(f"web engine: {each}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
