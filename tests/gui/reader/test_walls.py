"""The walls around a mail page, each alone and all together, against a listener on this computer that notes every
connection."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.webengine

ROOT = Path(__file__).resolve().parents[3]
WALLS = ("policy", "interceptor", "page", "resolver", "proxy")


def probe(*walls: str) -> dict[str, object]:
    """Open the page of leaks in a process of its own with only these walls standing."""
    environment = {**os.environ, "QTWEBENGINE_REMOTE_DEBUGGING": "127.0.0.1:0"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.gui.reader.canary", *walls],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert isinstance(found, dict)
    return found


def test_the_canary_sings() -> None:
    """Without walls the page of leaks does reach the listener: silence elsewhere means something."""
    assert int(str(probe()["connections"])) > 10


# C01 C04 C06 C07 C09 C11 C12 C34
def test_all_walls_together_are_silent() -> None:
    found = probe(*WALLS)
    assert found["connections"] == 0
    assert found["title"] == "", "no script ran"
    assert found["address"] == "desktopmail://message/document"
    assert found["faults"] == []


@pytest.mark.parametrize("wall", ["resolver", "proxy"])
def test_a_dead_network_is_enough_alone(wall: str) -> None:
    assert probe(wall)["connections"] == 0


@pytest.mark.parametrize("wall", ["policy", "interceptor"])
def test_requests_are_stopped_by_each_wall_alone(wall: str) -> None:
    """What is left are the bare connections of preconnect, and for the policy the refresh."""
    allowed = {"", "GET /refresh HTTP/1.1"} if wall == "policy" else {""}
    assert set(map(str, probe(wall)["requests"])) <= allowed  # type: ignore[call-overload]


def test_the_page_refuses_to_go_anywhere_and_runs_no_script() -> None:
    found = probe("page")
    assert "GET /refresh HTTP/1.1" not in found["requests"]  # type: ignore[operator]
    assert found["address"] == "desktopmail://message/document"
    assert found["title"] == ""
