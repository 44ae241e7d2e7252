"""Two builds are compared file by file."""

from pathlib import Path

import pytest
import twice
from report import CheckFailed


def test_what_differs_is_named_unless_it_is_allowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """U05"""
    for name, text in (("one", "a"), ("two", "b")):
        (tmp_path / name / "lib").mkdir(parents=True)
        (tmp_path / name / "same").write_text("x")
        (tmp_path / name / "lib/changed").write_text(text)
        (tmp_path / name / "link").symlink_to("same" if name == "one" else "lib/changed")
    (tmp_path / "two/new").write_text("n")
    found = twice.differences(tmp_path / "one", tmp_path / "two")
    assert sorted(set(found)) == ["lib/changed", "link", "new"]
    with pytest.raises(CheckFailed, match="3 files differ"):
        twice.judged(found)
    monkeypatch.setattr(twice, "ALLOWED", {r"^lib/": "dated", r"^(link|new)$": "for the test"})
    assert "3 allowed" in twice.judged(found)
    assert twice.judged([]) == "the same, byte for byte"
