"""What counts as a slower start of the frozen program."""

import pytest
import startup

UNFROZEN = [(0.30, 0.25), (0.90, 0.26), (0.31, 0.27)]


def test_as_fast_is_fine_whatever_else_the_machine_does() -> None:
    said = startup.judged({"frozen": [(0.30, 0.26), (2.0, 0.25), (0.35, 0.25)], "unfrozen": UNFROZEN})
    assert "frozen 0.300 s (0.250 s of processor)" in said
    assert "median of 3 pairs × 1.13" in said
    startup.judged({"frozen": [(0.40, 0.25)] * 3, "unfrozen": UNFROZEN})  # the clock alone says nothing


def test_slower_by_both_is_slower() -> None:
    with pytest.raises(RuntimeError, match="slower"):
        startup.judged({"frozen": [(0.33, 0.28)] * 3, "unfrozen": UNFROZEN})
