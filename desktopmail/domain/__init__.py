"""Nouns and rules of mail: frozen values and pure functions. No I/O, no Qt, no SQL."""
