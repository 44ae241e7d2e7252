"""What may not be released: a known hole, an old web engine, an unknown one, a list nobody looked over.

U03 U04
"""

from __future__ import annotations

import datetime
import json
import re
import subprocess
import sys
from pathlib import Path

import advisories
import gate
import locking
import product
import pytest
import webengine

LOCK = locking.LOCK.read_text()
TODAY = advisories.looked_over()
NEWEST = json.loads(webengine.FILE.read_text())["levels"][0]["patched_up_to"]


def tool(name: str, *words: str) -> subprocess.CompletedProcess[str]:
    path = Path(gate.__file__).with_name(f"{name}.py")
    return subprocess.run([sys.executable, str(path), *words], capture_output=True, text=True, check=False, timeout=60)


def test_nothing_locked_is_known_to_have_a_hole() -> None:
    """U03, offline."""
    assert advisories.holes(locking.read(LOCK), advisories.known()) == []


def test_a_known_hole_stops_the_release(tmp_path: Path) -> None:
    """U03: the same lock with a version from before the fix."""
    seeded = tmp_path / "requirements.lock"
    seeded.write_text(re.sub(r"\naiosmtplib==\S+", "\naiosmtplib==5.1.0", LOCK))
    done = tool("advisories", str(seeded))
    assert done.returncode == 1
    for name in ("CVE-2026-53533", "CVE-2026-55558"):
        assert f"aiosmtplib 5.1.0 has a known hole: {name}" in done.stderr
    assert tool("advisories").returncode == 0


@pytest.mark.parametrize("each", advisories.known(), ids=lambda each: f"{each.package}-{each.id}")
def test_every_advisory_speaks_of_something_locked_that_is_beyond_it(each: advisories.Advisory) -> None:
    """So none is a misspelling, and each would be found if an old version came back."""
    from packaging.specifiers import SpecifierSet

    pins = [pin for pin in locking.read(LOCK) if pin.name == each.package]
    assert pins
    first = next((part.version for part in SpecifierSet(each.affected) if part.operator == ">="), "0.0.1")
    old = locking.Pin(each.package, first, "", ())
    assert advisories.holes([old], [each])
    assert each.what


def test_names_are_compared_as_the_index_does() -> None:
    hole = advisories.Advisory(locking.normal("Jaraco.Context"), "<2", "X", "x")
    assert advisories.holes(locking.read("jaraco-context==1.0\n"), [hole])


def table(*levels: tuple[str, str]) -> dict[str, object]:
    return {"levels": [{"patched_up_to": level, "qt": "6", "published": day} for level, day in levels]}


@pytest.mark.parametrize(
    ("level", "words"),
    [
        ("155.0.1.1", ""),
        ("154.0.1.1", ""),
        ("153.0.1.1", "31 days behind 155.0.1.1"),
        ("156.0.1.1", "not in packaging/webengine.json"),
        ("", "does not say up to where"),
    ],
)
def test_the_age_of_the_web_engine(level: str, words: str) -> None:
    """U04: 30 days behind the newest known, and not one more; unknown is refused, newer than known too."""
    known = table(("155.0.1.1", "2026-10-31"), ("154.0.1.1", "2026-10-01"), ("153.0.1.1", "2026-09-30"))
    found = webengine.problems(level, known)
    assert (words in found[0]) if words else found == []


def test_the_web_engine_of_this_environment_is_judged() -> None:
    """U04, on the command line as the release asks: a level that is in the table is let through, no other."""
    known = {each["patched_up_to"] for each in json.loads(webengine.FILE.read_text())["levels"]}
    assert tool("webengine").returncode == (0 if webengine.installed() in known else 1)
    assert tool("webengine", "1.2.3.4").returncode == 1


def test_the_gate_is_open_on_the_day_the_lists_were_looked_over() -> None:
    assert gate.problems(f"v{product.version()}", NEWEST, TODAY) == []


def test_lists_that_nobody_looked_over_close_the_gate() -> None:
    late = TODAY + datetime.timedelta(days=gate.OLDEST_LIST + 1)
    found = gate.problems("", NEWEST, late)
    assert len(found) >= 1
    assert all("was last looked over" in each for each in found)


def test_a_tag_has_to_be_the_version() -> None:
    assert gate.problems("v99.0", NEWEST, TODAY) == [f"the tag is v99.0, the program says {product.version()}"]
