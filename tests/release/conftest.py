"""Makes what releases are made with importable; `packaging/` is no package, for its name belongs to somebody else."""

import sys
from pathlib import Path

PACKAGING = Path(__file__).resolve().parents[2] / "packaging"
sys.path[:0] = [str(PACKAGING), str(PACKAGING / "release")]
