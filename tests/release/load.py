"""Loads modules of `packaging/` by their place; several of them have the same plain names as others."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

PACKAGING = Path(__file__).resolve().parents[2] / "packaging"


def module(place: str) -> ModuleType:
    """The module at a place below `packaging/`."""
    spec = importlib.util.spec_from_file_location(place.removesuffix(".py").replace("/", "_"), PACKAGING / place)
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made
