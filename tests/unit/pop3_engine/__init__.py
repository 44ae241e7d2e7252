"""Tests of the POP3 side of the engine."""
