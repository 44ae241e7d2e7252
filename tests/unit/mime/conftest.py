"""Generated examples have no deadline of their own here: the machine may be busy, and time is measured elsewhere."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
