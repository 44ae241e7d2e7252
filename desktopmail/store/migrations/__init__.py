"""Numbered schema migrations; never edited once released."""
