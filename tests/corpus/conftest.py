"""Where sample mail of other projects lies; without it these tests are skipped."""

from __future__ import annotations

from pathlib import Path

import pytest

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus"
FILES = CORPUS / "files"
EXPECTED = CORPUS / "expected"


def samples(pattern: str = "*") -> list[Path]:
    """All sample files of a pattern, in order; empty where the folder is absent."""
    return sorted(path for path in FILES.rglob(pattern) if path.is_file()) if FILES.is_dir() else []


@pytest.fixture(autouse=True)
def needs_corpus() -> None:
    """Skips with a reason where there are no samples."""
    if not FILES.is_dir():
        pytest.skip("no sample mail beside the project")
