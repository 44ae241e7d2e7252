"""Everything about durability in one run, with figures: python -m tests.durability [options of pytest]

Takes about an hour and a half on two cores; `-k table` the broken sessions alone, `-k power` the power cuts alone.
"""

from __future__ import annotations

import sys

import pytest

PLACES = ["tests/durability", "tests/unit/pop3_engine/test_cuts.py"]

if __name__ == "__main__":
    sys.exit(pytest.main(["-o", "addopts=", "-p", "no:cacheprovider", "-v", "--durations=0", *PLACES, *sys.argv[1:]]))
