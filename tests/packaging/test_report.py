"""The report of a package run: what failed is told and remembered, and what stands on it is left out."""

from pathlib import Path

import pytest
import report


def test_a_failed_step_is_remembered_and_the_next_one_comes() -> None:
    told = report.Report()
    with told.step("one"):
        raise report.CheckFailed("broken")
    with told.step("two"):
        pass
    assert told.failed == ["one"]


def test_nothing_comes_after_a_first_step_that_failed() -> None:
    told = report.Report()
    with pytest.raises(report.Stopped, match="root"), told.first("root"):
        raise report.CheckFailed("broken")
    assert told.failed == ["root"]
    with told.first("another"):
        pass


def test_everything_is_written_down(tmp_path: Path) -> None:
    told = report.Report()
    with told.step("sizes"):
        told.say("12 MB")
    with told.step("installing"):
        raise report.CheckFailed("no room")
    told.skip("wine", "install wine")
    told.end(tmp_path / "package/report.txt")
    lines = (tmp_path / "package/report.txt").read_text(encoding="utf-8").splitlines()[1:]
    assert lines == [
        "    12 MB", "  ✓ sizes (0 s)", "  ✗ installing: no room", "  - wine: not here (install wine)",
        "left out: wine: install wine", "failed: installing",
    ]  # fmt: skip
