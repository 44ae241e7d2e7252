"""Makes the modules of `packaging/` importable, which is no package: its name belongs to somebody else."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "packaging"))
