"""The report of a package run: what failed is told and remembered, and what stands on it is left out."""

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
