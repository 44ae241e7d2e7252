"""The desks every test here works on."""

from __future__ import annotations

from tests.unit.pop3_engine.desk import desks

__all__ = ["desks"]
