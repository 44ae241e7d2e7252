"""Fixtures of the real servers."""
